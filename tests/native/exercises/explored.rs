//! Small settings of the exercises under every order of their tasks, as far as there are not too many.

use super::{broken, settings};
use async_playground::{
    exercises::{Run, Settings, catalogue},
    runtime::{Bounds, Explored, Schedule, Schedules},
};

/// Runs `settings` under every schedule within `bounds`, up to the first that breaks something.
fn explore(settings: &Settings, bounds: Bounds) -> Result<Explored, (Schedule, Vec<String>)> {
    let mut schedules = Schedules::new(bounds);
    while let Some(schedule) = schedules.next() {
        let mut run = Run::in_order(settings.clone(), schedule.order());
        let report = run.to_end();
        schedules.took(&run.choices()).expect("a run depends on nothing but the order of its tasks");
        let wrong: Vec<_> = broken(&report).into_iter().chain(report.error).collect();
        if !wrong.is_empty() {
            return Err((schedule, wrong));
        }
    }
    Ok(schedules.explored())
}

const MOST: Bounds = Bounds::schedules(20_000);

type Knobs = &'static [(&'static str, &'static str)];

/// Small settings: few tasks at a time, so that there are not too many orders, and something that goes wrong.
const SMALL: [(&str, Knobs); 11] = [
    ("request-handler", &[]),
    ("concurrent-requests", &[("n", "3")]),
    ("background-task", &[("orders", "3"), ("fails", "true")]),
    ("health-check", &[("cache", "hangs"), ("timeout_ms", "40")]),
    ("connection-pool", &[("queries", "4"), ("size", "2"), ("cancel_every", "2"), ("cancel_ms", "50")]),
    ("request-timeout", &[]),
    ("request-id", &[("requests", "2"), ("child", "inherits"), ("cancel_every", "2")]),
    ("ttl-cache", &[("callers", "3"), ("cancel_first", "true"), ("first_fails", "true")]),
    ("circuit-breaker", &[("callers", "3"), ("calls", "2"), ("failing", "2"), ("threshold", "2")]),
    ("middleware-chain", &[("requests", "3"), ("gap_ms", "0")]),
    ("full-service", &[("ids", "1,2,1"), ("concurrency", "1"), ("give_up_every", "3")]),
];

#[test]
fn small_settings_keep_every_law_under_every_schedule() {
    println!("| exercise | schedules, all there are |\n|---|---|");
    for (exercise, (slug, knobs)) in catalogue().iter().zip(SMALL) {
        assert_eq!(exercise.slug, slug);
        let explored = explore(&settings(slug, "sound", knobs, None), MOST);
        let explored = explored.unwrap_or_else(|failure| panic!("{slug} {knobs:?}: {failure:?}"));
        assert!(explored.exhausted, "{slug}: more than {} schedules", explored.schedules);
        println!("| {slug} | {} |", explored.schedules);
    }
}

/// Mistakes that hide in FIFO order do not hide from the walk through all orders, and the schedule that it returns shows
/// them again.
#[test]
fn a_mistake_that_needs_an_unlucky_order_is_found_and_replayed() {
    let mut found = 0;
    for exercise in catalogue() {
        for variant in exercise.variants() {
            let Some(mistake) = variant.mistake.as_ref().filter(|mistake| mistake.needs_schedule) else {
                continue;
            };
            // Close to first come, first served: few tasks are overtaken.
            let near = Bounds { delays: 4, ..MOST };
            let settings = settings(exercise.slug, variant.slug, mistake.knobs, None);
            let (schedule, wrong) = explore(&settings, near).expect_err(variant.slug);
            let again = Run::in_order(settings, schedule.order()).to_end();
            let again: Vec<_> = broken(&again).into_iter().chain(again.error).collect();
            assert_eq!(again, wrong, "{} under {schedule}", variant.slug);
            println!("{} {}: {schedule}", exercise.slug, variant.slug);
            found += 1;
        }
    }
    assert_eq!(found, 4);
}
