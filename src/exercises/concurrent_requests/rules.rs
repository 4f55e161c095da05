//! The rules, for any number of requests and any times.

use std::time::Duration;

use super::program::{io_time, response};
use crate::{
    exercises::{Finding, Given, Moment, Record, Rule, beside, plural, was},
    runtime::Instant,
};

pub(super) const RULES: &[Rule] = &[
    Rule {
        slug: "same-results",
        statement: "Both ways give the same results, in the order of the requests.",
        check: same_results,
    },
    Rule {
        slug: "serial-sum",
        statement: "One after another, the requests take the sum of their times.",
        check: serial_sum,
    },
    Rule {
        slug: "concurrent-longest",
        statement: "All at once, the requests take as long as the longest of them.",
        check: concurrent_longest,
    },
];

/// The result of one of the two ways; the rule is broken if there is none.
fn ended<'a>(record: &Record<'a>, way: &str) -> Result<Given<'a>, Finding> {
    record.results(way).next().ok_or_else(|| {
        let requests = plural(record.settings.count("n"), "request");
        Finding::broken(format!("The {way} way of making {requests} never finished"), [])
    })
}

fn judged(finding: Result<Finding, Finding>) -> Finding {
    finding.unwrap_or_else(|broken| broken)
}

fn times(record: &Record<'_>) -> impl Iterator<Item = Duration> {
    (1..=record.settings.count("n")).map(|id| io_time(record.settings, id))
}

fn same_results(record: &Record<'_>) -> Finding {
    let n = record.settings.count("n");
    let in_place = |list: &Given<'_>| {
        let given = list.value.items();
        let right = given.iter().zip(1..=n).filter(|(given, id)| given.is(&response(*id))).count();
        if given.len() == n { right } else { right.min(n.saturating_sub(1)) }
    };
    judged(ended(record, "serial").and_then(|serial| {
        let concurrent = ended(record, "concurrent")?;
        let (first, second) = (in_place(&serial), in_place(&concurrent));
        let evidence = format!(
            "{} in the right place one after another, and {second} all at once, of {n}",
            was(first, "result")
        );
        let wrong = [(first, serial), (second, concurrent)].into_iter().filter(|(right, _)| *right < n);
        Ok(Finding::unless(wrong.map(|(_, list)| list.moment.seq).collect(), evidence.clone(), evidence))
    }))
}

fn serial_sum(record: &Record<'_>) -> Finding {
    judged(ended(record, "serial").map(|serial| {
        let due = times(record).sum();
        let start = Moment { at: Instant::ORIGIN, seq: 0 };
        in_time(record, start, serial.moment, due, record.settings.count("n"))
    }))
}

fn concurrent_longest(record: &Record<'_>) -> Finding {
    judged(ended(record, "serial").and_then(|serial| {
        let concurrent = ended(record, "concurrent")?;
        let due = times(record).max().unwrap_or_default();
        // Starting a task takes time as well: starting 250 of them as much as a timer may be late.
        Ok(in_time(record, serial.moment, concurrent.moment, due, record.settings.count("n") / 250))
    }))
}

/// Checks that it took as long as it should, with the tolerance of that many waits one after another.
fn in_time(record: &Record<'_>, from: Moment, to: Moment, due: Duration, waits: usize) -> Finding {
    let took = to.at.since(from.at);
    let held = record.took_in_turn(took, due, waits);
    let requests = plural(record.settings.count("n"), "request");
    let evidence = format!("{requests} took {}", beside(took, due, held));
    Finding::unless(if held { Vec::new() } else { vec![to.seq] }, evidence.clone(), evidence)
}
