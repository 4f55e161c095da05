//! The TTL cache exercise: its timeline under each setting, its mistakes, and what its trace shows.

use super::{Facts, Hidden, broken, run, seen};
use async_playground::{
    exercises::Verdict,
    trace::{Edge, What},
};

const SLUG: &str = "ttl-cache";

pub(super) const FACTS: Facts = Facts {
    slug: SLUG,
    end: 800.0,
    trouble: &[("callers", "4"), ("keys", "2"), ("first_fails", "true"), ("cancel_first", "true")],
    small: &[("callers", "3"), ("cancel_first", "true"), ("first_fails", "true")],
    of_every_call: &["nobody-hangs"],
    hidden: &[Hidden {
        mistake: "announced-first",
        small: &[("callers", "3")],
        tried: 6,
        order: &[0, 0, 4, 4],
    }],
    ..Facts::NONE
};

fn lines(program: &str, settings: &[(&str, &str)]) -> Vec<String> {
    seen::lines(SLUG, program, settings).into_iter().map(|(_, line)| line).collect()
}

#[track_caller]
fn check(settings: &[(&str, &str)], end: f64, fetches: (usize, usize)) {
    let report = run(SLUG, "correct", settings, None);
    assert_eq!((broken(&report), report.error.clone()), (Vec::new(), None), "{settings:?}");
    assert_eq!(report.elapsed, end, "{settings:?}");
    let lines = lines("correct", settings);
    assert_eq!(lines[0], format!("Fetch count: {0} (should be {0})", fetches.0), "{settings:?}");
    assert_eq!(
        lines[2],
        format!("After TTL expiry, fetches: {0} (should be {0})", fetches.1),
        "{settings:?}"
    );
}

#[test]
fn the_default_run_is_judged_and_ends_at_800_ms() {
    let report = run(SLUG, "correct", &[], None);
    assert_eq!(report.verdict, Verdict::Passed, "{:#?}", report.rows);
    check(&[], 800.0, (1, 2));
}

#[test]
fn each_setting_has_its_effect() {
    check(&[("callers", "1")], 800.0, (1, 2));
    check(&[("callers", "10000")], 800.0, (1, 2));
    check(&[("fetch_ms", "1")], 602.0, (1, 2));
    check(&[("pause_ms", "0")], 100.0, (1, 1));
    check(&[("pause_ms", "499")], 599.0, (1, 1));
    // At the very end of its time a value is gone.
    check(&[("pause_ms", "500")], 700.0, (1, 2));
    check(&[("ttl_ms", "601")], 700.0, (1, 1));
    check(&[("keys", "3")], 800.0, (3, 4));
    check(&[("keys", "100")], 800.0, (5, 6));
    // What was stored first had to go.
    check(&[("keys", "3"), ("max_entries", "2"), ("pause_ms", "0")], 200.0, (3, 4));
    // An error is not kept.
    check(&[("first_fails", "true"), ("pause_ms", "0")], 200.0, (1, 2));
    // The fetch goes on without the caller who began it ...
    check(&[("cancel_first", "true"), ("pause_ms", "0")], 100.0, (1, 1));
    // ... but not without anybody.
    check(&[("cancel_first", "true"), ("callers", "1"), ("pause_ms", "0")], 150.0, (1, 2));
}

/// What the program breaks at these settings, in FIFO order.
fn breaks(program: &str, settings: &[(&str, &str)]) -> Vec<&'static str> {
    run(SLUG, program, settings, None).rules.iter().filter(|rule| !rule.held).map(|rule| rule.slug).collect()
}

#[test]
fn each_mistake_breaks_what_it_should_and_no_more() {
    assert_eq!(breaks("check-then-fetch", &[]), ["one-fetch"]);
    assert_eq!(breaks("check-then-fetch", &[("callers", "1")]), [""; 0]);
    assert_eq!(breaks("no-second-look", &[]), ["fresh", "one-wait"]);
    assert_eq!(breaks("no-second-look", &[("callers", "1")]), [""; 0]);
    assert_eq!(breaks("cache-the-error", &[]), [""; 0]);
    assert_eq!(breaks("cache-the-error", &[("first_fails", "true"), ("pause_ms", "100")]), ["errors-pass"]);
    assert_eq!(breaks("kept-forever", &[]), ["expires"]);
    assert_eq!(breaks("kept-forever", &[("keys", "5"), ("max_entries", "2")]), ["expires", "bounded"]);
    assert_eq!(breaks("followers-hang", &[]), [""; 0]);
    assert_eq!(breaks("followers-hang", &[("cancel_first", "true")]), ["nobody-hangs"]);
}

#[test]
fn a_hang_is_reported_with_who_waits_for_what() {
    let error = run(SLUG, "followers-hang", &[("cancel_first", "true")], None).error.unwrap();
    assert_eq!(error, "Stuck at 50 ms: callers 2-5 wait for fetch user:1.");
}

#[test]
fn the_output_shows_the_stampede() {
    assert_eq!(lines("check-then-fetch", &[])[0], "Fetch count: 5 (should be 1)");
    assert_eq!(lines("check-then-fetch", &[])[1], "All same value: False");
}

/// The uses of the fetches of `user:1`: when each begins and ends, and its label.
fn fetches(program: &str, settings: &[(&str, &str)]) -> Vec<(f64, Edge, String)> {
    let uses = seen::events(SLUG, program, settings).into_iter().filter_map(|event| match event.what {
        What::Use { of, label, phase, .. } if &*of == "fetch user:1" => {
            Some((event.at.as_millis(), phase, label?.to_string()))
        }
        _ => None,
    });
    uses.collect()
}

#[test]
fn each_fetch_is_a_use_of_its_key() {
    let once =
        |from, to, label: &str| [(from, Edge::Begin, label.to_owned()), (to, Edge::End, label.to_owned())];
    assert_eq!(
        fetches("correct", &[]),
        [once(0.0, 100.0, "fetch 1"), once(700.0, 800.0, "fetch 2")].concat()
    );
    let at_once = fetches("check-then-fetch", &[]).into_iter().take_while(|(at, ..)| *at == 0.0);
    assert_eq!(at_once.count(), 5);
}

/// What the broken rule says of the program at these settings.
fn evidence(program: &str, settings: &[(&str, &str)]) -> Vec<String> {
    let rules = run(SLUG, program, settings, None).rules.into_iter();
    rules.filter(|rule| !rule.held).map(|rule| rule.evidence).collect()
}

#[test]
fn the_evidence_says_what_happened() {
    assert_eq!(
        evidence("check-then-fetch", &[]),
        ["At 0 ms 4 more fetches of user:1 began while one was under way"]
    );
    assert_eq!(
        evidence("cache-the-error", &[("first_fails", "true"), ("pause_ms", "100")]),
        ["At 200 ms caller 6 got the error of a fetch that had failed before it asked"]
    );
    assert_eq!(
        evidence("kept-forever", &[]),
        ["At 700 ms caller 6 got a value of user:1 that was 600 ms old"]
    );
    assert_eq!(
        evidence("followers-hang", &[("cancel_first", "true")]),
        ["0 of 6 callers got an answer, 4 waited forever, and the last one never asked"]
    );
}
