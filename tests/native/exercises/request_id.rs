//! The request id exercise: its output under each setting, its mistakes, and what its trace shows.

use super::{Facts, broken, run, seen};
use async_playground::{
    exercises::Verdict,
    trace::{Edge, What},
};

const SLUG: &str = "request-id";

pub(super) const FACTS: Facts = Facts {
    slug: SLUG,
    end: 50.0,
    trouble: &[("requests", "5"), ("fail_every", "2"), ("cancel_every", "3"), ("nested", "true")],
    small: &[("requests", "2"), ("child", "inherits"), ("cancel_every", "2")],
    ..Facts::NONE
};

/// The output with the ids named a, b, c in order of appearance.
fn lines(program: &str, settings: &[(&str, &str)]) -> Vec<String> {
    let mut ids = Vec::new();
    let name =
        |(_, line): (f64, String)| match line.strip_prefix("[req-").and_then(|line| line.split_once(']')) {
            Some((id, text)) => {
                let place = ids.iter().position(|known| known == id).unwrap_or_else(|| {
                    ids.push(id.to_owned());
                    ids.len() - 1
                });
                format!("{}:{text}", char::from(b'a' + u8::try_from(place).unwrap()))
            }
            None => line,
        };
    seen::lines(SLUG, program, settings).into_iter().map(name).collect()
}

fn breaks(program: &str, settings: &[(&str, &str)]) -> Vec<&'static str> {
    run(SLUG, program, settings, None).rules.iter().filter(|rule| !rule.held).map(|rule| rule.slug).collect()
}

#[test]
fn the_default_run_is_judged_and_ends_at_50_ms() {
    let report = run(SLUG, "correct", &[], None);
    assert_eq!((report.verdict, report.elapsed), (Verdict::Passed, 50.0), "{:#?}", report.rows);
    assert_eq!(
        lines("correct", &[]),
        [
            "a: Handling request",
            "a: Fetching user 1",
            "b: Handling request",
            "b: Fetching user 2",
            "c: Handling request",
            "c: Fetching user 3",
            "a: Request complete",
            "b: Request complete",
            "c: Request complete",
            "All completed: True",
        ]
    );
}

#[test]
fn an_error_and_a_cancel_are_logged_under_the_requests_own_id() {
    let settings = [("fail_every", "2"), ("cancel_every", "3")];
    assert_eq!(
        lines("correct", &settings)[6..],
        ["c: Request cancelled", "a: Request complete", "b: Request failed", "All completed: False"]
    );
    assert_eq!(broken(&run(SLUG, "correct", &settings, None)), [""; 0]);
}

#[test]
fn an_inner_request_has_an_id_of_its_own_and_restores_the_outer_one() {
    let settings = [("nested", "true"), ("requests", "1")];
    assert_eq!(
        lines("correct", &settings),
        [
            "a: Handling request",
            "a: Fetching user 1",
            "b: Handling request",
            "b: Checking permissions",
            "b: Request complete",
            "a: Permissions checked",
            "a: Request complete",
            "All completed: True",
        ]
    );
    assert_eq!(run(SLUG, "correct", &settings, None).elapsed, 100.0);
}

#[test]
fn a_new_task_has_the_id_only_if_it_is_passed_on() {
    let mails = |setting| {
        let mut lines = lines("correct", &[("child", setting), ("requests", "1")]);
        lines.retain(|line| line.to_lowercase().contains("mail"));
        lines
    };
    assert_eq!(mails("none"), [""; 0]);
    assert_eq!(mails("plain"), ["[no-request] Sending mail 1", "[no-request] Mail 1 sent"]);
    assert_eq!(mails("inherits"), ["a: Sending mail 1", "a: Mail 1 sent"]);
}

#[test]
fn each_mistake_breaks_what_it_should_and_no_more() {
    assert_eq!(breaks("global-variable", &[]), ["own-id", "outside", "restored"]);
    assert_eq!(breaks("global-variable", &[("requests", "1")]), [""; 0]);
    assert_eq!(breaks("no-reset", &[]), ["restored"]);
    assert_eq!(breaks("no-reset", &[("nested", "true")]), ["own-id", "restored"]);
    assert_eq!(breaks("no-finally", &[("nested", "true")]), [""; 0]);
    assert_eq!(breaks("no-finally", &[("fail_every", "3")]), ["restored"]);
    assert_eq!(breaks("no-finally", &[("cancel_every", "3")]), ["restored"]);
    assert_eq!(breaks("id-from-clock", &[]), ["unique"]);
    assert_eq!(breaks("id-from-clock", &[("requests", "1")]), [""; 0]);
    assert_eq!(breaks("plain-spawn", &[("child", "plain")]), [""; 0]);
    assert_eq!(breaks("plain-spawn", &[("child", "inherits")]), ["children"]);
}

#[test]
fn many_requests_have_as_many_ids() {
    let report =
        run(SLUG, "correct", &[("requests", "10000"), ("nested", "true"), ("child", "inherits")], None);
    assert_eq!(broken(&report), [""; 0]);
    let unique = report.rules.iter().find(|rule| rule.slug == "unique").unwrap();
    assert_eq!(unique.evidence, "20000 requests with 20000 ids");
}

/// The ids that are held, named a, b, c in order of appearance: each with its label, when it is taken and given back.
fn held(program: &str, settings: &[(&str, &str)]) -> Vec<String> {
    let mut ids = Vec::new();
    let uses = seen::events(SLUG, program, settings).into_iter().filter_map(|event| match event.what {
        What::Use { of, label, phase, .. } => {
            let place = ids.iter().position(|known| *known == of).unwrap_or_else(|| {
                ids.push(of);
                ids.len() - 1
            });
            let edge = if phase == Edge::Begin { '>' } else { '<' };
            let id = char::from(b'a' + u8::try_from(place).unwrap());
            Some(format!("{} {edge}{id} {}", event.at.as_millis(), label?))
        }
        _ => None,
    });
    uses.collect()
}

#[test]
fn a_request_holds_its_id_until_the_previous_one_is_restored() {
    let one = [("requests", "1")];
    assert_eq!(held("correct", &one), ["0 >a request 1", "50 <a request 1"]);
    assert_eq!(held("no-reset", &one), ["0 >a request 1"]);
    let two = [("requests", "2")];
    assert_eq!(held("id-from-clock", &two)[..2], ["0 >a request 1", "0 >a request 2"]);
    let mail = [("requests", "1"), ("child", "inherits")];
    assert_eq!(held("correct", &mail)[..2], ["0 >a request 1", "0 >a mail 1"]);
    assert_eq!(held("plain-spawn", &mail), held("correct", &one));
}

#[test]
fn the_evidence_says_what_happened() {
    let evidence = |program: &str, settings: &[(&str, &str)], rule: &str| {
        let report = run(SLUG, program, settings, None);
        report.rules.into_iter().find(|found| found.slug == rule && !found.held).unwrap().evidence
    };
    let own = evidence("global-variable", &[], "own-id");
    assert!(own.starts_with("At 50 ms request 1 logged a line under req-"), "{own}");
    let restored = evidence("no-reset", &[], "restored");
    assert!(restored.starts_with("At 50 ms request 1 found req-"), "{restored}");
    assert!(
        restored.ends_with(" after its request instead of no-request; this happened 3 times"),
        "{restored}"
    );
    assert_eq!(
        evidence("id-from-clock", &[], "unique"),
        "At 0 ms request 2 got req-00000000, the id of another request; this happened 2 times"
    );
}
