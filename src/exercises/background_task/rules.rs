//! The rules, for any time that sending takes, whether it succeeds or fails.

use std::{collections::BTreeMap, time::Duration};

use super::program::{notification, users};
use crate::{
    exercises::{Finding, Held, Moment, Record, Rule, in_ms, plural, was},
    runtime::Instant,
};

pub(super) const RULES: &[Rule] = &[
    Rule {
        slug: "returns-first",
        statement: "Every order returns at once, before any notification is sent.",
        check: returns_first,
    },
    Rule {
        slug: "sent-once",
        statement: "Every notification is sent exactly once, or it is reported that it was not sent.",
        check: sent_once,
    },
    Rule {
        slug: "failure-contained",
        statement: "A notification that fails never fails an order or the program.",
        check: failure_contained,
    },
    Rule {
        slug: "shutdown-waits",
        statement: "The shutdown waits for running notifications, up to its time limit, and leaves none running.",
        check: shutdown_waits,
    },
];

/// When each notification was sent, or reported as not sent: by name, in order of time.
fn ends<'a>(record: &Record<'a>) -> BTreeMap<&'a str, Vec<Moment>> {
    let mut ends = BTreeMap::<_, Vec<_>>::new();
    for how in ["sent", "failed", "cancelled"] {
        for end in record.results(how) {
            ends.entry(end.value.text().unwrap_or_default()).or_default().push(end.moment);
        }
    }
    ends
}

fn returns_first(record: &Record<'_>) -> Finding {
    let n = record.settings.count("orders");
    let orders: Vec<Moment> = record.results("order").map(|order| order.moment).collect();
    let first_end = ends(record).into_values().flatten().map(|end| end.seq).min().unwrap_or(u32::MAX);
    let in_time = |order: &Moment| record.by(order.time(), Duration::ZERO) && order.seq < first_end;
    let late: Vec<Moment> = orders.iter().filter(|order| !in_time(order)).copied().collect();
    let evidence = match late.first() {
        Some(late) => format!("An order returned at {} instead of 0 ms", in_ms(late.time())),
        None => format!("{} of {} returned at once", orders.len(), plural(n, "order")),
    };
    let late = late.into_iter().map(|order| order.seq).collect();
    if orders.len() < n {
        return Finding::broken(evidence, late);
    }
    Finding::unless(late, evidence.clone(), evidence)
}

fn sent_once(record: &Record<'_>) -> Finding {
    let n = record.settings.count("orders");
    let ends = ends(record);
    let mut again: Vec<u32> = ends.values().flat_map(|ends| ends.iter().skip(1)).map(|end| end.seq).collect();
    again.sort_unstable();
    let lost = users(record.settings).map(notification).find(|name| !ends.contains_key(name.as_str()));
    if let Some(lost) = lost {
        let more = match n.saturating_sub(ends.len()) {
            0 | 1 => String::new(),
            count => format!(", and so were {} more", count - 1),
        };
        return Finding::broken(format!("{lost} was neither sent nor reported{more}"), again);
    }
    let twice = ends.iter().find(|(_, ends)| ends.len() > 1);
    let broken = twice.map(|(name, ends)| format!("{name} was sent or reported {} times", ends.len()));
    let held = format!("{} sent or reported, exactly once", was(ends.len(), "notification"));
    Finding::unless(again, held, broken.unwrap_or_default())
}

fn failure_contained(record: &Record<'_>) -> Finding {
    let n = record.settings.count("orders");
    let returned = record.results("order").count();
    let orders = format!("{returned} of {} returned", plural(n, "order"));
    match record.error {
        None if returned == n => Finding::held(orders),
        None => Finding::broken(orders, []),
        Some(error) => {
            let last = record.events.last().map(|event| event.seq);
            Finding::broken(format!("{orders}, then the program ended with {error}"), last)
        }
    }
}

fn shutdown_waits(record: &Record<'_>) -> Finding {
    let grace = record.settings.millis("grace_ms");
    let mut changes = record.transitions("service").map(|(moment, ..)| moment);
    let (Some(closing), Some(closed)) = (changes.next(), changes.next()) else {
        let end = in_ms(record.end().since(Instant::ORIGIN));
        return Finding::broken(format!("The program ended at {end} before its shutdown was done"), []);
    };
    // The mail server knows what is being sent; tasks may have any name.
    let sending = record.uses("mail server").into_iter();
    let running: Vec<Held<'_>> =
        sending.filter(|sending| sending.end.is_none_or(|end| end.seq > closing.seq)).collect();
    let ends = || running.iter().filter_map(|sending| sending.end);
    let took = closed.at.since(closing.at);

    let is_behind = |sending: &&Held<'_>| sending.end.is_none_or(|end| end.seq > closed.seq);
    let behind: Vec<u32> = running.iter().filter(is_behind).map(|sending| sending.begin.seq).collect();
    // A notification that is cancelled before the time limit was not waited for.
    let cancelled = record.results("cancelled").map(|cancelled| cancelled.moment);
    let hasty = cancelled.filter(|end| !record.took(end.at.since(closing.at), grace)).map(|end| end.seq);
    let last = ends().map(|end| end.at.since(closing.at)).max().unwrap_or_default();
    let overtime = (!record.took(took, last) || !record.by(took, grace)).then_some(closed.seq);

    let found = plural(running.len(), "notification");
    let mut evidence =
        format!("The shutdown found {found} running and took {} of at most {}", in_ms(took), in_ms(grace));
    if !behind.is_empty() {
        evidence += &format!("; it left {} running", behind.len());
    }
    let mut wrong: Vec<u32> = behind.into_iter().chain(hasty).chain(overtime).collect();
    wrong.sort_unstable();
    wrong.dedup();
    Finding::unless(wrong, evidence.clone(), evidence)
}
