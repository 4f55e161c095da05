//! The exercises: what must hold for every one of them.

mod background_task;
mod cancelled;
mod circuit_breaker;
mod concurrent_requests;
mod connection_pool;
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
mod request_id;
mod request_timeout;
mod search;
mod seen;
mod ttl_cache;

use async_playground::exercises::{Input, Report, Request, Session};

/// Settings spelled as on a command line.
#[track_caller]
fn request(slug: &str, program: &str, settings: &[(&str, &str)], seed: Option<u32>) -> Request {
    let settings =
        settings.iter().map(|(name, value)| ((*name).to_owned(), Input::Spelled((*value).to_owned())));
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
