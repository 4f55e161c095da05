//! What holds whoever asks for what and when, and whatever the backend does.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use super::{
    facts::{Fact, Metrics, facts},
    program::THRESHOLD,
};
use crate::{
    exercises::{Finding, Moment, Record, Rule, in_ms},
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
        check: room,
    },
    Rule {
        slug: "rate",
        statement: "Never more fetches than the rate limit allows: the burst at once, then the rate per second.",
        check: rate,
    },
    Rule {
        slug: "timeout",
        statement: "A fetch ends by its timeout, and waiting in line never counts as a timeout.",
        check: own_time,
    },
    Rule {
        slug: "breaker",
        statement: "Three failures or timeouts in a row open the breaker; `not found` does not, nor does anything else.",
        check: breaker,
    },
    Rule {
        slug: "counts",
        statement: "Every request is counted once, by how it ended, and the counts are right.",
        check: accounts,
    },
];

fn hits_and_misses(record: &Record<'_>) -> Finding {
    let metrics = Metrics::of(record);
    let ttl = record.settings.millis("ttl_ms");
    let slack = if record.live { Duration::from_millis(5) } else { Duration::ZERO };
    let mut ids: BTreeMap<i64, Known> = BTreeMap::new();
    let (mut asked, mut fetches, mut due) = (0, 0, 0);
    for (moment, fact) in facts(record) {
        match fact {
            // Who asks for what is known, or being fetched, is a hit; others may be, where a fetch waits in line.
            Fact::Asked { id, .. } => {
                asked += 1;
                let known = ids.entry(id).or_default();
                due += usize::from(known.at_work > 0 || known.lives(moment.at.after(slack)));
            }
            Fact::Fetch { id } => {
                fetches += 1;
                ids.entry(id).or_default().at_work += 1;
            }
            Fact::Left { id, outcome, .. } => ids.entry(id).or_default().left(moment.at, outcome, ttl),
            _ => {}
        }
    }
    let (hits, misses) = (metrics.count("hits").unwrap_or(0), metrics.count("misses").unwrap_or(0));
    let evidence = format!(
        "{asked} requests: {hits} hits, at least {due} are due, {misses} misses for {fetches} fetches"
    );
    let adds_up = metrics.count("total") == Some(asked) && hits + misses == asked;
    let is_right = adds_up && hits >= due && misses >= fetches;
    if is_right { Finding::held(evidence) } else { Finding::broken(evidence, metrics.seq) }
}

/// What is known of an id.
#[derive(Default)]
struct Known {
    at_work: usize,
    until: Option<Instant>,
    /// Who has asked since the last fetch left.
    waiting: Vec<u32>,
}

impl Known {
    fn lives(&self, at: Instant) -> bool {
        self.until.is_some_and(|until| at < until)
    }

    /// A fetch has left the backend.
    fn left(&mut self, at: Instant, outcome: &str, ttl: Duration) {
        self.at_work = self.at_work.saturating_sub(1);
        if outcome == "ok" {
            self.until = Some(at.after(ttl));
        }
    }
}

fn one_fetch(record: &Record<'_>) -> Finding {
    let ttl = record.settings.millis("ttl_ms");
    let mut ids: BTreeMap<i64, Known> = BTreeMap::new();
    let (mut fetches, mut wrong) = (0, Vec::new());
    for (moment, fact) in facts(record) {
        match fact {
            Fact::Fetch { id } => {
                let known = ids.entry(id).or_default();
                if known.at_work > 0 || known.lives(moment.at) {
                    wrong.push(moment.seq);
                }
                known.at_work += 1;
                fetches += 1;
            }
            Fact::Left { id, outcome, .. } => ids.entry(id).or_default().left(moment.at, outcome, ttl),
            _ => {}
        }
    }
    let evidence = format!("{} of {fetches} fetches were for what was known or under way", wrong.len());
    Finding::unless(wrong, evidence.clone(), evidence)
}

