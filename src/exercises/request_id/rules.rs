//! The rules, for any number of requests, and however they end.
//!
//! Each request notes its id when it begins (`begin`), and the current id `before` and `after` it. Each line notes the id
//! that it carries (`line`). A stack of ids for each task tells which id is the right one.

use std::collections::{HashMap, HashSet};

use super::program::NO_REQUEST;
use crate::{
    exercises::{Faults, Finding, Moment, Record, Rule, at_ms, plural},
    runtime::Phase,
    trace::What,
};

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

/// The current id as a task saw it, and the right one.
struct Look<'a> {
    moment: Moment,
    task: u32,
    /// Where it looked: `line`, `before`, `after` or `outside`.
    place: &'a str,
    seen: &'a str,
    due: &'a str,
}

/// Reads the trace with a stack of open requests for each task. A mail that inherits has its parent's id at the bottom of
/// its stack. Any other task that a request spawns belongs to it: a program may run its handler in a task.
fn looks<'a>(record: &Record<'a>) -> Vec<Look<'a>> {
    let inherits = record.settings.word("child") == "inherits";
    let mut open: HashMap<u32, Vec<&'a str>> = HashMap::new();
    let mut owners: HashMap<u32, u32> = HashMap::new();
    let mut looks = Vec::new();
    for event in record.events {
        match &event.what {
            What::Task { id, parent: Some(parent), name, phase: Phase::Spawned } => {
                let parent = owners.get(parent).unwrap_or(parent);
                if name.starts_with("mail ") {
                    let inherited = open.get(parent).and_then(|ids| ids.last()).filter(|_| inherits);
                    open.insert(*id, inherited.into_iter().copied().collect());
                } else if !name.starts_with("request ") {
                    owners.insert(*id, *parent);
                }
            }
            What::Result { task, of, value } => {
                let task = *owners.get(task).unwrap_or(task);
                let (ids, seen) = (open.entry(task).or_default(), value.text().unwrap_or_default());
                if of == "begin" {
                    ids.push(seen);
                    continue;
                }
                if of == "after" {
                    ids.pop();
                }
                let due = ids.last().copied().unwrap_or(NO_REQUEST);
                let moment = Moment { at: event.at, seq: event.seq };
                looks.push(Look { moment, task, place: of, seen, due });
            }
            _ => {}
        }
    }
    looks
}

/// Compares the looks that `wanted` picks. `says` tells what the task did when it looked.
fn judge(
    record: &Record<'_>,
    wanted: impl Fn(&Look<'_>) -> bool,
    says: impl Fn(&str) -> String,
    held: impl FnOnce(usize) -> String,
) -> Finding {
    let looks: Vec<_> = looks(record).into_iter().filter(wanted).collect();
    let mut wrong = Faults::default();
    for Look { moment: Moment { at, seq }, task, seen, due, .. } in &looks {
        if seen != due {
            wrong.add(*seq, || {
                format!("At {at} {} {} instead of {due}", record.name_of(*task), says(seen), at = at_ms(*at))
            });
        }
    }
    wrong.finding(held(looks.len()))
}

/// The tasks whose name begins so.
fn tasks(record: &Record<'_>, prefix: &str) -> HashSet<u32> {
    record.lanes(prefix).into_iter().map(|lane| lane.id).collect()
}

fn own_id(record: &Record<'_>) -> Finding {
    let requests = tasks(record, "request ");
    let wanted = |look: &Look<'_>| look.place == "line" && requests.contains(&look.task);
    judge(
        record,
        wanted,
        |id| format!("logged a line under {id}"),
        |count| format!("{} under the id of their own request", plural(count, "line")),
    )
}

fn unique(record: &Record<'_>) -> Finding {
    let mut known = HashSet::new();
    let (mut requests, mut twice) = (0, Faults::default());
    for begin in record.results("begin") {
        requests += 1;
        let id = begin.value.text().unwrap_or_default();
        if !known.insert(id) {
            twice.add(begin.moment.seq, || {
                format!(
                    "At {} {} got {id}, the id of another request",
                    begin.moment.at,
                    record.name_of(begin.task)
                )
            });
        }
    }
    twice.finding(format!("{} with {}", plural(requests, "request"), plural(known.len(), "id")))
}

fn outside(record: &Record<'_>) -> Finding {
    let wanted =
        |look: &Look<'_>| look.place == "outside" || look.place == "before" && look.due == NO_REQUEST;
    judge(
        record,
        wanted,
        |id| format!("found {id} outside of its requests"),
        |count| format!("{} outside of requests, none with an id", plural(count, "look")),
    )
}

fn restored(record: &Record<'_>) -> Finding {
    judge(
        record,
        |look| look.place == "after",
        |id| format!("found {id} after its request"),
        |count| format!("The previous id was there after {}", plural(count, "request")),
    )
}

fn children(record: &Record<'_>) -> Finding {
    let mails = tasks(record, "mail ");
    judge(
        record,
        |look| look.place == "line" && mails.contains(&look.task),
        |id| format!("logged a line under {id}"),
        |count| format!("{} of new tasks under the right id", plural(count, "line")),
    )
}
