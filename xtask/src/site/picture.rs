//! A small picture of an exercise for its card: what its tasks do over time, drawn from the trace of its default run.
//!
//! A picture, not a diagram: no axis, no names. Colours come from the page's style sheet, by class.

use std::fmt::Write as _;

use anyhow::{Context as _, Result};
use async_playground::{
    exercises::{Request, Session},
    runtime::Phase,
    trace::{Edge, Event, What},
};

const WIDTH: f64 = 300.0;
const HEIGHT: f64 = 72.0;
/// More tasks than this would be too thin to see.
const MOST_LANES: usize = 12;
/// Of the height, for the states of components.
const BAND: f64 = 10.0;

/// The picture as an SVG element.
pub fn of(slug: &str) -> Result<String> {
    let request = Request::new(slug, None, [], None).with_context(|| format!("the request of {slug}"))?;
    let mut session = Session::simulated(&request);
    let elapsed = session.to_end().elapsed;
    Ok(draw(&session.events(), elapsed))
}

/// One task: when it lived, and what it waited on.
#[derive(Default)]
struct Lane {
    from: f64,
    to: f64,
    waits: Vec<(String, f64, f64)>,
    open: Vec<(String, f64)>,
    phase: Option<Phase>,
}

fn draw(events: &[Event], elapsed: f64) -> String {
    let x = |at: f64| 4.0 + at / elapsed.max(1e-9) * (WIDTH - 8.0);
    let mut svg = format!(
        "<svg class=\"picture\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" preserveAspectRatio=\"none\" aria-hidden=\"true\">"
    );
    let states = states(events, elapsed);
    let lanes = lanes(events, elapsed);
    let below = if states.is_empty() { HEIGHT } else { HEIGHT - BAND - 4.0 };
    let pitch = (below / lanes.len().max(1) as f64).min(14.0);
    let top = (below - pitch * lanes.len() as f64) / 2.0;
    for (row, lane) in lanes.iter().enumerate() {
        let middle = top + (row as f64 + 0.5) * pitch;
        rect(&mut svg, "life", (x(lane.from), x(lane.to)), middle - 0.75, 1.5);
        for (on, from, to) in &lane.waits {
            let class = match on.as_str() {
                "sleep" => "sleep",
                "permit" | "rate" | "flight" | "lock" => on,
                _ => continue,
            };
            let height = if class == "sleep" { pitch * 0.62 } else { pitch * 0.36 };
            rect(&mut svg, class, (x(*from), x(*to)), middle - height / 2.0, height);
        }
        if matches!(lane.phase, Some(Phase::Failed | Phase::Cancelled | Phase::Unfinished)) {
            rect(
                &mut svg,
                "broken",
                (x(lane.to) - 1.5, x(lane.to) + 1.5),
                middle - pitch * 0.45,
                pitch * 0.9,
            );
        }
    }
    for (state, from, to) in states {
        let class = match state.as_str() {
            "OPEN" => "state open",
            "HALF_OPEN" => "state half",
            "CLOSED" => "state",
            _ => "state other",
        };
        rect(&mut svg, class, (x(from), x(to)), HEIGHT - BAND, BAND - 2.0);
    }
    svg.push_str("</svg>");
    svg
}

/// A box without length would not be seen, and one that is a hair long is a hair wide.
fn rect(svg: &mut String, class: &str, (from, to): (f64, f64), y: f64, height: f64) {
    if to > from {
        let width = (to - from - 0.5).max(1.0);
        // Writing to a string does not fail.
        let _ = write!(
            svg,
            "<rect class=\"{class}\" x=\"{from:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\"/>"
        );
    }
}

fn lanes(events: &[Event], elapsed: f64) -> Vec<Lane> {
    let mut lanes: Vec<Lane> = Vec::new();
    for event in events {
        let at = event.at.as_millis();
        match &event.what {
            What::Task { phase: Phase::Spawned, .. } => {
                lanes.push(Lane { from: at, to: elapsed, ..Lane::default() });
            }
            What::Task {
                id,
                phase: phase @ (Phase::Finished | Phase::Failed | Phase::Cancelled | Phase::Unfinished),
                ..
            } => {
                if let Some(lane) = lanes.get_mut(*id as usize) {
                    (lane.to, lane.phase) = (at, Some(*phase));
                }
            }
            What::Wait { task, on, phase, .. } => {
                let Some(lane) = lanes.get_mut(*task as usize) else { continue };
                if *phase == Edge::Begin {
                    lane.open.push((on.to_string(), at));
                } else if let Some(place) = lane.open.iter().rposition(|(open, _)| *open == **on) {
                    let (on, from) = lane.open.remove(place);
                    // A wait around another one is drawn first, to lie under it.
                    lane.waits.insert(0, (on, from, at));
                }
            }
            _ => {}
        }
    }
    lanes.truncate(MOST_LANES);
    lanes
}

/// The states of the first component that has any, each with when it began and ended.
fn states(events: &[Event], elapsed: f64) -> Vec<(String, f64, f64)> {
    let mut stretches: Vec<(String, f64, f64)> = Vec::new();
    let mut shown = None;
    for event in events {
        let What::State { component, from, to } = &event.what else { continue };
        if *shown.get_or_insert(component) != component {
            continue;
        }
        let at = event.at.as_millis();
        match stretches.last_mut() {
            Some(last) => last.2 = at,
            None => stretches.push((from.to_string(), 0.0, at)),
        }
        stretches.push((to.to_string(), at, elapsed));
    }
    stretches
}

#[cfg(test)]
mod tests {
    use async_playground::exercises::catalogue;

    use super::*;

    #[test]
    fn every_exercise_has_a_picture_of_its_own_without_inline_style() {
        let mut pictures: Vec<String> =
            catalogue().iter().map(|exercise| of(exercise.slug).expect("drawn")).collect();
        for picture in &pictures {
            assert!(picture.contains("<rect") && !picture.contains("style"), "{picture}");
        }
        let count = pictures.len();
        pictures.sort();
        pictures.dedup();
        assert_eq!(pictures.len(), count, "two exercises look the same");
    }
}
