use super::{FACTS, Facts, broken, run};
use async_playground::{
    exercises::{Request, Session, TaskOrder, Verdict, catalogue},
    trace::{Event, What},
};
use std::fs;

fn trace(slug: &str, seed: Option<u32>) -> Vec<Event> {
    let order = seed.map_or(TaskOrder::FirstComeFirstServed, TaskOrder::Seed);
    let mut session = Session::simulated(&Request { order, ..Request::of(slug).unwrap() });
    session.to_end();
    session.events()
}

#[test]
fn the_default_run_has_the_expected_output_and_ends_on_time() {
    for &Facts { slug, end, .. } in FACTS {
        let report = run(slug, "correct", &[], None);
        assert_eq!(report.error, None, "{slug}");
        assert_eq!(broken(&report), [""; 0], "{slug}");
        assert_eq!(report.verdict, Verdict::Passed, "{slug}: {:#?}", report.rows);
        assert_eq!(report.elapsed, end, "{slug}");
    }
}

#[test]
fn full_outputs_match_to_the_byte_but_for_ids() {
    let full = |slug: &str| fs::read_to_string(format!("tests/expected/{slug}.full.txt")).ok();
    let with_full: Vec<_> = FACTS.iter().filter_map(|facts| Some((facts.slug, full(facts.slug)?))).collect();
    assert!(!with_full.is_empty());
    for (slug, full) in with_full {
        let lines: String = trace(slug, None)
            .iter()
            .filter_map(|event| match &event.what {
                What::Log { line, .. } => Some(format!("{line}\n")),
                _ => None,
            })
            .collect();
        // The file has the letters a, b and c for the three ids, in order of appearance.
        let mut ids: Vec<&str> = Vec::new();
        for (place, _) in lines.match_indices("[req-") {
            let id = &lines[place + 5..place + 13];
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        let named = ids
            .iter()
            .zip(["aaaaaaaa", "bbbbbbbb", "cccccccc"])
            .fold(lines.clone(), |text, (id, letters)| text.replace(id, letters));
        assert_eq!(named, full);
    }
}

#[test]
fn the_same_seed_gives_the_same_trace_to_the_byte() {
    for exercise in catalogue() {
        for seed in [None, Some(1), Some(77)] {
            let [once, again] = [0, 1].map(|_| serde_json::to_string(&trace(exercise.slug, seed)).unwrap());
            assert_eq!(once, again, "{} under {seed:?}", exercise.slug);
        }
    }
}
