//! The rules, for any requests, and whatever the backend does.

use std::{collections::BTreeMap, mem, time::Duration};

use super::{
    facts::{Fact, Metrics, facts},
    program::THRESHOLD,
};
use crate::{
    exercises::{Faults, Finding, Moment, Record, Rule, at_ms, in_ms, plural},
    runtime::Instant,
};

pub(super) const RULES: &[Rule] = &[
    Rule {
        slug: "hits-and-misses",
        statement: "A request is a hit if its value is stored or already on its way; otherwise it is a miss and starts one fetch.",
        check: hits_and_misses,
    },
    Rule {
        slug: "one-fetch",
        statement: "An id has at most one fetch at a time, and none while its value is stored.",
        check: one_fetch,
    },
    Rule {
        slug: "no-detour",
        statement: "A stored value is answered at once, and a shared fetch as soon as it ends.",
        check: no_detour,
    },
    Rule {
        slug: "concurrency",
        statement: "Never more fetches at the same time than the concurrency limit allows.",
        check: concurrency,
    },
    Rule {
        slug: "rate",
        statement: "Never more fetches than the rate limit allows: the burst at once, then the rate per second.",
        check: rate,
    },
    Rule {
        slug: "timeout",
        statement: "A fetch ends by its timeout, and waiting in line never counts as a timeout.",
        check: timeout,
    },
    Rule {
        slug: "breaker",
        statement: "Three failures or timeouts in a row open the breaker; `not found` does not, nor does anything else.",
        check: breaker,
    },
    Rule {
        slug: "counts",
        statement: "Every request is counted once, by how it ended, and the counts are right.",
        check: counts,
    },
];

/// How far apart the clock of the service and that of the trace may be. A real clock goes on between the two, and the one that
/// programs in Python read is up to half a millisecond ahead.
fn slack(record: &Record<'_>) -> Duration {
    if record.real_time { Duration::from_millis(5) } else { Duration::from_micros(500) }
}

fn hits_and_misses(record: &Record<'_>) -> Finding {
    let metrics = Metrics::of(record);
    let (ttl, slack) = (record.settings.millis("ttl_ms"), slack(record));
    let mut ids: BTreeMap<i64, Known> = BTreeMap::new();
    let (mut asked, mut fetches, mut due) = (0, 0, 0);
    for (moment, fact) in facts(record) {
        match fact {
            // A request for a stored id, or for one that is being fetched, is a hit. So may be others, where a fetch
            // waits in line.
            Fact::Asked { id, .. } => {
                asked += 1;
                let known = ids.entry(id).or_default();
                let joins = !known.under_way.is_empty();
                if joins {
                    known.joins.push(moment.at);
                }
                due += usize::from(joins || known.lives(moment.at.after(slack)));
            }
            Fact::Fetch { id } => {
                fetches += 1;
                ids.entry(id).or_default().under_way.push(fetches);
            }
            Fact::Ended { number, id, outcome } => {
                let known = ids.entry(id).or_default();
                if outcome == "dropped" {
                    // A fetch that is dropped at the moment of a request may be gone for that request already.
                    due -= known.joins.iter().filter(|asked| asked.after(slack) >= moment.at).count();
                }
                known.joins.clear();
                known.ended(number, moment.at, outcome, ttl);
            }
            _ => {}
        }
    }
    let (hits, misses) = (metrics.count("hits").unwrap_or(0), metrics.count("misses").unwrap_or(0));
    let counted =
        format!("{}: {} and {}", plural(asked, "request"), plural(hits, "hit"), plural(misses, "miss"));
    if metrics.count("total") != Some(asked) || hits + misses != asked {
        Finding::broken(format!("{counted}, which do not add up"), metrics.seq)
    } else if hits < due {
        Finding::broken(format!("{counted}; at least {due} should be hits"), metrics.seq)
    } else if misses < fetches {
        Finding::broken(format!("{counted}, but {}", plural(fetches, "fetch")), metrics.seq)
    } else {
        Finding::held(format!("{counted}, {}", plural(fetches, "fetch")))
    }
}

/// What is known of an id.
#[derive(Default)]
struct Known {
    /// The numbers of its fetches that have not ended.
    under_way: Vec<usize>,
    /// When its value expires.
    until: Option<Instant>,
    /// When its last fetch ended.
    ended: Option<Instant>,
    /// The requests that have asked since its last fetch ended.
    waiting: Vec<u32>,
    /// When requests have asked while it was being fetched.
    joins: Vec<Instant>,
}

impl Known {
    fn lives(&self, at: Instant) -> bool {
        self.until.is_some_and(|until| at < until)
    }

