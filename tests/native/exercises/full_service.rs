//! The full service exercise: its timeline under each setting, its mistakes, and its rules at random settings.

use super::{broken, request, run, seen};
use async_playground::{
    exercises::{Input, Record, Report, Request, Verdict},
    runtime::Instant,
    trace::{Edge, Event, What},
};

const SLUG: &str = "full-service";

/// What was noted under that name, when, in milliseconds.
fn noted(program: &str, settings: &[(&str, &str)], wanted: &str) -> Vec<(f64, String)> {
    let found = seen::events(SLUG, program, settings).into_iter().filter_map(|event| match event.what {
        What::Result { of, value, .. } if of == wanted => Some((event.at.as_millis(), value.to_string())),
        What::Log { line, .. } if wanted == "line" => Some((event.at.as_millis(), line)),
        What::State { from, to, .. } if wanted == "state" => {
            Some((event.at.as_millis(), format!("{from} {to}")))
        }
        _ => None,
    });
    found.collect()
}

fn lines(program: &str, settings: &[(&str, &str)]) -> String {
    noted(program, settings, "line").into_iter().map(|(_, line)| line + "\n").collect()
}

fn at(program: &str, settings: &[(&str, &str)], wanted: &str) -> Vec<f64> {
    noted(program, settings, wanted).into_iter().map(|(at, _)| at).collect()
}

fn holds(report: &Report, rule: &str) -> bool {
    report.rules.iter().any(|found| found.slug == rule && found.held)
}

#[test]
fn the_default_run_fetches_six_and_the_sixth_waits_for_the_rate() {
    let report = run(SLUG, "correct", &[], None);
    assert_eq!((report.verdict, report.elapsed), (Verdict::Passed, 300.0), "{:?}", broken(&report));
    assert_eq!(at("correct", &[], "fetch"), [0.0, 0.0, 0.0, 0.0, 0.0, 200.0]);
    let due = "Total requests: 10\nCache hits: 4\nCache misses: 6\nSuccessful: 10\n";
    assert_eq!(lines("correct", &[]), due);
}

#[test]
fn without_coalescing_there_are_no_hits_and_ten_misses() {
    let due = "Total requests: 10\nCache hits: 0\nCache misses: 10\nSuccessful: 10\n";
    assert_eq!(lines("look-before-fetch", &[]), due);
    let starts = [0.0, 0.0, 0.0, 0.0, 0.0, 200.0, 400.0, 600.0, 800.0, 1000.0];
    assert_eq!(at("look-before-fetch", &[], "fetch"), starts);
}

#[test]
fn each_limit_spaces_the_fetches_in_its_own_way() {
    let six = ("ids", "1,2,3,4,5,6");
    assert_eq!(at("correct", &[six, ("burst", "1")], "fetch"), [0.0, 200.0, 400.0, 600.0, 800.0, 1000.0]);
    let room = [six, ("burst", "6"), ("concurrency", "2")];
    assert_eq!(at("correct", &room, "fetch"), [0.0, 0.0, 100.0, 100.0, 200.0, 200.0]);
    assert_eq!(
        at("correct", &[six, ("rate", "1000"), ("burst", "1")], "fetch"),
        [0.0, 1.0, 2.0, 3.0, 4.0, 100.0]
    );
}

#[test]
fn the_trace_shows_what_each_fetch_waits_for() {
    let waits = |settings: &[(&str, &str)], wanted: &str| {
        let edges =
            seen::events(SLUG, "correct", settings).into_iter().filter_map(|event| match event.what {
                What::Wait { task, on, phase, .. } if on == wanted => {
                    Some((event.at.as_millis(), task, phase))
                }
                _ => None,
            });
        edges.collect::<Vec<_>>()
    };
    let three = ("ids", "1,2,3");
    let rate = waits(&[three, ("burst", "1")], "rate");
    let (begin, end) = (Edge::Begin, Edge::End);
    assert_eq!(rate, [(0.0, 2, begin), (0.0, 3, begin), (200.0, 2, end), (400.0, 3, end)]);
    let room = waits(&[three, ("concurrency", "1")], "permit");
    assert_eq!(room, [(0.0, 2, begin), (0.0, 3, begin), (100.0, 2, end), (200.0, 3, end)]);
}

