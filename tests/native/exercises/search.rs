use super::{broken, request, run};
use async_playground::exercises::{Search, Verdict, catalogue};

/// Mistakes that need an unlucky order: exercise, program, and how many schedules the search takes.
const HIDDEN: &[(&str, &str, u32)] = &[
    ("concurrent-requests", "shared-list", 1),
    ("connection-pool", "lost-wake-up", 4),
    ("ttl-cache", "announced-first", 6),
    ("circuit-breaker", "recovery-timer", 1),
];

#[test]
fn the_search_finds_what_first_come_first_served_hides() {
    let mut found = Vec::new();
    let mut at_default_settings = 0;
    for exercise in catalogue() {
        for program in exercise.programs() {
            let Some(mistake) = program.mistake.as_ref().filter(|mistake| mistake.needs_schedule) else {
                continue;
            };
            let in_order = run(exercise.slug, program.slug, mistake.settings, None);
            assert_eq!(in_order.verdict, Verdict::Passed, "{} in FIFO order", program.slug);
            at_default_settings += u32::from(mistake.settings.is_empty());

            let findings =
                Search::new(request(exercise.slug, program.slug, mistake.settings, None), 1000).to_end();
            let failure = findings.failure.expect("an unlucky order");
            assert!(failure.rules.iter().any(|rule| rule.slug == mistake.breaks), "{failure:?}");
            found.push((exercise.slug, program.slug, findings.tried));

            // Running the seed shows it.
            let again = run(exercise.slug, program.slug, mistake.settings, Some(failure.seed));
            assert_eq!(broken(&again).len(), failure.rules.len());
        }
    }
    assert_eq!(found, HIDDEN);
    assert!(at_default_settings >= 2);
}
