//! `cargo xtask run`: an exercise in the terminal, its output beside the expected one.
//!
//! The same run as on the page. A simulated run is computed at once, and played at some speed if asked.

use std::{
    cell::Cell,
    io::{self, Write as _},
    pin::Pin,
    process::ExitCode,
    rc::Rc,
    slice,
    task::{Context, Poll, Waker},
    thread,
    time::{Duration, Instant as RealInstant},
};

use anyhow::Result;
use async_playground::{
    exercises::{
        ClockKind, Ended, Input, Interference, Refusal, Report, Request, Session, TaskOrder, Verdict, judge,
    },
    expected::{Expected, Row, Status, Times, align},
    runtime::{Instant, Pace, TimeSource, Timers},
    trace::{Event, What},
};
use clap::{
    Args,
    builder::{PossibleValuesParser, TypedValueParser},
};

use crate::speed::Speed;

/// What to run, and how.
#[derive(Args)]
pub struct Options {
    /// The exercise: request-handler, ttl-cache, ...
    slug: String,
    /// How time passes: on a simulated clock, or with timers of this computer
    #[arg(long, value_parser = clocks(), default_value = ClockKind::default().name())]
    clock: ClockKind,
    /// How fast a simulated run is played: slow takes about 12 s, normal about 3 s, whatever its length
    #[arg(long, value_enum, default_value_t = Speed::Once)]
    speed: Speed,
    /// The program: correct, or one of the exercise's mistakes
    #[arg(long)]
    program: Option<String>,
    /// A setting of the exercise; can be given several times
    #[arg(long = "set", value_name = "SETTING=VALUE", value_parser = setting)]
    settings: Vec<(String, String)>,
    /// Draws the order of ready tasks from this number instead of first come, first served
    #[arg(long)]
    seed: Option<u32>,
    /// Chooses the order of ready tasks: the n-th decision takes the task at the n-th of these positions
    #[arg(long, value_name = "POSITIONS")]
    order: Option<String>,
    /// Interferes at a time in milliseconds: "120 cancel 3", "100 backend down"; can be given several times
    #[arg(long, value_name = "TIME WHAT")]
    interfere: Vec<String>,
    /// Prints the events, one a line as JSON, instead of output and verdict
    #[arg(long)]
    trace: bool,
}

/// Reads the name of a clock.
fn clocks() -> impl TypedValueParser<Value = ClockKind> {
    let named = |name: String| ClockKind::ALL.into_iter().find(|clock| clock.name() == name);
    PossibleValuesParser::new(ClockKind::ALL.map(ClockKind::name))
        .try_map(move |name| named(name).ok_or("unknown"))
}

/// `setting=value`, taken apart.
pub fn setting(text: &str) -> Result<(String, String), String> {
    let (setting, value) = text.split_once('=').ok_or("it must be of the form setting=value")?;
    Ok((setting.trim().to_owned(), value.trim().to_owned()))
}

/// Runs it. The exit status is 0 for a run that passed, 1 for one that failed, 2 for a request that makes no sense.
pub fn run(options: &Options) -> Result<ExitCode> {
    match checked(options) {
        Ok(request) => perform(options, &request),
        Err(refusal) => {
            eprintln!("error: {refusal}");
            Ok(ExitCode::from(2))
        }
    }
}

fn checked(options: &Options) -> Result<Request, Refusal> {
    let spelled =
        |(name, value): &(String, String)| (name.clone(), Input::spelled(&options.slug, name, value));
    let settings = options.settings.iter().map(spelled);
    let request = Request::new(&options.slug, options.program.as_deref(), settings, None)?;
    let null = || Input::Other("null");
    let seed = options.seed.map_or_else(null, |seed| Input::Number(seed.into()));
    let choices = options.order.as_deref().map_or_else(null, Input::wholes);
    let order = TaskOrder::read(&seed, &choices)?;
    let interfere: Vec<_> =
        options.interfere.iter().map(|text| Interference::parse(text)).collect::<Result<_, _>>()?;
    Request { order, clock: options.clock, ..request }.interfered(interfere)
}

