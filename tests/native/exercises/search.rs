use super::{FACTS, broken, request, run};
use async_playground::exercises::{Report, Request, Search, Session, TaskOrder, Verdict, catalogue};

#[test]
fn the_search_finds_what_first_come_first_served_hides() {
    let mut found = Vec::new();
    let mut at_default_settings = 0;
    for exercise in catalogue() {
        for program in exercise.programs() {
            let Some(mistake) = program.mistake.as_ref().filter(|mistake| mistake.needs_order) else {
                continue;
            };
            let in_order = run(exercise.slug, program.slug, mistake.settings, None);
            assert_eq!(in_order.verdict, Verdict::Passed, "{} first come, first served", program.slug);
            at_default_settings += u32::from(mistake.settings.is_empty());

            let findings =
                Search::new(request(exercise.slug, program.slug, mistake.settings, None), 1000).to_end();
            let failure = findings.failure.expect("an unlucky order");
            assert!(failure.rules.iter().any(|rule| rule.slug == mistake.breaks), "{failure:?}");

            // A run with the seed that was found shows the mistake again, and one with the short order as well.
            let again = run(exercise.slug, program.slug, mistake.settings, Some(failure.seed));
            assert!(
                again.rules.iter().any(|rule| rule.slug == mistake.breaks && !rule.held),
                "{}",
                program.slug
            );
            let order = failure.order.expect("an order of few choices");
            let again = report(exercise.slug, program.slug, mistake.settings, &order);
            assert_eq!(broken(&again).len(), failure.rules.len());
            // It is the shortest: what it consists of holds without any one of its choices.
            for place in (0..order.len()).filter(|&place| order[place] > 0) {
                let mut fewer = order.clone();
                fewer[place] = 0;
                let held = report(exercise.slug, program.slug, mistake.settings, &fewer);
                assert_eq!(held.verdict, Verdict::Passed, "{} {fewer:?}", program.slug);
            }
            found.push((exercise.slug, program.slug, findings.tried, order));
        }
    }
    let known: Vec<_> = FACTS
        .iter()
        .flat_map(|facts| {
            facts
                .hidden
                .iter()
                .map(|hidden| (facts.slug, hidden.mistake, hidden.tried, hidden.order.to_vec()))
        })
        .collect();
    assert_eq!(found, known);
    assert!(at_default_settings >= 2);
}

/// The report of a run in an order of choices.
fn report(slug: &str, program: &str, settings: &[(&str, &str)], order: &[u32]) -> Report {
    let order = TaskOrder::Choices(order.to_vec());
    Session::simulated(&Request { order, ..request(slug, program, settings, None) }).to_report()
}
