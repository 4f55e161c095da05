//! The rules, for any timeout and any times of the handlers.

use std::time::Duration;

use super::program::{HANDLERS, Handler, PAGES};
use crate::{
    exercises::{Finding, Given, Moment, Record, Rule, in_ms, plural, was},
    trace::{Event, What},
};

pub(super) const RULES: &[Rule] = &[
    Rule { slug: "by-deadline", statement: "Every call is answered by its deadline.", check: by_deadline },
    Rule {
        slug: "ready-wins",
        statement: "A result that is ready by the deadline is the answer, and no call times out early.",
        check: ready_wins,
    },
    Rule {
        slug: "no-work-after",
        statement: "After a timeout the handler does no more work and has given back what it held.",
        check: no_work_after,
    },
];

/// A call as the trace shows it.
struct Call<'a> {
    handler: &'static Handler,
    answer: Given<'a>,
    timed_out: bool,
    /// From the start of the handler, if it started, to the answer.
    took: Duration,
    /// From the start of the handler to its last page.
    ready: Option<Duration>,
}

fn calls<'a>(record: &Record<'a>) -> Vec<Call<'a>> {
    HANDLERS
        .iter()
        .filter_map(|handler| {
            let answer = record.results(handler.name).next()?;
            let start = record.transitions(handler.name).next().map_or(answer.moment, |(moment, ..)| moment);
            let since = |moment: Moment| moment.at.since(start.at);
            let pages = i64::from(PAGES);
            let last = record.gauge(handler.name).find(|(_, page)| *page == pages);
            Some(Call {
                handler,
                answer,
                timed_out: answer.value.field("error").is("timeout"),
                took: since(answer.moment),
                ready: last.map(|(moment, _)| since(moment)),
            })
        })
        .collect()
}

/// Judges the calls: `wrong` gives the events of a call that break the rule. A call without an answer breaks it too.
fn each_call(
    record: &Record<'_>,
    held: String,
    broken: impl Fn(&Call<'_>) -> String,
    wrong: impl Fn(&Call<'_>) -> Vec<u32>,
) -> Finding {
    let calls = calls(record);
    let example = calls.iter().find(|call| !wrong(call).is_empty()).map(broken).unwrap_or_default();
    let mut wrong: Vec<u32> = calls.iter().flat_map(wrong).collect();
    wrong.sort_unstable();
    if calls.len() < HANDLERS.len() {
        let evidence = format!("{} of {} got an answer", calls.len(), plural(HANDLERS.len(), "call"));
        return Finding::broken(evidence, wrong);
    }
    Finding::unless(wrong, held, example)
}

fn by_deadline(record: &Record<'_>) -> Finding {
    let limit = record.settings.millis("timeout_ms");
    let longest = calls(record).iter().map(|call| call.took).max().unwrap_or_default();
    let held =
        format!("The slowest call was answered after {}; the timeout is {}", in_ms(longest), in_ms(limit));
    let late = |call: &Call<'_>| {
        format!(
            "{} was answered after {}; the timeout is {}",
            call.handler.name,
            in_ms(call.took),
            in_ms(limit)
        )
    };
    each_call(record, held, late, |call| {
        if record.by(call.took, limit) { Vec::new() } else { vec![call.answer.moment.seq] }
    })
}

fn ready_wins(record: &Record<'_>) -> Finding {
    let limit = record.settings.millis("timeout_ms");
    // On simulated time the settings say when a result is ready. Real timers are late, so there the trace says it.
    let ready = |call: &Call<'_>| {
        if record.real_time { call.ready } else { Some(record.settings.millis(call.handler.setting)) }
    };
    let in_time = |call: &Call<'_>| ready(call).is_some_and(|ready| ready <= limit);
    let early = |call: &Call<'_>| call.timed_out && call.took + Duration::from_millis(1) < limit;
    let results = calls(record).iter().filter(|call| in_time(call)).count();
    let held = format!("{} ready within {} and returned", was(results, "result"), in_ms(limit));
    let broken = |call: &Call<'_>| {
        let name = call.handler.name;
        match ready(call) {
            Some(ready) if in_time(call) => {
                format!("{name} was ready after {}, but its caller got a timeout", in_ms(ready))
            }
            _ => format!("{name} timed out after {}; the timeout is {}", in_ms(call.took), in_ms(limit)),
        }
    };
    each_call(record, held, broken, |call| {
        let wrong = call.timed_out && in_time(call) || early(call);
        if wrong { vec![call.answer.moment.seq] } else { Vec::new() }
    })
}

fn no_work_after(record: &Record<'_>) -> Finding {
    let after = |call: &Call<'_>| -> Vec<&Event> {
        let events = record.events.iter().skip(call.answer.moment.seq as usize);
        let own = events.filter(|event| match &event.what {
            What::Gauge { name: who, .. } | What::State { component: who, .. } => who == call.handler.name,
            _ => false,
        });
        if call.timed_out { own.collect() } else { Vec::new() }
    };
    let timeouts = calls(record).iter().filter(|call| call.timed_out).count();
    let held = format!("{} timed out, and 0 handlers worked on after that", plural(timeouts, "call"));
    let broken = |call: &Call<'_>| {
        let pages = after(call).iter().filter(|event| matches!(event.what, What::Gauge { .. })).count();
        let (name, at) = (call.handler.name, in_ms(call.answer.moment.time()));
        format!(
            "{name} timed out at {at} and went on: it read {} more and then closed its connection",
            plural(pages, "page")
        )
    };
    each_call(record, held, broken, |call| after(call).iter().map(|event| event.seq).collect())
}
