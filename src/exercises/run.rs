//! A run: an exercise with checked settings as one future of what comes of it. Dropping it ends everything.

use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll, Waker, ready},
};

use serde::Serialize;

use super::{Act, Ended, Exercise, Record, Refusal, Request, RuleReport, Settings, act, staged::Staged};
use crate::{
    expected::{Expected, Matcher, Row, Times},
    runtime::{AtOnce, Choice, Order, Pace, SimulatedTime, TaskId, Timers},
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
    staged: Staged,
    /// How many events [`new_events`](Self::new_events) has given out.
    given: usize,
    request: Request,
    clock: ClockKind,
    /// Whether the output is: it is not where somebody else has a say in what happens, and when.
    fixed: bool,
    ended: Option<Ended>,
    /// The trace as rules read it, once the run has ended.
    read: Vec<Event>,
    /// Those that have been checked, once the run has ended.
    rules: Vec<RuleReport>,
}

impl Run {
    /// A run on simulated time, at once.
    pub fn simulated(request: Request) -> Self {
        let time = SimulatedTime::default();
        Self::new(request, ClockKind::Instant, Timers::new(time.clone()), Box::new(AtOnce(time)))
    }

    /// As [`simulated`](Self::simulated), with its tasks in this order and not in the one that the seed gives: to
    /// follow [`Orders`](crate::runtime::Orders). The output is not judged.
    pub fn in_order(request: Request, order: Order) -> Self {
        let time = SimulatedTime::default();
        let (clock, pace) = (Timers::new(time.clone()), Box::new(AtOnce(time)));
        Self { fixed: false, ..Self::start(request, order, ClockKind::Instant, clock, pace) }
    }

    /// A run on `clock`, at `pace`.
    pub fn new(request: Request, kind: ClockKind, clock: Timers, pace: Box<dyn Pace>) -> Self {
        let order = request.seed.map_or(Order::fifo(), |seed| Order::seeded(u64::from(seed)));
        Self::start(request, order, kind, clock, pace)
    }

    fn start(
        request: Request,
        order: Order,
        clock_kind: ClockKind,
        clock: Timers,
        pace: Box<dyn Pace>,
    ) -> Self {
        let (program, seed) = (request.program.start, request.seed.unwrap_or(0));
        let staged = Staged::new(program, request.settings.clone(), seed, order, clock, pace);
        let fixed = request.fixes_output();
        let (ended, read, rules) = Default::default();
        Self { staged, given: 0, request, clock: clock_kind, fixed, ended, read, rules }
    }

    /// Drops one task of the run, as somebody outside may at any moment; the others go on. `main` is a task too, and
    /// its end is the run's. False if there is no such task, or it has ended.
    ///
    /// What this wakes runs when the run is next polled; its host is told. The output is not judged any more.
    pub fn cancel(&mut self, task: TaskId) -> bool {
        let cancelled = self.staged.host.tasks().cancel(task);
        self.fixed &= !cancelled;
        cancelled
    }

    /// The decisions taken between ready tasks, in a run [`in_order`](Self::in_order).
    pub fn choices(&self) -> Vec<Choice> {
        self.staged.host.tasks().choices()
    }

    /// The events since the last call.
    pub fn new_events(&mut self) -> Vec<Event> {
        let events = self.trace().events(self.given, usize::MAX);
        self.given += events.len();
        events
    }

    /// What has happened so far.
    pub fn trace(&self) -> &Recorder {
        self.staged.trace()
    }

    /// Does something to the run that goes on. Says whether that changed anything: a task may have ended before it.
    ///
    /// # Errors
    ///
    /// [`Refusal`] if the exercise does not let that be done.
    pub fn act(&mut self, act: Act) -> Result<bool, Refusal> {
        let Staged { host, trace, backend, .. } = &self.staged;
        let done = act::perform(act, self.request.exercise, trace, host.tasks(), backend)?;
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

    /// Checks the rules, each of which reads the whole trace: in a large one that takes so long that the host must have
    /// a turn in between.
    fn poll_rules(&mut self, ended: &Ended, cx: &mut Context<'_>) -> Poll<()> {
        const PIECE: usize = 10_000;
        loop {
            ready!(self.staged.host.poll_rest(cx));
            let piece = self.staged.trace.events(self.read.len(), PIECE);
            if piece.is_empty() {
                break;
            }
            self.read.extend(piece);
        }
        while let Some(rule) = self.request.exercise.rules.get(self.rules.len()) {
            ready!(self.staged.host.poll_rest(cx));
            let checked = self.record(ended).check(rule);
            self.rules.push(checked);
        }
        Poll::Ready(())
    }

    fn record<'a>(&'a self, ended: &'a Ended) -> Record<'a> {
        let live = self.clock == ClockKind::Live;
        Record { events: &self.read, settings: &self.request.settings, error: ended.error.as_deref(), live }
    }
}

impl Future for Run {
    type Output = Report;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Report> {
        let run = self.get_mut();
        let ended = match run.ended.take() {
            Some(ended) => ended,
            None => ready!(run.staged.poll_end(cx)),
        };
        if run.poll_rules(&ended, cx).is_pending() {
            run.ended = Some(ended);
            return Poll::Pending;
        }
        let rules = std::mem::take(&mut run.rules);
        Poll::Ready(Report::of(&run.request, run.clock, &run.read, ended, run.fixed, rules))
    }
}

/// The output so far beside the expected one, row by row.
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
    pub program: &'static str,
    /// How time passed.
    pub clock: ClockKind,
    /// The seed of the task order; None for FIFO.
    pub seed: Option<u32>,
    /// The value of each setting.
    pub settings: Settings,
    /// Passed or failed.
    pub verdict: Verdict,
    /// What the verdict rests on.
    pub judged: Judged,
    /// Expected beside actual; empty where the output is not judged.
    pub rows: Vec<Row>,
    /// Each rule, with its evidence.
    pub rules: Vec<RuleReport>,
    /// How the run ended, if not well: an uncaught error or a deadlock.
    pub error: Option<String>,
    /// The time at the end, in milliseconds.
    pub elapsed: f64,
    /// How many tasks there were.
    pub tasks: u32,
}

impl Report {
    /// What comes of a run with these settings that has ended so, after its rules have been checked. The output is
    /// read off the events, and judged if it is `fixed`.
    pub fn of(
        request: &Request,
        clock: ClockKind,
        events: &[Event],
        Ended { error, elapsed, tasks }: Ended,
        fixed: bool,
        rules: Vec<RuleReport>,
    ) -> Self {
        let Request { exercise, program, ref settings, seed } = *request;
        let live = clock == ClockKind::Live;
        let lines = events.iter().filter_map(|event| match &event.what {
            What::Log { line, .. } => Some(line.as_str()),
            _ => None,
        });
        let matcher = if fixed { judge(exercise, live, lines, true) } else { None };
        let matched = !fixed || matcher.as_ref().is_some_and(Matcher::passed);
        let passed = error.is_none() && matched && rules.iter().all(|rule| rule.held);
        Self {
            slug: exercise.slug,
            program: program.slug,
            clock,
            seed,
            settings: settings.clone(),
            verdict: if passed { Verdict::Passed } else { Verdict::Failed },
            judged: if fixed { Judged::OutputAndRules } else { Judged::Rules },
            rows: matcher.map_or(Vec::new(), |matcher| matcher.rows().to_vec()),
            rules,
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
    /// The output is fixed at default settings in FIFO order, where nobody takes a hand in the run.
    #[serde(rename = "output and rules")]
    OutputAndRules,
    /// At other settings the rules alone.
    #[serde(rename = "rules")]
    Rules,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
        })
    }
}
