//! A search for an unlucky order of tasks: the same settings under one seed after another, until a rule breaks.
//!
//! For mistakes that first come, first served hides. A search that finds nothing proves nothing about the orders that it
//! has not drawn; for small programs [`TaskOrder::Choices`] can try them all.
//!
//! Random draws from a seed, as in loom's and shuttle's random schedulers, find most such mistakes within a few hundred
//! orders, and the seed is enough to see the failure again. A seed explains nothing, though: most mistakes need one or
//! two choices other than first come, first served (see [`crate::runtime::search_orders`]). So once a seed has failed,
//! the orders with the fewest such choices are tried, and the first of them that fails is the one to show.

use std::collections::VecDeque;

use serde::Serialize;

use super::{Report, Request, RuleReport, Session, Settings, TaskOrder, Verdict};
use crate::runtime::Choice;

/// Of the orders with few choices, at most this many are tried.
const MOST_SHORT_ORDERS: u32 = 2000;
/// In each of them, choices are made at the first decisions only.
const MOST_DECISIONS: usize = 1000;

/// Tries the seeds 0, 1, 2 and so on, up to the first whose run fails, and then looks for a failing order of few choices.
///
/// It does nothing by itself: each [`step`](Self::step) tries one order. A host that must take turns runs the
/// [`next`](Self::next) request itself, and [`note`](Self::note)s its report.
#[derive(Clone, Debug)]
pub struct Search {
    request: Request,
    seeds: u32,
    tried: u32,
    failure: Option<Failure>,
    /// The short orders, once a seed has failed.
    short: ShortOrders,
}

/// An order of tasks under which a run failed.
#[derive(Clone, Debug, Serialize)]
pub struct Failure {
    /// The first seed that failed.
    pub seed: u32,
    /// The failing order with the fewest choices that was found. None if the seed is all that is known.
    pub order: Option<Vec<u32>>,
    /// The rules that broke: in that order if there is one, else with the seed.
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
        Self { request, seeds, tried: 0, failure: None, short: ShortOrders::default() }
    }

    /// The request with the next order; None if the search is over.
    pub fn next(&self) -> Option<Request> {
        let order = match &self.failure {
            None if self.tried < self.seeds => TaskOrder::Seed(self.tried),
            Some(Failure { order: None, .. }) => TaskOrder::Choices(self.short.next()?),
            _ => return None,
        };
        Some(Request { order, ..self.request.clone() })
    }

    /// Notes the report of the [`next`](Self::next) request, and the choices that its run took.
    pub fn note(&mut self, report: Report, choices: &[Choice]) {
        let failed = report.verdict == Verdict::Failed;
        let seed = self.failure.as_ref().map(|failure| failure.seed);
        let order = if seed.is_some() { self.short.note(failed, choices) } else { None };
        if failed {
            let rules = report.rules.into_iter().filter(|rule| !rule.held).collect();
            let seed = seed.unwrap_or(self.tried);
            self.failure = Some(Failure { seed, order, rules, error: report.error });
        }
        self.tried += u32::from(seed.is_none());
    }

    /// How many seeds have been tried.
    pub fn tried(&self) -> u32 {
        self.tried
    }

    /// Tries the next order. False if there is none.
    pub fn step(&mut self) -> bool {
        let Some(request) = self.next() else { return false };
        let mut session = Session::simulated(&request);
        let report = session.to_report();
        self.note(report, &session.choices());
        true
    }

    /// Tries every order that is left, up to the end of the search.
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

/// The orders that differ from first come, first served in few choices: none, then each single one, then two, and so on.
#[derive(Clone, Debug, Default)]
struct ShortOrders {
    run: u32,
    /// Orders that held and can be continued by one more choice, those with fewer choices first.
    open: VecDeque<Branch>,
}

/// An order, and the decisions after its last choice at which another task could have gone first.
#[derive(Clone, Debug)]
struct Branch {
    positions: Vec<u32>,
    /// How many tasks were ready at each decision after the last position.
    ready: Vec<u32>,
    /// The decision among `ready`, and the position there, to be tried next.
    decision: usize,
    position: u32,
}

impl ShortOrders {
    /// The order to run next.
    fn next(&self) -> Option<Vec<u32>> {
        if self.run == 0 {
            return Some(Vec::new());
        }
        let branch = self.open.front().filter(|_| self.run < MOST_SHORT_ORDERS)?;
        let mut positions = branch.positions.clone();
        positions.resize(positions.len() + branch.decision, 0);
        positions.push(branch.position);
        Some(positions)
    }

    /// Notes that the [`next`](Self::next) order has been run. Returns it if it failed.
    fn note(&mut self, failed: bool, choices: &[Choice]) -> Option<Vec<u32>> {
        let positions = self.next()?;
        self.run += 1;
        if let Some(branch) = self.open.front_mut() {
            branch.position += 1;
            if branch.is_done() {
                self.open.pop_front();
            }
        }
        if failed {
            return Some(positions);
        }
        let ready =
            choices.iter().take(MOST_DECISIONS).skip(positions.len()).map(|choice| choice.of).collect();
        let mut branch = Branch { positions, ready, decision: 0, position: 1 };
        if !branch.is_done() {
            self.open.push_back(branch);
        }
        None
    }
}

impl Branch {
    /// Goes on to the next decision where no position is left. Whether there is none.
    fn is_done(&mut self) -> bool {
        let left = self.ready.get(self.decision..).unwrap_or_default();
        if left.first().is_some_and(|&of| self.position >= of) {
            (self.decision, self.position) = (self.decision + 1, 1);
        }
        self.decision >= self.ready.len()
    }
}
