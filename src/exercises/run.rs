//! A run: an exercise, its tasks and their clock as one future. Dropping it ends everything.

use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll, Waker},
};

#[cfg(feature = "laws")]
use serde::Deserialize;
use serde::Serialize;

use super::{
    Act, Exercise, Knobs, LawReport, Program, Record, Refusal, Settings, Stage, Uncaught,
    act::{self, Switch},
};
use crate::{
    expected::{Expected, Matcher, Row, Times},
    runtime::{
        AtOnce, Choice, Clock, Deadlock, Host, Order, Pace, SimulatedTime, Task, TaskId, Tasks, Timers,
    },
    trace::{Event, Recorder, What},
};

/// How time passes in a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ClockKind {
    /// With real timers.
    Live,
    /// Simulated, as fast as it goes.
    Instant,
    /// Simulated, in step with real time at some speed.
    Paced,
}

/// A future of a [`Report`].
///
/// Any executor can poll it. Dropping it drops every task and timer of the run; nothing survives it.
#[derive(Debug)]
pub struct Run {
    host: Host,
    main: Task<Result<(), Uncaught>>,
    trace: Recorder,
    settings: Settings,
    clock: ClockKind,
    backend: Switch,
    /// How many events [`new_events`](Self::new_events) has given out.
    given: usize,
    /// Whether the transcript is: it is not where somebody else has a say in what happens, and when.
    fixed: bool,
    ended: Option<Ended>,
    /// Those that have been checked, once the run has ended.
    laws: Vec<LawReport>,
}

/// How a run ended, before anything of it is judged.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "laws", derive(Deserialize))]
pub struct Ended {
    /// How it ended, if not well: an uncaught error or a deadlock.
    pub error: Option<String>,
    /// The time at the end, in milliseconds.
    pub elapsed: f64,
    /// How many tasks there were.
    pub tasks: u32,
}

impl Run {
    /// A run on simulated time, at once.
    pub fn simulated(settings: Settings) -> Self {
        let time = SimulatedTime::default();
        Self::new(settings, ClockKind::Instant, Timers::new(time.clone()), Box::new(AtOnce(time)))
    }

    /// As [`simulated`](Self::simulated), with its tasks in this order and not in the one that the seed gives: to
    /// follow [`Schedules`](crate::runtime::Schedules). The transcript is not judged.
    pub fn in_order(settings: Settings, order: Order) -> Self {
        let time = SimulatedTime::default();
        let (clock, pace) = (Timers::new(time.clone()), Box::new(AtOnce(time)));
        Self { fixed: false, ..Self::start(settings, order, ClockKind::Instant, clock, pace) }
    }

    /// A run on `clock`, at `pace`.
    pub fn new(settings: Settings, kind: ClockKind, clock: Timers, pace: Box<dyn Pace>) -> Self {
        let order = settings.seed.map_or(Order::fifo(), |seed| Order::seeded(u64::from(seed)));
        Self::start(settings, order, kind, clock, pace)
    }

    fn start(
        settings: Settings,
        order: Order,
        clock_kind: ClockKind,
        clock: Timers,
        pace: Box<dyn Pace>,
    ) -> Self {
        let tasks = Tasks::new(order);
        let trace = Recorder::new(clock.clone());
        tasks.observe(std::rc::Rc::new(trace.clone()));
        let seed = settings.seed.unwrap_or(0);
        let stage = Stage::new(tasks.clone(), clock.clone(), trace.clone(), settings.knobs.clone(), seed);
        let backend = stage.backend();
        let main: Program = (settings.variant.start)(stage);
        let main = tasks.try_spawn("main", main);
        let fixed = settings.fixes_transcript();
        let host = Host::new(tasks, clock, pace);
        let (ended, laws) = Default::default();
        Self { host, main, trace, settings, clock: clock_kind, given: 0, fixed, backend, ended, laws }
    }

    /// Drops one task of the run, as somebody outside may at any moment; the others go on. `main` is a task too, and
    /// its end is the run's. False if there is no such task, or it has ended.
    ///
    /// What this wakes runs when the run is next polled; its host is told. The transcript is not judged any more.
    pub fn cancel(&mut self, task: TaskId) -> bool {
        let cancelled = self.host.tasks().cancel(task);
        self.fixed &= !cancelled;
        cancelled
    }

    /// The decisions taken between ready tasks, in a run [`in_order`](Self::in_order).
    pub fn choices(&self) -> Vec<Choice> {
        self.host.tasks().choices()
    }

    /// The events since the last call.
    pub fn new_events(&mut self) -> Vec<Event> {
        let events = self.trace.events().get(self.given..).unwrap_or_default().to_vec();
        self.given += events.len();
        events
    }

    /// Does something to the run that goes on. Says whether that changed anything: a task may have ended before it.
    ///
    /// # Errors
    ///
    /// [`Refusal`] if the exercise does not let that be done.
    pub fn act(&mut self, act: Act) -> Result<bool, Refusal> {
        let done = act::perform(act, self.settings.exercise, &self.trace, self.host.tasks(), &self.backend)?;
        self.fixed &= !done;
        Ok(done)
    }

    /// Runs to the end. For paces that never wait for their host, as simulated time at once.
    pub fn to_end(&mut self) -> Report {
        let mut cx = Context::from_waker(Waker::noop());
        loop {
            if let Poll::Ready(report) = Pin::new(&mut *self).poll(&mut cx) {
                return report;
            }
        }
    }

