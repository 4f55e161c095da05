//! The background task exercise: its output under each setting, its shutdown, and its mistakes.

use super::{Facts, broken, run, seen::lines};
use async_playground::exercises::Verdict;

const SLUG: &str = "background-task";

pub(super) const FACTS: Facts = Facts {
    slug: SLUG,
    end: 200.0,
    trouble: &[("orders", "3"), ("fails", "true"), ("grace_ms", "0"), ("wait_ms", "40")],
    small: &[("orders", "3"), ("fails", "true")],
    of_every_call: &["shutdown-waits"],
    close_deadlines: &[
        &[("send_ms", "300"), ("wait_ms", "200"), ("grace_ms", "101"), ("orders", "9")],
        &[("send_ms", "200"), ("wait_ms", "200"), ("grace_ms", "0"), ("orders", "9")],
    ],
    ..Facts::NONE
};

const ORDER: &str = "Order: {'user_id': 42, 'items': ['widget', 'gadget'], 'status': 'created'}";
const EMPTY: &str = "Notification sent at return time: True";
const SENT: &str = "Notification sent after wait: True";
const NOT_SENT: &str = "Notification sent after wait: False";

#[track_caller]
fn check<const N: usize>(program: &str, settings: &[(&str, &str)], expected: [(f64, &str); N], end: f64) {
    assert_eq!(lines(SLUG, program, settings), expected.map(|(at, line)| (at, line.to_owned())));
    assert_eq!(run(SLUG, program, settings, None).elapsed, end);
}

#[test]
fn the_order_returns_at_once_and_the_end_waits_only_for_running_notifications() {
    check("correct", &[], [(0.0, ORDER), (0.0, EMPTY), (200.0, SENT)], 200.0);
    check("correct", &[("wait_ms", "50")], [(0.0, ORDER), (0.0, EMPTY), (50.0, NOT_SENT)], 100.0);
}

#[test]
fn a_notification_that_takes_no_time_is_still_sent_after_the_order_returns() {
    check("correct", &[("send_ms", "0")], [(0.0, ORDER), (0.0, EMPTY), (200.0, SENT)], 200.0);
}

#[test]
fn a_failure_is_reported_when_it_happens_and_affects_no_other_order() {
    let failed = (100.0, "notification 42 failed: the mail server said no");
    check("correct", &[("fails", "true")], [(0.0, ORDER), (0.0, EMPTY), failed, (200.0, NOT_SENT)], 200.0);
    let report = run(SLUG, "correct", &[("fails", "true"), ("orders", "50")], Some(5));
    assert_eq!(broken(&report), [""; 0]);
    let sent = report.rules.iter().find(|rule| rule.slug == "sent-once").unwrap();
    assert_eq!(sent.evidence, "50 notifications were sent or reported, exactly once");
}

#[test]
fn shutdown_cancels_at_its_time_limit_and_reports_it() {
    let cancelled = (500.0, "notification 42 cancelled: no time left");
    let settings = [("send_ms", "501"), ("grace_ms", "300")];
    check("correct", &settings, [(0.0, ORDER), (0.0, EMPTY), (200.0, NOT_SENT), cancelled], 500.0);
    check(
        "correct",
        &[("send_ms", "500"), ("grace_ms", "300")],
        [(0.0, ORDER), (0.0, EMPTY), (200.0, NOT_SENT)],
        500.0,
    );
}

#[test]
fn an_order_that_awaits_its_notification_returns_late_and_with_its_error() {
    let full = "Notification sent at return time: False";
    check("awaited", &[], [(100.0, ORDER), (100.0, full), (300.0, SENT)], 300.0);
    let report = run(SLUG, "awaited", &[("fails", "true")], None);
    assert_eq!(report.error.as_deref(), Some("ConnectionError: the mail server said no"));
    assert!(
        broken(&report).iter().any(|rule| rule.starts_with("failure-contained")),
        "{:?}",
        broken(&report)
    );
}

#[test]
fn a_dropped_handle_loses_the_notification_silently() {
    check("dropped-handle", &[], [(0.0, ORDER), (0.0, EMPTY), (200.0, NOT_SENT)], 200.0);
    let said = "sent-once: notification 42 was neither sent nor reported";
    assert_eq!(broken(&run(SLUG, "dropped-handle", &[], None)), [said]);
}

#[test]
fn fire_and_forget_passes_as_long_as_it_is_quick_and_succeeds() {
    assert_eq!(run(SLUG, "fire-and-forget", &[], None).verdict, Verdict::Passed);
    let report = run(SLUG, "fire-and-forget", &[("fails", "true")], None);
    assert_eq!(broken(&report).len(), 1, "nothing reports the failure: {:?}", broken(&report));
    let report = run(SLUG, "fire-and-forget", &[("send_ms", "500")], None);
    let said = "shutdown-waits: The shutdown found 1 notification running and took 0 ms of at most 1000 ms; it left 1 running";
    assert_eq!(broken(&report)[1], said);
}

#[test]
fn a_join_without_a_limit_exceeds_the_time_limit() {
    assert_eq!(run(SLUG, "joined", &[], None).verdict, Verdict::Passed);
    let report = run(SLUG, "joined", &[("send_ms", "5000")], None);
    let said =
        "shutdown-waits: The shutdown found 1 notification running and took 4800 ms of at most 1000 ms";
    assert_eq!(broken(&report), [said]);
}
