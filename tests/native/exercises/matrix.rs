//! The whole matrix: every exercise and every program, at settings drawn at random, under many seeds, at two paces.

use super::{FACTS, broken, draw::Drawn};
use async_playground::{
    exercises::{Exercise, Report, Request, Search, Session, catalogue, judge},
    runtime::{AtOnce, Instant, Pace, Random, SimulatedTime, Timers},
    trace::Event,
};
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    task::{Context, Poll, Waker},
};

/// Settings for each exercise, and seeds.
const MANY: u32 = 1000;
/// Settings for each program with a mistake, whose runs need only end.
const FEWER: u32 = 200;
/// A run of these settings that takes more steps does not end.
const STEPS: u32 = 500_000;

/// Simulated time for a limited number of steps.
struct Limited {
    left: u32,
    pace: AtOnce,
}

impl Pace for Limited {
    fn poll_turn(&mut self, _: &mut Context<'_>) -> Poll<()> {
        self.left = self.left.saturating_sub(1);
        if self.left > 0 { Poll::Ready(()) } else { Poll::Pending }
    }

    fn poll_advance(&mut self, cx: &mut Context<'_>, next: Instant) -> Poll<()> {
        self.pace.poll_advance(cx, next)
    }
}

/// Runs to the end. A panic, or a run without an end, fails the test and prints the drawn settings.
#[track_caller]
fn ends(exercise: &Exercise, program: &str, drawn: &Drawn) -> Report {
    let run = || {
        let time = SimulatedTime::default();
        let pace = Limited { left: STEPS, pace: AtOnce(time.clone()) };
        let request = drawn.of(exercise, program);
        let mut session = Session::new(&request, Timers::new(time), Box::new(pace));
        match Pin::new(&mut session).poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(ended) => Some(judge(&request, &session.events(), &ended)),
            Poll::Pending => None,
        }
    };
    match catch_unwind(AssertUnwindSafe(run)) {
        Ok(Some(report)) => report,
        Ok(None) => panic!("{} {program} does not end at {drawn:?}", exercise.slug),
        Err(_) => panic!("{} {program} panics at {drawn:?}", exercise.slug),
    }
}

#[test]
fn the_correct_program_keeps_every_rule_at_a_thousand_settings() {
    for exercise in catalogue() {
        for number in 0..MANY {
            let drawn = Drawn::new(exercise, number);
            let report = ends(exercise, "correct", &drawn);
            assert_eq!((broken(&report), report.error), (Vec::new(), None), "{} at {drawn:?}", exercise.slug);
        }
    }
}

#[test]
fn the_correct_program_keeps_every_rule_under_a_thousand_seeds() {
    for exercise in catalogue() {
        let findings = Search::new(Request::of(exercise.slug).unwrap(), MANY).to_end();
        assert!(findings.failure.is_none(), "{}: {:?}", exercise.slug, findings.failure);
        assert_eq!((findings.tried, findings.held), (MANY, MANY));
    }
}

/// The settings above are not all harmless: they are enough to show a mistake by chance.
#[test]
fn all_mistakes_but_the_rare_ones_break_their_rule_at_settings_drawn_at_random() {
    let mut unseen = Vec::new();
    for exercise in catalogue() {
        for program in exercise.programs() {
            let Some(mistake) = &program.mistake else { continue };
            let breaks =
                |report: Report| report.rules.iter().any(|rule| rule.slug == mistake.breaks && !rule.held);
            let caught = (0..FEWER)
                .map(|number| ends(exercise, program.slug, &Drawn::new(exercise, number)))
                .fold(0, |caught, report| caught + u32::from(breaks(report)));
            if caught == 0 {
                unseen.push(format!("{} {}", exercise.slug, program.slug));
            }
        }
    }
    let rare = FACTS.iter().flat_map(|facts| facts.rare.iter().map(|rare| format!("{} {rare}", facts.slug)));
    assert_eq!(unseen, rare.collect::<Vec<_>>(), "none of {FEWER} settings shows these");
}

/// A host that gets a turn between some steps and before some advances of time, as a page does.
struct Hesitant {
    pace: AtOnce,
    random: Random,
}

impl Hesitant {
    fn hesitates(&mut self, cx: &mut Context<'_>) -> bool {
        let hesitates = self.random.below(3) == 0;
        if hesitates {
            cx.waker().wake_by_ref();
        }
        hesitates
    }
}

impl Pace for Hesitant {
    fn poll_turn(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if self.hesitates(cx) { Poll::Pending } else { Poll::Ready(()) }
    }

    fn poll_advance(&mut self, cx: &mut Context<'_>, next: Instant) -> Poll<()> {
        if self.hesitates(cx) { Poll::Pending } else { self.pace.poll_advance(cx, next) }
    }
}

fn in_pieces(request: &Request) -> Vec<Event> {
    let time = SimulatedTime::default();
    let pace = Hesitant { pace: AtOnce(time.clone()), random: Random::new(7) };
    let mut session = Session::new(request, Timers::new(time), Box::new(pace));
    let mut cx = Context::from_waker(Waker::noop());
    let mut events = Vec::new();
    loop {
        let poll = Pin::new(&mut session).poll(&mut cx);
        events.extend(session.trace().events(events.len(), usize::MAX));
        if poll.is_ready() {
            return events;
        }
    }
}

#[test]
fn a_run_in_pieces_has_the_same_trace_as_one_at_once() {
    for exercise in catalogue() {
        for program in exercise.programs() {
            let count = if program.mistake.is_none() { MANY } else { 10 };
            for number in 0..count {
                let drawn = Drawn::new(exercise, number);
                let request = drawn.of(exercise, program.slug);
                let mut at_once = Session::simulated(&request);
                at_once.to_end();
                assert_eq!(
                    at_once.events(),
                    in_pieces(&request),
                    "{} {} {drawn:?}",
                    exercise.slug,
                    program.slug
                );
            }
        }
    }
}