    fn end(&mut self, ended: Result<(), Deadlock>, cx: &mut Context<'_>) -> Ended {
        let elapsed = self.host.clock().now().as_millis();
        let error = match (ended, Pin::new(&mut self.main).poll(cx)) {
            (Err(deadlock), _) => Some(deadlock.to_string()),
            (Ok(()), Poll::Ready(Ok(Err(uncaught)))) => Some(uncaught.to_string()),
            (Ok(()), _) => None,
        };
        // What the exercise left running ends with its run, and that belongs to the trace.
        self.host.shut_down();
        Ended { error, elapsed, tasks: self.host.tasks().spawned() }
    }

    /// Runs to the end, and leaves it to somebody else to judge: see [`Report::of`]. To be polled until it is ready,
    /// and no more after that.
    pub fn poll_end(&mut self, cx: &mut Context<'_>) -> Poll<Ended> {
        let main = &self.main;
        let ended = std::task::ready!(self.host.poll_until(cx, || main.is_finished()));
        Poll::Ready(self.end(ended, cx))
    }

    /// Checks the laws, each of which reads the whole trace: in a large one that takes so long that the host must have
    /// a turn in between.
    fn poll_laws(&mut self, ended: &Ended, cx: &mut Context<'_>) -> Poll<()> {
        while let Some(law) = self.settings.exercise.laws.get(self.laws.len()) {
            std::task::ready!(self.host.poll_rest(cx));
            let checked = self.record(&self.trace.events(), ended).check(law);
            self.laws.push(checked);
        }
        Poll::Ready(())
    }

    fn record<'a>(&'a self, events: &'a [Event], ended: &'a Ended) -> Record<'a> {
        let live = self.clock == ClockKind::Live;
        Record { events, knobs: &self.settings.knobs, error: ended.error.as_deref(), live }
    }
}

impl Future for Run {
    type Output = Report;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Report> {
        let run = self.get_mut();
        let ended = match run.ended.take() {
            Some(ended) => ended,
            None => std::task::ready!(run.poll_end(cx)),
        };
        if run.poll_laws(&ended, cx).is_pending() {
            run.ended = Some(ended);
            return Poll::Pending;
        }
        let laws = std::mem::take(&mut run.laws);
        Poll::Ready(Report::of(&run.settings, run.clock, &run.trace.events(), ended, run.fixed, laws))
    }
}

/// The transcript so far beside the expected one, row by row.
pub fn rows<'a>(
    exercise: &Exercise,
    live: bool,
    lines: impl Iterator<Item = &'a str>,
    finished: bool,
) -> Vec<Row> {
    judge(exercise, live, lines, finished).map_or(Vec::new(), |matcher| matcher.rows().to_vec())
}

fn judge<'a>(
    exercise: &Exercise,
    live: bool,
    lines: impl Iterator<Item = &'a str>,
    finished: bool,
) -> Option<Matcher> {
    // A test holds that every annotated file can be read; one that cannot would match nothing.
    let expected = Expected::parse(exercise.expected).ok()?;
    let mut matcher = Matcher::new(&expected, if live { Times::Live } else { Times::Exact });
    for line in lines {
        matcher.push(line);
    }
    if finished {
        matcher.finish();
    }
    Some(matcher)
}

/// What a run came to.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// Which exercise.
    pub slug: &'static str,
    /// Which of its programs.
    pub variant: &'static str,
    /// How time passed.
    pub clock: ClockKind,
    /// The seed of the task order; None for FIFO.
    pub seed: Option<u32>,
    /// The value of each knob.
    pub knobs: Knobs,
    /// Passed or failed.
    pub verdict: Verdict,
    /// What the verdict rests on.
    pub judged: Judged,
    /// Expected beside actual; empty where the transcript is not judged.
    pub rows: Vec<Row>,
    /// Each law, with its evidence.
    pub laws: Vec<LawReport>,
    /// How the run ended, if not well: an uncaught error or a deadlock.
    pub error: Option<String>,
    /// The time at the end, in milliseconds.
    pub elapsed: f64,
    /// How many tasks there were.
    pub tasks: u32,
}

impl Report {
    /// What comes of a run with these settings that has ended so, after its laws have been checked. The transcript is
    /// read off the events, and judged if it is `fixed`.
    pub fn of(
        settings: &Settings,
        clock: ClockKind,
        events: &[Event],
        Ended { error, elapsed, tasks }: Ended,
        fixed: bool,
        laws: Vec<LawReport>,
    ) -> Self {
        let Settings { exercise, variant, ref knobs, seed } = *settings;
        let live = clock == ClockKind::Live;
        let lines = events.iter().filter_map(|event| match &event.what {
            What::Log { line, .. } => Some(line.as_str()),
            _ => None,
        });
        let matcher = if fixed { judge(exercise, live, lines, true) } else { None };
        let matched = !fixed || matcher.as_ref().is_some_and(Matcher::passed);
        let passed = error.is_none() && matched && laws.iter().all(|law| law.held);
        Self {
            slug: exercise.slug,
            variant: variant.slug,
            clock,
            seed,
            knobs: knobs.clone(),
            verdict: if passed { Verdict::Passed } else { Verdict::Failed },
            judged: if fixed { Judged::TranscriptAndLaws } else { Judged::Laws },
            rows: matcher.map_or(Vec::new(), |matcher| matcher.rows().to_vec()),
            laws,
            error,
            elapsed,
            tasks,
        }
    }
}

/// Whether all that was judged holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// It does.
    Passed,
    /// It does not.
    Failed,
}

/// What a verdict rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Judged {
    /// The transcript is fixed at default knobs in FIFO order, where nobody takes a hand in the run.
    #[serde(rename = "transcript and laws")]
    TranscriptAndLaws,
    /// At other settings the laws alone.
    #[serde(rename = "laws")]
    Laws,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
        })
    }
}
