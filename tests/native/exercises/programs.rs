use super::{broken, run, seen};
use async_playground::{
    exercises::{Exercise, Verdict, catalogue, plural, was},
    trace::What,
};
use std::collections::BTreeSet;

/// How many seeds to look through for an unlucky order.
const SEEDS: u32 = 1000;

fn breaks(
    exercise: &Exercise,
    program: &str,
    settings: &[(&str, &str)],
    what: &str,
    seed: Option<u32>,
) -> bool {
    let report = run(exercise.slug, program, settings, seed);
    match what {
        "output" => report.verdict == Verdict::Failed,
        rule => report.rules.iter().any(|found| found.slug == rule && !found.held),
    }
}

#[test]
fn the_first_program_is_correct_and_only_that() {
    for exercise in catalogue() {
        let (first, rest) = (&exercise.correct, exercise.mistakes);
        assert!(first.slug == "correct" && first.mistake.is_none(), "{}", exercise.slug);
        assert!(
            !rest.is_empty() && rest.iter().all(|program| program.mistake.is_some()),
            "{}",
            exercise.slug
        );
    }
}

#[test]
fn every_mistake_is_caught_where_it_says() {
    for exercise in catalogue() {
        for program in exercise.programs() {
            let Some(mistake) = &program.mistake else { continue };
            let caught = |seed| breaks(exercise, program.slug, mistake.settings, mistake.breaks, seed);
            let name = format!("{} {}", exercise.slug, program.slug);
            if mistake.needs_order {
                let report = run(exercise.slug, program.slug, mistake.settings, None);
                assert_eq!(
                    report.verdict,
                    Verdict::Passed,
                    "{name} hides in FIFO order: {:?}",
                    broken(&report)
                );
                assert!((0..SEEDS).any(|seed| caught(Some(seed))), "{name} under no seed of {SEEDS}");
            } else {
                assert!(caught(None), "{name} does not break {} at {:?}", mistake.breaks, mistake.settings);
            }
        }
    }
}

#[test]
fn every_rule_is_broken_by_some_program_at_the_setting_it_names() {
    for exercise in catalogue() {
        let mut unbroken: BTreeSet<&str> = exercise.rules.iter().map(|rule| rule.slug).collect();
        for program in exercise.programs() {
            let Some(mistake) = &program.mistake else { continue };
            let seeds: Vec<_> = if mistake.needs_order { (0..SEEDS).map(Some).collect() } else { vec![None] };
            for seed in seeds {
                for rule in run(exercise.slug, program.slug, mistake.settings, seed).rules {
                    if !rule.held {
                        unbroken.remove(rule.slug);
                    }
                }
            }
        }
        assert!(unbroken.is_empty(), "nothing breaks {unbroken:?} of {}", exercise.slug);
    }
}

#[test]
fn a_broken_rule_points_at_events_of_the_trace_or_says_what_is_missing() {
    for exercise in catalogue() {
        for program in exercise.programs() {
            let settings = program.mistake.as_ref().map_or(&[][..], |mistake| mistake.settings);
            for rule in run(exercise.slug, program.slug, settings, None).rules {
                assert!(
                    rule.evidence.contains(|c: char| c.is_ascii_digit()),
                    "{} {}: evidence has no number: {}",
                    exercise.slug,
                    rule.slug,
                    rule.evidence
                );
                assert!(rule.held || rule.events.is_sorted(), "{} {}", exercise.slug, rule.slug);
                assert!(!rule.held || rule.events.is_empty());
            }
        }
    }
}

#[test]
fn evidence_spells_times_as_pages_do() {
    let is_run_together = |word: &str| {
        word.starts_with(|c: char| c.is_ascii_digit()) && word.trim_end_matches([',', ';']).ends_with('s')
    };
    for exercise in catalogue() {
        for program in exercise.programs() {
            for rule in run(exercise.slug, program.slug, &[], None).rules {
                assert!(!rule.evidence.split(' ').any(is_run_together), "{}: {}", rule.slug, rule.evidence);
            }
        }
    }
}

#[test]
fn a_count_is_spelled_with_the_right_plural() {
    let spelled =
        [plural(1, "fetch"), plural(2, "fetch"), plural(0, "query"), plural(2, "key"), plural(10, "call")];
    assert_eq!(spelled, ["1 fetch", "2 fetches", "0 queries", "2 keys", "10 calls"]);
    assert_eq!([was(1, "call"), was(0, "query")], ["1 call was", "0 queries were"]);
}

/// What a picture draws of a run, gauges aside: lines, tasks, waits, uses and changes of state, each with its time.
fn drawn(exercise: &Exercise, program: &str, settings: &[(&str, &str)]) -> Vec<String> {
    let events = seen::events(exercise.slug, program, settings).into_iter();
    let drawn = events
        .filter(|event| !matches!(event.what, What::Gauge { .. } | What::Result { .. } | What::Wake { .. }));
    // Not its number in the trace, which differs with each event that is left out.
    drawn.map(|event| event.to_string().split_once(' ').unwrap().1.to_owned()).collect()
}

#[test]
fn each_mistake_is_drawn_otherwise_than_the_correct_program() {
    for exercise in catalogue() {
        for program in exercise.mistakes {
            let Some(mistake) = &program.mistake else { continue };
            if !mistake.needs_order {
                let [correct, other] =
                    ["correct", program.slug].map(|program| drawn(exercise, program, mistake.settings));
                assert_ne!(correct, other, "{} {}", exercise.slug, program.slug);
            }
        }
    }
}

#[test]
fn a_run_that_is_stuck_says_which_tasks_wait_for_what() {
    let mut stuck = Vec::new();
    for exercise in catalogue() {
        for program in exercise.programs() {
            let Some(mistake) = &program.mistake else { continue };
            let report = run(exercise.slug, program.slug, mistake.settings, None);
            stuck.extend(report.error.filter(|error| error.starts_with("Stuck")));
        }
    }
    assert!(!stuck.is_empty());
    for error in &stuck {
        println!("{error}");
        assert!(error.contains(" wait for ") || error.contains(" waits for "), "{error}");
        assert!(error.ends_with('.') && error.len() < 400, "{error}");
    }
}
