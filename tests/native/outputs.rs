//! The expected outputs of the exercises show the texts in `tests/expected`, byte for byte.

use std::fs;
use std::path::Path;

use async_playground::{
    exercises::find,
    expected::{Expected, Status, Times, align},
};

fn read(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn annotated(slug: &str) -> Expected {
    let directory = slug.replace('-', "_");
    Expected::parse(&read(&format!("src/exercises/{directory}/expected.txt"))).unwrap()
}

fn passes(expected: &Expected, output: &str, times: Times) -> bool {
    let rows = align(expected, &output.lines().collect::<Vec<_>>(), true, times);
    rows.iter().all(|row| row.status == Status::Matched)
}

/// The exercises that come from a lesson, whose output is promised apart from them.
fn promised() -> Vec<String> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/expected");
    let files = fs::read_dir(directory).unwrap();
    files
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter_map(|name| name.strip_suffix(".txt").map(str::to_owned))
        .filter(|name| !name.ends_with(".full"))
        .collect()
}

#[test]
fn a_reader_sees_the_promised_text() {
    for slug in promised() {
        assert!(find(&slug).is_some(), "{slug} is an exercise");
        let shown: String = annotated(&slug).shown().flat_map(|line| [line, "\n"]).collect();
        assert_eq!(shown, read(&format!("tests/expected/{slug}.txt")), "{slug}");
    }
}

#[test]
fn full_outputs_match_and_do_not_without_their_first_line() {
    for slug in ["request-id", "circuit-breaker"] {
        let expected = annotated(slug);
        let full = read(&format!("tests/expected/{slug}.full.txt"));
        for times in [Times::Exact, Times::Real] {
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
    assert!(passes(&expected, exact, Times::Exact) && passes(&expected, late, Times::Real));
    assert!(!passes(&expected, late, Times::Exact));
    assert!(!passes(&expected, &late.replace("1.04", "1.06"), Times::Real));
}

#[test]
fn texts_without_placeholders_match_themselves() {
    let has_placeholder = |slug: &str| {
        let text = find(slug).unwrap().expected;
        text.contains(":hex}") || text.contains(":number}")
    };
    for slug in promised().into_iter().filter(|slug| !has_placeholder(slug)) {
        assert!(
            passes(&annotated(&slug), &read(&format!("tests/expected/{slug}.txt")), Times::Exact),
            "{slug}"
        );
    }
}
