//! What holds however many callers there are, whatever fails, and whoever goes away.
//!
//! The database notes each fetch when it begins (`fetch user:1`) and when it is done (`fetched user:1`,
//! `failed user:1`); each caller notes its answer (`get user:1`).

use std::{collections::HashMap, time::Duration};

use crate::{
    exercises::{Finding, Given, Moment, Record, Rule, in_ms},
    runtime::{Instant, Phase},
    trace::{Value, What},
};

pub(super) const RULES: &[Rule] = &[
    Rule {
        slug: "one-fetch",
        statement: "At any time at most one fetch of a key is under way.",
        check: one_flight,
    },
    Rule {
        slug: "fresh",
        statement: "A value is not fetched again during its time to live, as long as the cache has space for it.",
        check: fresh,
    },
    Rule {
        slug: "expires",
        statement: "A value is never served after its time to live; it is fetched again.",
        check: expires,
    },
    Rule { slug: "one-wait", statement: "Nobody waits longer than one fetch takes.", check: one_wait },
    Rule {
        slug: "errors-pass",
        statement: "An error reaches everyone who waited for that fetch, and nobody who asks later.",
        check: errors_pass,
    },
    Rule {
        slug: "nobody-hangs",
        statement: "Every caller gets an answer, even if the caller who started the fetch is cancelled.",
        check: nobody_hangs,
    },
    Rule { slug: "bounded", statement: "The cache never keeps more values than it may.", check: bounded },
];

/// Something noted about a key: `fetch`, `fetched`, `failed` or `get`.
struct Fact<'a> {
    verb: &'a str,
    key: &'a str,
    noted: Given<'a>,
}

fn facts<'a>(record: &Record<'a>) -> impl Iterator<Item = Fact<'a>> {
    record.events.iter().filter_map(|event| {
        let What::Result { task, of, value } = &event.what else { return None };
        let (verb, key) = of.split_once(' ')?;
        let moment = Moment { at: event.at, seq: event.seq };
        Some(Fact { verb, key, noted: Given { moment, task: *task, value } })
    })
}

fn one_flight(record: &Record<'_>) -> Finding {
    let (mut most, mut over) = (0, Vec::new());
    for event in record.events {
        let What::Gauge { name, value, .. } = &event.what else { continue };
        if !name.starts_with("fetches of ") {
            continue;
        }
        most = most.max(*value);
        if *value > 1 {
            over.push(event.seq);
        }
    }
    let fetches = facts(record).filter(|fact| fact.verb == "fetch").count();
    let evidence = format!("{fetches} fetches; at most {most} of one key at a time");
    Finding::unless(over, evidence.clone(), evidence)
}

fn fresh(record: &Record<'_>) -> Finding {
    let ttl = record.settings.millis("ttl_ms");
    let (keys, room) = (record.settings.count("keys"), record.settings.count("max_entries"));
    if keys > room {
        return Finding::held(format!(
            "{keys} keys and room for {room}: a value may have to go before its time"
        ));
    }
    let mut fetched = HashMap::new();
    let (mut fetches, mut early) = (0, Vec::new());
    for fact in facts(record) {
        let at = fact.noted.moment.at;
        match fact.verb {
            "fetched" => drop(fetched.insert(fact.key, at)),
            "fetch" => {
                fetches += 1;
                if fetched.get(fact.key).is_some_and(|since| at.since(*since) < ttl) {
                    early.push(fact.noted.moment.seq);
                }
            }
            _ => {}
        }
    }
    let evidence =
        format!("{} of {fetches} fetches were for a value not yet {} old", early.len(), in_ms(ttl));
    Finding::unless(early, evidence.clone(), evidence)
}

fn expires(record: &Record<'_>) -> Finding {
    let ttl = record.settings.millis("ttl_ms");
    let mut fetched: Vec<(&Value, Instant)> = Vec::new();
    let (mut oldest, mut stale) = (Duration::ZERO, Vec::new());
    for fact in facts(record) {
        let moment = fact.noted.moment;
        match fact.verb {
            "fetched" => fetched.push((fact.noted.value, moment.at)),
            "get" => {
                let same = |(value, _): &&(&Value, Instant)| *value == fact.noted.value;
                let Some((_, since)) = fetched.iter().rev().find(same) else { continue };
                let age = moment.at.since(*since);
                oldest = oldest.max(age);
                // Real time goes on between the end of a fetch and the cache's look at its clock.
                if if record.live { !record.by(age, ttl) } else { age >= ttl } {
                    stale.push(moment.seq);
                }
            }
            _ => {}
        }
    }
    let evidence = format!("the oldest value served was {} old, of {}", in_ms(oldest), in_ms(ttl));
    Finding::unless(stale, evidence.clone(), evidence)
}

