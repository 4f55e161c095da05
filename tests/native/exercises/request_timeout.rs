//! The request timeout exercise: its answers under each setting, its mistakes, and what a cancelled handler leaves.

use super::{
    Facts, broken, run,
    seen::{events, lines},
};
use async_playground::trace::What;

const SLUG: &str = "request-timeout";

pub(super) const FACTS: Facts = Facts {
    slug: SLUG,
    end: 250.0,
    trouble: &[("timeout_ms", "50")],
    close_deadlines: &[
        &[("timeout_ms", "51"), ("slow_ms", "52")],
        &[("timeout_ms", "500"), ("fast_ms", "490")],
    ],
    ..Facts::NONE
};

const FAST: &str = "{'status': 'ok', 'data': 'fast result'}";
const SLOW: &str = "{'status': 'ok', 'data': 'slow result'}";
const NO_FAST: &str = "{'error': 'timeout', 'handler': 'fast_handler'}";
const NO_SLOW: &str = "{'error': 'timeout', 'handler': 'slow_handler'}";

#[track_caller]
fn answers(settings: &[(&str, &str)], expected: [(f64, &str); 2]) {
    assert_eq!(lines(SLUG, "correct", settings), expected.map(|(at, line)| (at, line.to_owned())));
    assert_eq!(run(SLUG, "correct", settings, None).elapsed, expected[1].0, "it ends with its last answer");
}

#[test]
fn each_setting_moves_the_answers() {
    answers(&[], [(50.0, FAST), (250.0, NO_SLOW)]);
    answers(&[("timeout_ms", "500")], [(50.0, FAST), (550.0, SLOW)]);
    answers(&[("timeout_ms", "499")], [(50.0, FAST), (549.0, NO_SLOW)]);
    answers(&[("fast_ms", "201")], [(200.0, NO_FAST), (400.0, NO_SLOW)]);
    answers(&[("slow_ms", "7")], [(50.0, FAST), (57.0, SLOW)]);
}

#[test]
fn a_result_ready_at_the_deadline_wins() {
    answers(&[("fast_ms", "200"), ("slow_ms", "200")], [(200.0, FAST), (400.0, SLOW)]);
}

#[test]
fn at_a_timeout_of_zero_a_handler_that_never_waits_still_answers() {
    answers(&[("timeout_ms", "0"), ("fast_ms", "0"), ("slow_ms", "1")], [(0.0, FAST), (0.0, NO_SLOW)]);
}

#[test]
fn a_handler_that_timed_out_reads_no_further_page() {
    let pages = events(SLUG, "correct", &[]).into_iter().filter_map(|event| match event.what {
        What::Gauge { name, value, .. } if name == "slow_handler" => Some((event.at.as_millis(), value)),
        _ => None,
    });
    let pages: Vec<_> = pages.collect();
    assert_eq!(pages, [(150.0, 1), (250.0, 2)], "page 2 is read at the deadline, page 3 never");
}

#[test]
fn without_a_cancel_the_handler_works_on() {
    let report = run(SLUG, "race-without-cancel", &[("fast_ms", "300")], None);
    assert_eq!(broken(&report).len(), 1, "{:?}", broken(&report));
    assert_eq!(
        broken(&report)[0],
        "no-work-after: fast_handler timed out at 200 ms and went on: it read 2 pages more and then closed its connection",
        "pages 4 and 5"
    );
}

#[test]
fn with_a_timeout_for_each_step_the_whole_may_take_the_sum() {
    let lines = lines(SLUG, "timeout-per-step", &[("slow_ms", "1000")]);
    assert_eq!(lines[1], (1050.0, SLOW.to_owned()), "each page took 200 ms");
}
