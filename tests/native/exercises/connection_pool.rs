//! The connection pool exercise: its times under each setting, its mistakes, and who holds which connection.

use super::{Facts, Hidden, broken, run, seen};
use async_playground::{
    exercises::Verdict,
    trace::{Edge, What},
};

const SLUG: &str = "connection-pool";

pub(super) const FACTS: Facts = Facts {
    slug: SLUG,
    end: 150.0,
    trouble: &[("fail_every", "3"), ("cancel_every", "2"), ("cancel_ms", "20")],
    small: &[("queries", "4"), ("size", "2"), ("cancel_every", "2"), ("cancel_ms", "50")],
    of_every_call: &["makespan", "nobody-hangs"],
    hidden: &[Hidden {
        mistake: "lost-wake-up",
        small: &[("queries", "3"), ("size", "1"), ("cancel_every", "2"), ("cancel_ms", "50")],
        tried: 4,
        order: &[0, 0, 0, 0, 0, 0, 0, 1],
    }],
    // A query must be cancelled at the moment when a connection becomes free, in an unlucky order of the two.
    rare: &["lost-wake-up"],
    many_waits: &[
        &[("queries", "100"), ("size", "1"), ("query_ms", "1")],
        &[("queries", "301"), ("size", "3"), ("query_ms", "1"), ("cancel_every", "7")],
    ],
    ..Facts::NONE
};

/// When each query got its connection, in milliseconds: pairs of task and time, first come, first served.
fn handed_out(program: &str, settings: &[(&str, &str)]) -> Vec<(u32, f64)> {
    seen::events(SLUG, program, settings)
        .into_iter()
        .filter_map(|event| match event.what {
            What::Result { task, ref of, .. } if of == "handed out" => Some((task, event.at.as_millis())),
            _ => None,
        })
        .collect()
}

fn breaks(program: &str, settings: &[(&str, &str)], seed: Option<u32>) -> Vec<&'static str> {
    run(SLUG, program, settings, seed).rules.iter().filter(|rule| !rule.held).map(|rule| rule.slug).collect()
}

#[track_caller]
fn ends(settings: &[(&str, &str)], end: f64) {
    let report = run(SLUG, "correct", settings, None);
    assert_eq!((broken(&report), report.error.clone()), (Vec::new(), None), "{settings:?}");
    assert_eq!(report.elapsed, end, "{settings:?}");
}

#[test]
fn the_default_run_passes_and_has_three_rounds() {
    let report = run(SLUG, "correct", &[], None);
    assert_eq!((report.verdict, report.elapsed), (Verdict::Passed, 150.0), "{:#?}", report.rows);
    let waves = handed_out("correct", &[]);
    assert_eq!(
        waves,
        [(1, 0.0), (2, 0.0), (3, 0.0), (4, 50.0), (5, 50.0), (6, 50.0), (7, 100.0), (8, 100.0)]
    );
}

#[test]
fn each_setting_has_its_effect() {
    ends(&[("size", "1")], 400.0);
    ends(&[("size", "4")], 100.0);
    ends(&[("size", "100")], 50.0);
    ends(&[("queries", "1")], 50.0);
    ends(&[("queries", "9")], 150.0);
    ends(&[("queries", "10")], 200.0);
    ends(&[("queries", "10000"), ("size", "100")], 5000.0);
    ends(&[("query_ms", "0")], 0.0);
    ends(&[("fail_every", "1")], 150.0);
    ends(&[("cancel_every", "1")], 25.0);
    ends(&[("cancel_every", "1"), ("cancel_ms", "0")], 0.0);
    ends(&[("cancel_every", "1"), ("cancel_ms", "400")], 400.0);
    // The second of three that run, and three that wait, go at 25 ms; the second's connection serves the fifth.
    let settings = [("cancel_every", "2")];
    ends(&settings, 100.0);
    assert_eq!(handed_out("correct", &settings), [(1, 0.0), (2, 0.0), (3, 0.0), (5, 25.0), (7, 50.0)]);
}

