//! Tests of all exercises, and of each in a file of its own, which begins with its facts.

mod background_task;
mod cancelled;
mod circuit_breaker;
mod concurrent_requests;
mod connection_pool;
mod decisions;
mod draw;
mod dropped;
mod full_service;
mod health_check;
mod interference;
mod late;
mod matrix;
mod middleware_chain;
mod orders;
mod outputs;
mod programs;
mod request;
mod request_handler;
mod request_id;
mod request_timeout;
mod search;
mod seen;
mod ttl_cache;

use async_playground::exercises::{Input, Report, Request, Session, catalogue};

type Settings = &'static [(&'static str, &'static str)];

/// What the tests know of an exercise. Each exercise has its facts beside its own tests.
struct Facts {
    slug: &'static str,
    /// When the default run ends, in milliseconds.
    end: f64,
    /// Settings at which something fails, times out, is cancelled or given up.
    trouble: Settings,
    /// Settings at which something goes wrong among few tasks, so that every order of them can be tried.
    small: Settings,
    /// Rules about every call of the program: that it is answered, or counted. They are not asked where the tests cancel
    /// a task that makes a call; all other rules are.
    of_every_call: &'static [&'static str],
    /// The error with which the program ends when a task that it waits for is cancelled.
    error_when_cancelled: Option<&'static str>,
    /// Settings at which deadlines are close to each other, so that late timers decide which comes first.
    close_deadlines: &'static [Settings],
    /// Settings with many short waits one after another, each of which may be late.
    many_waits: &'static [Settings],
    /// The mistakes that need an unlucky order.
    hidden: &'static [Hidden],
    /// The mistakes that settings drawn at random do not show.
    rare: &'static [&'static str],
}

impl Facts {
    const NONE: Self = Self {
        slug: "",
        end: 0.0,
        trouble: &[],
        small: &[],
        of_every_call: &[],
        error_when_cancelled: None,
        close_deadlines: &[],
        many_waits: &[],
        hidden: &[],
        rare: &[],
    };
}

/// A mistake that needs an unlucky order.
struct Hidden {
    mistake: &'static str,
    /// Settings at which it shows in some order of few tasks.
    small: Settings,
    /// How many orders the search tries at the settings of the mistake.
    tried: u32,
    /// The shortest failing order that it then finds.
    order: &'static [u32],
}

/// The facts of all exercises, in the order of the catalogue.
const FACTS: &[Facts] = &[
    request_handler::FACTS,
    concurrent_requests::FACTS,
    background_task::FACTS,
    health_check::FACTS,
    connection_pool::FACTS,
    request_timeout::FACTS,
    request_id::FACTS,
    ttl_cache::FACTS,
    circuit_breaker::FACTS,
    middleware_chain::FACTS,
    full_service::FACTS,
];

#[test]
fn every_exercise_has_its_facts() {
    let known: Vec<&str> = FACTS.iter().map(|facts| facts.slug).collect();
    let catalogued: Vec<&str> = catalogue().iter().map(|exercise| exercise.slug).collect();
    assert_eq!(
        known, catalogued,
        "write `FACTS` in tests/native/exercises/<exercise>.rs and name them in mod.rs"
    );
}

/// Settings spelled as on a command line.
#[track_caller]
fn request(slug: &str, program: &str, settings: &[(&str, &str)], seed: Option<u32>) -> Request {
    let settings =
        settings.iter().map(|(name, value)| ((*name).to_owned(), Input::spelled(slug, name, value)));
    Request::new(slug, Some(program), settings, seed).unwrap()
}

/// The report of a run on simulated time.
#[track_caller]
fn run(slug: &str, program: &str, settings: &[(&str, &str)], seed: Option<u32>) -> Report {
    Session::simulated(&request(slug, program, settings, seed)).to_report()
}

/// The rules that did not hold.
fn broken(report: &Report) -> Vec<String> {
    report
        .rules
        .iter()
        .filter(|rule| !rule.held)
        .map(|rule| format!("{}: {}", rule.slug, rule.evidence))
        .collect()
}
