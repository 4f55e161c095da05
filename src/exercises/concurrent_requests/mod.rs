//! Exercise 2: many requests at once, in the time of the longest.

mod mistakes;
mod program;
mod rules;

use super::{AllowedInterference, Exercise, Level, Mistake, Program, Setting, judged};

pub(super) static EXERCISE: Exercise = Exercise {
    number: 2,
    slug: "concurrent-requests",
    title: "Concurrent requests",
    level: Level::Easy,
    topics: &["tasks", "gather", "order of results"],
    settings: &[
        Setting::int("n", "Requests", 10, 1, 100_000),
        Setting::millis("io_ms", "A request takes", 100, 0, 10_000),
        Setting::millis("slower_ms", "Every second request takes longer by", 0, 0, 10_000),
    ],
    correct: Program::correct(|world| Box::pin(program::run(world))),
    mistakes: judged(MISTAKES),
    rules: judged(rules::RULES),
    expected: include_str!("expected.txt"),
    interference: AllowedInterference::NONE,
    patterns: &["gather"],
};

const MISTAKES: &[Program] = &[
    Program {
        slug: "await-in-loop",
        title: "Await in the loop",
        mistake: Some(Mistake {
            what: "All coroutines are created first and awaited in a loop, but creating one does not start \
                   it. Each starts when the one before it is done, so the waits add up.",
            made_by: "How it happens: in JavaScript, calling an async function starts it. In Python and in \
                      Rust `await` does.",
            breaks: "concurrent-longest",
            settings: &[],
            needs_order: false,
        }),
        start: |world| Box::pin(mistakes::await_in_loop(world)),
    },
    Program {
        slug: "completion-order",
        title: "Results in order of completion",
        mistake: Some(Mistake {
            what: "Results are collected as they arrive, so the quick ones come first. The tenth result is \
                   no longer that of the tenth request.",
            made_by: "How it happens: `as_completed` looks like a faster `gather`, and in tests all requests \
                      take the same time.",
            breaks: "same-results",
            settings: &[("slower_ms", "50")],
            needs_order: false,
        }),
        start: |world| Box::pin(mistakes::completion_order(world)),
    },
    Program {
        slug: "shared-list",
        title: "Append to a shared list",
        mistake: Some(Mistake {
            what: "Each request appends its result to one shared list when it is done. Requests that take \
                   equally long often finish in order; when the tasks run in another order, the list is \
                   shuffled.",
            made_by: "How it happens: on a quiet machine it passes every time.",
            breaks: "same-results",
            settings: &[],
            needs_order: true,
        }),
        start: |world| Box::pin(mistakes::shared_list(world)),
    },
    Program {
        slug: "already-running",
        title: "Start before the loop",
        mistake: Some(Mistake {
            what: "The requests that should run one after another are started as tasks and only awaited in \
                   turn. They all run at the same time, although one at a time was wanted.",
            made_by: "How it happens: it looks as if the `await` in the loop starts each request, but \
                      `create_task` has already done so.",
            breaks: "serial-sum",
            settings: &[],
            needs_order: false,
        }),
        start: |world| Box::pin(mistakes::already_running(world)),
    },
];
