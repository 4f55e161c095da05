//! The whole matrix: every exercise and every variant, at settings drawn at random, under many seeds, at two paces.

use super::broken;
use async_playground::{
    exercises::{ClockKind, Exercise, Input, Kind, Knob, Report, Run, Search, Settings, catalogue},
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
/// Settings for each variant that is not sound, of which nothing is asked but that its runs end.
const FEWER: u32 = 200;
/// No run of these settings takes as many steps, unless it goes round in circles.
const STEPS: u32 = 500_000;

/// A setting: the knobs as on a command line, and a seed.
#[derive(Debug)]
struct Setting {
    knobs: Vec<(&'static str, String)>,
    seed: Option<u32>,
}

/// Draws with a bias to extremes, and to a few times that several knobs share, since ties are where orders matter.
struct Draw {
    random: Random,
    times: [i64; 2],
}

impl Draw {
    fn setting(exercise: &Exercise, number: u32) -> Setting {
        let mut random = Random::new(u64::from(number));
        let times = [0, 1].map(|_| i64::from(random.below(200)));
        let mut draw = Self { random, times };
        let knobs = exercise.knobs.iter().map(|knob| (knob.name, draw.value(knob))).collect();
        let seed = draw.one_in(2).then_some(number);
        Setting { knobs, seed }
    }

    fn one_in(&mut self, count: u32) -> bool {
        self.random.below(count) == 0
    }

    fn among<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.random.below(u32::try_from(items.len()).unwrap()) as usize]
    }

    fn value(&mut self, knob: &Knob) -> String {
        match knob.kind {
            Kind::Int { default, min, max, step } => {
                let wanted = if knob.unit.is_some() { self.time(min, max) } else { self.count(min, max) };
                let number = if self.one_in(6) { default } else { wanted };
                (number - (number - min) % step).to_string()
            }
            Kind::Bool { .. } => self.one_in(2).to_string(),
            Kind::Choice { options, .. } => self.among(options).to_owned(),
            Kind::Ints { min, max, max_items, .. } => {
                let items = 1 + self.random.below(u32::try_from(max_items.min(12)).unwrap());
                let items: Vec<_> = (0..items).map(|_| self.count(min, max).to_string()).collect();
                items.join(",")
            }
            Kind::Order { options, .. } => {
                let mut left = options.to_vec();
                let mut words = Vec::new();
                while !left.is_empty() && !self.one_in(5) {
                    let place = self.random.below(u32::try_from(left.len()).unwrap()) as usize;
                    words.push(left.remove(place));
                }
                words.join(",")
            }
        }
    }

    fn time(&mut self, min: i64, max: i64) -> i64 {
        let [once, again] = self.times;
        let any = i64::from(self.random.below(700));
        self.among(&[min, min + 1, once, once, again, once + again, once / 2, any, any, max]).clamp(min, max)
    }

    /// Few as a rule, since each is a task and debug builds are slow, but now and then a crowd.
    fn count(&mut self, min: i64, max: i64) -> i64 {
        let bound = if self.one_in(50) { 150 } else { 9 };
        let any = min + i64::from(self.random.below(bound));
        self.among(&[min, min + 1, any, any, any, any]).min(max)
    }
}

fn settings(exercise: &Exercise, variant: &str, setting: &Setting) -> Settings {
    let knobs = setting.knobs.iter().map(|(name, value)| ((*name).to_owned(), Input::Spelled(value.clone())));
    Settings::new(exercise.slug, Some(variant), knobs, setting.seed).unwrap()
}

/// Simulated time, at once, for so many steps and no more.
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

/// Runs to the end; a panic, or no end, fails the test with the setting.
#[track_caller]
fn ends(exercise: &Exercise, variant: &str, setting: &Setting) -> Report {
    let run = || {
        let time = SimulatedTime::default();
        let pace = Limited { left: STEPS, pace: AtOnce(time.clone()) };
        let settings = settings(exercise, variant, setting);
        let mut run = Run::new(settings, ClockKind::Instant, Timers::new(time), Box::new(pace));
        match Pin::new(&mut run).poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(report) => Some(report),
            Poll::Pending => None,
        }
    };
    match catch_unwind(AssertUnwindSafe(run)) {
        Ok(Some(report)) => report,
        Ok(None) => panic!("{} {variant} does not end at {setting:?}", exercise.slug),
        Err(_) => panic!("{} {variant} panics at {setting:?}", exercise.slug),
    }
}

#[test]
fn the_sound_variant_keeps_every_law_at_a_thousand_settings() {
    for exercise in catalogue() {
        for number in 0..MANY {
            let setting = Draw::setting(exercise, number);
            let report = ends(exercise, "sound", &setting);
            assert_eq!(
                (broken(&report), report.error),
                (Vec::new(), None),
                "{} at {setting:?}",
                exercise.slug
            );
        }
    }
}

#[test]
fn the_sound_variant_keeps_every_law_under_a_thousand_seeds() {
    for exercise in catalogue() {
        let findings = Search::new(Settings::of(exercise.slug).unwrap(), MANY).to_end();
        assert!(findings.failure.is_none(), "{}: {:?}", exercise.slug, findings.failure);
        assert_eq!((findings.tried, findings.held), (MANY, MANY));
    }
}

/// So the settings above are not all tame: they are as many as it takes to catch a mistake by chance.
#[test]
fn most_mistakes_break_their_law_at_settings_drawn_at_random() {
    let mut unseen = Vec::new();
    for exercise in catalogue() {
        for variant in exercise.variants() {
            let Some(mistake) = &variant.mistake else { continue };
            let breaks =
                |report: Report| report.laws.iter().any(|law| law.slug == mistake.breaks && !law.held);
            let caught = (0..FEWER)
                .map(|number| ends(exercise, variant.slug, &Draw::setting(exercise, number)))
                .fold(0, |caught, report| caught + u32::from(breaks(report)));
            if caught == 0 {
                unseen.push(format!("{} {}", exercise.slug, variant.slug));
            }
        }
    }
    assert!(unseen.len() <= 3, "none of {FEWER} settings exposes {unseen:?}");
}

/// Time that moves when its host polls again, and a turn for the host between the steps: as a page has it.
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

fn paced(settings: Settings) -> Vec<Event> {
    let time = SimulatedTime::default();
    let pace = Hesitant { pace: AtOnce(time.clone()), random: Random::new(7) };
    let mut run = Run::new(settings, ClockKind::Paced, Timers::new(time), Box::new(pace));
    let mut cx = Context::from_waker(Waker::noop());
    let mut events = Vec::new();
    loop {
        let poll = Pin::new(&mut run).poll(&mut cx);
        events.extend(run.new_events());
        if poll.is_ready() {
            return events;
        }
    }
}

#[test]
fn a_paced_run_has_the_same_trace_as_one_at_once() {
    for exercise in catalogue() {
        for variant in exercise.variants() {
            // The same trace keeps the same laws, so with this the sound programs keep them on every clock but the live one.
            let count = if variant.mistake.is_none() { MANY } else { 10 };
            for number in 0..count {
                let setting = Draw::setting(exercise, number);
                let mut at_once = Run::simulated(settings(exercise, variant.slug, &setting));
                at_once.to_end();
                let paced = paced(settings(exercise, variant.slug, &setting));
                assert_eq!(at_once.new_events(), paced, "{} {} {setting:?}", exercise.slug, variant.slug);
            }
        }
    }
}
