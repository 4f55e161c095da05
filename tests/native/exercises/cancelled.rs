//! Cancellation of single tasks: each task of each exercise is cancelled before each step of the run while the task lives,
//! and so after each of its polls. The other tasks must end as before.

use super::{FACTS, Facts, dropped::step_by_step, request};
use async_playground::{
    exercises::{Report, Request, judge},
    runtime::{Phase, TaskId},
    trace::{Event, What},
};
use std::{
    collections::BTreeMap,
    pin::Pin,
    task::{Context, Poll, Waker},
};

/// A run of these settings that takes more steps does not end.
const STEPS: usize = 100_000;

/// A task and how it ended.
struct Life {
    name: String,
    parent: Option<u32>,
    ended: Option<Phase>,
}

fn lives(events: &[Event]) -> BTreeMap<u32, Life> {
    let mut lives = BTreeMap::new();
    for event in events {
        match &event.what {
            What::Task { id, parent, name, phase: Phase::Spawned } => {
                let life = Life { name: name.to_string(), parent: *parent, ended: None };
                assert!(lives.insert(*id, life).is_none(), "{event} for the second time");
            }
            What::Task { phase: Phase::Started, .. } => {}
            What::Task { id, phase, .. } => {
                let before = lives.get_mut(id).and_then(|life| life.ended.replace(*phase));
                assert_eq!(before, None, "{event}, but it had ended");
            }
            _ => {}
        }
    }
    lives
}

/// A run in which a task is cancelled before that step; None if the task does not live then.
fn cancelled(request: &Request, victim: u32, step: usize) -> Option<(Report, Vec<Event>)> {
    let (mut session, clock) = step_by_step(request);
    let mut cx = Context::from_waker(Waker::noop());
    for _ in 0..=step {
        if Pin::new(&mut session).poll(&mut cx).is_ready() {
            return None;
        }
    }
    if !session.tasks().cancel(TaskId(victim)) {
        return None;
    }
    for _ in 0..STEPS {
        if let Poll::Ready(ended) = Pin::new(&mut session).poll(&mut cx) {
            let events = session.events();
            assert_eq!(clock.pending(), 0, "no timer is left");
            return Some((judge(request, &events, &ended), events));
        }
    }
    panic!("the run does not end");
}

/// Whether `task` is `ancestor` or belongs to it.
fn belongs(lives: &BTreeMap<u32, Life>, task: u32, ancestor: u32) -> bool {
    task == ancestor || lives[&task].parent.is_some_and(|parent| belongs(lives, parent, ancestor))
}

/// What is wrong about a run in which the task `victim` was cancelled.
fn fault(
    report: &Report,
    lives: &BTreeMap<u32, Life>,
    undisturbed: &BTreeMap<u32, Life>,
    victim: u32,
    facts: &Facts,
) -> Option<String> {
    if let Some(life) = lives.values().find(|life| life.ended.is_none()) {
        return Some(format!("{} has no end", life.name));
    }
    if report.error.is_some() && report.error.as_deref() != facts.error_when_cancelled {
        return report.error.clone();
    }
    // The program ended early, with an error that is right or with its main task: the rest is not judged.
    if victim == 0 || report.error.is_some() {
        return None;
    }
    let is_new = |(id, life): &(&u32, &Life)| {
        let before = undisturbed.get(id).and_then(|before| before.ended);
        life.ended == Some(Phase::Cancelled) && before != life.ended && !belongs(lives, **id, victim)
    };
    if let Some((_, life)) = lives.iter().find(is_new) {
        return Some(format!("{} was cancelled too", life.name));
    }
    let broken = report.rules.iter().find(|rule| !rule.held && !facts.of_every_call.contains(&rule.slug));
    broken.map(|rule| format!("{}: {}", rule.slug, rule.evidence))
}

#[test]
fn whichever_task_is_cancelled_the_others_end_as_before() {
    println!("| exercise | tasks | cancellations |\n|---|---|---|");
    for facts @ &Facts { slug, trouble, .. } in FACTS {
        let (mut tasks, mut cuts) = (0, 0);
        for (settings, seed) in [(&[][..], None), (trouble, None), (trouble, Some(1)), (trouble, Some(2))] {
            let request = request(slug, "correct", settings, seed);
            let mut session = step_by_step(&request).0;
            session.to_end();
            let undisturbed = lives(&session.events());
            for &victim in undisturbed.keys() {
                let at = |step| cancelled(&request, victim, step).map(|run| (step, run));
                // The task is spawned at some step and can be cancelled from then on until it ends.
                let life = (0..STEPS).map(at).skip_while(Option::is_none).map_while(|run| run);
                let before = cuts;
                for (step, (report, events)) in life {
                    let wrong = fault(&report, &lives(&events), &undisturbed, victim, facts);
                    let at =
                        format!("{slug} {settings:?}, seed {seed:?}, task {victim} cancelled at step {step}");
                    assert_eq!(wrong, None, "{at}");
                    cuts += 1;
                }
                assert!(
                    cuts > before,
                    "{slug} {settings:?}, seed {seed:?}: task {victim} was never cancelled"
                );
                tasks += 1;
            }
        }
        println!("| {slug} | {tasks} | {cuts} |");
    }
}