    /// A fetch has ended.
    fn ended(&mut self, number: usize, at: Instant, outcome: &str, ttl: Duration) {
        self.under_way.retain(|other| *other != number);
        self.ended = Some(at);
        if outcome == "ok" {
            self.until = Some(at.after(ttl));
        }
    }
}

fn one_fetch(record: &Record<'_>) -> Finding {
    let (ttl, slack) = (record.settings.millis("ttl_ms"), slack(record));
    // When fetches were dropped, by number. One that is dropped at the moment of the next is given up already.
    let dropped: BTreeMap<usize, Instant> = facts(record)
        .filter_map(|(moment, fact)| match fact {
            Fact::Ended { number, outcome: "dropped", .. } => Some((number, moment.at)),
            _ => None,
        })
        .collect();
    let mut ids: BTreeMap<i64, Known> = BTreeMap::new();
    let (mut fetches, mut wrong) = (0, Faults::default());
    for (Moment { at, seq }, fact) in facts(record) {
        match fact {
            Fact::Fetch { id } => {
                fetches += 1;
                let known = ids.entry(id).or_default();
                let goes_on = |number| dropped.get(number).is_none_or(|end| *end > at.after(slack));
                if known.under_way.iter().any(goes_on) {
                    wrong.add(seq, || {
                        format!("At {at} a fetch of id {id} began while one was under way", at = at_ms(at))
                    });
                } else if let Some(until) = known.until.filter(|_| known.lives(at.after(slack))) {
                    wrong.add(seq, || {
                        format!(
                            "At {at} id {id} was fetched, although its value lives until {until}",
                            at = at_ms(at),
                            until = at_ms(until)
                        )
                    });
                }
                known.under_way.push(fetches);
            }
            Fact::Ended { number, id, outcome } => ids.entry(id).or_default().ended(number, at, outcome, ttl),
            _ => {}
        }
    }
    wrong.finding(format!("{} of {}, none twice", plural(fetches, "fetch"), plural(ids.len(), "id")))
}

fn no_detour(record: &Record<'_>) -> Finding {
    let (ttl, slack) = (record.settings.millis("ttl_ms"), slack(record));
    let mut ids: BTreeMap<i64, Known> = BTreeMap::new();
    // When each request asked, and when its value was there.
    let mut due: BTreeMap<u32, (Instant, Option<Instant>)> = BTreeMap::new();
    let (mut answers, mut wrong) = (0, Faults::default());
    for (Moment { at, seq }, fact) in facts(record) {
        match fact {
            Fact::Asked { task, id } => {
                let known = ids.entry(id).or_default();
                let lives = known.lives(at);
                // A value that expires at this moment may be stored or not, and a fetch that ended at this moment may
                // still be shared: such a request is not judged.
                let expires = lives && !known.lives(at.after(slack));
                let ends = !lives && known.ended.is_some_and(|ended| at <= ended.after(slack));
                if expires || ends {
                    continue;
                }
                due.insert(task, (at, lives.then_some(at)));
                if !lives {
                    known.waiting.push(task);
                }
            }
            Fact::Ended { number, id, outcome } => {
                let known = ids.entry(id).or_default();
                for task in known.waiting.drain(..) {
                    let Some((asked, due_at)) = due.get_mut(&task) else { continue };
                    // As in `hits_and_misses`: such a request is not judged.
                    if outcome == "dropped" && at <= asked.after(slack) {
                        due.remove(&task);
                    } else {
                        *due_at = Some(at);
                    }
                }
                known.ended(number, at, outcome, ttl);
            }
            Fact::Answered { task, kind: "ok" | "error" | "timed out", .. } => {
                answers += 1;
                let Some((asked, due)) = due.get(&task) else { continue };
                let in_time = |due: &Instant| record.took(at.since(*asked), due.since(*asked));
                if !due.as_ref().is_some_and(in_time) {
                    wrong.add(seq, || {
                        let name = record.name_of(task);
                        match due {
                            Some(due) => format!(
                                "{name} was answered at {at}; its value was there at {due}",
                                at = at_ms(at)
                            ),
                            None => {
                                format!(
                                    "{name} was answered at {at}, before a fetch of its id had ended",
                                    at = at_ms(at)
                                )
                            }
                        }
                    });
                }
            }
            _ => {}
        }
    }
    wrong.finding(format!("{} as soon as the value was there", plural(answers, "answer")))
}

fn concurrency(record: &Record<'_>) -> Finding {
    let limit = record.settings.count("concurrency");
    let (mut under_way, mut most, mut wrong) = (0_usize, 0, Faults::default());
    for (Moment { at, seq }, fact) in facts(record) {
        match fact {
            Fact::Fetch { .. } => {
                under_way += 1;
                most = most.max(under_way);
                if under_way > limit {
                    wrong.add(seq, || {
                        format!(
                            "At {at} {} were under way; the limit is {limit}",
                            plural(under_way, "fetch"),
                            at = at_ms(at)
                        )
                    });
                }
            }
            Fact::Ended { .. } => under_way = under_way.saturating_sub(1),
            _ => {}
        }
    }
    wrong.finding(format!("At most {} at the same time; the limit is {limit}", plural(most, "fetch")))
}

