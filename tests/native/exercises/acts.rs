//! Whoever watches a run may take its backend down and up and cancel a task at any moment: of a correct program every rule
//! holds all the same, and the trace tells what was done.

use super::{
    broken,
    dropped::{TROUBLE, step_by_step},
    request,
};
use crate::proof::poll_once;
use async_playground::{
    exercises::{Act, Judged, Report, Run, catalogue},
    trace::What,
};
use std::task::Poll;

/// Runs to the end; before the step with that number each act is done.
fn acted(
    slug: &str,
    settings: &[(&str, &str)],
    seed: Option<u32>,
    acts: &[(usize, Act)],
) -> (Report, usize, usize) {
    let (mut run, _) = step_by_step(request(slug, "correct", settings, seed));
    let mut done = 0;
    for step in 0.. {
        for (_, act) in acts.iter().filter(|(at, _)| *at == step) {
            // A task that has not been spawned yet is refused.
            done += usize::from(run.act(*act).unwrap_or(false));
        }
        if let Poll::Ready(report) = poll_once(&mut run) {
            let told =
                run.new_events().iter().filter(|event| matches!(event.what, What::Interfere { .. })).count();
            assert_eq!(told, done, "{slug} {acts:?}");
            return (report, step, done);
        }
    }
    unreachable!("a run ends")
}

#[test]
fn rules_of_correct_programs_hold_whatever_is_done_to_a_run() {
    let mut runs = 0;
    let exercises = catalogue().iter().filter(|exercise| exercise.acts.backend);
    for exercise in exercises {
        let slug = exercise.slug;
        let (_, trouble) = TROUBLE.into_iter().find(|(found, _)| *found == slug).unwrap();
        for (settings, seed) in [(&[][..], None), (trouble, None), (trouble, Some(1))] {
            let (plain, steps, _) = acted(slug, settings, seed, &[]);
            let most = 120.min(steps);
            for k in 0..most {
                let step = k * steps / most;
                let outage =
                    [(step, Act::BackendDown), (step + 7, Act::BackendUp), (step + 9, Act::BackendDown)];
                let task = u32::try_from(k).unwrap() % plain.tasks;
                let cancel = [(step, Act::Cancel(task)), (step + 3, Act::Cancel(task + 1))];
                let both = [outage.as_slice(), &cancel].concat();
                for acts in [&outage[..], &cancel, &both] {
                    let (report, _, done) = acted(slug, settings, seed, acts);
                    assert_eq!(broken(&report), [""; 0], "{slug} {settings:?} {seed:?} {acts:?}");
                    assert_eq!(report.error, None, "{slug} {settings:?} {seed:?} {acts:?}");
                    let rests_on = if done == 0 { plain.judged } else { Judged::Rules };
                    assert_eq!(report.judged, rests_on, "{slug} {acts:?}");
                    runs += 1;
                }
            }
        }
    }
    assert!(runs > 1000, "{runs}");
    println!("exercises: {runs} runs in which somebody took a hand");
}

#[test]
fn every_task_that_may_be_cancelled_is_told_by_its_name() {
    for exercise in catalogue().iter().filter(|exercise| exercise.acts.cancels.is_some()) {
        let mut run = Run::simulated(request(exercise.slug, "correct", &[], None));
        run.to_end();
        let prefix = exercise.acts.cancels.unwrap();
        let named = run
            .new_events()
            .into_iter()
            .filter(|event| matches!(&event.what, What::Task { name, .. } if name.starts_with(prefix)));
        assert!(named.count() > 0, "{}: no task is named {prefix}…", exercise.slug);
        // The run is over: there is nobody left to cancel, nor was main ever one of them.
        assert_eq!(run.act(Act::Cancel(1)), Ok(false), "{}", exercise.slug);
        let refused = run.act(Act::Cancel(0)).unwrap_err().to_string();
        assert_eq!(
            refused,
            format!("task must be the id of a task whose name begins with {prefix:?}, not 0")
        );
    }
}

#[test]
fn what_an_exercise_does_not_have_is_refused() {
    let mut run = Run::simulated(request("request-handler", "correct", &[], None));
    let refused = run.act(Act::BackendDown).unwrap_err();
    assert_eq!(refused.code, "unknown-act");
    assert_eq!(refused.message, "unknown act on request-handler \"backend\"; known: there are none");
    assert_eq!(run.act(Act::Cancel(0)).unwrap_err().code, "unknown-act");
    assert_eq!(run.to_end().judged, Judged::OutputAndRules, "nothing was done to it");
}
