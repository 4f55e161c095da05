//! What holds whichever ids are asked for, and however long a query takes.

use std::time::Duration;

use super::program::{Answer, USERS};
use crate::{
    exercises::{Finding, Record, Rule, in_ms},
    runtime::Instant,
    trace::Value,
};

pub(super) const RULES: &[Rule] = &[
    Rule {
        slug: "known-named",
        statement: "Each known id is answered with exactly its name.",
        check: |record| {
            answered(record, "known", |id| {
                let (id, name) = USERS.iter().find(|(known, _)| *known == id)?;
                Some(Value::of(&Answer::Found { id: *id, name }))
            })
        },
    },
    Rule {
        slug: "unknown-answered",
        statement: "Each unknown id is answered with an error, and stops nothing.",
        check: |record| {
            answered(record, "unknown", |id| {
                let unknown = !USERS.iter().any(|(known, _)| *known == id);
                unknown.then(|| Value::of(&Answer::NotFound { error: "not found" }))
            })
        },
    },
    Rule {
        slug: "in-turn",
        statement: "Calls in turn take the sum of their queries: n calls, n times the query.",
        check: in_turn,
    },
];

/// Whether every id that `due` has an answer for got it, in its place among the ids.
fn answered(record: &Record<'_>, kind: &str, due: impl Fn(i64) -> Option<Value>) -> Finding {
    let ids = record.settings.ints("ids");
    let mut wrong = Vec::new();
    let (mut right, mut missing) = (0, 0);
    for (place, &id) in ids.iter().enumerate() {
        let Some(due) = due(id) else { continue };
        // Answers for the same id are told apart by their order.
        let earlier = ids.iter().take(place).filter(|other| **other == id).count();
        match record.results(&format!("get_user({id})")).nth(earlier) {
            Some(answer) if *answer.value == due => right += 1,
            Some(answer) => wrong.push(answer.moment.seq),
            None => missing += 1,
        }
    }
    let evidence = format!("{right} of {} calls for {kind} ids got it", right + wrong.len() + missing);
    if missing == 0 {
        Finding::unless(wrong, evidence.clone(), evidence)
    } else {
        Finding::broken(evidence, wrong)
    }
}

fn in_turn(record: &Record<'_>) -> Finding {
    let query = record.settings.millis("query_ms");
    let lines: Vec<_> = record.lines().collect();
    let in_time = |took: Duration, calls: usize| {
        let due = query.saturating_mul(u32::try_from(calls).unwrap_or(u32::MAX));
        record.took_in_turn(took, due, calls)
    };
    let late = lines
        .iter()
        .zip(1..)
        .filter(|(line, calls)| !in_time(line.moment.at.since(Instant::ORIGIN), *calls))
        .map(|(line, _)| line.moment.seq);
    let took: Duration = record.end().since(Instant::ORIGIN);
    let evidence = format!("{} answers in {}, {} a query", lines.len(), in_ms(took), in_ms(query));
    Finding::unless(late.collect(), evidence.clone(), evidence)
}
