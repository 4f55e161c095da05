//! What holds whatever the limit is and however long the handlers take.

use std::time::Duration;

use super::program::{HANDLERS, Handler, PAGES};
use crate::{
    exercises::{Finding, Given, Moment, Record, Rule, in_ms},
    trace::What,
};

pub(super) const RULES: &[Rule] = &[
    Rule {
        slug: "by-deadline",
        statement: "Every call has an answer by its deadline, always.",
        check: by_deadline,
    },
    Rule {
        slug: "ready-wins",
        statement: "A result that is ready by the deadline, be it at the last moment, is the answer; no \
                    timeout comes early.",
        check: ready_wins,
    },
    Rule {
        slug: "no-work-after",
        statement: "After a timeout the handler does no more work, and has given back what it held.",
        check: no_work_after,
    },
];

/// A call as the trace shows it.
struct Call<'a> {
    handler: &'static Handler,
    answer: Given<'a>,
    timed_out: bool,
    /// From the handler's start, if it ever started, to the answer.
    took: Duration,
    /// From the handler's start to its last page.
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

/// Judges every call that was answered; one that was not is a fault in itself.
fn each_call(record: &Record<'_>, evidence: String, wrong: impl Fn(&Call<'_>) -> Vec<u32>) -> Finding {
    let calls = calls(record);
    let mut wrong: Vec<u32> = calls.iter().flat_map(wrong).collect();
    wrong.sort_unstable();
    if calls.len() < HANDLERS.len() {
        return Finding::broken(format!("{} of {} calls were answered", calls.len(), HANDLERS.len()), wrong);
    }
    Finding::unless(wrong, evidence.clone(), evidence)
}

fn by_deadline(record: &Record<'_>) -> Finding {
    let limit = record.settings.millis("timeout_ms");
    let longest = calls(record).iter().map(|call| call.took).max().unwrap_or_default();
    let evidence =
        format!("the longest call was answered after {}; the limit is {}", in_ms(longest), in_ms(limit));
    each_call(record, evidence, |call| {
        if record.by(call.took, limit) { Vec::new() } else { vec![call.answer.moment.seq] }
    })
}

fn ready_wins(record: &Record<'_>) -> Finding {
    let limit = record.settings.millis("timeout_ms");
    // On simulated time the settings say when a result is ready. Real timers are late, so there the trace does.
    let in_time = |call: &Call<'_>| {
        if record.live {
            call.ready.is_some_and(|ready| ready <= limit)
        } else {
            record.settings.millis(call.handler.setting) <= limit
        }
    };
    let early = |call: &Call<'_>| call.timed_out && call.took + Duration::from_millis(1) < limit;
    let calls = calls(record);
    let (ready, results) = calls
        .iter()
        .filter(|call| in_time(call))
        .fold((0, 0), |(ready, results), call| (ready + 1, results + usize::from(!call.timed_out)));
    let early_ones = calls.iter().filter(|call| early(call)).count();
    let evidence = format!(
        "{results} of {ready} results ready by {} were the answer; {early_ones} timeouts came early",
        in_ms(limit)
    );
    each_call(record, evidence, |call| {
        let wrong = call.timed_out && in_time(call) || early(call);
        if wrong { vec![call.answer.moment.seq] } else { Vec::new() }
    })
}

fn no_work_after(record: &Record<'_>) -> Finding {
    let after = |call: &Call<'_>| -> Vec<u32> {
        let events = record.events.iter().skip(call.answer.moment.seq as usize);
        let own = events.filter(|event| match &event.what {
            What::Gauge { name: who, .. } | What::State { component: who, .. } => who == call.handler.name,
            _ => false,
        });
        if call.timed_out { own.map(|event| event.seq).collect() } else { Vec::new() }
    };
    let calls = calls(record);
    let (timeouts, signs) = calls
        .iter()
        .filter(|call| call.timed_out)
        .fold((0, 0), |(timeouts, signs), call| (timeouts + 1, signs + after(call).len()));
    let evidence =
        format!("{timeouts} calls timed out, and their handlers gave {signs} signs of life afterwards");
    each_call(record, evidence, after)
}
