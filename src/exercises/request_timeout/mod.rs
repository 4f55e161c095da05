//! Exercise 6: a time limit around any handler.

mod mistakes;
mod program;
mod rules;

use super::{Acts, Exercise, Level, Mistake, Program, Setting, judged};

pub(super) static EXERCISE: Exercise = Exercise {
    number: 6,
    slug: "request-timeout",
    title: "Request timeout",
    level: Level::Medium,
    topics: &["timeouts", "cancellation", "dropped futures"],
    settings: &[
        Setting::millis("timeout_ms", "Time limit", 200, 0, 10_000),
        Setting::millis("fast_ms", "Time of the fast handler", 50, 0, 10_000),
        Setting::millis("slow_ms", "Time of the slow handler", 500, 0, 10_000),
    ],
    correct: Program::correct(|world| Box::pin(program::run(world))),
    mistakes: judged(MISTAKES),
    rules: judged(rules::RULES),
    expected: include_str!("expected.txt"),
    acts: Acts::NONE,
    patterns: &["timeout"],
};

const MISTAKES: &[Program] = &[
    Program {
        slug: "race-without-cancel",
        title: "Race without cancel",
        mistake: Some(Mistake {
            what: "The handler runs as a task of its own, and whichever of task and timer is first gives \
                       the answer. The loser is not stopped: it reads on, holds its connection, and finishes \
                       for nobody.",
            made_by: "Whoever takes dropping the handle for a cancel. In some runtimes it is one, in \
                          tokio it is not, and the answers look the same.",
            breaks: "no-work-after",
            settings: &[("fast_ms", "300")],
            needs_schedule: false,
        }),
        start: |world| Box::pin(mistakes::race_without_cancel(world)),
    },
    Program {
        slug: "timeout-per-step",
        title: "One limit for each step",
        mistake: Some(Mistake {
            what: "Every page has the limit to itself, and none of them exceeds it. Five pages later the \
                       caller has waited for the sum, up to five times the limit.",
            made_by: "Whoever sets the timeout on the database client and counts on it for the request.",
            breaks: "by-deadline",
            settings: &[],
            needs_schedule: false,
        }),
        start: |world| Box::pin(mistakes::timeout_per_step(world)),
    },
    Program {
        slug: "clock-first",
        title: "The clock is asked first",
        mistake: Some(Mistake {
            what: "When handler and timer are ready at the same moment, the timer is looked at first and \
                       wins. A finished result is thrown away, and its work is done again by the retry.",
            made_by: "Whoever writes the timer as the first arm of a biased select, or checks the \
                          deadline before the result. A busy machine, where both are ready by the time one \
                          looks, makes it common.",
            breaks: "ready-wins",
            settings: &[("fast_ms", "200")],
            needs_schedule: false,
        }),
        start: |world| Box::pin(mistakes::clock_first(world)),
    },
];
