//! A backend taken down and up and tasks cancelled at any time: every rule of a correct program holds all the same, and
//! nothing before that time changes.

use super::{FACTS, Facts, broken, request};
use async_playground::{
    exercises::{Input, Interference, InterferenceKind, Judged, Report, Request, Session, catalogue},
    runtime::{Instant, Phase},
    trace::{Event, What},
};
use std::{collections::BTreeSet, time::Duration};

fn run(request: &Request) -> (Report, Vec<Event>) {
    let mut session = Session::simulated(request);
    (session.to_report(), session.events())
}

fn at(at: Instant, what: InterferenceKind) -> Interference {
    Interference { at, what }
}

fn parsed(list: &[&str]) -> Vec<Interference> {
    list.iter().map(|text| Interference::parse(text).unwrap()).collect()
}

#[test]
fn rules_of_correct_programs_hold_and_the_past_does_not_change() {
    use InterferenceKind::{BackendDown, BackendUp, Cancel};
    let mut runs = 0;
    for exercise in catalogue().iter().filter(|exercise| exercise.interference.backend) {
        let slug = exercise.slug;
        let &Facts { trouble, .. } = FACTS.iter().find(|facts| facts.slug == slug).unwrap();
        for (settings, seed) in [(&[][..], None), (trouble, None), (trouble, Some(1))] {
            let request = request(slug, "correct", settings, seed);
            let (plain, undisturbed) = run(&request);
            let times: BTreeSet<Instant> = undisturbed.iter().map(|event| event.at).collect();
            // The moments at which something happens, and one between each two.
            let between = times.iter().map(|time| time.after(Duration::from_micros(500)));
            let times: BTreeSet<Instant> = between.chain(times.iter().copied()).collect();
            let most = 120.min(times.len());
            for k in 0..most {
                let time = *times.iter().nth(k * times.len() / most).unwrap();
                let later = |ms| time.after(Duration::from_millis(ms));
                let outage = [at(time, BackendDown), at(later(7), BackendUp), at(later(9), BackendDown)];
                let task = u32::try_from(k).unwrap() % plain.tasks;
                let cancel = [at(time, Cancel { task }), at(later(3), Cancel { task: task + 1 })];
                let both = [outage.as_slice(), &cancel].concat();
                for interfere in [&outage[..], &cancel, &both] {
                    let interfered = request.clone().interfered(interfere.iter().copied()).unwrap();
                    let (report, events) = run(&interfered);
                    let what = format!("{slug} {settings:?} {seed:?} {interfere:?}");
                    assert_eq!(broken(&report), [""; 0], "{what}");
                    assert_eq!(report.error, None, "{what}");
                    let done = events.iter().any(|event| matches!(event.what, What::Interfere { .. }));
                    assert_eq!(report.judged, if done { Judged::Rules } else { plain.judged }, "{what}");
                    let before = |events: &[Event]| {
                        events.iter().take_while(|event| event.at < time).cloned().collect::<Vec<_>>()
                    };
                    assert_eq!(before(&events), before(&undisturbed), "{what}");
                    assert_eq!(run(&interfered).1, events, "{what}: it is the same when repeated");
                    runs += 1;
                }
            }
        }
    }
    assert!(runs > 300, "{runs}");
    println!("exercises: {runs} runs with interference");
}

#[test]
fn interference_comes_before_the_tasks_that_wake_at_its_time() {
    let request = request("ttl-cache", "correct", &[], None);
    // The fetch that all callers wait for ends at 100 ms.
    let interfered = request.interfered(parsed(&["100 cancel 2", "100 backend down"])).unwrap();
    let (report, events) = run(&interfered);
    let at_100: Vec<_> = events.iter().filter(|event| event.at == Instant::from_millis(100)).collect();
    assert!(matches!(&at_100[0].what, What::Interfere { what, task: Some(2) } if what == "cancel"));
    let cancelled = |event: &Event| matches!(event.what, What::Task { id: 2, phase: Phase::Cancelled, .. });
    assert!(at_100.iter().any(|event| cancelled(event)));
    let failed = |event: &Event| matches!(&event.what, What::Result { of, .. } if of == "failed user:1");
    assert!(events.iter().any(failed), "the backend was down when the fetch came to its end");
    assert_eq!(broken(&report), [""; 0]);
}

#[test]
fn a_time_at_which_nothing_else_happens_is_reached_even_if_the_program_is_stuck() {
    // Callers of this cache wait for ever once the one that fetches is cancelled.
    let stuck = request("ttl-cache", "followers-hang", &[("cancel_first", "true")], None);
    let (alone, _) = run(&stuck);
    assert!(alone.error.is_some(), "the run is stuck without interference");
    let interfered = stuck.interfered(parsed(&["70.5 cancel 2"])).unwrap();
    let (_, events) = run(&interfered);
    assert!(events.iter().any(|event| event.at.as_millis() == 70.5));
}

#[test]
fn every_task_that_may_be_cancelled_has_the_name_that_the_exercise_says() {
    for exercise in catalogue() {
        let Some(prefix) = exercise.interference.cancels else { continue };
        let (_, events) = run(&request(exercise.slug, "correct", &[], None));
        let named = events
            .iter()
            .filter(|event| matches!(&event.what, What::Task { name, .. } if name.starts_with(prefix)));
        assert!(named.count() > 0, "{}: no task is named {prefix}...", exercise.slug);
    }
}

