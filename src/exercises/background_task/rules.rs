//! What holds however long a sending takes, and whether or not it succeeds.

use std::{collections::BTreeMap, time::Duration};

use crate::exercises::{Finding, Moment, Record, Rule, in_ms};

pub(super) const RULES: &[Rule] = &[
    Rule {
        slug: "returns-first",
        statement: "Every order returns at once, before any sending is done.",
        check: returns_first,
    },
    Rule {
        slug: "sent-once",
        statement: "At the end each notification was sent exactly once, or it was reported that it was not.",
        check: sent_once,
    },
    Rule {
        slug: "failure-contained",
        statement: "A failing send never reaches a caller: every order is answered, and the program ends \
                    well.",
        check: failure_contained,
    },
    Rule {
        slug: "shutdown-waits",
        statement: "Shutdown waits for what is still running, up to its deadline, and leaves nothing behind.",
        check: shutdown_waits,
    },
];

/// When and how each notification ended, as far as anybody was told: by name, in order of time.
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
    let in_time = |order: &Moment| {
        record.by(order.at.since(crate::runtime::Instant::ORIGIN), Duration::ZERO) && order.seq < first_end
    };
    let late: Vec<u32> = orders.iter().filter(|order| !in_time(order)).map(|order| order.seq).collect();
    let right = orders.len() - late.len();
    let evidence = format!("{right} of {n} orders returned at once, before any sending was done");
    if orders.len() < n {
        return Finding::broken(evidence, late);
    }
    Finding::unless(late, evidence.clone(), evidence)
}

fn sent_once(record: &Record<'_>) -> Finding {
    let n = record.settings.count("orders");
    let ends = ends(record);
    let once = ends.values().filter(|ends| ends.len() == 1).count();
    let mut again: Vec<u32> = ends.values().flat_map(|ends| ends.iter().skip(1)).map(|end| end.seq).collect();
    again.sort_unstable();
    let silent = n.saturating_sub(ends.len());
    let evidence = format!("{once} of {n} notifications were sent or reported once, and {silent} never");
    if silent > 0 {
        return Finding::broken(evidence, again);
    }
    Finding::unless(again, evidence.clone(), evidence)
}

fn failure_contained(record: &Record<'_>) -> Finding {
    let n = record.settings.count("orders");
    let answered = record.results("order").count();
    match record.error {
        None if answered == n => Finding::held(format!("{answered} of {n} orders were answered")),
        None => Finding::broken(format!("{answered} of {n} orders were answered"), []),
        Some(error) => {
            let last = record.events.last().map(|event| event.seq);
            let evidence =
                format!("{answered} of {n} orders were answered before the program ended with {error}");
            Finding::broken(evidence, last)
        }
    }
}

fn shutdown_waits(record: &Record<'_>) -> Finding {
    let grace = record.settings.millis("grace_ms");
    let mut stations = record.transitions("service").map(|(moment, ..)| moment);
    let (Some(closing), Some(closed)) = (stations.next(), stations.next()) else {
        return Finding::broken("0 of 1 shutdowns came to an end", []);
    };
    let running: Vec<Moment> = record
        .lanes("notification")
        .iter()
        .filter_map(|lane| lane.ended)
        .filter_map(|(end, _)| (end.seq > closing.seq).then_some(end))
        .collect();
    let took = closed.at.since(closing.at);
    let still = running.len();
    let evidence =
        format!("{still} still running at shutdown, which took {} of at most {}", in_ms(took), in_ms(grace));

    let behind = running.iter().filter(|end| end.seq > closed.seq).map(|end| end.seq);
    // What is cancelled while there is time left was not waited for.
    let cancelled = record.results("cancelled").map(|cancelled| cancelled.moment);
    let hasty = cancelled.filter(|end| !record.took(end.at.since(closing.at), grace)).map(|end| end.seq);
    let last = running.iter().map(|end| end.at.since(closing.at)).max().unwrap_or_default();
    let overtime = (!record.took(took, last) || !record.by(took, grace)).then_some(closed.seq);
    let mut wrong: Vec<u32> = behind.chain(hasty).chain(overtime).collect();
    wrong.sort_unstable();
    wrong.dedup();
    Finding::unless(wrong, evidence.clone(), evidence)
}
