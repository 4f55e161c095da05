use super::{broken, run, seen};
use async_playground::exercises::Verdict;

const SLUG: &str = "request-id";

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
fn an_inner_request_has_an_id_of_its_own_and_gives_way_to_the_outer() {
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
fn a_child_inherits_the_id_only_if_asked_to() {
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
    assert_eq!(unique.evidence, "20000 requests, 20000 ids");
}