#[test]
fn each_mistake_breaks_its_rules_and_no_others() {
    assert_eq!(breaks("check-then-act", &[], None), ["limit", "makespan"]);
    assert_eq!(breaks("check-then-act", &[("queries", "3")], None), [""; 0]);
    assert_eq!(breaks("release-at-the-end", &[], None), [""; 0]);
    assert_eq!(breaks("release-at-the-end", &[("fail_every", "8")], None), ["given-back"]);
    assert_eq!(breaks("release-at-the-end", &[("fail_every", "2")], None), ["nobody-hangs", "given-back"]);
    assert_eq!(breaks("last-come-first-served", &[], None), ["in-order"]);
    assert_eq!(breaks("last-come-first-served", &[("queries", "4")], None), [""; 0]);
    assert_eq!(breaks("one-for-all", &[], None), ["size-reached", "makespan", "given-back"]);
    assert_eq!(breaks("one-for-all", &[("size", "1")], None), [""; 0]);
}

#[test]
fn a_leak_ends_in_a_deadlock_that_names_the_waiting_queries() {
    let error = run(SLUG, "release-at-the-end", &[("fail_every", "2")], None).error.unwrap();
    assert_eq!(error, "Stuck at 150 ms: queries 7-8 wait for connection (pool).");
}

#[test]
fn a_wake_up_is_lost_only_by_a_cancellation_at_the_moment_of_a_release() {
    let unlucky = |settings: &[_]| {
        (0..200).filter(|seed| !breaks("lost-wake-up", settings, Some(*seed)).is_empty()).count()
    };
    assert_eq!(breaks("lost-wake-up", &[("cancel_every", "4"), ("cancel_ms", "50")], None), [""; 0]);
    let tied = unlucky(&[("cancel_every", "4"), ("cancel_ms", "50")]);
    assert!((1..200).contains(&tied), "{tied} of 200");
    // At 25 ms only the cancellation itself releases a connection, and no cancelled query is woken.
    assert_eq!(unlucky(&[("cancel_every", "4"), ("cancel_ms", "25"), ("queries", "7")]), 0);
    // With one connection every query behind the lost wake-up hangs.
    let alone = [("cancel_every", "4"), ("cancel_ms", "50"), ("size", "1")];
    let hung = |seed| breaks("lost-wake-up", &alone, Some(seed)).contains(&"nobody-hangs");
    assert!((0..200).any(hung));
}

#[test]
fn a_query_may_be_cancelled_at_any_millisecond() {
    for cancel_ms in 0..=100 {
        let at = cancel_ms.to_string();
        let settings = [("queries", "7"), ("size", "2"), ("cancel_every", "2"), ("cancel_ms", &*at)];
        for seed in [None, Some(cancel_ms)] {
            assert_eq!(breaks("correct", &settings, seed), [""; 0], "{cancel_ms} ms, seed {seed:?}");
        }
    }
}

/// The uses of connections: which query has which connection, from and to when in milliseconds.
fn uses(program: &str, settings: &[(&str, &str)]) -> Vec<String> {
    let mut uses = Vec::new();
    for event in seen::events(SLUG, program, settings) {
        let What::Use { of, label: Some(label), phase, .. } = event.what else { continue };
        let (name, at) = (format!("{label} has {of}"), event.at.as_millis());
        match phase {
            Edge::Begin => uses.push((name, at, None)),
            Edge::End => {
                let open = uses.iter_mut().rfind(|(open, _, end)| *open == name && end.is_none());
                open.unwrap().2 = Some(at);
            }
        }
    }
    let spelled = |(name, from, to): (String, f64, Option<f64>)| match to {
        Some(to) => format!("{name} from {from} to {to}"),
        None => format!("{name} from {from} on"),
    };
    uses.into_iter().map(spelled).collect()
}

#[test]
fn each_query_holds_a_connection_until_it_gives_it_back() {
    let rounds = [
        "query 1 has connection 1 from 0 to 50",
        "query 2 has connection 2 from 0 to 50",
        "query 3 has connection 1 from 50 to 100",
    ];
    assert_eq!(uses("correct", &[("size", "2"), ("queries", "3")]), rounds);
    let leaked = [
        "query 1 has connection 1 from 0 to 50",
        "query 2 has connection 2 from 0 on",
        "query 3 has connection 1 from 50 to 100",
    ];
    assert_eq!(uses("release-at-the-end", &[("size", "2"), ("queries", "3"), ("fail_every", "2")]), leaked);
}
