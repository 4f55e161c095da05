//! The exercises: what must hold for every one of them.

mod acts;
mod background_task;
mod cancelled;
mod circuit_breaker;
mod concurrent_requests;
mod connection_pool;
mod draw;
mod dropped;
mod full_service;
mod health_check;
mod late;
mod matrix;
mod middleware_chain;
mod orders;
mod request_id;
mod request_timeout;
mod search;
mod seen;
mod settings;
mod transcripts;
mod ttl_cache;
mod variants;

use async_playground::exercises::{Input, Report, Run, Settings};

/// Knobs spelled as on a command line.
#[track_caller]
fn settings(slug: &str, variant: &str, knobs: &[(&str, &str)], seed: Option<u32>) -> Settings {
    let knobs = knobs.iter().map(|(name, value)| ((*name).to_owned(), Input::Spelled((*value).to_owned())));
    Settings::new(slug, Some(variant), knobs, seed).unwrap()
}

/// Runs an exercise on simulated time, at once.
#[track_caller]
fn run(slug: &str, variant: &str, knobs: &[(&str, &str)], seed: Option<u32>) -> Report {
    Run::simulated(settings(slug, variant, knobs, seed)).to_end()
}

/// The laws that did not hold.
fn broken(report: &Report) -> Vec<String> {
    report.laws.iter().filter(|law| !law.held).map(|law| format!("{}: {}", law.slug, law.evidence)).collect()
}
