//! A search for an unlucky order of tasks: the same settings under one seed after another, until a rule breaks.
//!
//! For mistakes that first come, first served hides. A search that finds nothing proves nothing about the orders it
//! has not drawn; for small programs [`Order::following`](crate::runtime::Order::following) can try them all.
//!
//! Random draws from a seed, as in loom's and shuttle's random schedulers, find most such mistakes within a few
//! hundred schedules, and the seed is all that it takes to see the failure again.

use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll, Waker},
};

use serde::Serialize;

use super::{ClockKind, Report, Request, RuleReport, Run, Settings, Verdict};
use crate::runtime::{AtOnce, Pace, SimulatedTime, Timers};

/// Runs an exercise under the seeds 0, 1, 2 and so on, on simulated time, up to the first that fails.
///
/// It does nothing by itself: each [`step`](Self::step) tries one seed. Dropping it drops the run under way.
pub struct Search {
    request: Request,
    seeds: u32,
    tried: u32,
    failure: Option<Failure>,
    /// The run under the next seed, while its pace has it wait.
    run: Option<Run>,
    pace: Box<dyn FnMut(SimulatedTime) -> Box<dyn Pace>>,
}

/// An order of tasks under which a run failed.
#[derive(Clone, Debug, Serialize)]
pub struct Failure {
    /// The seed that draws it.
    pub seed: u32,
    /// The rules that broke.
    pub rules: Vec<RuleReport>,
    /// How the run ended, if not well: an uncaught error or a deadlock.
    pub error: Option<String>,
}

/// How far a search has come.
#[derive(Clone, Debug, Serialize)]
pub struct Findings {
    /// Which exercise.
    pub slug: &'static str,
    /// Which of its programs.
    pub program: &'static str,
    /// The value of each setting.
    pub settings: Settings,
    /// How many seeds there are to try.
    pub seeds: u32,
    /// How many have been tried.
    pub tried: u32,
    /// Under how many of them every rule held.
    pub held: u32,
    /// The first that failed, which ends the search.
    pub failure: Option<Failure>,
}

impl Search {
    /// A search through `seeds` orders. A seed in the settings is of no account.
    pub fn new(request: Request, seeds: u32) -> Self {
        Self::paced(request, seeds, |time| Box::new(AtOnce(time)))
    }

    /// As [`new`](Self::new), with a pace for each run, so that long runs leave turns to their host.
    pub fn paced(
        request: Request,
        seeds: u32,
        pace: impl FnMut(SimulatedTime) -> Box<dyn Pace> + 'static,
    ) -> Self {
        Self { request, seeds, tried: 0, failure: None, run: None, pace: Box::new(pace) }
    }

    /// Whether there is nothing more to try.
    pub fn is_over(&self) -> bool {
        self.failure.is_some() || self.tried >= self.seeds
    }

    /// How many seeds have been tried.
    pub fn tried(&self) -> u32 {
        self.tried
    }

    /// How many seeds there are to try.
    pub fn seeds(&self) -> u32 {
        self.seeds
    }

    /// Tries the next seed, if there is one. For paces that never wait for their host.
    pub fn step(&mut self) {
        while self.poll_step(&mut Context::from_waker(Waker::noop())).is_pending() {}
    }

    /// As [`step`](Self::step), for any pace.
    pub fn poll_step(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if self.is_over() {
            return Poll::Ready(());
        }
        let seed = self.tried;
        let run = self.run.get_or_insert_with(|| {
            let time = SimulatedTime::default();
            let request = Request { seed: Some(seed), ..self.request.clone() };
            let pace = (self.pace)(time.clone());
            Run::new(request, ClockKind::Instant, Timers::new(time), pace)
        });
        let report = std::task::ready!(Pin::new(run).poll(cx));
        self.run = None;
        self.tried += 1;
        if report.verdict == Verdict::Failed {
            self.failure = Some(Failure::of(seed, report));
        }
        Poll::Ready(())
    }

    /// Tries every seed that is left, or as many as it takes.
    pub fn to_end(&mut self) -> Findings {
        while !self.is_over() {
            self.step();
        }
        self.findings()
    }

    /// What has been found so far.
    pub fn findings(&self) -> Findings {
        let Request { exercise, program, settings, .. } = &self.request;
        Findings {
            slug: exercise.slug,
            program: program.slug,
            settings: settings.clone(),
            seeds: self.seeds,
            tried: self.tried,
            held: self.tried - u32::from(self.failure.is_some()),
            failure: self.failure.clone(),
        }
    }
}

impl Failure {
    fn of(seed: u32, report: Report) -> Self {
        let rules = report.rules.into_iter().filter(|rule| !rule.held).collect();
        Self { seed, rules, error: report.error }
    }
}

impl fmt::Debug for Search {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Search").field("findings", &self.findings()).finish_non_exhaustive()
    }
}
