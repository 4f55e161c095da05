//! The full service exercise: its timeline under each setting, its mistakes, and its rules at random settings.

use super::{Facts, broken, request, run, seen};
use async_playground::{
    exercises::{Input, Record, Report, Request, Verdict},
    runtime::Instant,
    trace::{Edge, Event, Value, What},
};

const SLUG: &str = "full-service";

pub(super) const FACTS: Facts = Facts {
    slug: SLUG,
    end: 300.0,
    trouble: &[("give_up_every", "2"), ("timeout_ms", "120"), ("outage_ms", "150")],
    small: &[("ids", "1,2,1"), ("concurrency", "1"), ("give_up_every", "3")],
    // Requests must come close together on both sides of the edge of a second.
    rare: &["fixed-window"],
    close_deadlines: &[
        &[("ids", "1,2,3,1,2,3,1,2,3,1"), ("gap_ms", "10"), ("ttl_ms", "10"), ("fetch_ms", "10")],
        &[("ids", "1,2,3,4,5,6,7,8,9"), ("rate", "1000"), ("burst", "1"), ("fetch_ms", "2")],
        &[("ids", "1,1,2,2,3,4,5,6"), ("timeout_ms", "100"), ("gap_ms", "100")],
        &[("ids", "1,1,2,2,3,4,5,6"), ("timeout_ms", "50"), ("outage_ms", "300")],
        &[("ids", "1,1,2,2,3,4,5,6"), ("timeout_ms", "50"), ("give_up_every", "2")],
    ],
    ..Facts::NONE
};

/// The results of that name, each with its time in milliseconds.
fn results(program: &str, settings: &[(&str, &str)], wanted: &str) -> Vec<(f64, Value)> {
    let found = seen::events(SLUG, program, settings).into_iter().filter_map(|event| match event.what {
        What::Result { of, value, .. } if of == wanted => Some((event.at.as_millis(), value)),
        _ => None,
    });
    found.collect()
}

fn at(program: &str, settings: &[(&str, &str)], wanted: &str) -> Vec<f64> {
    results(program, settings, wanted).into_iter().map(|(at, _)| at).collect()
}

fn lines(program: &str, settings: &[(&str, &str)]) -> String {
    seen::lines(SLUG, program, settings).into_iter().map(|(_, line)| line + "\n").collect()
}

/// The changes of the breaker: when, from, to.
fn changes(settings: &[(&str, &str)]) -> Vec<(f64, String)> {
    let found = seen::events(SLUG, "correct", settings).into_iter().filter_map(|event| match event.what {
        What::State { from, to, .. } => Some((event.at.as_millis(), format!("{from} {to}"))),
        _ => None,
    });
    found.collect()
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
        let record = Record { events, settings: &request.settings, error: None, real_time: false };
        let rules = record.judge(request.exercise).into_iter();
        rules.filter(|rule| rule.slug == "rate" && !rule.held).map(|rule| rule.evidence).collect::<Vec<_>>()
    };
    assert_eq!(evidence(&all), [""; 0]);
    let is_pass = |event: &Event| matches!(&event.what, What::Result { of, .. } if of == "token");
    let last = all.iter().rposition(is_pass).unwrap();
    let mut early = all.clone();
    early[last].at = Instant::from_millis(199);
    let said = "At 199 ms a fetch passed the rate limit too early: it allows 5 at once, then 5 per second";
    assert_eq!(evidence(&early), [said]);
    let mut without = all;
    without.remove(last);
    let said = "At 200 ms 6 fetches had reached the backend, but 5 passed the rate limit";
    assert_eq!(evidence(&without), [said]);
}

#[test]
fn a_value_lives_for_its_time_after_its_fetch() {
    let settings = [("ids", "1,1,1,1"), ("gap_ms", "100"), ("ttl_ms", "200")];
    // There from 100 ms; the request at 300 ms comes when it has just expired.
    assert_eq!(at("correct", &settings, "fetch"), [0.0, 300.0]);
}

#[test]
fn an_outage_opens_the_breaker_and_a_test_call_closes_it() {
    let hung = [("outage_ms", "1400"), ("timeout_ms", "100"), ("gap_ms", "500")];
    let mut settings = vec![("ids", "1,2,3,4,5,6")];
    settings.extend(hung);
    // Fetches hang at 0, 500 and 1000 ms. The test call comes a second after the third timeout.
    let due = [(1100.0, "CLOSED OPEN"), (2500.0, "OPEN HALF_OPEN"), (2600.0, "HALF_OPEN CLOSED")];
    assert_eq!(changes(&settings), due.map(|(at, change)| (at, change.to_owned())));
    let answers = results("correct", &settings, "answer");
    let kinds: Vec<_> = answers.iter().map(|(_, answer)| answer.field("kind").text().unwrap()).collect();
    assert_eq!(kinds, ["timed out", "timed out", "timed out", "rejected", "rejected", "ok"]);
    settings[0].1 = "1,2";
    assert_eq!(changes(&settings), [], "two are not three");
}

#[test]
fn what_is_not_found_is_an_error_and_no_failure() {
    let settings = [("ids", "101,102,103,104"), ("gap_ms", "150")];
    let answers = results("correct", &settings, "answer");
    assert!(answers[3].1.field("text").is("Resource 104 not found"), "{answers:?}");
    let failing = [("ids", "1,2,3,4"), ("failing_ids", "1,2,3"), ("gap_ms", "150")];
    assert_eq!(changes(&failing), [(400.0, "CLOSED OPEN".to_owned())]);
}

#[test]
fn the_id_that_stands_for_none_cannot_be_asked_for() {
    let asked =
        |id: &str| Request::new(SLUG, None, [("ids".to_owned(), Input::spelled(SLUG, "ids", id))], None);
    assert_eq!(asked("0").unwrap_err().code, "bad-value");
    assert!(asked("1").is_ok());
}

