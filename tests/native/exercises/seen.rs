//! What a run showed: its output with the times of its lines, or all of its events.

use super::request;
use async_playground::{
    exercises::Session,
    trace::{Event, What},
};

/// The events of a run first come, first served.
#[track_caller]
pub(super) fn events(slug: &str, program: &str, settings: &[(&str, &str)]) -> Vec<Event> {
    let mut session = Session::simulated(&request(slug, program, settings, None));
    session.to_end();
    session.events()
}

/// The lines of a run first come, first served, each with its time in milliseconds.
#[track_caller]
pub(super) fn lines(slug: &str, program: &str, settings: &[(&str, &str)]) -> Vec<(f64, String)> {
    let line = |event: Event| match event.what {
        What::Log { line, .. } => Some((event.at.as_millis(), line)),
        _ => None,
    };
    events(slug, program, settings).into_iter().filter_map(line).collect()
}
