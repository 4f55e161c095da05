//! What happened in a run: requests, tokens, fetches, changes of the breaker, and the counts of the service.

use std::collections::BTreeMap;

use crate::{
    exercises::{Moment, Record},
    runtime::Phase,
    trace::{Value, What},
};

#[derive(Clone, Copy)]
pub(super) enum Fact<'a> {
    /// A request for an id came.
    Asked { task: u32, id: i64 },
    /// A request has ended: in which of the ways that the service counts.
    Answered { task: u32, id: i64, kind: &'a str },
    /// A fetch passed the rate limit.
    Token,
    /// A fetch reached the backend.
    Fetch { id: i64 },
    /// A fetch ended; its number in the run.
    Ended { number: usize, id: i64, outcome: &'a str },
    /// The breaker changed its state.
    Changed { from: &'a str, to: &'a str },
}

pub(super) fn facts<'a>(record: &Record<'a>) -> impl Iterator<Item = (Moment, Fact<'a>)> {
    // The id that each request without an answer asked for.
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
                    asking.remove(task);
                    Fact::Answered {
                        task: *task,
                        id: value.field("id").int()?,
                        kind: value.field("kind").text()?,
                    }
                }
                "token" => Fact::Token,
                "fetch" => Fact::Fetch { id: value.int()? },
                "fetch ended" => Fact::Ended {
                    number: value.field("number").count()?,
                    id: value.field("id").int()?,
                    outcome: value.field("outcome").text()?,
                },
                _ => return None,
            },
            _ => return None,
        };
        Some((Moment { at: event.at, seq: event.seq }, fact))
    })
}

/// The counts of the service, by name, and the event that has them.
pub(super) struct Metrics<'a> {
    pub(super) seq: Option<u32>,
    counts: &'a Value,
}

impl<'a> Metrics<'a> {
    pub(super) fn of(record: &Record<'a>) -> Self {
        let last = record.results("metrics").last();
        Self {
            seq: last.map(|given| given.moment.seq),
            counts: last.map_or(&Value::Null, |given| given.value),
        }
    }

    /// The count of that name; None if the run ended before there were counts.
    pub(super) fn count(&self, name: &str) -> Option<usize> {
        self.counts.field(name).count()
    }
}
