//! What happened in a run, where it happened: the requests, the tokens, the fetches, and what was counted.

use std::collections::BTreeMap;

use crate::{
    exercises::{Moment, Record},
    runtime::Phase,
    trace::What,
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
            What::Result { task, of, value } => {
                let mut fields =
                    value.trim_matches(['(', ')']).split(", ").map(|field| field.trim_matches('\''));
                let mut number = || fields.next()?.parse::<i64>().ok();
                match &**of {
                    "asked" => {
                        let id = number()?;
                        asking.insert(*task, id);
                        Fact::Asked { task: *task, id }
                    }
                    "answer" => {
                        asking.remove(task);
                        Fact::Answered { task: *task, id: number()?, kind: fields.next()? }
                    }
                    "token" => Fact::Token,
                    "fetch" => Fact::Fetch { id: number()? },
                    "left" => Fact::Left {
                        number: usize::try_from(number()?).ok()?,
                        id: number()?,
                        outcome: fields.next()?,
                    },
                    _ => return None,
                }
            }
            _ => return None,
        };
        Some((Moment { at: event.at, seq: event.seq }, fact))
    })
}

/// What the service has counted, by name, and the event that says so.
pub(super) struct Metrics<'a> {
    pub(super) seq: Option<u32>,
    text: &'a str,
}

impl<'a> Metrics<'a> {
    pub(super) fn of(record: &Record<'a>) -> Self {
        let last = record.results("metrics").last();
        Self { seq: last.map(|noted| noted.moment.seq), text: last.map_or("", |noted| noted.text) }
    }

    /// The count of that name; none where nothing was counted.
    pub(super) fn count(&self, name: &str) -> Option<usize> {
        let mut fields = self.text.trim_matches(['{', '}']).split(", ");
        fields.find_map(|field| field.strip_prefix(&format!("'{name}': "))?.parse().ok())
    }
}
