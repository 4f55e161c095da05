//! A search for an unlucky order of tasks: the same settings under one seed after another, until a rule breaks.
//!
//! For mistakes that first come, first served hides. A search that finds nothing proves nothing about the orders that it
//! has not drawn; for small programs [`TaskOrder::Choices`] can try them all.
//!
//! Random draws from a seed, as in loom's and shuttle's random schedulers, find most such mistakes within a few hundred
//! orders, and the seed is enough to see the failure again.

use serde::Serialize;

use super::{Report, Request, RuleReport, Session, Settings, TaskOrder, Verdict};

/// Tries the seeds 0, 1, 2 and so on, up to the first whose run fails.
///
/// It does nothing by itself: each [`step`](Self::step) tries one seed. A host that must take turns runs the
/// [`next`](Self::next) request itself, and [`note`](Self::note)s its report.
#[derive(Clone, Debug)]
pub struct Search {
    request: Request,
    seeds: u32,
    tried: u32,
    failure: Option<Failure>,
}

/// An order of tasks under which a run failed.
#[derive(Clone, Debug, Serialize)]
pub struct Failure {
    /// The seed that draws it.
    pub seed: u32,
    /// The rules that broke.
    pub rules: Vec<RuleReport>,
    /// The error that ended the run, if one did.
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
    /// A search through `seeds` orders of the tasks of `request`, whose own order is ignored.
    pub fn new(request: Request, seeds: u32) -> Self {
        Self { request, seeds, tried: 0, failure: None }
    }

    /// The request with the next seed; None if the search is over.
    pub fn next(&self) -> Option<Request> {
        let is_over = self.failure.is_some() || self.tried >= self.seeds;
        (!is_over).then(|| Request { order: TaskOrder::Seed(self.tried), ..self.request.clone() })
    }

    /// Notes the report of the [`next`](Self::next) request.
    pub fn note(&mut self, report: Report) {
        if report.verdict == Verdict::Failed {
            let rules = report.rules.into_iter().filter(|rule| !rule.held).collect();
            self.failure = Some(Failure { seed: self.tried, rules, error: report.error });
        }
        self.tried += 1;
    }

    /// How many seeds have been tried.
    pub fn tried(&self) -> u32 {
        self.tried
    }

    /// Tries the next seed. False if there is none.
    pub fn step(&mut self) -> bool {
        let Some(request) = self.next() else { return false };
        self.note(Session::simulated(&request).to_report());
        true
    }

    /// Tries every seed that is left, up to the first that fails.
    pub fn to_end(&mut self) -> Findings {
        while self.step() {}
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
