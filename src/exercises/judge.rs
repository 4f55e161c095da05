//! The one place where a report is made, of a run that went on anywhere: here, in a lean module, in a learner's Python.

use std::fmt;

use serde::Serialize;

use super::{
    ClockKind, Ended, Exercise, Interference, Record, Request, RuleReport, Settings,
    interference::without_effect, stuck,
};
use crate::{
    expected::{Expected, Row, Status, Times, align},
    trace::{Event, What},
};

/// The report of a run of `request` that gave these events and ended so.
pub fn judge(request: &Request, events: &[Event], ended: &Ended) -> Report {
    let mut judgement = Judgement::new(request, events, ended);
    while judgement.check_next() {}
    judgement.report()
}

/// A judgement, rule by rule: each reads the whole trace, and in a browser the page needs a turn in between.
#[derive(Debug)]
pub struct Judgement<'a> {
    request: &'a Request,
    events: &'a [Event],
    ended: &'a Ended,
    error: Option<String>,
    rules: Vec<RuleReport>,
}

impl<'a> Judgement<'a> {
    /// The judgement of a run, of which no rule has been checked.
    pub fn new(request: &'a Request, events: &'a [Event], ended: &'a Ended) -> Self {
        let is_stuck = !ended.stuck.is_empty();
        let error =
            is_stuck.then(|| stuck::in_words(&ended.stuck, ended.elapsed)).or_else(|| ended.error.clone());
        Self { request, events, ended, error, rules: Vec::new() }
    }

    fn record(&self) -> Record<'_> {
        Record {
            events: self.events,
            settings: &self.request.settings,
            error: self.error.as_deref(),
            real_time: self.request.clock == ClockKind::Real,
        }
    }

    /// Checks the next rule. False if there was none left.
    pub fn check_next(&mut self) -> bool {
        let Some(rule) = self.request.exercise.rules.get(self.rules.len()) else { return false };
        let report = self.record().check(rule);
        self.rules.push(report);
        true
    }

    /// The report, with the rules that have been checked.
    ///
    /// The output is read off the events. It is judged where it is fixed: see [`Request::fixes_output`]; and where no
    /// interference changed anything.
    pub fn report(self) -> Report {
        let record = self.record();
        let request = self.request;
        let is_interference = |event: &Event| matches!(event.what, What::Interfere { .. });
        let fixed = request.fixes_output() && !record.events.iter().any(is_interference);
        let rows = if fixed {
            rows(request.exercise, request.clock, record.lines().map(|line| line.text), true)
        } else {
            Vec::new()
        };
        let matched = !fixed || is_matched(&rows);
        let Self { events, ended, error, rules, .. } = self;
        let passed = error.is_none() && matched && rules.iter().all(|rule| rule.held);
        Report {
            slug: request.exercise.slug,
            program: request.program.slug,
            clock: request.clock,
            seed: request.order.seed(),
            order: request.order.choices().map(<[u32]>::to_vec),
            interfere: request.interfere.clone(),
            settings: request.settings.clone(),
            verdict: if passed { Verdict::Passed } else { Verdict::Failed },
            judged: if fixed { Judged::OutputAndRules } else { Judged::Rules },
            rows,
            rules,
            error,
            without_effect: without_effect(request, events, ended),
            elapsed: ended.elapsed,
            tasks: ended.tasks,
        }
    }
}

/// The output so far beside the expected one, row by row. Without `finished`, more lines may follow.
pub fn rows<'a>(
    exercise: &Exercise,
    clock: ClockKind,
    lines: impl Iterator<Item = &'a str>,
    finished: bool,
) -> Vec<Row> {
    // A test holds that every annotated file can be read; one that cannot would match nothing.
    let Ok(expected) = Expected::parse(exercise.expected) else { return Vec::new() };
    let times = if clock == ClockKind::Real { Times::Real } else { Times::Exact };
    align(&expected, &lines.collect::<Vec<_>>(), finished, times)
}

fn is_matched(rows: &[Row]) -> bool {
    rows.iter().all(|row| row.status == Status::Matched)
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
    /// The seed of the order of tasks, if it was drawn from one.
    pub seed: Option<u32>,
    /// The choices that the order of tasks followed, if it did.
    pub order: Option<Vec<u32>>,
    /// The interference of the request.
    pub interfere: Vec<Interference>,
    /// The value of each setting.
    pub settings: Settings,
    /// Passed or failed.
    pub verdict: Verdict,
    /// What the verdict is based on.
    pub judged: Judged,
    /// Expected beside actual; empty where the output is not judged.
    pub rows: Vec<Row>,
    /// Each rule, with its evidence.
    pub rules: Vec<RuleReport>,
    /// The error that ended the run, if one did: one that the program did not catch, or that it was stuck.
    pub error: Option<String>,
    /// Interference that had no effect, a sentence for each: which, and why.
    pub without_effect: Vec<String>,
    /// The time at the end, in milliseconds.
    pub elapsed: f64,
    /// How many tasks there were.
    pub tasks: u32,
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

/// What a verdict is based on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Judged {
    /// The output and the rules: with default settings, first come, first served, and no interference.
    #[serde(rename = "output and rules")]
    OutputAndRules,
    /// The rules alone.
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
