//! What happened in a run, where it happened: the requests, the tokens, the fetches, and what was counted.

use std::collections::BTreeMap;

use crate::{
    exercises::{Moment, Record},
    runtime::Phase,
    trace::{Value, What},
};

#[derive(Clone, Copy)]
pub(super) enum Fact<'a> {
    /// A request came.
    Asked { task: u32, id: i64 },
    /// It has its answer: what kind of one.
    Answered { task: u32, id: i64, kind: &'a str },
    /// A fetch passed the rate limit.
    Token,
    /// A fetch reached the backend.
    Fetch { id: i64 },
    /// A fetch, the how manieth of the run, left the backend.
    Left { number: usize, id: i64, outcome: &'a str },
    /// The breaker changed its state.
    Changed { from: &'a str, to: &'a str },
}

pub(super) fn facts<'a>(record: &Record<'a>) -> impl Iterator<Item = (Moment, Fact<'a>)> {
    // What each request that has no answer yet asked for.
    let mut asking = BTreeMap::new();
    record.events.iter().filter_map(move |event| {
        let fact = match &event.what {
            What::State { component, from, to } if &**component == "breaker" => Fact::Changed { from, to },
            What::Task { id: task, phase: Phase::Cancelled | Phase::Unfinished, .. } => {
                Fact::Answered { task: *task, id: asking.remove(task)?, kind: "cancelled" }
            }
            What::Result { task, of, value } => match &**of {
                "asked" => {
                    let id = value.int()?;
                    asking.insert(*task, id);
                    Fact::Asked { task: *task, id }
                }
                "answer" => {
                    let [id, kind, _] = value.items() else { return None };
                    asking.remove(task);
                    Fact::Answered { task: *task, id: id.int()?, kind: kind.text()? }
                }
                "token" => Fact::Token,
                "fetch" => Fact::Fetch { id: value.int()? },
                "left" => {
                    let [number, id, outcome] = value.items() else { return None };
                    Fact::Left { number: number.count()?, id: id.int()?, outcome: outcome.text()? }
                }
                _ => return None,
            },
            _ => return None,
        };
        Some((Moment { at: event.at, seq: event.seq }, fact))
    })
}

/// What the service has counted, by name, and the event that says so.
pub(super) struct Metrics<'a> {
    pub(super) seq: Option<u32>,
    counts: &'a Value,
}

impl<'a> Metrics<'a> {
    pub(super) fn of(record: &Record<'a>) -> Self {
        let last = record.results("metrics").last();
        Self {
            seq: last.map(|noted| noted.moment.seq),
            counts: last.map_or(&Value::Null, |noted| noted.value),
        }
    }

    /// The count of that name; none where nothing was counted.
    pub(super) fn count(&self, name: &str) -> Option<usize> {
        self.counts.field(name).count()
    }
}
