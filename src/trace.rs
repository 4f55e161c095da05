//! What happened in a run: one ordered list of typed events, stamped by the run's clock.
//!
//! Output, rules and picture are computed from it alone. [`Event`]'s `Display` is for comparing and debugging.

mod recorder;
mod value;

use std::fmt;

#[cfg(feature = "rules")]
use serde::{Deserialize, Deserializer};
use serde::{Serialize, Serializer, ser::SerializeStruct};

pub use self::{recorder::Recorder, value::Value};
use crate::runtime::{Instant, Name, Phase, Source};

/// One thing that happened.
///
/// It is serialised as one flat object: `seq`, `at` in milliseconds, `kind`, the fields of its kind, and where
/// there is a source its `file` and `row`.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// Its place in the trace, from 0.
    pub seq: u32,
    /// When it happened.
    pub at: Instant,
    /// What it was.
    pub what: What,
    /// The line of the program that logged, spawned or began to wait; None for what has no such line.
    pub source: Option<Line>,
}

/// A line of an exercise's program, written as `program.rs:57`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line(Source);

impl Line {
    /// The name of the file, without its directories: they are spelled otherwise on other platforms.
    pub fn file(&self) -> &'static str {
        self.0.file().rsplit(['/', '\\']).next().unwrap_or_default()
    }

    /// Its number, from 1.
    pub const fn number(&self) -> u32 {
        self.0.line()
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file(), self.number())
    }
}

/// The kinds of event.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    /// A task wrote a line of the output.
    Log {
        /// The task that was running.
        task: u32,
        /// The line, without its end.
        line: String,
    },
    /// A task entered a phase of its life.
    Task {
        /// The task.
        id: u32,
        /// The task that spawned it.
        parent: Option<u32>,
        /// Its name.
        name: Name,
        /// The phase.
        phase: Phase,
    },
    /// A task began or ended to wait.
    Wait {
        /// The task that waits.
        task: u32,
        /// What it waits on, such as sleep, permit or fetch.
        on: Name,
        /// The resource or the task that it waits for, where there is a particular one.
        for_: Option<Name>,
        /// Begin or end.
        phase: Edge,
    },
    /// A task was woken or cancelled, and this ends at least one of its waits: the end of a wait follows.
    Wake {
        /// The task that was woken.
        task: u32,
        /// The task that woke or cancelled it; None for the clock, or something outside the run.
        by: Option<u32>,
    },
    /// A task began or ended to hold a resource: a connection, a permit, a fetch that is under way. A use that never ends
    /// is of a resource that was never given back, or of a task that never finished.
    Use {
        /// The task that holds it.
        task: u32,
        /// The resource; it is a lane of the picture.
        of: Name,
        /// What it is used for, as the picture writes it: `query 4`.
        label: Option<Name>,
        /// Begin or end.
        phase: Edge,
    },
    /// A component changed its state.
    State {
        /// The component.
        component: Name,
        /// The state it left.
        from: Name,
        /// The state it is in.
        to: Name,
    },
    /// A number over time changed.
    Gauge {
        /// Its name.
        name: Name,
        /// Its value now.
        value: i64,
        /// Its limit.
        limit: Option<i64>,
    },
    /// A call gave its result. Results are in the trace so that rules need nothing else.
    Result {
        /// The task that made the call.
        task: u32,
        /// Which call.
        of: Name,
        /// What it gave.
        value: Value,
    },
    /// The run was interfered with from outside.
    Interfere {
        /// `cancel`, `backend down` or `backend up`.
        what: Name,
        /// The task that was cancelled, if one was.
        task: Option<u32>,
    },
}

/// The two ends of a wait or a use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edge {
    /// It begins.
    Begin,
    /// It ends.
    End,
}

impl Edge {
    const fn spelled(self) -> &'static str {
        match self {
            Self::Begin => "begin",
            Self::End => "end",
        }
    }
}

/// A time as it is serialised: in milliseconds.
pub(crate) struct Millis(pub(crate) Instant);

