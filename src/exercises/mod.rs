//! The eleven exercises: small programs on the patterns, with knobs, an expected transcript, laws, and the mistakes
//! that people make.
//!
//! Each has a directory: `mod.rs` is its entry in the registry, `program.rs` what the reader reads, `naive.rs` the
//! mistakes, `laws.rs` the laws, `expected.txt` the annotated transcript, and `prose.md` the text of its page.

mod knobs;
mod law;
mod run;
mod search;
mod settings;
mod stage;

mod background_task;
mod circuit_breaker;
mod concurrent_requests;
mod connection_pool;
mod full_service;
mod health_check;
mod middleware_chain;
mod request_handler;
mod request_id;
mod request_timeout;
mod ttl_cache;

use std::{fmt, pin::Pin};

use serde::{Serialize, Serializer};

use crate::expected::Expected;

pub use knobs::{Input, Kind, Knob, Knobs, Value};
pub use law::{Finding, Lane, Law, Moment, Noted, Record};
pub use run::{ClockKind, Judged, LawReport, Report, Run, Verdict, rows};
pub use search::{Failure, Findings, Search};
pub use settings::{Refusal, Settings};
pub use stage::Stage;
use stage::a_turn;

/// All exercises, by number.
pub fn catalogue() -> &'static [&'static Exercise] {
    static CATALOGUE: &[&Exercise] = &[
        &request_handler::EXERCISE,
        &concurrent_requests::EXERCISE,
        &background_task::EXERCISE,
        &health_check::EXERCISE,
        &connection_pool::EXERCISE,
        &request_timeout::EXERCISE,
        &request_id::EXERCISE,
        &ttl_cache::EXERCISE,
        &circuit_breaker::EXERCISE,
        &middleware_chain::EXERCISE,
        &full_service::EXERCISE,
    ];
    CATALOGUE
}

/// The exercise with that slug.
pub fn find(slug: &str) -> Option<&'static Exercise> {
    catalogue().iter().find(|exercise| exercise.slug == slug).copied()
}

/// An exercise, as the registry knows it.
#[derive(Debug, Serialize)]
pub struct Exercise {
    /// From 1, in the order of learning.
    pub number: u8,
    /// Its name in URLs and in the API.
    pub slug: &'static str,
    /// Its name on the page.
    pub title: &'static str,
    /// How much it asks of the reader.
    pub level: Level,
    /// What it is about, in a few words each.
    pub topics: &'static [&'static str],
    /// Its parameters.
    pub knobs: &'static [Knob],
    /// Its programs; the first is sound.
    pub variants: &'static [Variant],
    /// What holds for every setting.
    pub laws: &'static [Law],
    /// The transcript with default knobs, annotated (see [`expected`](crate::expected)).
    #[serde(serialize_with = "shown")]
    pub expected: &'static str,
    /// The patterns it is written on: file stems in `src/patterns`.
    pub patterns: &'static [&'static str],
}

impl Exercise {
    /// The name of its directory in `src/exercises`.
    pub fn directory(&self) -> String {
        self.slug.replace('-', "_")
    }
}

/// How much an exercise asks of the reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// One idea.
    Easy,
    /// An idea with consequences.
    Medium,
    /// Several at work together.
    Hard,
}

/// One of an exercise's programs.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Variant {
    /// Its name in the API; `sound` for the one without a mistake.
    pub slug: &'static str,
    /// Its name on the page.
    pub title: &'static str,
    /// The mistake, in two sentences; None for the sound one.
    pub mistake: Option<Mistake>,
    /// Starts the program.
    #[serde(skip)]
    pub start: fn(Stage) -> Program,
}

/// A mistake that people really make.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Mistake {
    /// What is wrong, in two sentences.
    pub what: &'static str,
    /// Who makes it, and why.
    pub made_by: &'static str,
    /// The law it breaks, or `transcript`.
    pub breaks: &'static str,
    /// The knobs at which it shows, as on a command line; those not named at their default.
    #[serde(serialize_with = "as_map")]
    pub knobs: &'static [(&'static str, &'static str)],
    /// Whether it takes an unlucky order of tasks to show: then FIFO order passes, and some seed does not.
    pub needs_schedule: bool,
}

impl Variant {
    /// The program without a mistake.
    pub const fn sound(start: fn(Stage) -> Program) -> Self {
        Self { slug: "sound", title: "Sound", mistake: None, start }
    }
}

impl fmt::Debug for Variant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Variant").field("slug", &self.slug).finish_non_exhaustive()
    }
}

/// The expected transcript as a reader sees it, line by line.
#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn shown<S: Serializer>(expected: &&str, serializer: S) -> Result<S::Ok, S::Error> {
    let expected = Expected::parse(expected).map_err(serde::ser::Error::custom)?;
    serializer.collect_seq(expected.shown())
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn as_map<S: Serializer>(pairs: &&[(&str, &str)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(pairs.iter().copied())
}

/// A program on its stage.
pub type Program = Pin<Box<dyn Future<Output = Result<(), Uncaught>>>>;

/// An error that the program did not catch, in Python's spelling: `KeyError: 99`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Uncaught(pub String);

impl fmt::Display for Uncaught {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Uncaught {}
