//! What holds for any number of queries and connections, whatever fails or is cancelled.
//!
//! The database notes how many connections are active, and each query notes in its task when it was handed one. A
//! query comes to the pool when its task first runs, so the order of coming is in the trace, too.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, HashMap},
    time::Duration,
};

use crate::{
    exercises::{Finding, Lane, Moment, Record, Rule, in_ms},
    runtime::{Instant, Phase},
};

pub(super) const RULES: &[Rule] = &[
    Rule {
        slug: "limit",
        statement: "There are never more connections active than the pool's size.",
        check: limit,
    },
    Rule {
        slug: "size-reached",
        statement: "All connections are used when there are queries enough.",
        check: size_reached,
    },
    Rule { slug: "in-order", statement: "Who waits is served in the order of coming.", check: in_order },
    Rule {
        slug: "makespan",
        statement: "No connection rests while somebody waits: q queries over s connections take ceil(q / s) times a \
                    query, or less if some are cancelled.",
        check: makespan,
    },
    Rule {
        slug: "nobody-hangs",
        statement: "Every query that is not cancelled comes to its end, whatever has become of the others.",
        check: nobody_hangs,
    },
    Rule {
        slug: "given-back",
        statement: "Failed and cancelled queries give their connections back, too: at the end all are free.",
        check: given_back,
    },
];

/// The queries that came to the pool, in the order of coming, each with its number from 1.
fn arrivals<'a>(record: &Record<'a>) -> Vec<(usize, Lane<'a>)> {
    let lanes = record.lanes("query ").into_iter();
    let mut arrivals: Vec<_> = (1..).zip(lanes).filter(|(_, lane)| lane.started.is_some()).collect();
    arrivals.sort_by_key(|(_, lane)| lane.started.map(|moment| moment.seq));
    arrivals
}

/// When query `n` is cancelled, by the program or by whoever watches it, if it has not ended before.
fn cancelled(record: &Record<'_>) -> impl Fn(usize, &Lane<'_>) -> Option<Duration> {
    let (every, at) = (record.settings.count("cancel_every"), record.settings.millis("cancel_ms"));
    let by_hand = record.cancelled();
    move |n, lane| {
        let planned = (every > 0 && n.is_multiple_of(every)).then_some(at);
        let by_hand = by_hand.get(&lane.id).map(|moment| moment.at.since(Instant::ORIGIN));
        planned.into_iter().chain(by_hand).min()
    }
}

fn limit(record: &Record<'_>) -> Finding {
    let size = record.settings.int("size");
    let most = record.gauge("active").map(|(_, active)| active).max().unwrap_or_default();
    let over = record.gauge("active").filter(|(_, active)| *active > size).map(|(moment, _)| moment.seq);
    let evidence = format!("at most {most} were active, of {size}");
    Finding::unless(over.collect(), evidence.clone(), evidence)
}

fn size_reached(record: &Record<'_>) -> Finding {
    if record.settings.millis("query_ms").is_zero() {
        return Finding::held("queries of 0 ms never need two connections at a time");
    }
    let (queries, size) = (arrivals(record).len(), record.settings.count("size"));
    let most = record.gauge("active").map(|(_, active)| active).max().unwrap_or_default();
    let evidence = format!("{most} of {size} connections were active at a time, for {queries} queries");
    if usize::try_from(most).is_ok_and(|most| most >= queries.min(size)) {
        Finding::held(evidence)
    } else {
        Finding::broken(evidence, [])
    }
}

fn in_order(record: &Record<'_>) -> Finding {
    // With real timers two that are served at the same moment are noted one after the other, in any order.
    let slack = Duration::from_millis(if record.live { 10 } else { 0 });
    let served: HashMap<u32, Moment> =
        record.results("handed out").map(|noted| (noted.task, noted.moment)).collect();
    let mut latest = Instant::ORIGIN;
    let mut overtook = Vec::new();
    for moment in arrivals(record).iter().filter_map(|(_, lane)| served.get(&lane.id)) {
        if moment.at.after(slack) < latest {
            overtook.push(moment.seq);
        }
        latest = latest.max(moment.at);
    }
    overtook.sort_unstable();
    let evidence =
        format!("{} of {} queries were served after one that came later", overtook.len(), served.len());
    Finding::unless(overtook, evidence.clone(), evidence)
}

/// Hands the connections out on paper, in the order of coming, and compares the time of the last return.
fn makespan(record: &Record<'_>) -> Finding {
    let query = record.settings.millis("query_ms");
    let size = record.settings.count("size");
    let mut free: BinaryHeap<_> = (0..size).map(|_| Reverse(Duration::ZERO)).collect();
    let cancelled = cancelled(record);
    let (mut due, mut queries) = (Duration::ZERO, 0_usize);
    for (n, lane) in arrivals(record) {
        let Some(Reverse(start)) = free.pop() else { break };
        let end =
            cancelled(n, &lane).map_or(start + query, |cancelled| (start + query).min(cancelled.max(start)));
        due = due.max(if end > start { end } else { Duration::ZERO });
        queries += 1;
        free.push(Reverse(end));
    }
    let last = record.gauge("active").last();
    let took = last.map_or(Duration::ZERO, |(moment, _)| moment.at.since(Instant::ORIGIN));
    let evidence =
        format!("{queries} queries took {}; handed out without a gap they take {}", in_ms(took), in_ms(due));
    if record.took_in_turn(took, due, queries.div_ceil(size.max(1))) {
        Finding::held(evidence)
    } else {
        Finding::broken(evidence, last.map(|(moment, _)| moment.seq))
    }
}

fn nobody_hangs(record: &Record<'_>) -> Finding {
    let lanes = record.lanes("query ");
    let cancelled = cancelled(record);
    let mut ended = 0;
    let mut hung = Vec::new();
    for (n, lane) in (1..).zip(&lanes) {
        if lane.is(Phase::Finished) || lane.is(Phase::Failed) {
            ended += 1;
        } else if cancelled(n, lane).is_none() {
            hung.push(lane.spawned.seq);
        }
    }
    let evidence = format!("{ended} of {} queries came to their end, {} hung", lanes.len(), hung.len());
    Finding::unless(hung, evidence.clone(), evidence)
}

fn given_back(record: &Record<'_>) -> Finding {
    let size = record.settings.count("size");
    let free = record.results("free").next();
    let evidence = format!(
        "{} of {size} connections could be had at the end",
        free.map_or(0, |free| free.value.int().unwrap_or(0))
    );
    match free {
        Some(free) if free.value.count() == Some(size) => Finding::held(evidence),
        free => Finding::broken(evidence, free.map(|free| free.moment.seq)),
    }
}
