//! The exercises: small programs on the patterns, with settings, an expected output, rules, and the mistakes that people
//! make.
//!
//! Each has a folder: `mod.rs` is its entry in the registry, `program.rs` the program that the learner reads,
//! `mistakes.rs` the mistakes, `rules.rs` the rules, `expected.txt` the annotated output, and `prose.md` the text of its
//! page. CONTRIBUTING.md shows how to add one.

#[cfg(feature = "rules")]
mod decisions;
mod interference;
mod judge;
mod request;
mod rule;
mod search;
mod session;
mod settings;
mod stuck;
mod world;

#[cfg(feature = "background-task")]
mod background_task;
#[cfg(feature = "circuit-breaker")]
mod circuit_breaker;
#[cfg(feature = "concurrent-requests")]
mod concurrent_requests;
#[cfg(feature = "connection-pool")]
mod connection_pool;
#[cfg(feature = "full-service")]
mod full_service;
#[cfg(feature = "health-check")]
mod health_check;
#[cfg(feature = "middleware-chain")]
mod middleware_chain;
#[cfg(feature = "request-handler")]
mod request_handler;
#[cfg(feature = "request-id")]
mod request_id;
#[cfg(feature = "request-timeout")]
mod request_timeout;
#[cfg(feature = "ttl-cache")]
mod ttl_cache;

use std::{fmt, pin::Pin};

use serde::{Serialize, Serializer, ser::SerializeStruct};

use crate::expected::Expected;

#[cfg(feature = "rules")]
pub use decisions::{Decision, Decisions};
pub use interference::{AllowedInterference, Interference, InterferenceKind};
pub use judge::{Judged, Judgement, Report, Verdict, judge, rows};
pub use request::{ClockKind, Refusal, Request, TaskOrder};
pub use rule::{
    Faults, Finding, Given, Held, Lane, Moment, Noted, Record, Rule, RuleReport, at_ms, beside, in_ms,
    plural, was,
};
pub use search::{Failure, Findings, Search};
pub use session::{Ended, Session};
pub use settings::{Input, Kind, Setting, Settings, Value};
pub use stuck::{Awaited, Stuck};
pub use world::{Use, World, a_turn};

/// All exercises, by number.
pub fn catalogue() -> &'static [&'static Exercise] {
    static CATALOGUE: &[&Exercise] = &[
        #[cfg(feature = "request-handler")]
        &request_handler::EXERCISE,
        #[cfg(feature = "concurrent-requests")]
        &concurrent_requests::EXERCISE,
        #[cfg(feature = "background-task")]
        &background_task::EXERCISE,
        #[cfg(feature = "health-check")]
        &health_check::EXERCISE,
        #[cfg(feature = "connection-pool")]
        &connection_pool::EXERCISE,
        #[cfg(feature = "request-timeout")]
        &request_timeout::EXERCISE,
        #[cfg(feature = "request-id")]
        &request_id::EXERCISE,
        #[cfg(feature = "ttl-cache")]
        &ttl_cache::EXERCISE,
        #[cfg(feature = "circuit-breaker")]
        &circuit_breaker::EXERCISE,
        #[cfg(feature = "middleware-chain")]
        &middleware_chain::EXERCISE,
        #[cfg(feature = "full-service")]
        &full_service::EXERCISE,
    ];
    CATALOGUE
}

/// The exercise with that slug.
pub fn find(slug: &str) -> Option<&'static Exercise> {
    catalogue().iter().find(|exercise| exercise.slug == slug).copied()
}

