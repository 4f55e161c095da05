//! What holds whoever calls, however often, and whatever becomes of the calls.
//!
//! The decisions of a run are compared with those of a reference breaker, which is fed with the facts of the same
//! run: which calls reached the service, and how they ended.

use std::{collections::BTreeMap, time::Duration};

use crate::{
    exercises::{Finding, Moment, Record, Rule},
    runtime::{Instant, Phase},
    trace::{Value, What},
};

pub(super) const RULES: &[Rule] = &[
    Rule {
        slug: "open-refuses",
        statement: "After enough failures in a row nothing reaches the service until the recovery time is over.",
        check: open_is_shut,
    },
    Rule {
        slug: "one-test-call",
        statement: "When the breaker is half-open, one test call at a time reaches the service, and no other call.",
        check: one_probe,
    },
    Rule {
        slug: "legal-transitions",
        statement: "Closed opens, open becomes half-open, half-open closes or opens: no other change happens.",
        check: legal,
    },
    Rule {
        slug: "late-results",
        statement: "A late answer, from before the breaker changed, is ignored.",
        check: late_results,
    },
    Rule {
        slug: "test-call-freed",
        statement: "When a test call is cancelled, the next call becomes the test call.",
        check: freed_place,
    },
    Rule {
        slug: "reference",
        statement: "It always does the same as a simple model breaker.",
        check: reference,
    },
];

/// What happened to a call, where it happened.
#[derive(Clone, Copy)]
enum Fact<'a> {
    Reached(u32),
    Ended(u32, bool),
    /// Its caller was told: in what way, and the breaker's state.
    Told(u32, Told, &'a str),
    /// Its caller was cancelled while the service worked.
    Gone(u32),
    Changed,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Told {
    Answer,
    Refused,
    GaveUp,
}

fn facts<'a>(record: &Record<'a>) -> impl Iterator<Item = (Moment, Fact<'a>)> {
    // The call of each caller that is with the service.
    let mut asking = BTreeMap::new();
    record.events.iter().filter_map(move |event| {
        let fact = match &event.what {
            What::State { component, .. } if &**component == "breaker" => Fact::Changed,
            What::Task { id, phase: Phase::Cancelled | Phase::Unfinished, .. } => {
                Fact::Gone(asking.remove(id)?)
            }
            What::Result { task, of, value } => match &**of {
                "reached" => {
                    let call = number(value)?;
                    asking.insert(*task, call);
                    Fact::Reached(call)
                }
                "failed" => Fact::Ended(number(value)?, false),
                "succeeded" => Fact::Ended(number(value)?, true),
                of => {
                    let [kind, text, state] = value.items() else { return None };
                    let told = match (kind.text()?, text.text()?) {
                        (_, text) if text.starts_with("Circuit ") => Told::Refused,
                        ("cancelled", _) => Told::GaveUp,
                        _ => Told::Answer,
                    };
                    asking.remove(task);
                    Fact::Told(of.strip_prefix("call ")?.parse().ok()?, told, state.text()?)
                }
            },
            _ => return None,
        };
        Some((Moment { at: event.at, seq: event.seq }, fact))
    })
}

fn number(value: &Value) -> Option<u32> {
    value.int().and_then(|number| u32::try_from(number).ok())
}

/// The reference: closed with a count of failures, open until a time, or half-open with its probe.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Closed(i64),
    Open(Instant),
    HalfOpen(Option<u32>),
}

struct Model {
    state: State,
    threshold: i64,
    recovery: Duration,
    /// Real timers are read a little earlier or later by the breaker than by the trace.
    slack: Duration,
    /// Calls that the model has let through, and after how many changes of state.
    under_way: BTreeMap<u32, u32>,
    changes: u32,
}

/// What the reference makes of a decision that was taken.
enum Verdict {
    Agreed,
    /// It should have been the other way: the state it was in.
    Wrong(State),
}

impl Model {
    fn new(record: &Record<'_>) -> Self {
        Self {
            state: State::Closed(0),
            threshold: record.settings.int("threshold"),
            recovery: record.settings.millis("recovery_ms"),
            slack: if record.live { Duration::from_millis(5) } else { Duration::ZERO },
            under_way: BTreeMap::new(),
            changes: 0,
        }
    }

    fn enter(&mut self, state: State) {
        self.state = state;
        self.changes += 1;
    }

    fn step(&mut self, at: Instant, fact: Fact<'_>) -> Verdict {
        match fact {
            Fact::Reached(call) => {
                match self.state {
                    State::Open(until) if at.after(self.slack) >= until => {
                        self.enter(State::HalfOpen(Some(call)));
                    }
                    State::HalfOpen(None) => self.state = State::HalfOpen(Some(call)),
                    State::Closed(_) => {}
                    wrong => return Verdict::Wrong(wrong),
                }
                self.under_way.insert(call, self.changes);
            }
            Fact::Told(_, Told::Refused, _) => match self.state {
                State::Open(until) if at < until.after(self.slack) => {}
                State::HalfOpen(Some(_)) => {}
                wrong => return Verdict::Wrong(wrong),
            },
            Fact::Ended(call, well) if self.under_way.remove(&call) == Some(self.changes) => {
                match self.state {
                    State::Closed(_) if well => self.state = State::Closed(0),
                    State::Closed(failures) if failures + 1 < self.threshold => {
                        self.state = State::Closed(failures + 1);
                    }
                    State::HalfOpen(_) if well => self.enter(State::Closed(0)),
                    _ => self.enter(State::Open(at.after(self.recovery))),
                }
            }
            Fact::Told(call, Told::GaveUp, _) | Fact::Gone(call) => {
                self.under_way.remove(&call);
                if self.state == State::HalfOpen(Some(call)) {
                    self.state = State::HalfOpen(None);
                }
            }
            _ => {}
        }
        Verdict::Agreed
    }

