//! The request handler exercise: its answers and queries, and its mistakes.

use super::{
    Facts, broken, run,
    seen::{events, lines},
};
use async_playground::trace::{Edge, What};

const SLUG: &str = "request-handler";

pub(super) const FACTS: Facts = Facts {
    slug: SLUG,
    end: 100.0,
    trouble: &[("ids", "99,1,98")],
    many_waits: &[&[("ids", "1,2,3,4,5,6,7,8,9,1,2,3,4,5,6,7,8,9,1,2"), ("query_ms", "1")]],
    ..Facts::NONE
};

const ALICE: &str = "{'id': 1, 'name': 'Alice'}";
const NOT_FOUND: &str = "{'error': 'not found'}";

/// The queries that the database ran, in order.
fn queries(program: &str, settings: &[(&str, &str)]) -> Vec<String> {
    let begun = events(SLUG, program, settings).into_iter().filter_map(|event| match event.what {
        What::Use { of, label, phase: Edge::Begin, .. } if of == "database" => label,
        _ => None,
    });
    begun.map(|label| label.to_string()).collect()
}

#[test]
fn each_id_takes_one_query_and_has_an_answer() {
    let expected = [(50.0, ALICE), (100.0, NOT_FOUND)].map(|(at, line)| (at, line.to_owned()));
    assert_eq!(lines(SLUG, "correct", &[]), expected);
    assert_eq!(queries("correct", &[("ids", "1,99")]), ["query id 1", "query id 99"]);
}

#[test]
fn an_unchecked_lookup_ends_the_program_at_the_first_unknown_id() {
    let report = run(SLUG, "unchecked", &[("ids", "1,99,2")], None);
    assert_eq!(report.error.as_deref(), Some("KeyError: 99"));
    let broken = broken(&report);
    let said = "unknown-answered: get_user(99) got no answer: the program ended at 100 ms with KeyError: 99";
    assert!(broken.iter().any(|rule| rule == said), "{broken:?}");
}

#[test]
fn a_check_before_the_fetch_takes_a_query_of_its_own() {
    assert_eq!(queries("look-twice", &[]), ["exists id 1", "query id 1", "exists id 99"]);
    let said = "in-turn: 2 calls of 50 ms took 150 ms instead of 100 ms";
    assert_eq!(broken(&run(SLUG, "look-twice", &[], None)), [said]);
}
