//! Rules: what must be true for every setting of an exercise, checked on each run from its trace alone.

use std::{collections::BTreeMap, fmt, time::Duration};

use serde::Serialize;

use super::{Exercise, Settings};
use crate::{
    runtime::{Instant, Phase},
    trace::{Edge, Event, Value, What},
};

/// A statement that must be true for every setting and every order of tasks.
#[derive(Debug, Serialize)]
pub struct Rule {
    /// Its name in the API.
    pub slug: &'static str,
    /// The statement, for the reader.
    pub statement: &'static str,
    /// Checks a run.
    #[serde(skip)]
    pub check: fn(&Record<'_>) -> Finding,
}

/// Whether a rule held in a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Whether it held.
    pub held: bool,
    /// One sentence with numbers.
    pub evidence: String,
    /// The events that broke it, by `seq`.
    pub events: Vec<u32>,
}

impl Finding {
    /// The finding that it held.
    pub fn held(evidence: impl Into<String>) -> Self {
        Self { held: true, evidence: evidence.into(), events: Vec::new() }
    }

    /// The finding that these events broke it. There are none if something did not happen.
    pub fn broken(evidence: impl Into<String>, events: impl IntoIterator<Item = u32>) -> Self {
        Self { held: false, evidence: evidence.into(), events: events.into_iter().collect() }
    }

    /// The finding that it held if `broken_by` is empty, else that it was broken.
    pub fn unless(broken_by: Vec<u32>, held: impl Into<String>, broken: impl Into<String>) -> Self {
        if broken_by.is_empty() { Self::held(held) } else { Self::broken(broken, broken_by) }
    }
}

/// Collects what breaks a rule while its trace is read. The evidence tells the first.
#[derive(Debug, Default)]
pub struct Faults {
    events: Vec<u32>,
    first: Option<String>,
}

impl Faults {
    /// Adds an event that broke the rule, and what happened.
    pub fn add(&mut self, event: u32, what: impl FnOnce() -> String) {
        self.events.push(event);
        self.first.get_or_insert_with(what);
    }

    /// The rule held, with this evidence, unless something was added.
    pub fn finding(self, held: impl Into<String>) -> Finding {
        let Self { mut events, first } = self;
        let Some(first) = first else { return Finding::held(held) };
        events.sort_unstable();
        let evidence = match events.len() {
            1 => first,
            times => format!("{first}; this happened {times} times"),
        };
        Finding::broken(evidence, events)
    }
}

/// The result of checking a rule.
#[derive(Clone, Debug, Serialize)]
pub struct RuleReport {
    /// The rule's name.
    pub slug: &'static str,
    /// Its statement.
    pub statement: &'static str,
    /// Whether it held.
    pub held: bool,
    /// One sentence with numbers.
    pub evidence: String,
    /// The events that broke it, by `seq`.
    pub events: Vec<u32>,
}

/// A run that has ended, as rules see it.
#[derive(Debug)]
pub struct Record<'a> {
    /// The whole trace.
    pub events: &'a [Event],
    /// The values of the settings.
    pub settings: &'a Settings,
    /// The error that ended the run, if one did: one that the program did not catch, or that it was stuck.
    pub error: Option<&'a str>,
    /// Whether real timers were used, whose times are never exact.
    pub real_time: bool,
}

/// A task's life, read off the trace.
#[derive(Clone, Debug)]
pub struct Lane<'a> {
    /// The task.
    pub id: u32,
    /// Its name.
    pub name: &'a str,
    /// The task that spawned it.
    pub parent: Option<u32>,
    /// When it was spawned, and by which event.
    pub spawned: Moment,
    /// When it was first polled.
    pub started: Option<Moment>,
    /// When and how it ended.
    pub ended: Option<(Moment, Phase)>,
}

impl Lane<'_> {
    /// Whether it ended in that phase.
    pub fn is(&self, phase: Phase) -> bool {
        self.ended.is_some_and(|(_, ended)| ended == phase)
    }
}

/// A length of time as pages spell it, rounded to one decimal: `500 ms`, `102.4 ms`.
pub fn in_ms(length: Duration) -> impl fmt::Display {
    const TENTH: u64 = 100_000;
    match Instant::ORIGIN.after(length) {
        Instant::NEVER => Instant::NEVER,
        instant => Instant::from_nanos(instant.as_nanos().saturating_add(TENTH / 2) / TENTH * TENTH),
    }
}

