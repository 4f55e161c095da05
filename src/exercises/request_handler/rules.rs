//! The rules, for any list of ids and any time of a query.

use super::program::{Answer, USERS};
use crate::{
    exercises::{Finding, Moment, Record, Rule, beside, in_ms, plural},
    python,
    runtime::Instant,
    trace::Value,
};

pub(super) const RULES: &[Rule] = &[
    Rule {
        slug: "known-named",
        statement: "A known id is answered with its name.",
        check: |record| {
            answered(record, "known", |id| {
                let (id, name) = USERS.iter().find(|(known, _)| *known == id)?;
                Some(Value::of(&Answer::Found { id: *id, name }))
            })
        },
    },
    Rule {
        slug: "unknown-answered",
        statement: "An unknown id is answered with an error value, and the program goes on.",
        check: |record| {
            answered(record, "unknown", |id| {
                let unknown = !USERS.iter().any(|(known, _)| *known == id);
                unknown.then(|| Value::of(&Answer::NotFound { error: "not found" }))
            })
        },
    },
    Rule {
        slug: "in-turn",
        statement: "Each call makes one query: two calls, one after the other, take twice as long as one.",
        check: in_turn,
    },
];

/// Checks every id for which `due` has an answer: the call must have given it.
fn answered(record: &Record<'_>, kind: &str, due: impl Fn(i64) -> Option<Value>) -> Finding {
    let ids = record.settings.ints("ids");
    let (mut right, mut wrong, mut broken) = (0, Vec::new(), None);
    for (place, &id) in ids.iter().enumerate() {
        let Some(due) = due(id) else { continue };
        let call = format!("get_user({id})");
        // Several answers for one id are in the order of their calls.
        let earlier = ids.iter().take(place).filter(|other| **other == id).count();
        let sentence = match record.results(&call).nth(earlier) {
            Some(answer) if *answer.value == due => {
                right += 1;
                continue;
            }
            Some(answer) => {
                wrong.push(answer.moment.seq);
                format!("At {} {call} answered {}", in_ms(answer.moment.time()), spelled(answer.value))
            }
            None => {
                let end = in_ms(record.end().since(Instant::ORIGIN));
                let error = record.error.map_or(String::new(), |error| format!(" with {error}"));
                format!("{call} got no answer: the program ended at {end}{error}")
            }
        };
        broken.get_or_insert(sentence);
    }
    match broken {
        None => Finding::held(format!("{} for {kind} ids got the right answer", plural(right, "call"))),
        Some(sentence) => Finding::broken(sentence, wrong),
    }
}

fn spelled(value: &Value) -> String {
    python::repr(value).unwrap_or_default()
}

fn in_turn(record: &Record<'_>) -> Finding {
    let query = record.settings.millis("query_ms");
    let due = |calls: usize| query.saturating_mul(u32::try_from(calls).unwrap_or(u32::MAX));
    // Lines are not counted: a program may print what it likes.
    let ended: Vec<Moment> = record.uses("request").into_iter().filter_map(|call| call.end).collect();
    let late = (1..)
        .zip(&ended)
        .filter(|(calls, end)| !record.took_in_turn(end.time(), due(*calls), *calls))
        .map(|(_, end)| end.seq);
    let late: Vec<_> = late.collect();
    let took = ended.last().map(|end| end.time()).unwrap_or_default();
    let time = beside(took, due(ended.len()), late.is_empty());
    let evidence = format!("{} of {} took {time}", plural(ended.len(), "call"), in_ms(query));
    Finding::unless(late, evidence.clone(), evidence)
}
