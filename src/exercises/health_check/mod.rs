//! Exercise 4: the health of a service and of all it depends on.

mod mistakes;
mod program;
mod rules;

use super::{Acts, Exercise, Level, Mistake, Program, Setting, judged};

const CONDITIONS: &[&str] = &["answers", "fails", "hangs"];

pub(super) static EXERCISE: Exercise = Exercise {
    number: 4,
    slug: "health-check",
    title: "Health check",
    level: Level::Easy,
    topics: &["concurrent checks", "timeouts", "errors as outcomes"],
    settings: &[
        Setting::millis("database_ms", "Latency of the database", 50, 0, 10_000),
        Setting::millis("cache_ms", "Latency of the cache", 20, 0, 10_000),
        Setting::millis("queue_ms", "Latency of the queue", 30, 0, 10_000),
        Setting::choice("database", "The database", "answers", CONDITIONS),
        Setting::choice("cache", "The cache", "answers", CONDITIONS),
        Setting::choice("queue", "The queue", "answers", CONDITIONS),
        Setting::millis("timeout_ms", "Time limit of a check", 500, 0, 10_000),
    ],
    correct: Program::correct(|world| Box::pin(program::run(world))),
    mistakes: judged(MISTAKES),
    rules: judged(rules::RULES),
    expected: include_str!("expected.txt"),
    acts: Acts::NONE,
    patterns: &["health", "timeout", "gather"],
};

const MISTAKES: &[Program] = &[
    Program {
        slug: "one-by-one",
        title: "One by one",
        mistake: Some(Mistake {
            what: "Each check waits for the one before it, though none needs another's answer. The total \
                       is the sum, and it grows with every dependency that is added.",
            made_by: "Whoever adds the third check below the second, as the second was added below the \
                          first.",
            breaks: "total-longest",
            settings: &[],
            needs_schedule: false,
        }),
        start: |world| Box::pin(mistakes::one_by_one(world)),
    },
    Program {
        slug: "first-error-wins",
        title: "First error wins",
        mistake: Some(Mistake {
            what: "The checks are gathered in the form that stops at the first error. One failing cache \
                       hides how the database and the queue are, on the very page one opens to find out.",
            made_by: "Whoever takes gather or try_join as they come, because errors are meant to be \
                          passed on.",
            breaks: "all-reported",
            settings: &[("cache", "fails")],
            needs_schedule: false,
        }),
        start: |world| Box::pin(mistakes::first_error_wins(world)),
    },
    Program {
        slug: "one-limit-for-all",
        title: "One limit for all",
        mistake: Some(Mistake {
            what: "The time limit is put around the whole group. When one check hangs, the answers of \
                       the others are thrown away with it.",
            made_by: "Whoever adds the timeout last, at the place where it takes one line.",
            breaks: "all-reported",
            settings: &[("queue", "hangs")],
            needs_schedule: false,
        }),
        start: |world| Box::pin(mistakes::one_limit_for_all(world)),
    },
    Program {
        slug: "no-timeout",
        title: "No timeout",
        mistake: Some(Mistake {
            what: "Nothing limits a check. A dependency that accepts the question and never answers \
                       holds the health report for ever, just when it is needed.",
            made_by: "Whoever tests with dependencies that are switched off: those refuse at once, and \
                          it passes.",
            breaks: "hang-contained",
            settings: &[("queue", "hangs")],
            needs_schedule: false,
        }),
        start: |world| Box::pin(mistakes::no_timeout(world)),
    },
    Program {
        slug: "silence-is-health",
        title: "No error, no problem",
        mistake: Some(Mistake {
            what: "The status is degraded if there are errors, and a check that was given up has raised \
                       none. The whole is called ok while one dependency does not answer at all.",
            made_by: "Whoever counts the bad outcomes instead of the good ones, and forgets one kind.",
            breaks: "degraded-if-any",
            settings: &[("queue", "hangs")],
            needs_schedule: false,
        }),
        start: |world| Box::pin(mistakes::silence_is_health(world)),
    },
];