impl Serialize for Millis {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0.as_nanos() {
            // Whole milliseconds are written as whole numbers, so that every JSON writer spells them alike.
            nanos if nanos % 1_000_000 == 0 => serializer.serialize_u64(nanos / 1_000_000),
            _ => serializer.serialize_f64(self.0.as_millis()),
        }
    }
}

/// The value of an event's field. One type for all keeps the code small that spells events.
enum Field<'a> {
    Number(i64),
    Task(Option<u32>),
    Text(&'a str),
    Name(&'a Option<Name>),
    Limit(Option<i64>),
    Value(&'a Value),
}

impl Serialize for Field<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match *self {
            Self::Number(number) | Self::Limit(Some(number)) => serializer.serialize_i64(number),
            Self::Task(Some(task)) => serializer.serialize_i64(task.into()),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Name(Some(name)) => serializer.serialize_str(name),
            Self::Value(value) => value.serialize(serializer),
            Self::Task(None) | Self::Name(None) | Self::Limit(None) => serializer.serialize_none(),
        }
    }
}

impl Serialize for Event {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use Field::{Limit, Number, Text};

        let id = |id: u32| Field::Task(Some(id));
        // By hand, since a derived flat form would go through a map with keys made anew for each event.
        let (kind, fields): (&str, &[(&'static str, Field<'_>)]) = match &self.what {
            What::Log { task, line } => ("log", &[("task", id(*task)), ("line", Text(line))]),
            What::Task { id: task, parent, name, phase } => (
                "task",
                &[
                    ("id", id(*task)),
                    ("parent", Field::Task(*parent)),
                    ("name", Text(name)),
                    ("phase", Text(spelled(*phase))),
                ],
            ),
            What::Wait { task, on, for_, phase } => (
                "wait",
                &[
                    ("task", id(*task)),
                    ("on", Text(on)),
                    ("for", Field::Name(for_)),
                    ("phase", Text(phase.spelled())),
                ],
            ),
            What::Use { task, of, label, phase } => (
                "use",
                &[
                    ("task", id(*task)),
                    ("of", Text(of)),
                    ("label", Field::Name(label)),
                    ("phase", Text(phase.spelled())),
                ],
            ),
            What::Wake { task, by } => ("wake", &[("task", id(*task)), ("by", Field::Task(*by))]),
            What::State { component, from, to } => {
                ("state", &[("component", Text(component)), ("from", Text(from)), ("to", Text(to))])
            }
            What::Gauge { name, value, limit } => {
                ("gauge", &[("name", Text(name)), ("value", Number(*value)), ("limit", Limit(*limit))])
            }
            What::Result { task, of, value } => {
                ("result", &[("task", id(*task)), ("of", Text(of)), ("value", Field::Value(value))])
            }
            What::Interfere { what, task } => {
                ("interfere", &[("what", Text(what)), ("task", Field::Task(*task))])
            }
        };
        let mut event = serializer.serialize_struct("Event", 9)?;
        event.serialize_field("seq", &self.seq)?;
        event.serialize_field("at", &Millis(self.at))?;
        event.serialize_field("kind", kind)?;
        for (name, value) in fields {
            event.serialize_field(name, value)?;
        }
        if let Some(line) = &self.source {
            event.serialize_field("file", line.file())?;
            event.serialize_field("row", &line.number())?;
        }
        event.end()
    }
}

/// Any event's fields, as they come back from JavaScript.
#[cfg(feature = "rules")]
#[derive(Deserialize)]
struct Flat {
    seq: u32,
    at: f64,
    kind: String,
    task: Option<u32>,
    #[serde(default)]
    id: u32,
    parent: Option<u32>,
    #[serde(default)]
    phase: String,
    /// The one text that the kind is about: line, name, on, component, of or what.
    #[serde(
        default,
        alias = "line",
        alias = "name",
        alias = "on",
        alias = "component",
        alias = "of",
        alias = "what"
    )]
    about: String,
    #[serde(default)]
    from: String,
    #[serde(default)]
    to: String,
    #[serde(rename = "for")]
    for_: Option<String>,
    by: Option<u32>,
    label: Option<String>,
    value: Option<Value>,
    limit: Option<i64>,
}

