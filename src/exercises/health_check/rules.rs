//! The rules, for dependencies that answer, fail or hang, sooner or later.

use std::time::Duration;

use super::program::{DEPENDENCIES, Dependency};
use crate::{
    exercises::{Finding, Given, Moment, Record, Rule, in_ms, was},
    runtime::Instant,
};

pub(super) const RULES: &[Rule] = &[
    Rule {
        slug: "total-longest",
        statement: "The total is measured, and it is the time of the slowest check, not the sum of all.",
        check: total_longest,
    },
    Rule {
        slug: "degraded-if-any",
        statement: "The whole is `ok` if every check is; otherwise it is `degraded`.",
        check: degraded_if_any,
    },
    Rule {
        slug: "all-reported",
        statement: "Every check is reported with its own outcome.",
        check: all_reported,
    },
    Rule {
        slug: "hang-contained",
        statement: "A check that hangs is reported as timed out and delays the report only until its timeout.",
        check: hang_contained,
    },
];

/// The outcomes that a check may have at these settings. If its answer comes at the moment of its timeout, there are
/// two.
struct Due {
    outcomes: Vec<&'static str>,
    took: Duration,
}

impl Due {
    fn may_be(&self, outcome: Given<'_>) -> bool {
        self.outcomes.iter().any(|due| outcome.value.is(due))
    }
}

fn due(record: &Record<'_>, dependency: &Dependency) -> Due {
    let limit = record.settings.millis("timeout_ms");
    let latency = record.settings.millis(dependency.latency);
    let answer = match record.settings.word(dependency.name) {
        "hangs" => return Due { outcomes: vec!["timed out"], took: limit },
        "fails" => "failed",
        _ => "ok",
    };
    // Real timers are late, so an answer that is due just before the timeout may come after it.
    let near = record.real_time && record.by(latency.max(limit), latency.min(limit));
    let mut outcomes = Vec::new();
    if latency <= limit || near {
        outcomes.push(answer);
    }
    if latency >= limit || near {
        outcomes.push("timed out");
    }
    Due { outcomes, took: latency.min(limit) }
}

fn reported<'a>(record: &Record<'a>, dependency: &Dependency) -> Option<Given<'a>> {
    record.results(dependency.name).next()
}

/// The rule is broken if the endpoint never reports.
fn no_report(record: &Record<'_>) -> Finding {
    let end = record.end().since(Instant::ORIGIN);
    Finding::broken(format!("There was no report when the program ended at {}", in_ms(end)), [])
}

fn total_longest(record: &Record<'_>) -> Finding {
    let Some(total) = record.results("total_ms").next() else { return no_report(record) };
    let longest =
        DEPENDENCIES.iter().map(|dependency| due(record, dependency).took).max().unwrap_or_default();
    // A busy page may begin a little after time 0, so the time is taken from the first check.
    let begun =
        DEPENDENCIES.iter().flat_map(|dependency| record.lanes(dependency.name)).map(|lane| lane.spawned.at);
    let measured = total.moment.at.since(begun.min().unwrap_or(Instant::ORIGIN));
    let claimed = total.value.int().and_then(|ms| u64::try_from(ms).ok()).map(Duration::from_millis);
    let evidence = format!(
        "The report came after {} with a total of {}; the slowest check takes {}",
        in_ms(measured),
        claimed.map_or_else(|| total.value.to_string(), |claimed| in_ms(claimed).to_string()),
        in_ms(longest)
    );
    let is_measured = claimed.is_some_and(|claimed| may_be_measured(record, claimed, total.moment));
    let wrong =
        if is_measured && record.took(measured, longest) { Vec::new() } else { vec![total.moment.seq] };
    Finding::unless(wrong, evidence.clone(), evidence)
}

/// Whether a clock can have shown that total, in whole milliseconds: at least the time during which the checks ran, at
/// most the time from the start of the program to the report. On a busy machine any time may pass between two readings
/// of the clock, so only these bounds are certain.
fn may_be_measured(record: &Record<'_>, claimed: Duration, reported: Moment) -> bool {
    let program = record.lanes("main").first().and_then(|lane| lane.started);
    let checks = || DEPENDENCIES.iter().flat_map(|dependency| record.lanes(dependency.name));
    let begun = checks().map(|lane| lane.spawned.at).min();
    // A check that is never awaited ends with the program, after the report.
    let in_time = checks().filter_map(|lane| lane.ended).filter(|(moment, _)| moment.seq < reported.seq);
    let ended = in_time.map(|(moment, _)| moment.at).max();
    let least = ended.unwrap_or_default().since(begun.unwrap_or_default());
    let most = reported.at.since(program.map_or(Instant::ORIGIN, |moment| moment.at));
    claimed <= most && claimed + Duration::from_millis(1) > least
}

fn degraded_if_any(record: &Record<'_>) -> Finding {
    let Some(status) = record.results("status").next() else { return no_report(record) };
    let due = DEPENDENCIES.map(|dependency| due(record, &dependency).outcomes);
    let may_be_ok = due.iter().all(|outcomes| outcomes.contains(&"ok"));
    let may_be_degraded = due.iter().any(|outcomes| outcomes.iter().any(|outcome| *outcome != "ok"));
    let checks = || DEPENDENCIES.iter().filter_map(|dependency| reported(record, dependency));
    let good = checks().filter(|check| check.value.is("ok")).count();
    let all = checks().count();
    let right = if status.value.is("ok") { may_be_ok && good == all } else { may_be_degraded };
    let evidence = format!(
        "{} ok, of {all} reported, and the whole is called {}",
        was(good, "check"),
        status.value.text().unwrap_or("nothing")
    );
    let wrong = if right { Vec::new() } else { vec![status.moment.seq] };
    Finding::unless(wrong, evidence.clone(), evidence)
}

fn all_reported(record: &Record<'_>) -> Finding {
    let (mut missing, mut wrong, mut names) = (false, Vec::new(), Vec::new());
    for dependency in &DEPENDENCIES {
        match reported(record, dependency) {
            Some(check) if due(record, dependency).may_be(check) => continue,
            Some(check) => wrong.push(check.moment.seq),
            None => missing = true,
        }
        names.push(dependency.name);
    }
    let checks = DEPENDENCIES.len();
    let right = checks - names.len();
    let held = format!("{} reported right, of {checks}", was(right, "check"));
    let broken = format!("{} wrong or missing, of {checks}: {}", was(names.len(), "check"), names.join(", "));
    if missing { Finding::broken(broken, wrong) } else { Finding::unless(wrong, held, broken) }
}

fn hang_contained(record: &Record<'_>) -> Finding {
    let limit = record.settings.millis("timeout_ms");
    let hanging: Vec<_> =
        DEPENDENCIES.iter().filter(|dependency| record.settings.word(dependency.name) == "hangs").collect();
    let timed_out = hanging
        .iter()
        .filter_map(|dependency| reported(record, dependency))
        .filter(|check| check.value.is("timed out"))
        .count();
    let Some(status) = record.results("status").next() else { return no_report(record) };
    let after = status.moment.time();
    let evidence = format!(
        "{} reported as timed out, of {}; the report came after {}, the timeout is {}",
        was(timed_out, "hanging check"),
        hanging.len(),
        in_ms(after),
        in_ms(limit)
    );
    let held = timed_out == hanging.len() && record.by(after, limit);
    Finding::unless(if held { Vec::new() } else { vec![status.moment.seq] }, evidence.clone(), evidence)
}
