//! Exercise 4: the health of a service and of its dependencies.

mod mistakes;
mod program;
mod rules;

use super::{AllowedInterference, Exercise, Level, Mistake, Program, Setting, judged};

const CONDITIONS: &[&str] = &["answers", "fails", "hangs"];

pub(super) static EXERCISE: Exercise = Exercise {
    number: 4,
    slug: "health-check",
    title: "Health check",
    level: Level::Easy,
    topics: &["concurrent checks", "timeouts", "errors as outcomes"],
    settings: &[
        Setting::millis("database_ms", "The database takes", 50, 0, 10_000),
        Setting::millis("cache_ms", "The cache takes", 20, 0, 10_000),
        Setting::millis("queue_ms", "The queue takes", 30, 0, 10_000),
        Setting::choice("database", "The database", "answers", CONDITIONS),
        Setting::choice("cache", "The cache", "answers", CONDITIONS),
        Setting::choice("queue", "The queue", "answers", CONDITIONS),
        Setting::millis("timeout_ms", "Timeout of a check", 500, 0, 10_000),
    ],
    correct: Program::correct(|world| Box::pin(program::run(world))),
    mistakes: judged(MISTAKES),
    rules: judged(rules::RULES),
    expected: include_str!("expected.txt"),
    interference: AllowedInterference::NONE,
    patterns: &["health", "timeout", "gather"],
};

const MISTAKES: &[Program] = &[
    Program {
        slug: "one-by-one",
        title: "One by one",
        mistake: Some(Mistake {
            what: "Each check waits for the one before it, although none needs the answer of another. The \
                   total is the sum of the checks, and it grows with every dependency.",
            made_by: "How it happens: each new check is added below the last one.",
            breaks: "total-longest",
            settings: &[],
            needs_order: false,
        }),
        start: |world| Box::pin(mistakes::one_by_one(world)),
    },
    Program {
        slug: "first-error-wins",
        title: "First error wins",
        mistake: Some(Mistake {
            what: "The checks are gathered so that the first error ends the whole. One failing cache hides \
                   the state of the database and of the queue.",
            made_by: "How it happens: `asyncio.gather` raises the first error unless it is called with \
                      `return_exceptions=True`.",
            breaks: "all-reported",
            settings: &[("cache", "fails")],
            needs_order: false,
        }),
        start: |world| Box::pin(mistakes::first_error_wins(world)),
    },
    Program {
        slug: "one-limit-for-all",
        title: "One timeout for all",
        mistake: Some(Mistake {
            what: "The timeout is put around the whole group. When one check hangs, the answers of the \
                   others are thrown away too.",
            made_by: "How it happens: the timeout is added last, where it takes only one line.",
            breaks: "all-reported",
            settings: &[("queue", "hangs")],
            needs_order: false,
        }),
        start: |world| Box::pin(mistakes::one_limit_for_all(world)),
    },
    Program {
        slug: "no-timeout",
        title: "No timeout",
        mistake: Some(Mistake {
            what: "Nothing limits a check. A dependency that accepts the connection and never answers keeps \
                   the health report from ever coming.",
            made_by: "How it happens: tests switch the dependency off, and then it refuses the connection at \
                      once.",
            breaks: "hang-contained",
            settings: &[("queue", "hangs")],
            needs_order: false,
        }),
        start: |world| Box::pin(mistakes::no_timeout(world)),
    },
    Program {
        slug: "silence-is-health",
        title: "No error, no problem",
        mistake: Some(Mistake {
            what: "The status is `degraded` if a check failed, but a check that timed out is not counted as \
                   failed. The whole is called `ok` while one dependency does not answer at all.",
            made_by: "How it happens: the code counts the failures instead of the successes, and forgets one \
                      kind of failure.",
            breaks: "degraded-if-any",
            settings: &[("queue", "hangs")],
            needs_order: false,
        }),
        start: |world| Box::pin(mistakes::silence_is_health(world)),
    },
];