    const fn name(&self) -> &'static str {
        match self.state {
            State::Closed(_) => "CLOSED",
            State::Open(_) => "OPEN",
            State::HalfOpen(_) => "HALF_OPEN",
        }
    }
}

fn open_is_shut(record: &Record<'_>) -> Finding {
    let mut model = Model::new(record);
    let (mut reached, mut wrong) = (0, Vec::new());
    for (moment, fact) in facts(record) {
        let verdict = model.step(moment.at, fact);
        if let Fact::Reached(_) = fact {
            reached += 1;
            if matches!(verdict, Verdict::Wrong(State::Open(_))) {
                wrong.push(moment.seq);
            }
        }
    }
    let evidence =
        format!("{} of {reached} calls reached the service while it was to be left alone", wrong.len());
    Finding::unless(wrong, evidence.clone(), evidence)
}

fn one_probe(record: &Record<'_>) -> Finding {
    let mut model = Model::new(record);
    let (mut probes, mut wrong) = (0, Vec::new());
    for (moment, fact) in facts(record) {
        let verdict = model.step(moment.at, fact);
        if let Fact::Reached(call) = fact {
            probes += usize::from(model.state == State::HalfOpen(Some(call)));
            if matches!(verdict, Verdict::Wrong(State::HalfOpen(_))) {
                wrong.push(moment.seq);
            }
        }
    }
    let evidence = format!("{probes} probes, and {} calls beside a probe that was under way", wrong.len());
    Finding::unless(wrong, evidence.clone(), evidence)
}

fn legal(record: &Record<'_>) -> Finding {
    let mut state = "CLOSED";
    let (mut changes, mut wrong) = (0, Vec::new());
    for (moment, from, to) in record.transitions("breaker") {
        changes += 1;
        let legal = matches!(
            (from, to),
            ("CLOSED" | "HALF_OPEN", "OPEN") | ("OPEN", "HALF_OPEN") | ("HALF_OPEN", "CLOSED")
        );
        if !legal || from != state {
            wrong.push(moment.seq);
        }
        state = to;
    }
    let evidence = format!("{} of {changes} transitions were none of the four", wrong.len());
    Finding::unless(wrong, evidence.clone(), evidence)
}

/// A breaker changes its state, if at all, before the caller is told the answer; so a change between a result and
/// what its caller is told was made by that result.
fn late_results(record: &Record<'_>) -> Finding {
    let mut started = BTreeMap::new();
    let (mut changed, mut late, mut wrong) = (0, 0, Vec::new());
    let mut last = None;
    for (moment, fact) in facts(record) {
        match fact {
            Fact::Reached(call) => {
                started.insert(call, moment.seq);
            }
            Fact::Ended(call, _) => {
                let is_late = started.remove(&call).is_some_and(|start| start < changed);
                late += usize::from(is_late);
                last = is_late.then_some(moment.seq);
                continue;
            }
            Fact::Changed => {
                wrong.extend(last.map(|result| [result, moment.seq]).into_iter().flatten());
                changed = moment.seq;
            }
            Fact::Told(..) | Fact::Gone(_) => {}
        }
        last = None;
    }
    let evidence = format!("{} of {late} late results changed the state", wrong.len() / 2);
    Finding::unless(wrong, evidence.clone(), evidence)
}

fn freed_place(record: &Record<'_>) -> Finding {
    let mut model = Model::new(record);
    let (mut freed, mut wrong) = (0, Vec::new());
    for (moment, fact) in facts(record) {
        let before = model.state;
        let verdict = model.step(moment.at, fact);
        match (fact, verdict) {
            (Fact::Told(_, Told::GaveUp, _) | Fact::Gone(_), _) if model.state != before => freed += 1,
            (Fact::Told(_, Told::Refused, _), Verdict::Wrong(State::HalfOpen(None))) => {
                wrong.push(moment.seq);
            }
            _ => {}
        }
    }
    let evidence =
        format!("{freed} probes were cancelled, {} calls refused with no probe under way", wrong.len());
    Finding::unless(wrong, evidence.clone(), evidence)
}

fn reference(record: &Record<'_>) -> Finding {
    let mut model = Model::new(record);
    let (mut calls, mut wrong) = (0, Vec::new());
    for (moment, fact) in facts(record) {
        let verdict = model.step(moment.at, fact);
        let other_state = matches!(fact, Fact::Told(_, _, state) if state != model.name());
        calls += usize::from(matches!(fact, Fact::Told(..)));
        if other_state || matches!(verdict, Verdict::Wrong(_)) {
            wrong.push(moment.seq);
        }
    }
    let evidence = format!("{calls} calls; {} times the reference would have done otherwise", wrong.len());
    Finding::unless(wrong, evidence.clone(), evidence)
}
