//! Exercise 6: a time limit around any handler.

mod mistakes;
mod program;
mod rules;

use super::{AllowedInterference, Exercise, Level, Mistake, Program, Setting, judged};

pub(super) static EXERCISE: Exercise = Exercise {
    number: 6,
    slug: "request-timeout",
    title: "Request timeout",
    level: Level::Medium,
    topics: &["timeouts", "cancellation", "dropped futures"],
    settings: &[
        Setting::millis("timeout_ms", "Timeout", 200, 0, 10_000),
        Setting::millis("fast_ms", "The fast handler takes", 50, 0, 10_000),
        Setting::millis("slow_ms", "The slow handler takes", 500, 0, 10_000),
    ],
    correct: Program::correct(|world| Box::pin(program::run(world))),
    mistakes: judged(MISTAKES),
    rules: judged(rules::RULES),
    expected: include_str!("expected.txt"),
    interference: AllowedInterference::NONE,
    patterns: &["timeout"],
};

const MISTAKES: &[Program] = &[
    Program {
        slug: "race-without-cancel",
        title: "Race without cancel",
        mistake: Some(Mistake {
            what: "The handler runs as a task beside a timer, and the first of the two decides the answer. \
                   The handler is not stopped: it goes on reading and holds its connection, although no one \
                   waits for its result.",
            made_by: "How it happens: `asyncio.wait` with a timeout returns without cancelling anything, as \
                      dropping a task handle does in tokio. The answers look right.",
            breaks: "no-work-after",
            settings: &[("fast_ms", "300")],
            needs_order: false,
        }),
        start: |world| Box::pin(mistakes::race_without_cancel(world)),
    },
    Program {
        slug: "timeout-per-step",
        title: "One timeout for each step",
        mistake: Some(Mistake {
            what: "The handler reads five pages, and each page has the whole timeout. The caller may wait \
                   for five times the timeout.",
            made_by: "How it happens: the timeout is set on the database client, and the request is thought \
                      to be limited by it.",
            breaks: "by-deadline",
            settings: &[],
            needs_order: false,
        }),
        start: |world| Box::pin(mistakes::timeout_per_step(world)),
    },
    Program {
        slug: "clock-first",
        title: "Check the clock first",
        mistake: Some(Mistake {
            what: "When handler and timer are ready at the same moment, the timer is checked first and wins. \
                   A finished result is thrown away, and a retry does the work again.",
            made_by: "How it happens: the code checks the deadline before the result. On a busy machine both \
                      are often ready when the task runs next.",
            breaks: "ready-wins",
            settings: &[("fast_ms", "200")],
            needs_order: false,
        }),
        start: |world| Box::pin(mistakes::clock_first(world)),
    },
];
