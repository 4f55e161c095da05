//! The annotated outputs of the exercises show what the lessons promise, byte for byte.

use std::fs;
use std::path::Path;

use async_playground::expected::{Expected, Matcher, Times};

pub(crate) const SLUGS: [&str; 11] = [
    "request-handler",
    "concurrent-requests",
    "background-task",
    "health-check",
    "connection-pool",
    "request-timeout",
    "request-id",
    "ttl-cache",
    "circuit-breaker",
    "middleware-chain",
    "full-service",
];

fn read(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn annotated(slug: &str) -> Expected {
    let directory = slug.replace('-', "_");
    Expected::parse(&read(&format!("src/exercises/{directory}/expected.txt"))).unwrap()
}

fn passes(expected: &Expected, output: &str, times: Times) -> bool {
    let mut matcher = Matcher::new(expected, times);
    for line in output.lines() {
        matcher.push(line);
    }
    matcher.finish();
    matcher.passed()
}

#[test]
fn a_reader_sees_the_promised_text() {
    for slug in SLUGS {
        let shown: String = annotated(slug).shown().flat_map(|line| [line, "\n"]).collect();
        assert_eq!(shown, read(&format!("tests/expected/{slug}.txt")), "{slug}");
    }
}

#[test]
fn every_promised_text_belongs_to_an_exercise() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/expected");
    let mut slugs: Vec<String> = fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter_map(|name| name.strip_suffix(".txt").map(str::to_owned))
        .filter(|name| !name.ends_with(".full"))
        .collect();
    slugs.sort();
    let mut expect = SLUGS.to_vec();
    expect.sort_unstable();
    assert_eq!(slugs, expect);
}

#[test]
fn full_outputs_match_and_do_not_without_their_first_line() {
    for slug in ["request-id", "circuit-breaker"] {
        let expected = annotated(slug);
        let full = read(&format!("tests/expected/{slug}.full.txt"));
        for times in [Times::Exact, Times::Live] {
            assert!(passes(&expected, &full, times), "{slug}");
        }
        let (first, rest) = full.split_once('\n').unwrap();
        assert!(!passes(&expected, rest, Times::Exact), "{slug} without `{first}`");
    }
}

#[test]
fn measured_times_may_be_late_on_real_timers_alone() {
    let expected = annotated("concurrent-requests");
    let (exact, late) = (
        "Serial: 1.00s\nConcurrent: 0.10s\nResults equal: True",
        "Serial: 1.04s\nConcurrent: 0.12s\nResults equal: True",
    );
    assert!(passes(&expected, exact, Times::Exact) && passes(&expected, late, Times::Live));
    assert!(!passes(&expected, late, Times::Exact));
    assert!(!passes(&expected, &late.replace("1.04", "1.06"), Times::Live));
}

#[test]
fn texts_without_placeholders_match_themselves() {
    for slug in SLUGS.into_iter().filter(|slug| !["middleware-chain", "request-id"].contains(slug)) {
        assert!(
            passes(&annotated(slug), &read(&format!("tests/expected/{slug}.txt")), Times::Exact),
            "{slug}"
        );
    }
}
