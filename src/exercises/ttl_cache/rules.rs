//! The rules, for any number of callers and keys, failing fetches, and cancelled callers.
//!
//! The database holds `fetch user:1` while a fetch is under way, and notes its result as `fetched user:1` or
//! `failed user:1`. Each caller notes its answer as `get user:1`.

use std::{collections::HashMap, time::Duration};

use crate::{
    exercises::{Faults, Finding, Given, Moment, Record, Rule, at_ms, in_ms, plural},
    runtime::{Instant, Phase},
    trace::{Edge, Value, What},
};

pub(super) const RULES: &[Rule] = &[
    Rule {
        slug: "one-fetch",
        statement: "At any time at most one fetch of a key is under way.",
        check: one_fetch,
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

/// What happened to a key.
enum Fact<'a> {
    /// A fetch began.
    Fetch,
    /// A fetch ended with a row.
    Fetched(&'a Value),
    /// A fetch ended with an error.
    Failed(&'a Value),
    /// A fetch ended, in whatever way.
    Ended,
    /// A caller got its answer.
    Got(Given<'a>),
}

fn facts<'a>(record: &Record<'a>) -> impl Iterator<Item = (Moment, &'a str, Fact<'a>)> {
    record.events.iter().filter_map(|event| {
        let moment = Moment { at: event.at, seq: event.seq };
        let (key, fact) = match &event.what {
            What::Use { of, phase, .. } => {
                let fact = if *phase == Edge::Begin { Fact::Fetch } else { Fact::Ended };
                (of.strip_prefix("fetch ")?, fact)
            }
            What::Result { task, of, value } => match of.split_once(' ')? {
                ("fetched", key) => (key, Fact::Fetched(value)),
                ("failed", key) => (key, Fact::Failed(value)),
                ("get", key) => (key, Fact::Got(Given { moment, task: *task, value })),
                _ => return None,
            },
            _ => return None,
        };
        Some((moment, key, fact))
    })
}

fn one_fetch(record: &Record<'_>) -> Finding {
    let mut under_way: HashMap<&str, usize> = HashMap::new();
    let (mut fetches, mut wrong) = (0, Vec::new());
    for (moment, key, fact) in facts(record) {
        let under_way = under_way.entry(key).or_default();
        match fact {
            Fact::Fetch => {
                fetches += 1;
                *under_way += 1;
                if *under_way > 1 {
                    wrong.push((moment, key));
                }
            }
            Fact::Ended => *under_way = under_way.saturating_sub(1),
            _ => {}
        }
    }
    let Some((first, key)) = wrong.first() else {
        return Finding::held(format!("{}, at most 1 of a key at a time", plural(fetches, "fetch")));
    };
    let together = wrong.iter().filter(|(moment, other)| moment.at == first.at && other == key).count();
    let evidence = match together {
        1 => format!("At {} another fetch of {key} began while one was under way", at_ms(first.at)),
        more => format!("At {} {more} more fetches of {key} began while one was under way", at_ms(first.at)),
    };
    Finding::broken(evidence, wrong.iter().map(|(moment, _)| moment.seq))
}

fn fresh(record: &Record<'_>) -> Finding {
    let ttl = record.settings.millis("ttl_ms");
    let (keys, space) = (record.settings.count("keys"), record.settings.count("max_entries"));
    if keys > space {
        return Finding::held(format!(
            "{} and space for {space}: a value may be removed before its time",
            plural(keys, "key")
        ));
    }
    let mut fetched = HashMap::new();
    let (mut fetches, mut early) = (0, Faults::default());
    for (Moment { at, seq }, key, fact) in facts(record) {
        match fact {
            Fact::Fetched(_) => drop(fetched.insert(key, at)),
            Fact::Fetch => {
                fetches += 1;
                let age = fetched.get(key).map(|since| at.since(*since));
                if let Some(age) = age.filter(|age| *age < ttl) {
                    early.add(seq, || {
                        format!(
                            "At {at} {key} was fetched again, although its value was {} old",
                            in_ms(age),
                            at = at_ms(at)
                        )
                    });
                }
            }
            _ => {}
        }
    }
    early.finding(format!("{}, none for a value younger than {}", plural(fetches, "fetch"), in_ms(ttl)))
}

fn expires(record: &Record<'_>) -> Finding {
    let ttl = record.settings.millis("ttl_ms");
    let mut fetched: Vec<(&Value, Instant)> = Vec::new();
    let (mut oldest, mut stale) = (Duration::ZERO, Faults::default());
    for (Moment { at, seq }, key, fact) in facts(record) {
        match fact {
            Fact::Fetched(value) => fetched.push((value, at)),
            Fact::Got(Given { task, value, .. }) => {
                let same = |(known, _): &&(&Value, Instant)| *known == value;
                let Some((_, since)) = fetched.iter().rev().find(same) else { continue };
                let age = at.since(*since);
                oldest = oldest.max(age);
                // In real time the clock goes on between the end of a fetch and the moment at which the cache reads it.
                let is_stale = if record.real_time { !record.by(age, ttl) } else { age >= ttl };
                if is_stale {
                    stale.add(seq, || {
                        let caller = record.name_of(task);
                        format!(
                            "At {at} {caller} got a value of {key} that was {} old",
                            in_ms(age),
                            at = at_ms(at)
                        )
                    });
                }
            }
            _ => {}
        }
    }
    stale.finding(format!("The oldest value served was {} old; a value lives {}", in_ms(oldest), in_ms(ttl)))
}

/// When each caller asked: a caller asks as soon as it runs.
fn asked(record: &Record<'_>) -> HashMap<u32, Moment> {
    record.lanes("caller ").into_iter().filter_map(|lane| Some((lane.id, lane.started?))).collect()
}

fn one_wait(record: &Record<'_>) -> Finding {
    let fetch = record.settings.millis("fetch_ms");
    let asked = asked(record);
    let (mut longest, mut late) = (Duration::ZERO, Vec::new());
    for (moment, _, fact) in facts(record) {
        let Fact::Got(Given { task, .. }) = fact else { continue };
        let Some(asked) = asked.get(&task) else { continue };
        let waited = moment.at.since(asked.at);
        longest = longest.max(waited);
        if !record.by(waited, fetch) {
            late.push(moment.seq);
        }
    }
    let longest = format!("The longest wait was {}; a fetch takes {}", in_ms(longest), in_ms(fetch));
    let late_callers = format!("{longest}; {} waited too long", plural(late.len(), "caller"));
    Finding::unless(late, longest, late_callers)
}

fn errors_pass(record: &Record<'_>) -> Finding {
    let asked = asked(record);
    // The last failed fetch of each key. A caller that had asked before it failed and had no answer waited for it.
    let mut failed: HashMap<&str, Moment> = HashMap::new();
    let (mut failures, mut waited, mut wrong) = (0, 0, Faults::default());
    let mut errors = Vec::new();
    for (moment, key, fact) in facts(record) {
        match fact {
            Fact::Failed(error) => {
                failures += 1;
                errors.push(error);
                failed.insert(key, moment);
            }
            Fact::Got(Given { task, value, .. }) => {
                let Some(asked) = asked.get(&task) else { continue };
                let is_due = failed.get(key).is_some_and(|failed| asked.seq < failed.seq);
                waited += usize::from(is_due);
                if is_due != errors.contains(&value) {
                    wrong.add(moment.seq, || {
                        let (at, caller) = (moment.at, record.name_of(task));
                        if is_due {
                            format!("At {at} {caller} had waited for a fetch that failed, but did not get its error", at = at_ms(at))
                        } else {
                            format!("At {at} {caller} got the error of a fetch that had failed before it asked", at = at_ms(at))
                        }
                    });
                }
            }
            _ => {}
        }
    }
    wrong.finding(format!("{} failed; {} got the error", plural(failures, "fetch"), plural(waited, "caller")))
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
    // The last caller must have asked too.
    let due = record.settings.count("callers") + 1;
    let evidence = format!("{answered} of {due} callers got an answer");
    if callers.len() == due && hung.is_empty() {
        Finding::held(evidence)
    } else {
        let evidence = match callers.len() {
            all if all == due => format!("{evidence}, {} waited forever", hung.len()),
            _ => format!("{evidence}, {} waited forever, and the last one never asked", hung.len()),
        };
        Finding::broken(evidence, hung)
    }
}

fn bounded(record: &Record<'_>) -> Finding {
    let space = record.settings.count("max_entries");
    let (mut most, mut over) = (0, Faults::default());
    for (Moment { at, seq }, kept) in record.gauge("rows kept") {
        let kept = usize::try_from(kept).unwrap_or_default();
        most = most.max(kept);
        if kept > space {
            over.add(seq, || {
                format!("At {at} the cache kept {}; it may keep {space}", plural(kept, "row"), at = at_ms(at))
            });
        }
    }
    over.finding(format!("The cache kept at most {}; it may keep {space}", plural(most, "row")))
}
