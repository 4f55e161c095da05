//! `cargo xtask run`: an exercise in the terminal, its output beside the expected one.
//!
//! The same run as on the page, on the same clocks: only who waits for real time differs, and here a thread does.

use std::{
    cell::Cell,
    io::{self, Write as _},
    pin::Pin,
    process::ExitCode,
    rc::Rc,
    task::{Context, Poll, Waker},
    thread,
    time::{Duration, Instant as RealInstant},
};

use anyhow::Result;
use async_playground::{
    exercises::{ClockKind, Input, Refusal, Report, Request, Run, Verdict},
    expected::{Expected, Matcher, Row, Status, Times},
    runtime::{Instant, Pace, SimulatedTime, TimeSource, Timers},
    trace::{Event, What},
};
use clap::{Args, ValueEnum};

/// What to run, and how.
#[derive(Args)]
pub struct Options {
    /// The exercise: request-handler, ttl-cache, ...
    slug: String,
    /// How time passes: with real timers, at once, or in step with real time at some speed
    #[arg(long, value_enum, default_value_t = Clock::Instant)]
    clock: Clock,
    /// How fast a paced run goes, from 0.05 to 20 (1 if left away)
    #[arg(long, value_parser = speed)]
    speed: Option<f64>,
    /// The program: correct, or one of the exercise's mistakes
    #[arg(long)]
    program: Option<String>,
    /// A setting of the exercise; can be given several times
    #[arg(long = "set", value_name = "SETTING=VALUE", value_parser = setting)]
    settings: Vec<(String, String)>,
    /// Draws the order of ready tasks from this number instead of first come, first served
    #[arg(long)]
    seed: Option<u32>,
    /// Prints the events, one a line as JSON, instead of output and verdict
    #[arg(long)]
    trace: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Clock {
    Live,
    Instant,
    Paced,
}

fn speed(text: &str) -> Result<f64, String> {
    let range = 0.05..=20.0;
    text.parse()
        .ok()
        .filter(|speed| range.contains(speed))
        .ok_or_else(|| "it must be a number from 0.05 to 20".into())
}

/// `setting=value`, taken apart.
pub fn setting(text: &str) -> Result<(String, String), String> {
    let (setting, value) = text.split_once('=').ok_or("it must be of the form setting=value")?;
    Ok((setting.trim().to_owned(), value.trim().to_owned()))
}

/// Runs it. The exit status is 0 for a run that passed, 1 for one that failed, 2 for a request that makes no sense.
pub fn run(options: &Options) -> Result<ExitCode> {
    match checked(options) {
        Ok(request) => perform(options, request),
        Err(refusal) => {
            eprintln!("error: {refusal}");
            Ok(ExitCode::from(2))
        }
    }
}

fn checked(options: &Options) -> Result<Request, Refusal> {
    if options.speed.is_some() && options.clock != Clock::Paced {
        let message = "--speed goes with --clock paced only".to_owned();
        return Err(Refusal { code: "bad-value", message });
    }
    let settings = options.settings.iter().map(|(name, value)| (name.clone(), Input::Spelled(value.clone())));
    Request::new(&options.slug, options.program.as_deref(), settings, options.seed)
}

fn perform(options: &Options, request: Request) -> Result<ExitCode> {
    let until = Alarm::default();
    let mut view = View::new(&request, options);
    let mut run = match options.clock {
        Clock::Instant => Run::simulated(request),
        Clock::Live => {
            let time = RealTime(RealInstant::now());
            Run::new(
                request,
                ClockKind::Live,
                Timers::new(time),
                Box::new(Live { time, until: until.clone() }),
            )
        }
        Clock::Paced => {
            let time = SimulatedTime::default();
            let pace = Paced {
                time: time.clone(),
                speed: options.speed.unwrap_or(1.0),
                step: None,
                until: until.clone(),
            };
            Run::new(request, ClockKind::Paced, Timers::new(time), Box::new(pace))
        }
    };
    let mut cx = Context::from_waker(Waker::noop());
    let report = loop {
        let polled = Pin::new(&mut run).poll(&mut cx);
        view.show(&run.new_events())?;
        match polled {
            Poll::Ready(report) => break report,
            Poll::Pending => thread::sleep(until.get()),
        }
    };
    view.finish(&report)?;
    Ok(if report.verdict == Verdict::Passed { ExitCode::SUCCESS } else { ExitCode::FAILURE })
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

/// Waits until the clock has come to the deadline.
struct Live {
    time: RealTime,
    until: Alarm,
}

impl Pace for Live {
    fn poll_turn(&mut self, _: &mut Context<'_>) -> Poll<()> {
        Poll::Ready(())
    }

    fn poll_advance(&mut self, _: &mut Context<'_>, next: Instant) -> Poll<()> {
        let now = self.time.now();
        self.until.set(next.since(now));
        if now >= next { Poll::Ready(()) } else { Poll::Pending }
    }
}

/// Waits for a step of simulated time, divided by the speed, before it takes the step.
struct Paced {
    time: SimulatedTime,
    speed: f64,
    /// Where the wait for the step that is to come began, and how long it is.
    step: Option<(RealInstant, Duration)>,
    until: Alarm,
}

impl Pace for Paced {
    fn poll_turn(&mut self, _: &mut Context<'_>) -> Poll<()> {
        Poll::Ready(())
    }

    fn poll_advance(&mut self, _: &mut Context<'_>, next: Instant) -> Poll<()> {
        let (began, wait) = *self.step.get_or_insert_with(|| {
            let step = next.since(self.time.now()).as_secs_f64() / self.speed;
            (RealInstant::now(), Duration::try_from_secs_f64(step).unwrap_or(Duration::MAX))
        });
        let left = wait.saturating_sub(began.elapsed());
        self.until.set(left);
        if left > Duration::ZERO {
            return Poll::Pending;
        }
        self.step = None;
        self.time.advance_to(next);
        Poll::Ready(())
    }
}

/// What the terminal shows while the run goes on.
enum View {
    /// Events as JSON.
    Trace,
    /// Lines alone: there is no fixed output for these settings.
    Lines,
    /// Lines beside the expected ones.
    Rows { matcher: Matcher, printed: Vec<Row>, width: usize },
}

impl View {
    fn new(request: &Request, options: &Options) -> Self {
        if options.trace {
            return Self::Trace;
        }
        match Expected::parse(request.exercise.expected) {
            Ok(expected) if request.fixes_output() => {
                let times = if options.clock == Clock::Live { Times::Live } else { Times::Exact };
                let width = expected.shown().map(|line| line.chars().count()).max().unwrap_or(0);
                println!("{:>12}    {:width$} │ actual", "", "expected");
                Self::Rows { matcher: Matcher::new(&expected, times), printed: Vec::new(), width }
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
                (Self::Rows { matcher, printed, width }, What::Log { line, .. }) => {
                    matcher.push(line);
                    let settled = matcher
                        .rows()
                        .iter()
                        .skip(printed.len())
                        .take_while(|row| row.status != Status::Pending);
                    for row in settled.cloned().collect::<Vec<_>>() {
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