/// A moment as pages spell it, rounded as `in_ms` does.
pub fn at_ms(at: Instant) -> impl fmt::Display {
    in_ms(at.since(Instant::ORIGIN))
}

/// A time beside the time that it should be: `100 ms`, `102.4 ms, near 100 ms`, `150 ms instead of 100 ms`.
pub fn beside(took: Duration, due: Duration, held: bool) -> String {
    match (took == due, held) {
        (true, _) => in_ms(took).to_string(),
        (false, true) => format!("{}, near {}", in_ms(took), in_ms(due)),
        (false, false) => format!("{} instead of {}", in_ms(took), in_ms(due)),
    }
}

/// A count and what is counted, in the right number: `1 call`, `2 fetches`, `0 queries`.
pub fn plural(count: usize, noun: &str) -> String {
    // Not `key` and the like.
    let stem = noun.strip_suffix('y').filter(|stem| !stem.ends_with(['a', 'e', 'o', 'u']));
    match stem {
        _ if count == 1 => format!("1 {noun}"),
        Some(stem) => format!("{count} {stem}ies"),
        None if noun.ends_with(['s', 'h']) => format!("{count} {noun}es"),
        None => format!("{count} {noun}s"),
    }
}

/// The same as the subject of a sentence: `1 call was`, `2 fetches were`.
pub fn was(count: usize, noun: &str) -> String {
    format!("{} {}", plural(count, noun), if count == 1 { "was" } else { "were" })
}

/// A time and the event that marks it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// When.
    pub at: Instant,
    /// The event's `seq`.
    pub seq: u32,
}

impl Moment {
    /// The time since the run began.
    pub fn time(self) -> Duration {
        self.at.since(Instant::ORIGIN)
    }
}

/// Something that happened, with the task that did it.
#[derive(Clone, Copy, Debug)]
pub struct Noted<'a> {
    /// When, and by which event.
    pub moment: Moment,
    /// The task.
    pub task: u32,
    /// The line, or what is waited on.
    pub text: &'a str,
}

/// A result, with the task that gave it.
#[derive(Clone, Copy, Debug)]
pub struct Given<'a> {
    /// When, and by which event.
    pub moment: Moment,
    /// The task.
    pub task: u32,
    /// Its value.
    pub value: &'a Value,
}

/// The time for which a task held a resource.
#[derive(Clone, Copy, Debug)]
pub struct Held<'a> {
    /// The task.
    pub task: u32,
    /// The resource.
    pub of: &'a str,
    /// What it was used for.
    pub label: Option<&'a str>,
    /// When it began.
    pub begin: Moment,
    /// When it ended; None if it was never given back.
    pub end: Option<Moment>,
}

impl<'a> Record<'a> {
    /// Checks every rule of `exercise`.
    pub fn judge(&self, exercise: &Exercise) -> Vec<RuleReport> {
        exercise.rules.iter().map(|rule| self.check(rule)).collect()
    }

    /// Checks one rule.
    pub fn check(&self, rule: &Rule) -> RuleReport {
        let Finding { held, evidence, events } = (rule.check)(self);
        RuleReport { slug: rule.slug, statement: rule.statement, held, evidence, events }
    }

    fn pick<T>(&self, f: impl Fn(Moment, &'a What) -> Option<T>) -> impl Iterator<Item = T> {
        self.events.iter().filter_map(move |event| f(Moment { at: event.at, seq: event.seq }, &event.what))
    }

    /// The output.
    pub fn lines(&self) -> impl Iterator<Item = Noted<'a>> {
        self.pick(|moment, what| match what {
            What::Log { task, line } => Some(Noted { moment, task: *task, text: line }),
            _ => None,
        })
    }