#[test]
fn a_task_that_is_not_there_or_may_not_be_cancelled_is_left_alone() {
    for exercise in catalogue().iter().filter(|exercise| exercise.interference.cancels.is_some()) {
        let plain = request(exercise.slug, "correct", &[], None);
        let interfered = plain.clone().interfered(parsed(&["0 cancel 0", "20 cancel 0", "20 cancel 9999"]));
        let (report, events) = run(&interfered.unwrap());
        assert_eq!(events, run(&plain).1, "{}", exercise.slug);
        assert_eq!(report.judged, Judged::OutputAndRules);
        let cancels = exercise.interference.cancels.unwrap();
        let main =
            format!("task 0 (main) may not be cancelled, only those whose names begin with {cancels:?}.");
        let expected = [
            format!("Interference at 0 ms had no effect: {main}"),
            format!("Interference at 20 ms had no effect: {main}"),
            format!(
                "Interference at 20 ms had no effect: there is no task 9999, only 0 to {}.",
                report.tasks - 1
            ),
        ];
        assert_eq!(report.without_effect, expected);
    }
}

#[test]
fn interference_without_effect_is_named_in_the_report() {
    let plain = request("ttl-cache", "correct", &[], None);
    let first = ["50 cancel 2", "60 cancel 2", "99999 backend down"];
    let (report, _) = run(&plain.interfered(parsed(&first)).unwrap());
    assert_eq!(
        report.without_effect,
        [
            "Interference at 60 ms had no effect: task 2 (caller 2) was not running.".to_owned(),
            format!("Interference at 99999 ms had no effect: the run ended at {} ms.", report.elapsed),
        ]
    );
}

#[test]
fn what_an_exercise_does_not_allow_is_refused() {
    let plain = request("request-handler", "correct", &[], None);
    let refused = plain.clone().interfered(parsed(&["0 backend down"])).unwrap_err();
    assert_eq!(refused.code, "unknown-interference");
    assert_eq!(
        refused.message,
        "unknown interference with request-handler \"backend down\"; known: there are none"
    );
    assert_eq!(plain.interfered(parsed(&["0 cancel 1"])).unwrap_err().code, "unknown-interference");
}

#[test]
fn what_is_no_interference_is_refused_with_what_is_allowed() {
    for (text, message) in [
        ("", "interfere.at must be a number from 0 to 1000000000 ms, not \"\""),
        ("soon cancel 1", "interfere.at must be a number from 0 to 1000000000 ms, not \"soon\""),
        ("-1 cancel 1", "interfere.at must be a number from 0 to 1000000000 ms, not -1"),
        ("NaN cancel 1", "interfere.at must be a number from 0 to 1000000000 ms, not NaN"),
        ("1 cancel", "interfere.task must be the id of a task, a whole number from 0, not null"),
        ("1 cancel main", "interfere.task must be the id of a task, a whole number from 0, not \"main\""),
        ("1 cancel -3", "interfere.task must be the id of a task, a whole number from 0, not -3"),
        (
            "1 backend",
            "interfere.what must be cancel with a task, backend down or backend up, not \"backend\"",
        ),
        ("1 panic", "interfere.what must be cancel with a task, backend down or backend up, not \"panic\""),
    ] {
        let refused = Interference::parse(text).unwrap_err();
        assert_eq!((refused.code, refused.message.as_str()), ("bad-value", message), "{text}");
    }
    let down = Input::Text("backend down".into());
    let with_task = Interference::read(&Input::Number(1.0), &down, &Input::Number(1.0)).unwrap_err();
    assert!(with_task.message.starts_with("interfere.what must be"), "{with_task}");
    assert_eq!(parsed(&["102.4 cancel 3"])[0].at, Instant::from_nanos(102_400_000));
}

#[test]
fn an_order_is_read_from_a_seed_or_from_choices() {
    use async_playground::exercises::TaskOrder;
    let null = || Input::Other("null");
    let spelled = |text: &str| Input::wholes(text);
    assert_eq!(TaskOrder::read(&null(), &null()), Ok(TaskOrder::FirstComeFirstServed));
    assert_eq!(TaskOrder::read(&Input::Number(5.0), &null()), Ok(TaskOrder::Seed(5)));
    assert_eq!(TaskOrder::read(&null(), &spelled("0,2,1")), Ok(TaskOrder::Choices(vec![0, 2, 1])));
    for (seed, choices, message) in [
        (Input::Number(-1.0), null(), "seed must be null or a whole number from 0 to 4294967295, not -1"),
        (Input::Number(5.0), spelled("1"), "order must be null where there is a seed, not [1]"),
        (
            null(),
            spelled("0,-1"),
            "order must be null or a list of at most 100000 whole numbers from 0 to 4294967295, not [0, -1]",
        ),
    ] {
        assert_eq!(TaskOrder::read(&seed, &choices).unwrap_err().message, message);
    }
    let chosen = |choices: &[u32]| {
        let plain = request("ttl-cache", "correct", &[], None);
        run(&Request { order: TaskOrder::Choices(choices.to_vec()), ..plain })
    };
    assert_eq!(chosen(&[]).1, run(&request("ttl-cache", "correct", &[], None)).1);
    let first_started = |events: &[Event]| {
        events.iter().find_map(|event| match event.what {
            What::Task { id: id @ 1.., phase: Phase::Started, .. } => Some(id),
            _ => None,
        })
    };
    assert_eq!((first_started(&chosen(&[0]).1), first_started(&chosen(&[2]).1)), (Some(1), Some(3)));
    assert_eq!(chosen(&[2]).0.judged, Judged::Rules);
}