/// An exercise, as the registry knows it.
#[derive(Debug)]
pub struct Exercise {
    /// From 1, in the order of learning.
    pub number: u8,
    /// Its name in URLs and in the API.
    pub slug: &'static str,
    /// Its name on the page.
    pub title: &'static str,
    /// How hard it is.
    pub level: Level,
    /// Its topics, a few words each.
    pub topics: &'static [&'static str],
    /// Its parameters.
    pub settings: &'static [Setting],
    /// Its program without a mistake.
    pub correct: Program,
    /// The programs with a mistake; none without the feature `rules`.
    pub mistakes: &'static [Program],
    /// What must be true for every setting; none without the feature `rules`.
    pub rules: &'static [Rule],
    /// The output with default settings, annotated (see [`expected`](crate::expected)).
    pub expected: &'static str,
    /// The interference that its runs allow.
    pub interference: AllowedInterference,
    /// The patterns that it uses: names of files in `src/patterns`.
    pub patterns: &'static [&'static str],
}

impl Exercise {
    /// Returns the name of its folder in `src/exercises`.
    pub fn directory(&self) -> String {
        self.slug.replace('-', "_")
    }

    /// Returns its programs; the first is the correct one.
    pub fn programs(&self) -> impl Iterator<Item = &Program> {
        std::iter::once(&self.correct).chain(self.mistakes)
    }
}

/// The catalogue's entry: what a page shows of an exercise.
impl Serialize for Exercise {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let expected = Expected::parse(self.expected).map_err(serde::ser::Error::custom)?;
        let mut info = serializer.serialize_struct("Exercise", 11)?;
        info.serialize_field("number", &self.number)?;
        info.serialize_field("slug", self.slug)?;
        info.serialize_field("title", self.title)?;
        info.serialize_field("level", &self.level)?;
        info.serialize_field("topics", self.topics)?;
        info.serialize_field("settings", self.settings)?;
        info.serialize_field("programs", &self.programs().collect::<Vec<_>>())?;
        info.serialize_field("rules", self.rules)?;
        info.serialize_field("expected", &expected.shown().collect::<Vec<_>>())?;
        info.serialize_field("interference", &self.interference)?;
        info.serialize_field("patterns", self.patterns)?;
        info.end()
    }
}

/// Returns the rules or mistakes with the feature `rules`, and nothing without it.
///
/// A page needs rules only at the end of a run, and mistakes only when the reader chooses one. Items that the catalogue does
/// not name are not linked, so the lean module of a page stays small. The full module follows with the first run.
#[allow(dead_code, reason = "without any exercise nobody asks")]
const fn judged<T>(items: &'static [T]) -> &'static [T] {
    if cfg!(feature = "rules") { items } else { &[] }
}

/// How hard an exercise is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// One idea.
    Easy,
    /// An idea with consequences.
    Medium,
    /// Several ideas together.
    Hard,
}

/// One of an exercise's programs.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Program {
    /// Its name in the API; `correct` for the one without a mistake.
    pub slug: &'static str,
    /// Its name on the page.
    pub title: &'static str,
    /// The mistake, in two sentences; None for the correct one.
    pub mistake: Option<Mistake>,
    /// Starts the program.
    #[serde(skip)]
    pub start: fn(World) -> Running,
}

/// A mistake that people really make.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Mistake {
    /// What is wrong, in two sentences.
    pub what: &'static str,
    /// How it happens.
    pub made_by: &'static str,
    /// The rule it breaks, or `output`.
    pub breaks: &'static str,
    /// The settings that show it, as on a command line; all others have their default.
    #[serde(serialize_with = "as_map")]
    pub settings: &'static [(&'static str, &'static str)],
    /// Whether it shows only in an unlucky order of tasks: first come, first served passes, and some seed does not.
    pub needs_order: bool,
}

impl Program {
    /// The program without a mistake.
    pub const fn correct(start: fn(World) -> Running) -> Self {
        Self { slug: "correct", title: "Correct", mistake: None, start }
    }
}

impl fmt::Debug for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Program").field("slug", &self.slug).finish_non_exhaustive()
    }
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn as_map<S: Serializer>(pairs: &&[(&str, &str)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(pairs.iter().copied())
}

/// A program that runs in its world.
pub type Running = Pin<Box<dyn Future<Output = Result<(), Uncaught>>>>;

/// An error that the program did not catch, in Python's spelling: `KeyError: 99`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Uncaught(pub String);

impl fmt::Display for Uncaught {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Uncaught {}