fn no_detour(record: &Record<'_>) -> Finding {
    let ttl = record.settings.millis("ttl_ms");
    // The browser's clock is read at other moments by the cache than by the trace.
    let slack = if record.live { Duration::from_millis(5) } else { Duration::ZERO };
    let mut ids: BTreeMap<i64, Known> = BTreeMap::new();
    let mut due: BTreeMap<u32, (Instant, Option<Instant>)> = BTreeMap::new();
    let (mut answers, mut wrong) = (0, Vec::new());
    for (moment, fact) in facts(record) {
        match fact {
            Fact::Asked { task, id } => {
                let known = ids.entry(id).or_default();
                let lives = |at| known.lives(at);
                // Whether a value that expires just now was still there cannot be told; such a request is let pass.
                if lives(moment.at) && !lives(moment.at.after(slack)) {
                    continue;
                }
                due.insert(task, (moment.at, lives(moment.at).then_some(moment.at)));
                if !lives(moment.at) {
                    known.waiting.push(task);
                }
            }
            Fact::Left { id, outcome, .. } => {
                let known = ids.entry(id).or_default();
                for task in known.waiting.drain(..) {
                    if let Some((_, due)) = due.get_mut(&task) {
                        *due = Some(moment.at);
                    }
                }
                if outcome == "ok" {
                    known.until = Some(moment.at.after(ttl));
                }
            }
            Fact::Answered { task, kind: "ok" | "error" | "timed out", .. } => {
                answers += 1;
                let in_time = due.get(&task).is_none_or(|(asked, due)| {
                    due.is_some_and(|due| record.took(moment.at.since(*asked), due.since(*asked)))
                });
                if !in_time {
                    wrong.push(moment.seq);
                }
            }
            _ => {}
        }
    }
    let evidence =
        format!("{} of {answers} answers did not come with the value that they had to wait for", wrong.len());
    Finding::unless(wrong, evidence.clone(), evidence)
}

fn room(record: &Record<'_>) -> Finding {
    let limit = record.settings.count("concurrency");
    let (mut at_work, mut most, mut wrong) = (0_usize, 0, Vec::new());
    for (moment, fact) in facts(record) {
        match fact {
            Fact::Fetch { .. } => {
                at_work += 1;
                most = most.max(at_work);
                if at_work > limit {
                    wrong.push(moment.seq);
                }
            }
            Fact::Left { .. } => at_work = at_work.saturating_sub(1),
            _ => {}
        }
    }
    let evidence = format!("at most {most} fetches were under way, {limit} are allowed");
    Finding::unless(wrong, evidence.clone(), evidence)
}

/// A bucket that holds the burst and fills at the rate says the same as all windows together. It is reckoned in
/// parts of a token, of which the rate gives a whole number in a nanosecond.
fn rate(record: &Record<'_>) -> Finding {
    const TOKEN: u128 = 1_000_000_000;
    let count = |name| record.settings.count(name) as u128;
    let (rate, full) = (count("rate"), count("burst") * TOKEN);
    let slack = if record.live { rate * 5_000_000 } else { 0 };
    let (mut level, mut last) = (full, Instant::ORIGIN);
    let (mut tokens, mut fetches, mut wrong) = (0, 0, Vec::new());
    for (moment, fact) in facts(record) {
        match fact {
            Fact::Token => {
                tokens += 1;
                level = full.min(level + moment.at.since(last).as_nanos() * rate);
                last = moment.at;
                if level + slack < TOKEN {
                    wrong.push(moment.seq);
                }
                level = level.saturating_sub(TOKEN);
            }
            Fact::Fetch { .. } => {
                fetches += 1;
                if fetches > tokens {
                    wrong.push(moment.seq);
                }
            }
            _ => {}
        }
    }
    let evidence = format!(
        "{tokens} fetches passed the rate limit and {fetches} reached the backend, {} of them too early",
        wrong.len()
    );
    Finding::unless(wrong, evidence.clone(), evidence)
}

/// When each fetch, by its number less one, reached the backend.
fn starts(record: &Record<'_>) -> Vec<Moment> {
    facts(record).filter_map(|(moment, fact)| matches!(fact, Fact::Fetch { .. }).then_some(moment)).collect()
}

