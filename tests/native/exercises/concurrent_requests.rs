//! The concurrent requests exercise: its times under each setting, its mistakes, and what its trace shows.

use super::{
    Facts, Hidden, broken, run,
    seen::{events, lines},
};
use async_playground::trace::{Value, What};

const SLUG: &str = "concurrent-requests";

pub(super) const FACTS: Facts = Facts {
    slug: SLUG,
    end: 1100.0,
    trouble: &[("n", "5"), ("slower_ms", "30")],
    small: &[("n", "3")],
    hidden: &[Hidden { mistake: "shared-list", small: &[("n", "2")], tried: 1, order: &[1] }],
    // A gather has no result when one of its tasks is cancelled.
    error_when_cancelled: Some("CancelledError"),
    close_deadlines: &[&[("n", "500"), ("io_ms", "1")]],
    many_waits: &[&[("n", "100"), ("io_ms", "1")]],
    ..Facts::NONE
};

#[track_caller]
fn check(program: &str, settings: &[(&str, &str)], expected: [(f64, &str); 3]) {
    assert_eq!(lines(SLUG, program, settings), expected.map(|(at, line)| (at, line.to_owned())));
}

const EQUAL: &str = "Results equal: True";
const UNEQUAL: &str = "Results equal: False";

#[test]
fn each_line_is_written_when_its_way_is_done() {
    check("correct", &[], [(1000.0, "Serial: 1.00s"), (1100.0, "Concurrent: 0.10s"), (1100.0, EQUAL)]);
}

#[test]
fn the_sum_grows_with_the_requests_and_the_longest_time_does_not() {
    check(
        "correct",
        &[("n", "3"), ("io_ms", "20"), ("slower_ms", "1000")],
        [(2060.0, "Serial: 2.06s"), (3080.0, "Concurrent: 1.02s"), (3080.0, EQUAL)],
    );
    check("correct", &[("n", "1")], [(100.0, "Serial: 0.10s"), (200.0, "Concurrent: 0.10s"), (200.0, EQUAL)]);
    check("correct", &[("io_ms", "0")], [(0.0, "Serial: 0.00s"), (0.0, "Concurrent: 0.00s"), (0.0, EQUAL)]);
}

#[test]
fn a_hundred_thousand_requests_take_the_time_of_one() {
    let report = run(SLUG, "correct", &[("n", "100000")], Some(3));
    assert_eq!(broken(&report), [""; 0]);
    assert_eq!(report.elapsed, 10_000_100.0);
    assert_eq!(report.tasks, 100_001);
}

#[test]
fn every_request_has_its_own_task() {
    let names = events(SLUG, "correct", &[("n", "3")]).into_iter().filter_map(|event| match event.what {
        What::Task { name, phase: async_playground::runtime::Phase::Started, .. } => Some(name.to_string()),
        _ => None,
    });
    assert_eq!(names.collect::<Vec<_>>(), ["main", "request 1", "request 2", "request 3"]);
}

#[test]
fn results_in_order_of_completion_start_with_the_quick_ones() {
    let lists = events(SLUG, "completion-order", &[("n", "3"), ("slower_ms", "50")]);
    let lists: Vec<_> = lists
        .into_iter()
        .filter_map(|event| match event.what {
            What::Result { value, .. } => Some(value),
            _ => None,
        })
        .collect();
    let in_order = ["response 1", "response 2", "response 3"];
    let by_completion = ["response 2", "response 1", "response 3"];
    assert_eq!(lists, [Value::of(&in_order), Value::of(&by_completion)]);
    check(
        "completion-order",
        &[("slower_ms", "50")],
        [(1250.0, "Serial: 1.25s"), (1400.0, "Concurrent: 0.15s"), (1400.0, UNEQUAL)],
    );
}

#[test]
fn awaiting_in_the_loop_or_starting_before_it_makes_both_ways_take_the_same_time() {
    check("await-in-loop", &[], [(1000.0, "Serial: 1.00s"), (2000.0, "Concurrent: 1.00s"), (2000.0, EQUAL)]);
    check("already-running", &[], [(100.0, "Serial: 0.10s"), (200.0, "Concurrent: 0.10s"), (200.0, EQUAL)]);
}

#[test]
fn the_evidence_counts_results_in_the_right_place() {
    let report = run(SLUG, "completion-order", &[("n", "4"), ("slower_ms", "1")], None);
    let said = "same-results: 4 results were in the right place one after another, and 0 all at once, of 4";
    assert_eq!(broken(&report), [said], "they came as 2, 4, 1, 3");
}
