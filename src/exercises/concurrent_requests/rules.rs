//! What holds for any number of requests, however long they take.

use std::{iter, time::Duration};

use super::program::{io_time, response};
use crate::{
    exercises::{Finding, Given, Moment, Record, Rule, in_ms},
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
        statement: "All at once, they take as long as the longest.",
        check: concurrent_longest,
    },
];

/// What a way came to, or that it never came to an end.
fn ended<'a>(record: &Record<'a>, way: &str) -> Result<Given<'a>, Finding> {
    let unfinished = || Finding::broken(format!("0 of 1 {way} ways came to an end"), []);
    record.results(way).next().ok_or_else(unfinished)
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
        let evidence =
            format!("{first} of {n} results are in place one after another, and {second} of {n} all at once");
        let wrong = iter::zip([first, second], [serial, concurrent]).filter(|(right, _)| *right < n);
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
        // To start a task takes some time as well: 250 of them as much as a timer is late.
        Ok(in_time(record, serial.moment, concurrent.moment, due, record.settings.count("n") / 250))
    }))
}

/// Whether it took as long as so many waits in turn should have.
fn in_time(record: &Record<'_>, from: Moment, to: Moment, due: Duration, waits: usize) -> Finding {
    let n = record.settings.count("n");
    let took = to.at.since(from.at);
    let evidence = format!("{n} requests took {}; it should be {}", in_ms(took), in_ms(due));
    let wrong = if record.took_in_turn(took, due, waits) { Vec::new() } else { vec![to.seq] };
    Finding::unless(wrong, evidence.clone(), evidence)
}
