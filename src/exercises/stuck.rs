//! The error of a run that is stuck, in a sentence: which tasks wait for what.

#[cfg(feature = "rules")]
use serde::Deserialize;
use serde::Serialize;

use super::plural;
use crate::{json::decimal, runtime::Blocked};

/// A task that waits for ever.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "rules", derive(Deserialize))]
pub struct Stuck {
    /// Its name.
    pub task: String,
    /// Its labelled waits, the oldest first.
    pub waits: Vec<Awaited>,
}

/// What it waits for.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "rules", derive(Deserialize))]
pub struct Awaited {
    /// The kind of wait.
    pub on: String,
    /// The resource or the task, where there is a particular one.
    #[serde(rename = "for")]
    pub target: Option<String>,
}

impl Stuck {
    pub(super) fn new(Blocked { task, waits }: &Blocked) -> Self {
        let mut awaited = Vec::new();
        for wait in waits {
            let target = wait.target.as_ref().map(|target| String::from(&**target));
            awaited.push(Awaited { on: String::from(&*wait.on), target });
        }
        Self { task: String::from(&**task), waits: awaited }
    }
}

/// As many groups of tasks are named.
const MOST: usize = 4;

/// Tasks that are named alike and wait for the same.
struct Group {
    /// Their name without a number.
    kind: String,
    /// Their numbers; none for a single task without one.
    numbers: Vec<u32>,
    waits_for: String,
}

/// `Stuck at 50 ms: callers 2-5 wait for fetch user:1.`
///
/// The main task waits for the others, so it is named only if there are none.
pub(super) fn in_words(stuck: &[Stuck], elapsed: f64) -> String {
    let has_others = stuck.len() > 1;
    let mut groups: Vec<Group> = Vec::new();
    for stuck in stuck.iter().filter(|stuck| !has_others || stuck.task != "main") {
        let waits_for = awaited(stuck);
        let (kind, number) = match stuck.task.rsplit_once(' ').map(|(kind, number)| (kind, number.parse())) {
            Some((kind, Ok(number))) => (kind, Some(number)),
            _ => (&*stuck.task, None),
        };
        let same = |group: &&mut Group| {
            group.kind == kind
                && group.waits_for == waits_for
                && number.is_some()
                && !group.numbers.is_empty()
        };
        if let Some(group) = groups.iter_mut().find(same) {
            group.numbers.extend(number);
        } else {
            groups.push(Group { kind: kind.to_owned(), numbers: number.into_iter().collect(), waits_for });
        }
    }
    let mut clauses: Vec<String> = groups.iter().take(MOST).map(Group::clause).collect();
    if groups.len() > MOST {
        clauses.push("others wait too".into());
    }
    let clauses = clauses.join("; ");
    format!("Stuck at {} ms: {clauses}.", decimal(elapsed).unwrap_or_default())
}

fn awaited(stuck: &Stuck) -> String {
    let what = |Awaited { on, target }: &Awaited| match target {
        None => on.clone(),
        Some(target) if *target == stuck.task => format!("its {on}"),
        Some(target) if target.starts_with(on) => target.clone(),
        Some(target) => format!("{on} ({target})"),
    };
    let waits: Vec<String> = stuck.waits.iter().map(what).collect();
    if waits.is_empty() { "something that never comes".into() } else { waits.join(" and ") }
}

impl Group {
    fn clause(&self) -> String {
        let Self { kind, numbers, waits_for } = self;
        match numbers.as_slice() {
            [] => format!("{kind} waits for {waits_for}"),
            [number] => format!("{kind} {number} waits for {waits_for}"),
            _ => {
                let kinds = plural(2, kind);
                let kinds = kinds.trim_start_matches("2 ");
                format!("{kinds} {} wait for {waits_for}", ranges(numbers))
            }
        }
    }
}

/// `1, 3-5`
fn ranges(numbers: &[u32]) -> String {
    let mut ranges: Vec<(u32, u32)> = Vec::new();
    for &number in numbers {
        match ranges.last_mut() {
            Some((_, last)) if number == last.saturating_add(1) => *last = number,
            _ => ranges.push((number, number)),
        }
    }
    let spelled = ranges
        .iter()
        .map(|(first, last)| if first == last { first.to_string() } else { format!("{first}-{last}") });
    spelled.collect::<Vec<_>>().join(", ")
}