fn perform(options: &Options, request: &Request) -> Result<ExitCode> {
    let mut view = View::new(request, options);
    let (events, ended) = match request.clock {
        ClockKind::Simulated => {
            let mut session = Session::simulated(request);
            let ended = session.to_end();
            let events = session.events();
            play(&events, options.speed, |event| view.show(slice::from_ref(event)))?;
            (events, ended)
        }
        ClockKind::Real => in_real_time(request, |events| view.show(events))?,
    };
    let report = judge(request, &events, &ended);
    view.finish(&report)?;
    Ok(if report.verdict == Verdict::Passed { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Shows the events of a run one after another, at some speed.
fn play(events: &[Event], speed: Speed, mut show: impl FnMut(&Event) -> io::Result<()>) -> io::Result<()> {
    let whole = events.last().map_or(1.0, |event| event.at.as_millis().max(1.0));
    let began = RealInstant::now();
    for event in events {
        let due = speed.duration().mul_f64(event.at.as_millis() / whole);
        thread::sleep(due.saturating_sub(began.elapsed()));
        show(event)?;
    }
    Ok(())
}

/// Runs with timers of this computer, and shows the events as they come.
fn in_real_time(
    request: &Request,
    mut show: impl FnMut(&[Event]) -> io::Result<()>,
) -> io::Result<(Vec<Event>, Ended)> {
    let (time, until) = (RealTime(RealInstant::now()), Alarm::default());
    let pace = RealPace { time, until: until.clone() };
    let mut session = Session::new(request, Timers::new(time), Box::new(pace));
    let mut cx = Context::from_waker(Waker::noop());
    let mut events: Vec<Event> = Vec::new();
    loop {
        let polled = Pin::new(&mut session).poll(&mut cx);
        let new = session.trace().events(events.len(), usize::MAX);
        show(&new)?;
        events.extend(new);
        match polled {
            Poll::Ready(ended) => return Ok((events, ended)),
            Poll::Pending => thread::sleep(until.get()),
        }
    }
}

/// How long the run's pace asks its host to wait before it polls again.
type Alarm = Rc<Cell<Duration>>;

/// Real time since the run began.
#[derive(Clone, Copy)]
struct RealTime(RealInstant);

impl TimeSource for RealTime {
    fn now(&self) -> Instant {
        Instant::ORIGIN.after(self.0.elapsed())
    }

    // `perform` asks the pace how long to wait instead.
    fn arm(&self, _: Instant) {}
}

/// Lets the thread sleep until the next deadline.
struct RealPace {
    time: RealTime,
    until: Alarm,
}

impl Pace for RealPace {
    fn poll_turn(&mut self, _: &mut Context<'_>) -> Poll<()> {
        Poll::Ready(())
    }

    fn poll_advance(&mut self, _: &mut Context<'_>, next: Instant) -> Poll<()> {
        let now = self.time.now();
        self.until.set(next.since(now));
        if now >= next { Poll::Ready(()) } else { Poll::Pending }
    }
}

/// What the terminal shows while the run goes on.
enum View {
    /// Events as JSON.
    Trace,
    /// Lines alone: there is no fixed output for these settings.
    Lines,
    /// Lines beside the expected ones.
    Rows { expected: Expected, times: Times, lines: Vec<String>, printed: Vec<Row>, width: usize },
}

impl View {
    fn new(request: &Request, options: &Options) -> Self {
        if options.trace {
            return Self::Trace;
        }
        match Expected::parse(request.exercise.expected) {
            Ok(expected) if request.fixes_output() => {
                let times = if options.clock == ClockKind::Real { Times::Real } else { Times::Exact };
                let width = expected.shown().map(|line| line.chars().count()).max().unwrap_or(0);
                println!("{:>12}    {:width$} │ actual", "", "expected");
                Self::Rows { expected, times, lines: Vec::new(), printed: Vec::new(), width }
            }
            _ => Self::Lines,
        }
    }

    fn show(&mut self, events: &[Event]) -> io::Result<()> {
        let mut out = io::stdout().lock();
        for event in events {
            match (&mut *self, &event.what) {
                (Self::Trace, _) => writeln!(out, "{}", serde_json::to_string(event)?)?,
                (Self::Lines, What::Log { line, .. }) => writeln!(out, "{}  {line}", stamp(event))?,
                (Self::Rows { expected, times, lines, printed, width }, What::Log { line, .. }) => {
                    lines.push(line.clone());
                    let so_far: Vec<&str> = lines.iter().map(String::as_str).collect();
                    let rows = align(expected, &so_far, false, *times);
                    let settled = rows.into_iter().take_while(|row| row.status != Status::Pending);
                    for row in settled.skip(printed.len()) {
                        writeln!(out, "{}  {}", stamp(event), beside(&row, *width))?;
                        printed.push(row);
                    }
                }
                _ => {}
            }
        }
        out.flush()
    }

    fn finish(self, report: &Report) -> io::Result<()> {
        let mut out = io::stdout().lock();
        match self {
            Self::Trace => return Ok(()),
            Self::Lines => {}
            Self::Rows { printed, width, .. } => {
                // Later lines may put earlier ones into another light.
                let agreed = report.rows.starts_with(&printed);
                if !agreed {
                    writeln!(out, "\nJudged as a whole:")?;
                }
                for row in report.rows.iter().skip(if agreed { printed.len() } else { 0 }) {
                    writeln!(out, "{:>12}  {}", "", beside(row, width))?;
                }
            }
        }
        if let Some(error) = &report.error {
            writeln!(out, "\nended by: {error}")?;
        }
        for why in &report.without_effect {
            writeln!(out, "\n{why}")?;
        }
        if !report.rules.is_empty() {
            writeln!(out, "\nrules")?;
        }
        for rule in &report.rules {
            writeln!(
                out,
                "  {} {}\n      {}",
                if rule.held { '✓' } else { '✗' },
                rule.statement,
                rule.evidence
            )?;
        }
        let judged = serde_json::to_value(report.judged)?;
        writeln!(
            out,
            "\n{} by {}: {:.1} ms, {} task{}",
            report.verdict,
            judged.as_str().unwrap_or_default(),
            report.elapsed,
            report.tasks,
            if report.tasks == 1 { "" } else { "s" }
        )
    }
}

fn stamp(event: &Event) -> String {
    format!("{:>9.1} ms", event.at.as_millis())
}

/// The row as text: how it was judged, expected, actual.
fn beside(row: &Row, width: usize) -> String {
    let mark = match row.status {
        Status::Matched => '✓',
        Status::Mismatched => '✗',
        Status::Missing => '-',
        Status::Extra => '+',
        Status::Pending => ' ',
    };
    let shown = row.blanks.as_ref().map(|blanks| (blanks.expected.as_str(), blanks.actual.as_str()));
    let (expected, actual) = shown
        .unwrap_or((row.expected.as_deref().unwrap_or_default(), row.actual.as_deref().unwrap_or_default()));
    format!("{mark} {expected:width$} │ {actual}")
}