#[test]
fn a_pass_that_comes_early_and_a_fetch_without_one_break_the_rate() {
    let request = request(SLUG, "correct", &[], None);
    let all = seen::events(SLUG, "correct", &[]);
    let evidence = |events: &[Event]| {
        let record = Record { events, settings: &request.settings, error: None, live: false };
        let rules = record.judge(request.exercise).into_iter();
        rules.filter(|rule| rule.slug == "rate" && !rule.held).map(|rule| rule.evidence).collect::<Vec<_>>()
    };
    assert_eq!(evidence(&all), [""; 0]);
    let is_pass = |event: &Event| matches!(&event.what, What::Result { of, .. } if of == "token");
    let last = all.iter().rposition(is_pass).unwrap();
    let mut early = all.clone();
    early[last].at = Instant::from_millis(199);
    let said = "6 fetches passed the rate limit and 6 reached the backend, 1 of them too early";
    assert_eq!(evidence(&early), [said]);
    let mut without = all;
    without.remove(last);
    let said = "5 fetches passed the rate limit and 6 reached the backend, 1 of them too early";
    assert_eq!(evidence(&without), [said]);
}

#[test]
fn a_value_lives_for_its_time_after_its_fetch() {
    let settings = [("ids", "1,1,1,1"), ("gap_ms", "100"), ("ttl_ms", "200")];
    // There from 100 ms; the request at 300 ms comes when it has just expired.
    assert_eq!(at("correct", &settings, "fetch"), [0.0, 300.0]);
}

#[test]
fn an_outage_opens_the_breaker_and_a_probe_closes_it() {
    let hung = [("outage_ms", "1400"), ("timeout_ms", "100"), ("gap_ms", "500")];
    let mut settings = vec![("ids", "1,2,3,4,5,6")];
    settings.extend(hung);
    // Three hang at 0, 500 and 1000; a second after the third has timed out a probe is let through.
    let due = [(1100.0, "CLOSED OPEN"), (2500.0, "OPEN HALF_OPEN"), (2600.0, "HALF_OPEN CLOSED")];
    assert_eq!(noted("correct", &settings, "state"), due.map(|(at, change)| (at, change.to_owned())));
    let kinds: Vec<_> = noted("correct", &settings, "answer")
        .into_iter()
        .map(|(_, answer)| answer.split('"').nth(1).unwrap().to_owned())
        .collect();
    assert_eq!(kinds, ["timed out", "timed out", "timed out", "rejected", "rejected", "ok"]);
    settings[0].1 = "1,2";
    assert_eq!(noted("correct", &settings, "state"), [], "two are not three");
}

#[test]
fn what_is_not_found_is_an_error_and_no_failure() {
    let settings = [("ids", "101,102,103,104"), ("gap_ms", "150")];
    let answers = noted("correct", &settings, "answer");
    assert_eq!(answers[3].1, r#"[104, "error", "Resource 104 not found"]"#);
    let failing = [("ids", "1,2,3,4"), ("failing_ids", "1,2,3"), ("gap_ms", "150")];
    assert_eq!(noted("correct", &failing, "state"), [(400.0, "CLOSED OPEN".to_owned())]);
}

#[test]
fn the_id_that_stands_for_none_cannot_be_asked_for() {
    let asked = |id: &str| Request::new(SLUG, None, [("ids".to_owned(), Input::Spelled(id.into()))], None);
    assert_eq!(asked("0").unwrap_err().code, "bad-value");
    assert!(asked("1").is_ok());
}

#[test]
fn a_fetch_goes_on_when_the_one_who_began_it_gives_up() {
    let settings = [("ids", "1,1"), ("give_up_every", "1")];
    assert_eq!(
        noted("correct", &settings, "left"),
        [(50.0, r#"[1, 1, "dropped"]"#.to_owned())],
        "with the last"
    );
    let settings = [("ids", "2,1,1,1"), ("give_up_every", "2")];
    let left = noted("correct", &settings, "left");
    assert_eq!(left.len(), 2, "one for each id: {left:?}");
    assert!(left.iter().all(|(at, value)| *at == 100.0 && value.contains("\"ok\"")), "{left:?}");
}

#[test]
fn a_timeout_outside_of_the_breaker_never_opens_it() {
    let dead = [("ids", "1,2,3,4"), ("outage_ms", "60000"), ("timeout_ms", "100")];
    assert!(holds(&run(SLUG, "correct", &dead, None), "breaker"));
    assert!(!holds(&run(SLUG, "outer-timeout", &dead, None), "breaker"));
}