fn own_time(record: &Record<'_>) -> Finding {
    let limit = record.settings.millis("timeout_ms");
    let starts = starts(record);
    let mut ran_out: BTreeMap<i64, Instant> = BTreeMap::new();
    let (mut timed_out, mut wrong) = (0, Vec::new());
    for (moment, fact) in facts(record) {
        match fact {
            Fact::Left { number, id, outcome } => {
                let start = number.checked_sub(1).and_then(|place| starts.get(place));
                let took = start.map_or(Duration::ZERO, |start| moment.at.since(start.at));
                if !record.by(took, limit) {
                    wrong.push(moment.seq);
                }
                if outcome == "dropped" && record.took(took, limit) {
                    ran_out.insert(id, moment.at);
                }
            }
            Fact::Answered { id, kind: "timed out", .. } => {
                timed_out += 1;
                let since = ran_out.get(&id).map(|at| moment.at.since(*at));
                if !since.is_some_and(|since| record.took(since, Duration::ZERO)) {
                    wrong.push(moment.seq);
                }
            }
            _ => {}
        }
    }
    let evidence =
        format!("{timed_out} requests timed out; {} fetches or answers not in {}", wrong.len(), in_ms(limit));
    Finding::unless(wrong, evidence.clone(), evidence)
}

/// The fetches that were dropped because they took too long, not because nobody waited any more: by the event.
fn timeouts(record: &Record<'_>) -> BTreeSet<u32> {
    let limit = record.settings.millis("timeout_ms");
    let starts = starts(record);
    let (mut dropped, mut timeouts) = (BTreeMap::new(), BTreeSet::new());
    for (moment, fact) in facts(record) {
        match fact {
            Fact::Left { number, id, outcome: "dropped" } => {
                let start = number.checked_sub(1).and_then(|place| starts.get(place));
                if start.is_some_and(|start| record.took(moment.at.since(start.at), limit)) {
                    dropped.insert(id, moment.seq);
                }
            }
            Fact::Answered { id, kind: "timed out", .. } => timeouts.extend(dropped.get(&id)),
            _ => {}
        }
    }
    timeouts
}

fn breaker(record: &Record<'_>) -> Finding {
    let (starts, timeouts) = (starts(record), timeouts(record));
    let (mut state, mut since, mut in_a_row) = ("CLOSED", 0, 0);
    let (mut opened, mut wrong) = (0, Vec::new());
    // The failure that must be followed by the opening before anything else happens.
    let mut last_straw = None;
    for (moment, fact) in facts(record) {
        let straw = last_straw.take();
        match fact {
            Fact::Changed { from: "CLOSED", to: "OPEN" } => {
                opened += 1;
                if straw.is_none() {
                    wrong.push(moment.seq);
                }
            }
            _ => wrong.extend(straw),
        }
        match fact {
            Fact::Changed { to, .. } => (state, since, in_a_row) = (to, moment.seq, 0),
            Fact::Left { number, outcome, .. } => {
                let start = number.checked_sub(1).and_then(|place| starts.get(place));
                let counts = state == "CLOSED" && start.is_some_and(|start| start.seq >= since);
                match outcome {
                    _ if !counts => {}
                    "dropped" if !timeouts.contains(&moment.seq) => {}
                    "failed" | "dropped" => in_a_row += 1,
                    _ => in_a_row = 0,
                }
                last_straw = (counts && in_a_row == THRESHOLD).then_some(moment.seq);
            }
            _ => {}
        }
    }
    wrong.extend(last_straw);
    wrong.sort_unstable();
    let evidence = format!(
        "opened {opened} times, {} fetches timed out; {} times it should have done otherwise",
        timeouts.len(),
        wrong.len()
    );
    Finding::unless(wrong, evidence.clone(), evidence)
}

fn accounts(record: &Record<'_>) -> Finding {
    let metrics = Metrics::of(record);
    let mut ends: BTreeMap<&str, usize> = BTreeMap::new();
    for (_, fact) in facts(record) {
        if let Fact::Answered { kind, .. } = fact {
            *ends.entry(kind).or_default() += 1;
        }
    }
    let kinds = ["ok", "error", "timed out", "rejected", "cancelled"];
    let counted = |kind: &str| metrics.count(&kind.replace(' ', "_"));
    let off =
        kinds.iter().filter(|kind| counted(kind) != Some(ends.get(*kind).copied().unwrap_or(0))).count();
    let sum: usize = kinds.iter().filter_map(|kind| counted(kind)).sum();
    let total = metrics.count("total").unwrap_or(0);
    let evidence = format!("{total} admitted, {sum} accounted for, {off} of {} counts are off", kinds.len());
    let is_right = off == 0 && sum == total && metrics.seq.is_some();
    if is_right { Finding::held(evidence) } else { Finding::broken(evidence, metrics.seq) }
}
