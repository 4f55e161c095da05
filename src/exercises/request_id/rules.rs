//! What holds however many requests there are, and however they end.
//!
//! Each request notes in its task its id when it begins (`begin`), and which id was there `before` and `after` it. A
//! stack for each task is all one needs to know whose line a line is.

use std::collections::{HashMap, HashSet};

use crate::{
    exercises::{Finding, Record, Rule},
    runtime::Phase,
    trace::What,
};

const NONE: &str = "no-request";

pub(super) const RULES: &[Rule] = &[
    Rule {
        slug: "own-id",
        statement: "Every line of a request carries the id of that request.",
        check: own_id,
    },
    Rule { slug: "unique", statement: "No two requests have the same id.", check: unique },
    Rule {
        slug: "outside",
        statement: "Outside of requests there is no id: neither before nor after them, nor in a new task.",
        check: outside,
    },
    Rule {
        slug: "restored",
        statement: "When a request ends, even by an error or cancellation, the previous id is restored.",
        check: restored,
    },
    Rule {
        slug: "children",
        statement: "A new task has its parent's id only if you pass it on.",
        check: children,
    },
];

/// What a task says of the id it sees, and the id that is due.
struct Sight<'a> {
    seq: u32,
    task: u32,
    place: &'a str,
    seen: &'a str,
    due: &'a str,
}

/// Goes through the trace with a stack of open requests for each task. A child that inherits has its parent's id
/// under its stack.
fn sights<'a>(record: &Record<'a>) -> Vec<Sight<'a>> {
    let inherits = record.settings.word("child") == "inherits";
    let mut open: HashMap<u32, Vec<&'a str>> = HashMap::new();
    let mut sights = Vec::new();
    for event in record.events {
        let seq = event.seq;
        match &event.what {
            What::Task { id, parent: Some(parent), name, phase: Phase::Spawned }
                if inherits && name.starts_with("mail ") =>
            {
                let inherited = open.get(parent).and_then(|ids| ids.last()).copied();
                open.insert(*id, inherited.into_iter().collect());
            }
            What::Log { task, line } => {
                let Some((seen, _)) = line.strip_prefix('[').and_then(|line| line.split_once(']')) else {
                    continue;
                };
                let due = open.get(task).and_then(|ids| ids.last()).copied().unwrap_or(NONE);
                sights.push(Sight { seq, task: *task, place: "line", seen, due });
            }
            What::Result { task, of, value } => {
                let (ids, seen) = (open.entry(*task).or_default(), value.text().unwrap_or_default());
                if of == "begin" {
                    ids.push(seen);
                    continue;
                }
                if of == "after" {
                    ids.pop();
                }
                let due = ids.last().copied().unwrap_or(NONE);
                sights.push(Sight { seq, task: *task, place: of, seen, due });
            }
            _ => {}
        }
    }
    sights
}

/// Judges the sights that `wanted` picks.
fn judge(record: &Record<'_>, what: &str, wanted: impl Fn(&Sight<'_>) -> bool) -> Finding {
    let sights: Vec<_> = sights(record).into_iter().filter(wanted).collect();
    let wrong: Vec<_> =
        sights.iter().filter(|sight| sight.seen != sight.due).map(|sight| sight.seq).collect();
    let evidence = format!("{} of {} {what}", sights.len() - wrong.len(), sights.len());
    Finding::unless(wrong, evidence.clone(), evidence)
}

/// The tasks of that kind.
fn tasks(record: &Record<'_>, prefix: &str) -> HashSet<u32> {
    record.lanes(prefix).into_iter().map(|lane| lane.id).collect()
}

fn own_id(record: &Record<'_>) -> Finding {
    let requests = tasks(record, "request ");
    judge(record, "lines of requests bear the right id", |sight| {
        sight.place == "line" && requests.contains(&sight.task)
    })
}

fn unique(record: &Record<'_>) -> Finding {
    let mut known = HashSet::new();
    let twice: Vec<_> = record
        .results("begin")
        .filter(|begin| !known.insert(begin.value.text()))
        .map(|begin| begin.moment.seq)
        .collect();
    let evidence = format!("{} requests, {} ids", known.len() + twice.len(), known.len());
    Finding::unless(twice, evidence.clone(), evidence)
}

fn outside(record: &Record<'_>) -> Finding {
    judge(record, "looks from outside all requests saw no id", |sight| {
        sight.place == "outside" || sight.place == "before" && sight.due == NONE
    })
}

fn restored(record: &Record<'_>) -> Finding {
    judge(record, "requests left the id as they had found it", |sight| sight.place == "after")
}

fn children(record: &Record<'_>) -> Finding {
    let mails = tasks(record, "mail ");
    judge(record, "lines of spawned tasks bear the right id", |sight| mails.contains(&sight.task))
}