#[cfg(feature = "rules")]
impl<'de> Deserialize<'de> for Event {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "float to int casts saturate")]
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Flat { seq, at, kind, task, id, parent, phase, about, from, to, for_, by, label, value, limit } =
            Flat::deserialize(deserializer)?;
        let doer = task.unwrap_or_default();
        let edge = if phase == "begin" { Edge::Begin } else { Edge::End };
        let unknown = |what| serde::de::Error::custom(format!("event {seq} has an unknown {what}"));
        let what = match kind.as_str() {
            "log" => What::Log { task: doer, line: about },
            "task" => {
                let phase = PHASES.into_iter().find(|known| spelled(*known) == phase);
                What::Task { id, parent, name: about.into(), phase: phase.ok_or_else(|| unknown("phase"))? }
            }
            "wait" => What::Wait { task: doer, on: about.into(), for_: for_.map(Name::from), phase: edge },
            "wake" => What::Wake { task: doer, by },
            "use" => What::Use { task: doer, of: about.into(), label: label.map(Name::from), phase: edge },
            "state" => What::State { component: about.into(), from: from.into(), to: to.into() },
            "gauge" => {
                let value = value.and_then(|value| value.int()).ok_or_else(|| unknown("value"))?;
                What::Gauge { name: about.into(), value, limit }
            }
            "result" => What::Result { task: doer, of: about.into(), value: value.unwrap_or(Value::Null) },
            "interfere" => What::Interfere { what: about.into(), task },
            _ => return Err(unknown("kind")),
        };
        // The place in the source is for readers; no rule reads it.
        Ok(Self { seq, at: Instant::from_nanos((at * 1e6).round() as u64), what, source: None })
    }
}

#[cfg(feature = "rules")]
const PHASES: [Phase; 6] =
    [Phase::Spawned, Phase::Started, Phase::Finished, Phase::Failed, Phase::Cancelled, Phase::Unfinished];

const fn spelled(phase: Phase) -> &'static str {
    match phase {
        Phase::Spawned => "spawned",
        Phase::Started => "started",
        Phase::Finished => "finished",
        Phase::Failed => "failed",
        Phase::Cancelled => "cancelled",
        Phase::Unfinished => "unfinished",
    }
}

impl fmt::Display for Event {
    /// One line, the same on every platform: sequence, nanoseconds, what.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} ", self.seq, self.at.as_nanos())?;
        match &self.what {
            What::Log { task, line } => write!(f, "log {task} {line:?}"),
            What::Task { id, parent, name, phase } => {
                write!(f, "task {id} {name:?} {}", spelled(*phase))?;
                parent.map_or(Ok(()), |parent| write!(f, " of {parent}"))
            }
            What::Wait { task, on, for_, phase } => {
                write!(f, "wait {task} {on:?}")?;
                for_.as_ref().map_or(Ok(()), |target| write!(f, " for {target:?}"))?;
                write!(f, " {}", phase.spelled())
            }
            What::Wake { task, by } => {
                write!(f, "wake {task}")?;
                by.map_or(Ok(()), |by| write!(f, " by {by}"))
            }
            What::Use { task, of, label, phase } => {
                write!(f, "use {task} {of:?} {}", phase.spelled())?;
                label.as_ref().map_or(Ok(()), |label| write!(f, " for {label:?}"))
            }
            What::State { component, from, to } => write!(f, "state {component:?} {from} -> {to}"),
            What::Gauge { name, value, limit } => {
                write!(f, "gauge {name:?} {value}")?;
                limit.map_or(Ok(()), |limit| write!(f, " of {limit}"))
            }
            What::Result { task, of, value } => write!(f, "result {task} {of:?} {value}"),
            What::Interfere { what, task } => {
                write!(f, "interfere {what:?}")?;
                task.map_or(Ok(()), |task| write!(f, " on {task}"))
            }
        }
    }
}