/// When each caller asked: a caller asks as soon as it runs.
fn asked(record: &Record<'_>) -> HashMap<u32, Moment> {
    record.lanes("caller ").into_iter().filter_map(|lane| Some((lane.id, lane.started?))).collect()
}

fn one_wait(record: &Record<'_>) -> Finding {
    let fetch = record.settings.millis("fetch_ms");
    let asked = asked(record);
    let (mut longest, mut late) = (Duration::ZERO, Vec::new());
    for answer in facts(record).filter(|fact| fact.verb == "get").map(|fact| fact.noted) {
        let Some(asked) = asked.get(&answer.task) else { continue };
        let waited = answer.moment.at.since(asked.at);
        longest = longest.max(waited);
        if !record.by(waited, fetch) {
            late.push(answer.moment.seq);
        }
    }
    let evidence = format!("the longest wait was {}, a fetch takes {}", in_ms(longest), in_ms(fetch));
    Finding::unless(late, evidence.clone(), evidence)
}

fn errors_pass(record: &Record<'_>) -> Finding {
    let asked = asked(record);
    // The last fetch of each key that failed. Whoever had asked by then and had no answer can only have waited for it.
    let mut failed: HashMap<&str, Given<'_>> = HashMap::new();
    let (mut failures, mut waited, mut wrong) = (0, 0, Vec::new());
    let mut errors = Vec::new();
    for fact in facts(record) {
        match fact.verb {
            "failed" => {
                failures += 1;
                errors.push(fact.noted.value);
                failed.insert(fact.key, fact.noted);
            }
            "get" => {
                let Some(asked) = asked.get(&fact.noted.task) else { continue };
                let due = failed.get(fact.key).filter(|failed| asked.seq < failed.moment.seq);
                waited += usize::from(due.is_some());
                if due.is_some() != errors.contains(&fact.noted.value) {
                    wrong.push(fact.noted.moment.seq);
                }
            }
            _ => {}
        }
    }
    let evidence = format!(
        "{failures} fetches failed, {waited} callers waited for them; {} answers were not what was due",
        wrong.len()
    );
    Finding::unless(wrong, evidence.clone(), evidence)
}

fn nobody_hangs(record: &Record<'_>) -> Finding {
    let callers = record.lanes("caller ");
    let excused = record.settings.flag("cancel_first").then(|| callers.first().map(|lane| lane.id)).flatten();
    let cancelled = record.cancelled();
    let answered = callers.iter().filter(|lane| lane.is(Phase::Finished)).count();
    let hung: Vec<_> = callers
        .iter()
        .filter(|lane| !lane.is(Phase::Finished) && Some(lane.id) != excused)
        .filter(|lane| !cancelled.contains_key(&lane.id))
        .map(|lane| lane.spawned.seq)
        .collect();
    // Nor did anything keep the last caller from coming.
    let due = record.settings.count("callers") + 1;
    let evidence = format!("{answered} of {due} callers got an answer, {} hung", hung.len());
    if callers.len() == due {
        Finding::unless(hung, evidence.clone(), evidence)
    } else {
        Finding::broken(evidence, hung)
    }
}

fn bounded(record: &Record<'_>) -> Finding {
    let room = record.settings.count("max_entries");
    let limit = i64::try_from(room).unwrap_or(i64::MAX);
    let kept: Vec<_> = record.gauge("rows kept").collect();
    let most = kept.iter().map(|(_, value)| *value).max().unwrap_or_default();
    let over = kept.iter().filter(|(_, value)| *value > limit).map(|(moment, _)| moment.seq).collect();
    let evidence = format!("at most {most} rows kept, room for {room}");
    Finding::unless(over, evidence.clone(), evidence)
}
