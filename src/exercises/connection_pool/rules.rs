//! The rules, for any number of queries and connections, whatever fails or is cancelled.
//!
//! The database reports how many connections are active, and each query reports in its own task when it gets a
//! connection. A query asks for one when its task first runs, so the trace also has the order in which they came.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, HashMap},
    time::Duration,
};

use crate::{
    exercises::{Faults, Finding, Lane, Moment, Record, Rule, beside, in_ms, plural, was},
    runtime::Phase,
};

pub(super) const RULES: &[Rule] = &[
    Rule {
        slug: "limit",
        statement: "There are never more active connections than the size of the pool.",
        check: limit,
    },
    Rule {
        slug: "size-reached",
        statement: "All connections are used when there are enough queries.",
        check: size_reached,
    },
    Rule { slug: "in-order", statement: "First come, first served.", check: in_order },
    Rule {
        slug: "makespan",
        statement: "No connection is idle while a query waits: 8 queries on 3 connections need 3 rounds.",
        check: makespan,
    },
    Rule {
        slug: "nobody-hangs",
        statement: "Every query that is not cancelled ends, also when others fail or are cancelled.",
        check: nobody_hangs,
    },
    Rule {
        slug: "given-back",
        statement: "Every query gives its connection back, also when it fails or is cancelled.",
        check: given_back,
    },
];

/// The queries that asked for a connection, in the order in which they came, each with its number from 1.
fn arrivals<'a>(record: &Record<'a>) -> Vec<(usize, Lane<'a>)> {
    let lanes = record.lanes("query ").into_iter();
    let mut arrivals: Vec<_> = (1..).zip(lanes).filter(|(_, lane)| lane.started.is_some()).collect();
    arrivals.sort_by_key(|(_, lane)| lane.started.map(|moment| moment.seq));
    arrivals
}

/// When query `n` is cancelled, by the settings or by interference, if it has not ended before.
fn cancelled(record: &Record<'_>) -> impl Fn(usize, &Lane<'_>) -> Option<Duration> {
    let (every, at) = (record.settings.count("cancel_every"), record.settings.millis("cancel_ms"));
    let interference = record.cancelled();
    move |n, lane| {
        let planned = (every > 0 && n.is_multiple_of(every)).then_some(at);
        planned.into_iter().chain(interference.get(&lane.id).map(|moment| moment.time())).min()
    }
}

/// The highest number of connections that were active at the same time.
fn most_active(record: &Record<'_>) -> usize {
    let most = record.gauge("active").map(|(_, active)| active).max();
    most.and_then(|most| usize::try_from(most).ok()).unwrap_or_default()
}

fn limit(record: &Record<'_>) -> Finding {
    let size = record.settings.int("size");
    let over: Vec<_> = record.gauge("active").filter(|(_, active)| *active > size).collect();
    let evidence = match over.iter().max_by_key(|(_, active)| *active) {
        Some((moment, active)) => {
            format!("At {} {active} connections were active; the pool has {size}", in_ms(moment.time()))
        }
        None => {
            format!("At most {} active at the same time, of {size}", was(most_active(record), "connection"))
        }
    };
    Finding::unless(over.iter().map(|(moment, _)| moment.seq).collect(), evidence.clone(), evidence)
}

fn size_reached(record: &Record<'_>) -> Finding {
    if record.settings.millis("query_ms").is_zero() {
        return Finding::held("Queries of 0 ms never need two connections at the same time");
    }
    let (queries, size) = (arrivals(record).len(), record.settings.count("size"));
    let most = most_active(record);
    let evidence = format!(
        "{} active at the same time, of {size}, for {}",
        was(most, "connection"),
        plural(queries, "query")
    );
    if most >= queries.min(size) { Finding::held(evidence) } else { Finding::broken(evidence, []) }
}

fn in_order(record: &Record<'_>) -> Finding {
    // With real timers two queries that get their connections at the same moment are reported one after the other.
    let slack = Duration::from_millis(if record.real_time { 10 } else { 0 });
    let served: HashMap<u32, Moment> =
        record.results("handed out").map(|given| (given.task, given.moment)).collect();
    let (mut latest, mut faults) = (None, Faults::default());
    for (n, lane) in arrivals(record) {
        let Some(&moment) = served.get(&lane.id) else { continue };
        if let Some((before, earlier)) =
            latest.filter(|(before, _): &(Moment, _)| moment.at.after(slack) < before.at)
        {
            let (at, before) = (in_ms(moment.time()), in_ms(before.time()));
            faults.add(moment.seq, || {
                format!(
                    "Query {n} got a connection at {at}, query {earlier}, which came first, only at {before}"
                )
            });
        }
        if latest.is_none_or(|(before, _)| moment.at > before.at) {
            latest = Some((moment, n));
        }
    }
    faults.finding(format!(
        "{} got a connection in the order in which they came",
        plural(served.len(), "query")
    ))
}

/// Assigns the connections on paper, first come, first served, and compares when the last query ends.
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
    let took = last.map_or(Duration::ZERO, |(moment, _)| moment.time());
    let held = record.took_in_turn(took, due, queries.div_ceil(size.max(1)));
    let evidence = format!(
        "{} on {} took {}",
        plural(queries, "query"),
        plural(size, "connection"),
        beside(took, due, held)
    );
    if held { Finding::held(evidence) } else { Finding::broken(evidence, last.map(|(moment, _)| moment.seq)) }
}

fn nobody_hangs(record: &Record<'_>) -> Finding {
    let lanes = record.lanes("query ");
    let cancelled = cancelled(record);
    let (mut ended, mut hung) = (0, Vec::new());
    for (n, lane) in (1..).zip(&lanes) {
        if lane.is(Phase::Finished) || lane.is(Phase::Failed) {
            ended += 1;
        } else if cancelled(n, lane).is_none() {
            hung.push((n, lane.spawned.seq));
        }
    }
    let evidence = match hung.as_slice() {
        [] => format!("{ended} of {} ended", plural(lanes.len(), "query")),
        [(n, _)] => format!("Query {n} never ended"),
        [(n, _), (other, _)] => format!("Queries {n} and {other} never ended"),
        [(n, _), more @ ..] => format!("Query {n} and {} more never ended", more.len()),
    };
    Finding::unless(hung.into_iter().map(|(_, seq)| seq).collect(), evidence.clone(), evidence)
}

fn given_back(record: &Record<'_>) -> Finding {
    let size = record.settings.count("size");
    let free = record.results("free").next();
    let count = free.and_then(|free| free.value.count()).unwrap_or(0);
    let evidence = format!("{} free at the end, of {size}", was(count, "connection"));
    if free.is_some() && count == size {
        return Finding::held(evidence);
    }
    // A use without an end belongs to a query that is over, or to one that never ended.
    let over = |task: u32| {
        let lanes = record.lanes("query ");
        lanes.iter().any(|lane| lane.id == task && (lane.is(Phase::Failed) || lane.is(Phase::Cancelled)))
    };
    let kept = record.uses("connection ").into_iter().find(|held| held.end.is_none() && over(held.task));
    let kept = kept.map(|held| format!("; {} kept {}", held.label.unwrap_or_default(), held.of));
    Finding::broken(evidence + &kept.unwrap_or_default(), free.map(|free| free.moment.seq))
}