/// The ends of the fetches: when, and how.
fn ends(settings: &[(&str, &str)]) -> Vec<(f64, String)> {
    let ends = results("correct", settings, "fetch ended").into_iter();
    ends.map(|(at, end)| (at, end.field("outcome").text().unwrap().to_owned())).collect()
}

#[test]
fn a_fetch_goes_on_until_nobody_waits_for_it() {
    assert_eq!(ends(&[("ids", "1,1"), ("give_up_every", "1")]), [(50.0, "dropped".to_owned())]);
    // Half of the callers give up, and each of the two ids is fetched for the other half.
    let both = [(100.0, "ok".to_owned()), (100.0, "ok".to_owned())];
    assert_eq!(ends(&[("ids", "2,1,1,1"), ("give_up_every", "2")]), both);
}

#[test]
fn a_timeout_outside_of_the_breaker_never_opens_it() {
    let dead = [("ids", "1,2,3,4"), ("outage_ms", "60000"), ("timeout_ms", "100")];
    assert!(holds(&run(SLUG, "correct", &dead, None), "breaker"));
    assert!(!holds(&run(SLUG, "outer-timeout", &dead, None), "breaker"));
}

/// The parts of the service at which a request is, each with its label: from when to when.
fn walk(program: &str, settings: &[(&str, &str)], number: u32) -> Vec<String> {
    let mut walk: Vec<String> = Vec::new();
    for event in seen::events(SLUG, program, settings) {
        let What::Use { task, of, label, phase } = event.what else { continue };
        let at = event.at.as_millis();
        let part = label.map_or_else(|| of.to_string(), |label| format!("{of}, {label}"));
        if task == number && phase == Edge::Begin {
            walk.push(format!("{part}: {at}"));
        } else if task == number
            && let Some(open) = walk.iter_mut().rfind(|open| open.starts_with(&format!("{part}: ")))
        {
            *open += &format!(" to {at}");
        }
    }
    walk
}

#[test]
fn a_request_walks_through_the_parts_as_far_as_it_gets() {
    let miss = |waits: u32, id: u32| {
        let end = waits + 100;
        [
            "cache, miss: 0 to 0".to_owned(),
            format!("rate limit: 0 to {waits}"),
            format!("concurrency: {waits} to {waits}"),
            format!("breaker, lets through: {waits} to {waits}"),
            format!("fetch, id {id}: {waits} to {end}"),
        ]
    };
    assert_eq!(walk("correct", &[], 1), miss(0, 1));
    assert_eq!(walk("correct", &[], 9), miss(200, 6));
    assert_eq!(walk("correct", &[], 3), ["cache, joins: 0 to 100"]);
    assert_eq!(walk("correct", &[("gap_ms", "150")], 3), ["cache, hit: 300 to 300"]);
    let tripped = [("ids", "1,2,3,4"), ("failing_ids", "1,2,3"), ("gap_ms", "150")];
    let refused = walk("correct", &tripped, 4);
    assert_eq!(refused.last().map(String::as_str), Some("breaker, refuses: 450 to 450"));
}

#[test]
fn each_mistake_walks_otherwise() {
    assert_eq!(walk("look-before-fetch", &[], 3).len(), 5, "a hit fetches");
    assert_eq!(walk("limited-callers", &[], 7)[0], "rate limit: 0 to 400", "a hit waits in line");
    let ten = [("ids", "1,2,3,4,5,6,7,8,9,10")];
    assert_eq!(walk("outer-timeout", &ten, 10), ["cache, miss: 0 to 0", "rate limit: 0 to 500"]);
    let two = [("concurrency", "2")];
    assert_eq!(walk("correct", &two, 4)[2], "concurrency: 0 to 100");
    assert_eq!(walk("dropped-permit", &two, 4)[2], "concurrency: 0 to 0");
    assert_eq!(walk("late-count", &[("give_up_every", "3")], 3), [""; 0], "never counted");
}

#[test]
fn a_gauge_does_not_dip_at_a_hand_over() {
    let one = [("ids", "1,2,3"), ("concurrency", "1")];
    for program in ["correct", "fixed-window"] {
        let gauge = seen::events(SLUG, program, &one).into_iter().filter_map(|event| match event.what {
            What::Gauge { name, value, .. } if &*name == "fetches under way" => {
                Some((event.at.as_millis(), value))
            }
            _ => None,
        });
        assert_eq!(gauge.collect::<Vec<_>>(), [(0.0, 1), (300.0, 0)], "{program}");
    }
}

#[test]
fn the_evidence_says_what_happened() {
    let evidence = |program: &str, settings: &[(&str, &str)], rule: &str| {
        let report = run(SLUG, program, settings, None);
        report.rules.into_iter().find(|found| found.slug == rule && !found.held).unwrap().evidence
    };
    assert_eq!(
        evidence("look-before-fetch", &[], "hits-and-misses"),
        "10 requests: 0 hits and 10 misses; at least 4 should be hits"
    );
    assert_eq!(
        evidence("dropped-permit", &[("concurrency", "2")], "concurrency"),
        "At 0 ms 3 fetches were under way; the limit is 2; this happened 3 times"
    );
    let ten = [("ids", "1,2,3,4,5,6,7,8,9,10")];
    assert_eq!(
        evidence("outer-timeout", &ten, "timeout"),
        "At 500 ms request 8 timed out, but no fetch of id 8 had run for 500 ms; this happened 3 times"
    );
    assert_eq!(
        evidence("late-count", &[("give_up_every", "3")], "counts"),
        "0 counted as cancelled, but 3 requests ended so"
    );
}