    /// The results of that name, in the order in which they were noted.
    pub fn results(&self, wanted: &str) -> impl Iterator<Item = Given<'a>> {
        self.pick(move |moment, what| match what {
            What::Result { task, of, value } if of == wanted => Some(Given { moment, task: *task, value }),
            _ => None,
        })
    }

    /// The uses of resources whose name begins so, in the order in which they began.
    pub fn uses(&self, prefix: &str) -> Vec<Held<'a>> {
        let mut uses: Vec<Held<'a>> = Vec::new();
        for event in self.events {
            let What::Use { task, of, label, phase } = &event.what else { continue };
            if !of.starts_with(prefix) {
                continue;
            }
            let (task, label, moment) = (*task, label.as_deref(), Moment { at: event.at, seq: event.seq });
            if *phase == Edge::Begin {
                uses.push(Held { task, of, label, begin: moment, end: None });
            } else {
                let same = |held: &&mut Held<'_>| {
                    held.end.is_none() && held.task == task && held.of == &**of && held.label == label
                };
                if let Some(held) = uses.iter_mut().rev().find(same) {
                    held.end = Some(moment);
                }
            }
        }
        uses
    }

    /// The begins or ends of waits on that.
    pub fn waits(&self, wanted: &str, edge: Edge) -> impl Iterator<Item = Noted<'a>> {
        self.pick(move |moment, what| match what {
            What::Wait { task, on, phase, .. } if on == wanted && *phase == edge => {
                Some(Noted { moment, task: *task, text: on })
            }
            _ => None,
        })
    }

    /// The cancellations by interference: for each task, when.
    pub fn cancelled(&self) -> BTreeMap<u32, Moment> {
        let cancels = self.pick(|moment, what| match what {
            What::Interfere { task: Some(task), .. } => Some((*task, moment)),
            _ => None,
        });
        cancels.collect()
    }

    /// The values of the gauge of that name.
    pub fn gauge(&self, wanted: &str) -> impl Iterator<Item = (Moment, i64)> {
        self.pick(move |moment, what| match what {
            What::Gauge { name, value, .. } if name == wanted => Some((moment, *value)),
            _ => None,
        })
    }

    /// The transitions of the component of that name.
    pub fn transitions(&self, wanted: &str) -> impl Iterator<Item = (Moment, &'a str, &'a str)> {
        self.pick(move |moment, what| match what {
            What::State { component, from, to } if component == wanted => Some((moment, &**from, &**to)),
            _ => None,
        })
    }

    /// The tasks whose name begins so, in order of spawning.
    pub fn lanes(&self, prefix: &str) -> Vec<Lane<'a>> {
        let mut lanes: Vec<Lane<'a>> = Vec::new();
        for event in self.events {
            let What::Task { id, parent, name, phase } = &event.what else { continue };
            let moment = Moment { at: event.at, seq: event.seq };
            if *phase == Phase::Spawned {
                let (id, parent) = (*id, *parent);
                lanes.push(Lane { id, name, parent, spawned: moment, started: None, ended: None });
            } else if let Ok(place) = lanes.binary_search_by_key(id, |lane| lane.id)
                && let Some(lane) = lanes.get_mut(place)
            {
                match phase {
                    Phase::Started => lane.started = Some(moment),
                    phase => lane.ended = Some((moment, *phase)),
                }
            }
        }
        lanes.retain(|lane| lane.name.starts_with(prefix));
        lanes
    }

    /// The name of a task.
    pub fn name_of(&self, task: u32) -> &'a str {
        let mut names = self.pick(|_, what| match what {
            What::Task { id, name, .. } if *id == task => Some(&**name),
            _ => None,
        });
        names.next().unwrap_or_default()
    }

    /// When the last event happened.
    pub fn end(&self) -> Instant {
        self.events.last().map_or(Instant::ORIGIN, |event| event.at)
    }

    /// Whether a time is as expected: exactly in simulated time. A real timer is never early, apart from the rounding of
    /// the browser's clock, and on a page in the foreground it is late by at most a quarter and 50 ms.
    pub fn took(&self, actual: Duration, due: Duration) -> bool {
        self.took_in_turn(actual, due, 0)
    }

    /// As [`took`](Self::took), for the sum of several timers one after another: each real one is late by itself, and
    /// browsers make nested ones wait for at least 4 ms.
    pub fn took_in_turn(&self, actual: Duration, due: Duration, waits: usize) -> bool {
        let share = Duration::from_millis(5).saturating_mul(u32::try_from(waits).unwrap_or(u32::MAX));
        let is_late = || self.by(actual, due.saturating_add(share));
        actual == due || self.real_time && actual + Duration::from_millis(1) >= due && is_late()
    }

    /// Whether a time is within its limit, with the tolerance of [`took`](Self::took).
    pub fn by(&self, actual: Duration, limit: Duration) -> bool {
        let allowed = if self.real_time {
            limit.saturating_add(limit / 4).saturating_add(Duration::from_millis(50))
        } else {
            limit
        };
        actual <= allowed
    }
}