/// A bucket of tokens that holds the burst and fills at the rate: it says the same as the limit for every length of
/// time. It counts in parts of a token, of which the rate gives a whole number in a nanosecond.
fn rate(record: &Record<'_>) -> Finding {
    const TOKEN: u128 = 1_000_000_000;
    let count = |name| record.settings.count(name) as u128;
    let (rate, full) = (count("rate"), count("burst") * TOKEN);
    let slack = rate * slack(record).as_nanos();
    let (mut level, mut last) = (full, Instant::ORIGIN);
    let (mut tokens, mut fetches, mut wrong) = (0, 0, Faults::default());
    let limit = format!("{} at once, then {rate} per second", record.settings.count("burst"));
    for (Moment { at, seq }, fact) in facts(record) {
        match fact {
            Fact::Token => {
                tokens += 1;
                level = full.min(level + at.since(last).as_nanos() * rate);
                last = at;
                if level + slack < TOKEN {
                    wrong.add(seq, || {
                        format!(
                            "At {at} a fetch passed the rate limit too early: it allows {limit}",
                            at = at_ms(at)
                        )
                    });
                }
                level = level.saturating_sub(TOKEN);
            }
            Fact::Fetch { .. } => {
                fetches += 1;
                if fetches > tokens {
                    wrong.add(seq, || {
                        format!(
                            "At {at} {} had reached the backend, but {tokens} passed the rate limit",
                            plural(fetches, "fetch"),
                            at = at_ms(at)
                        )
                    });
                }
            }
            _ => {}
        }
    }
    wrong.finding(format!("{} within {limit}", plural(tokens, "fetch")))
}

/// When each fetch reached the backend, by its number less one.
fn starts(record: &Record<'_>) -> Vec<Moment> {
    facts(record).filter_map(|(moment, fact)| matches!(fact, Fact::Fetch { .. }).then_some(moment)).collect()
}

fn timeout(record: &Record<'_>) -> Finding {
    let limit = record.settings.millis("timeout_ms");
    let starts = starts(record);
    let mut ran_out: BTreeMap<i64, Instant> = BTreeMap::new();
    let (mut timed_out, mut wrong) = (0, Faults::default());
    for (Moment { at, seq }, fact) in facts(record) {
        match fact {
            Fact::Ended { number, id, outcome } => {
                let start = number.checked_sub(1).and_then(|place| starts.get(place));
                let took = start.map_or(Duration::ZERO, |start| at.since(start.at));
                if !record.by(took, limit) {
                    wrong.add(seq, || {
                        format!("A fetch of id {id} took {}; the timeout is {}", in_ms(took), in_ms(limit))
                    });
                }
                if outcome == "dropped" && record.took(took, limit) {
                    ran_out.insert(id, at);
                }
            }
            Fact::Answered { task, id, kind: "timed out" } => {
                timed_out += 1;
                let since = ran_out.get(&id).map(|ended| at.since(*ended));
                if !since.is_some_and(|since| record.took(since, Duration::ZERO)) {
                    wrong.add(seq, || {
                        let name = record.name_of(task);
                        format!(
                            "At {at} {name} timed out, but no fetch of id {id} had run for {}",
                            in_ms(limit),
                            at = at_ms(at)
                        )
                    });
                }
            }
            _ => {}
        }
    }
    wrong.finding(format!(
        "{}, none longer than {}; {} timed out",
        plural(starts.len(), "fetch"),
        in_ms(limit),
        plural(timed_out, "request")
    ))
}

/// The events at which a fetch ended because it took too long, and whether that is certain. A fetch that ends at the moment
/// at which a request for it gives up may have been dropped with the request instead.
fn timeouts(record: &Record<'_>) -> BTreeMap<u32, bool> {
    let limit = record.settings.millis("timeout_ms");
    let starts = starts(record);
    let at_once = |one: Instant, other: Instant| record.took(one.since(other), Duration::ZERO);
    // By id: the last fetch that ended at its timeout, and when a request gave up last.
    let (mut late, mut gave_up) = (BTreeMap::<_, Moment>::new(), BTreeMap::new());
    let mut timeouts = BTreeMap::new();
    for (moment, fact) in facts(record) {
        match fact {
            Fact::Ended { number, id, outcome: "dropped" } => {
                let start = number.checked_sub(1).and_then(|place| starts.get(place));
                if start.is_some_and(|start| record.took(moment.at.since(start.at), limit)) {
                    late.insert(id, moment);
                    timeouts.insert(moment.seq, !gave_up.get(&id).is_some_and(|at| at_once(moment.at, *at)));
                }
            }
            Fact::Answered { id, kind: "timed out", .. } => {
                timeouts.extend(late.get(&id).map(|late| (late.seq, true)));
            }
            Fact::Answered { id, kind: "cancelled", .. } => {
                gave_up.insert(id, moment.at);
                let late = late.get(&id).filter(|late| at_once(moment.at, late.at));
                timeouts.extend(late.map(|late| (late.seq, false)));
            }
            _ => {}
        }
    }
    timeouts
}

