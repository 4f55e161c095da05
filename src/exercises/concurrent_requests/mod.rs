//! Exercise 2: many requests in the time of one.

mod mistakes;
mod program;
mod rules;

use super::{Acts, Exercise, Level, Mistake, Program, Setting, judged};

pub(super) static EXERCISE: Exercise = Exercise {
    number: 2,
    slug: "concurrent-requests",
    title: "Concurrent requests",
    level: Level::Easy,
    topics: &["tasks", "gather", "order of results"],
    settings: &[
        Setting::int("n", "Requests", 10, 1, 100_000),
        Setting::millis("io_ms", "Time of a request", 100, 0, 10_000),
        Setting::millis("slower_ms", "Every other request takes longer by", 0, 0, 10_000),
    ],
    correct: Program::correct(|world| Box::pin(program::run(world))),
    mistakes: judged(MISTAKES),
    rules: judged(rules::RULES),
    expected: include_str!("expected.txt"),
    acts: Acts::NONE,
    patterns: &["gather"],
};

const MISTAKES: &[Program] = &[
    Program {
        slug: "await-in-loop",
        title: "Await in the loop",
        mistake: Some(Mistake {
            what: "All requests are made first and awaited in a loop, but making one does not start it. \
                       Each starts only when the last is done, and the waits add up.",
            made_by: "Whoever comes from a language where calling an async function sets it going. In \
                          Python and in Rust the await does.",
            breaks: "concurrent-longest",
            settings: &[],
            needs_schedule: false,
        }),
        start: |world| Box::pin(mistakes::await_in_loop(world)),
    },
    Program {
        slug: "completion-order",
        title: "First come, first listed",
        mistake: Some(Mistake {
            what: "Results are taken as they come, and so the quick ones are listed first. The tenth \
                       result is no longer that of the tenth request.",
            made_by: "Whoever takes as_completed or a JoinSet for a faster gather, and tests with \
                          requests that all take the same time.",
            breaks: "same-results",
            settings: &[("slower_ms", "50")],
            needs_schedule: false,
        }),
        start: |world| Box::pin(mistakes::completion_order(world)),
    },
    Program {
        slug: "shared-list",
        title: "A list they all write to",
        mistake: Some(Mistake {
            what: "Each request appends its result to one shared list when it is done. While all take \
                       equally long they happen to finish in order; let the tasks run in another order and \
                       the list is shuffled.",
            made_by: "Whoever tests on a quiet machine, where it passes every time.",
            breaks: "same-results",
            settings: &[],
            needs_schedule: true,
        }),
        start: |world| Box::pin(mistakes::shared_list(world)),
    },
    Program {
        slug: "already-running",
        title: "Started before the loop",
        mistake: Some(Mistake {
            what: "The requests that should go one after another are started as tasks, and only awaited \
                       in turn. They all run at once: the slow half of the comparison is not slow, and a \
                       limit of one is none.",
            made_by: "Whoever calls create_task or spawn first and believes that the awaits below set \
                          the pace.",
            breaks: "serial-sum",
            settings: &[],
            needs_schedule: false,
        }),
        start: |world| Box::pin(mistakes::already_running(world)),
    },
];
