//! The rules, for any callers, calls and outcomes.
//!
//! The decisions of a run are compared with those of a model breaker. It is fed with what happened in the same run: which
//! calls reached the service, and how they ended.

use std::{collections::BTreeMap, time::Duration};

use crate::{
    exercises::{Faults, Finding, Moment, Record, Rule, at_ms, plural},
    runtime::{Instant, Phase},
    trace::{Value, What},
};

pub(super) const RULES: &[Rule] = &[
    Rule {
        slug: "open-refuses",
        statement: "After enough failures in a row nothing reaches the service until the recovery time is over.",
        check: open_refuses,
    },
    Rule {
        slug: "one-test-call",
        statement: "When the breaker is half-open, one test call at a time reaches the service, and no other call.",
        check: one_test_call,
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
        check: test_call_freed,
    },
    Rule {
        slug: "reference",
        statement: "It always does the same as a simple model breaker.",
        check: reference,
    },
];

/// What happened to a call.
#[derive(Clone, Copy)]
enum Fact<'a> {
    Reached(u32),
    /// The service has answered: whether with a success.
    Answered(u32, bool),
    /// The call has ended for its caller; the state of the breaker after it.
    Ended(u32, How, &'a str),
    /// Its caller was cancelled while the service worked.
    Cancelled(u32),
    /// The breaker changed its state.
    Changed(&'a str, &'a str),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum How {
    Answered,
    Refused,
    GaveUp,
}

fn facts<'a>(record: &Record<'a>) -> impl Iterator<Item = (Moment, Fact<'a>)> {
    // The call of each caller that is with the service.
    let mut asking = BTreeMap::new();
    record.events.iter().filter_map(move |event| {
        let fact = match &event.what {
            What::State { component, from, to } if &**component == "breaker" => Fact::Changed(from, to),
            What::Task { id, phase: Phase::Cancelled | Phase::Unfinished, .. } => {
                Fact::Cancelled(asking.remove(id)?)
            }
            What::Result { task, of, value } => match &**of {
                "reached" => {
                    let call = number(value)?;
                    asking.insert(*task, call);
                    Fact::Reached(call)
                }
                "failed" => Fact::Answered(number(value)?, false),
                "succeeded" => Fact::Answered(number(value)?, true),
                "call" => {
                    asking.remove(task);
                    let how = match value.field("how").text()? {
                        "refused" => How::Refused,
                        "gave up" => How::GaveUp,
                        _ => How::Answered,
                    };
                    Fact::Ended(number(value.field("number"))?, how, value.field("state").text()?)
                }
                _ => return None,
            },
            _ => return None,
        };
        Some((Moment { at: event.at, seq: event.seq }, fact))
    })
}

fn number(value: &Value) -> Option<u32> {
    value.int().and_then(|number| u32::try_from(number).ok())
}

/// The state of the model: closed with a count of failures, open until a time, or half-open with its test call.
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
    /// The breaker reads a real clock a little earlier or later than the trace.
    slack: Duration,
    /// The calls that the model has let through, and the number of changes of state before each.
    under_way: BTreeMap<u32, u32>,
    changes: u32,
}

/// A decision compared with that of the model.
enum Verdict {
    Agreed,
    /// The model decides otherwise in this state.
    Wrong(State),
}

impl Model {
    fn new(record: &Record<'_>) -> Self {
        Self {
            state: State::Closed(0),
            threshold: record.settings.int("threshold"),
            recovery: record.settings.millis("recovery_ms"),
            slack: if record.real_time { Duration::from_millis(5) } else { Duration::ZERO },
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
            Fact::Ended(_, How::Refused, _) => match self.state {
                State::Open(until) if at < until.after(self.slack) => {}
                State::HalfOpen(Some(_)) => {}
                wrong => return Verdict::Wrong(wrong),
            },
            Fact::Answered(call, well) if self.under_way.remove(&call) == Some(self.changes) => {
                match self.state {
                    State::Closed(_) if well => self.state = State::Closed(0),
                    State::Closed(failures) if failures + 1 < self.threshold => {
                        self.state = State::Closed(failures + 1);
                    }
                    State::HalfOpen(_) if well => self.enter(State::Closed(0)),
                    _ => self.enter(State::Open(at.after(self.recovery))),
                }
            }
            Fact::Ended(call, How::GaveUp, _) | Fact::Cancelled(call) => {
                self.under_way.remove(&call);
                if self.state == State::HalfOpen(Some(call)) {
                    self.state = State::HalfOpen(None);
                }
            }
            _ => {}
        }
        Verdict::Agreed
    }
}

impl State {
    const fn name(self) -> &'static str {
        match self {
            Self::Closed(_) => "CLOSED",
            Self::Open(_) => "OPEN",
            Self::HalfOpen(_) => "HALF_OPEN",
        }
    }
}

fn open_refuses(record: &Record<'_>) -> Finding {
    let mut model = Model::new(record);
    let (mut reached, mut wrong) = (0, Faults::default());
    for (Moment { at, seq }, fact) in facts(record) {
        let verdict = model.step(at, fact);
        if let Fact::Reached(call) = fact {
            reached += 1;
            if let Verdict::Wrong(State::Open(until)) = verdict {
                wrong.add(seq, || {
                    format!("At {at} call {call} reached the service, which should have been left alone until {until}", at = at_ms(at), until = at_ms(until))
                });
            }
        }
    }
    wrong.finding(format!(
        "{} reached the service, 0 while the breaker should be open",
        plural(reached, "call")
    ))
}