fn breaker(record: &Record<'_>) -> Finding {
    let (starts, timeouts) = (starts(record), timeouts(record));
    let (mut state, mut since) = ("CLOSED", 0);
    // Failures in a row: those that are certain, and all that may be.
    let (mut certain, mut possible) = (0, 0);
    let (mut opened, mut wrong) = (0, Faults::default());
    let stayed_closed = |wrong: &mut Faults, failure: Moment| {
        wrong.add(failure.seq, || {
            format!(
                "At {} there were {THRESHOLD} failures in a row, and the breaker did not open",
                failure.at
            )
        });
    };
    // The failure after which the breaker must open before anything else happens, and whether it may.
    let (mut last_failure, mut may_open) = (None, false);
    for (moment, fact) in facts(record) {
        let (must_open, can_open): (Option<Moment>, _) = (last_failure.take(), mem::take(&mut may_open));
        match fact {
            Fact::Changed { from: "CLOSED", to: "OPEN" } => {
                opened += 1;
                if !can_open {
                    wrong.add(moment.seq, || {
                        format!(
                            "At {} the breaker opened after {possible} of {THRESHOLD} failures in a row",
                            moment.at
                        )
                    });
                }
            }
            _ => {
                if let Some(failure) = must_open {
                    stayed_closed(&mut wrong, failure);
                }
            }
        }
        match fact {
            Fact::Changed { to, .. } => (state, since, certain, possible) = (to, moment.seq, 0, 0),
            Fact::Ended { number, outcome, .. } => {
                let start = number.checked_sub(1).and_then(|place| starts.get(place));
                let counts = state == "CLOSED" && start.is_some_and(|start| start.seq >= since);
                match outcome {
                    _ if !counts => {}
                    "failed" => (certain, possible) = (certain + 1, possible + 1),
                    "dropped" => {
                        if let Some(is_certain) = timeouts.get(&moment.seq) {
                            (certain, possible) = (certain + u32::from(*is_certain), possible + 1);
                        }
                    }
                    _ => (certain, possible) = (0, 0),
                }
                last_failure = (counts && certain == THRESHOLD).then_some(moment);
                may_open = counts && possible >= THRESHOLD;
            }
            _ => {}
        }
    }
    if let Some(failure) = last_failure {
        stayed_closed(&mut wrong, failure);
    }
    let timed_out = timeouts.values().filter(|is_certain| **is_certain).count();
    wrong.finding(format!("Opened {}; {} timed out", plural(opened, "time"), plural(timed_out, "fetch")))
}

fn counts(record: &Record<'_>) -> Finding {
    let metrics = Metrics::of(record);
    let mut ends: BTreeMap<&str, usize> = BTreeMap::new();
    for (_, fact) in facts(record) {
        if let Fact::Answered { kind, .. } = fact {
            *ends.entry(kind).or_default() += 1;
        }
    }
    let ended = |kind: &str| ends.get(kind).copied().unwrap_or(0);
    let kinds = ["ok", "error", "timed out", "rejected", "cancelled"];
    let (Some(total), Some(seq)) = (metrics.count("total"), metrics.seq) else {
        return Finding::broken("The program ended with 0 counts printed", []);
    };
    let counted = |kind: &str| metrics.count(&kind.replace(' ', "_")).unwrap_or(0);
    if let Some(kind) = kinds.into_iter().find(|kind| counted(kind) != ended(kind)) {
        let evidence =
            format!("{} counted as {kind}, but {} ended so", counted(kind), plural(ended(kind), "request"));
        return Finding::broken(evidence, [seq]);
    }
    let sum: usize = kinds.into_iter().map(counted).sum();
    if sum != total {
        return Finding::broken(format!("{} counted, but {sum} ended", plural(total, "request")), [seq]);
    }
    let each: Vec<_> = kinds.into_iter().map(|kind| format!("{} {kind}", counted(kind))).collect();
    Finding::held(format!("{}: {}", plural(total, "request"), each.join(", ")))
}
