use super::{FACTS, broken, request, run};
use async_playground::exercises::{Search, Verdict, catalogue};

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
            found.push((exercise.slug, program.slug, findings.tried));

            // A run with the seed that was found shows the mistake again.
            let again = run(exercise.slug, program.slug, mistake.settings, Some(failure.seed));
            assert_eq!(broken(&again).len(), failure.rules.len());
        }
    }
    let known: Vec<_> = FACTS
        .iter()
        .flat_map(|facts| facts.hidden.iter().map(|hidden| (facts.slug, hidden.mistake, hidden.tried)))
        .collect();
    assert_eq!(found, known);
    assert!(at_default_settings >= 2);
}