fn one_test_call(record: &Record<'_>) -> Finding {
    let mut model = Model::new(record);
    let (mut tests, mut wrong) = (0, Faults::default());
    for (Moment { at, seq }, fact) in facts(record) {
        let verdict = model.step(at, fact);
        if let Fact::Reached(call) = fact {
            tests += usize::from(model.state == State::HalfOpen(Some(call)));
            if let Verdict::Wrong(State::HalfOpen(Some(test))) = verdict {
                wrong.add(seq, || {
                    format!(
                        "At {at} call {call} reached the service while call {test} was the test call",
                        at = at_ms(at)
                    )
                });
            }
        }
    }
    wrong.finding(format!("{}, and 0 calls beside one", plural(tests, "test call")))
}

fn legal(record: &Record<'_>) -> Finding {
    let mut state = "CLOSED";
    let (mut changes, mut wrong) = (0, Faults::default());
    for (Moment { at, seq }, from, to) in record.transitions("breaker") {
        changes += 1;
        let legal = matches!(
            (from, to),
            ("CLOSED" | "HALF_OPEN", "OPEN") | ("OPEN", "HALF_OPEN") | ("HALF_OPEN", "CLOSED")
        );
        if !legal || from != state {
            wrong.add(seq, || {
                format!("At {at} the breaker was {state} and changed from {from} to {to}", at = at_ms(at))
            });
        }
        state = to;
    }
    wrong.finding(format!("{}, all of them allowed", plural(changes, "change")))
}

/// A breaker changes its state, if at all, before the call ends for its caller: a change between the answer of the
/// service and the end of the call was made by that answer.
fn late_results(record: &Record<'_>) -> Finding {
    let mut started = BTreeMap::new();
    let (mut changed, mut late, mut wrong) = (0, 0, Faults::default());
    let mut last = None;
    for (moment, fact) in facts(record) {
        match fact {
            Fact::Reached(call) => {
                started.insert(call, moment);
            }
            Fact::Answered(call, _) => {
                let started = started.remove(&call).filter(|start| start.seq < changed);
                late += usize::from(started.is_some());
                last = started.map(|start| (call, start));
                continue;
            }
            Fact::Changed(from, to) => {
                if let Some((call, start)) = last {
                    wrong.add(moment.seq, || {
                        let (at, made) = (moment.at, start.at);
                        format!(
                            "At {at} the late answer of call {call}, made at {made}, changed {from} to {to}",
                            at = at_ms(at),
                            made = at_ms(made)
                        )
                    });
                }
                changed = moment.seq;
            }
            Fact::Ended(..) | Fact::Cancelled(_) => {}
        }
        last = None;
    }
    wrong.finding(format!("{}, ignored by the breaker", plural(late, "late answer")))
}

fn test_call_freed(record: &Record<'_>) -> Finding {
    let mut model = Model::new(record);
    let (mut freed, mut wrong) = (0, Faults::default());
    for (Moment { at, seq }, fact) in facts(record) {
        let before = model.state;
        let verdict = model.step(at, fact);
        match (fact, verdict) {
            (Fact::Ended(_, How::GaveUp, _) | Fact::Cancelled(_), _) if model.state != before => freed += 1,
            (Fact::Ended(call, How::Refused, _), Verdict::Wrong(State::HalfOpen(None))) => {
                wrong.add(seq, || {
                    format!(
                        "At {at} call {call} was refused although no test call was under way",
                        at = at_ms(at)
                    )
                });
            }
            _ => {}
        }
    }
    wrong.finding(format!("{} cancelled, 0 calls refused because of it", plural(freed, "test call")))
}

fn reference(record: &Record<'_>) -> Finding {
    let mut model = Model::new(record);
    let (mut calls, mut wrong) = (0, Faults::default());
    for (Moment { at, seq }, fact) in facts(record) {
        let verdict = model.step(at, fact);
        calls += usize::from(matches!(fact, Fact::Ended(..)));
        match (fact, verdict) {
            (Fact::Reached(call), Verdict::Wrong(model)) => wrong.add(seq, || {
                format!(
                    "At {at} call {call} reached the service; the model breaker is {} and refuses it",
                    model.name(),
                    at = at_ms(at)
                )
            }),
            (Fact::Ended(call, How::Refused, _), Verdict::Wrong(model)) => wrong.add(seq, || {
                format!(
                    "At {at} call {call} was refused; the model breaker is {} and lets it through",
                    model.name(),
                    at = at_ms(at)
                )
            }),
            (Fact::Ended(call, _, state), _) if state != model.state.name() => wrong.add(seq, || {
                format!(
                    "At {at} the breaker was {state} after call {call}; the model is {}",
                    model.state.name(),
                    at = at_ms(at)
                )
            }),
            _ => {}
        }
    }
    wrong.finding(format!("{}, each treated as by the model breaker", plural(calls, "call")))
}
