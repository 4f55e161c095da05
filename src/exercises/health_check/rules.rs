//! What holds whatever the dependencies do: answer, fail or hang, sooner or later.

use std::time::Duration;

use super::program::{DEPENDENCIES, Dependency};
use crate::{
    exercises::{Finding, Given, Moment, Record, Rule, in_ms},
    runtime::Instant,
};

pub(super) const RULES: &[Rule] = &[
    Rule {
        slug: "total-longest",
        statement: "The total is measured, and it is the time of the longest check, never the sum.",
        check: total_longest,
    },
    Rule {
        slug: "degraded-if-any",
        statement: "The whole is ok if every check is, and any check that is not makes it degraded.",
        check: degraded_if_any,
    },
    Rule {
        slug: "all-reported",
        statement: "Every check is reported, with what became of it.",
        check: all_reported,
    },
    Rule {
        slug: "hang-contained",
        statement: "A hanging check is reported as timed out, and holds nobody up beyond the timeout.",
        check: hang_contained,
    },
];

/// What may become of a check, by the settings alone. Where an answer and the limit come at the same moment,
/// either may be first.
struct Due {
    outcomes: Vec<&'static str>,
    took: Duration,
}

fn due(record: &Record<'_>, dependency: &Dependency) -> Due {
    let limit = record.settings.millis("timeout_ms");
    let latency = record.settings.millis(dependency.latency);
    let answer = match record.settings.word(dependency.name) {
        "hangs" => return Due { outcomes: vec!["timed out"], took: limit },
        "fails" => "failed",
        _ => "ok",
    };
    // Real timers are late, and answers that are due just before the limit may come after it.
    let near = record.live && record.by(latency.max(limit), latency.min(limit));
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

fn total_longest(record: &Record<'_>) -> Finding {
    let Some(total) = record.results("total_ms").next() else {
        return Finding::broken("0 of 1 totals were reported", []);
    };
    let longest =
        DEPENDENCIES.iter().map(|dependency| due(record, dependency).took).max().unwrap_or_default();
    // A busy page may begin a little after its origin, so the time is taken from the first check on.
    let begun =
        DEPENDENCIES.iter().flat_map(|dependency| record.lanes(dependency.name)).map(|lane| lane.spawned.at);
    let measured = total.moment.at.since(begun.min().unwrap_or(Instant::ORIGIN));
    let claimed =
        Duration::from_millis(total.value.int().and_then(|ms| u64::try_from(ms).ok()).unwrap_or(u64::MAX));
    let evidence = format!(
        "a total of {} was reported after {}; the longest check takes {}",
        in_ms(claimed),
        in_ms(measured),
        in_ms(longest)
    );
    let honest = may_be(record, claimed, total.moment);
    let wrong = if honest && record.took(measured, longest) { Vec::new() } else { vec![total.moment.seq] };
    Finding::unless(wrong, evidence.clone(), evidence)
}

/// Whether a total in whole milliseconds can have been measured: the stopwatch ran at least while the checks did, and at
/// most from the beginning of the program to the report. Clocks that are read at other moments, between which a busy
/// machine may stand still for any time, bound what a stopwatch showed; they do not tell it.
fn may_be(record: &Record<'_>, claimed: Duration, reported: Moment) -> bool {
    let program = record.lanes("main").first().and_then(|lane| lane.started);
    let checks = || DEPENDENCIES.iter().flat_map(|dependency| record.lanes(dependency.name));
    let begun = checks().map(|lane| lane.spawned.at).min();
    // Those that nobody waited for end with the program.
    let in_time = checks().filter_map(|lane| lane.ended).filter(|(moment, _)| moment.seq < reported.seq);
    let ended = in_time.map(|(moment, _)| moment.at).max();
    let least = ended.unwrap_or_default().since(begun.unwrap_or_default());
    let most = reported.at.since(program.map_or(Instant::ORIGIN, |moment| moment.at));
    claimed <= most && claimed + Duration::from_millis(1) > least
}

fn degraded_if_any(record: &Record<'_>) -> Finding {
    let Some(status) = record.results("status").next() else {
        return Finding::broken("0 of 1 states of health were reported", []);
    };
    let due = DEPENDENCIES.map(|dependency| due(record, &dependency).outcomes);
    let may_be_ok = due.iter().all(|outcomes| outcomes.contains(&"ok"));
    let may_be_degraded = due.iter().any(|outcomes| outcomes.iter().any(|outcome| *outcome != "ok"));
    let poor = DEPENDENCIES
        .iter()
        .filter_map(|dependency| reported(record, dependency))
        .filter(|check| !check.value.is("ok"))
        .count();
    let ok = status.value.is("ok");
    let right = if ok { may_be_ok && poor == 0 } else { may_be_degraded };
    let evidence = format!(
        "{poor} checks were reported as not ok, and the whole as {}",
        status.value.text().unwrap_or("nothing")
    );
    let wrong = if right { Vec::new() } else { vec![status.moment.seq] };
    Finding::unless(wrong, evidence.clone(), evidence)
}

fn all_reported(record: &Record<'_>) -> Finding {
    let (mut right, mut missing, mut wrong) = (0, 0, Vec::new());
    for dependency in &DEPENDENCIES {
        match reported(record, dependency) {
            Some(check) if due(record, dependency).outcomes.iter().any(|due| check.value.is(due)) => {
                right += 1
            }
            Some(check) => wrong.push(check.moment.seq),
            None => missing += 1,
        }
    }
    let evidence =
        format!("{right} of {} checks were reported as they were, {missing} not at all", DEPENDENCIES.len());
    if missing > 0 {
        return Finding::broken(evidence, wrong);
    }
    Finding::unless(wrong, evidence.clone(), evidence)
}

fn hang_contained(record: &Record<'_>) -> Finding {
    let limit = record.settings.millis("timeout_ms");
    let hanging: Vec<_> =
        DEPENDENCIES.iter().filter(|dependency| record.settings.word(dependency.name) == "hangs").collect();
    let given_up = hanging
        .iter()
        .filter_map(|dependency| reported(record, dependency))
        .filter(|check| check.value.is("timed out"))
        .count();
    let Some(status) = record.results("status").next() else {
        return Finding::broken(format!("{} checks hung, and no report ever came", hanging.len()), []);
    };
    let after = status.moment.at.since(Instant::ORIGIN);
    let evidence = format!(
        "{given_up} of {} hanging checks were given up; the report came after {} of at most {}",
        hanging.len(),
        in_ms(after),
        in_ms(limit)
    );
    let held = given_up == hanging.len() && record.by(after, limit);
    Finding::unless(if held { Vec::new() } else { vec![status.moment.seq] }, evidence.clone(), evidence)
}
