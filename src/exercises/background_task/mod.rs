//! Exercise 3: work that goes on after the answer.

mod mistakes;
mod program;
mod rules;

use super::{Acts, Exercise, Level, Mistake, Program, Setting, judged};

pub(super) static EXERCISE: Exercise = Exercise {
    number: 3,
    slug: "background-task",
    title: "Background task",
    level: Level::Easy,
    topics: &["spawning", "ownership of tasks", "graceful shutdown"],
    settings: &[
        Setting::int("orders", "Orders", 1, 1, 50),
        Setting::millis("send_ms", "Time of a sending", 100, 0, 10_000),
        Setting::flag("fails", "The first sending fails", false),
        Setting::millis("wait_ms", "Wait before the second look", 200, 0, 10_000),
        Setting::millis("grace_ms", "Time for shutdown", 1000, 0, 10_000),
    ],
    correct: Program::correct(|world| Box::pin(program::run(world))),
    mistakes: judged(MISTAKES),
    rules: judged(rules::RULES),
    expected: include_str!("expected.txt"),
    acts: Acts::NONE,
    patterns: &["background"],
};

const MISTAKES: &[Program] = &[
    Program {
        slug: "awaited",
        title: "Awaited before the answer",
        mistake: Some(Mistake {
            what: "The order is answered when its notification has been sent. Every customer waits for \
                       the mail server, and an order fails because a mail did.",
            made_by: "Whoever writes the steps down in the order in which they come to mind.",
            breaks: "returns-first",
            settings: &[],
            needs_schedule: false,
        }),
        start: |world| Box::pin(mistakes::awaited(world)),
    },
    Program {
        slug: "dropped-handle",
        title: "Dropped handle",
        mistake: Some(Mistake {
            what: "The sending runs as a task, but its handle goes out of scope when the handler \
                       returns, and the task is cancelled with it. The order looks fine and no mail ever \
                       leaves.",
            made_by: "Whoever moves from an executor whose tasks run on without their handle to one \
                          where the handle owns the task. asyncio keeps its tasks weakly and may lose them \
                          in the same way.",
            breaks: "sent-once",
            settings: &[],
            needs_schedule: false,
        }),
        start: |world| Box::pin(mistakes::dropped_handle(world)),
    },
    Program {
        slug: "fire-and-forget",
        title: "Fire and forget",
        mistake: Some(Mistake {
            what: "The task is let go and nobody keeps track of it. A failure is never heard of, and a \
                       sending that is under way at shutdown is cut off without a word.",
            made_by: "Whoever calls spawn and lets the handle go; in a short test all is done in time.",
            breaks: "shutdown-waits",
            settings: &[("send_ms", "500")],
            needs_schedule: false,
        }),
        start: |world| Box::pin(mistakes::fire_and_forget(world)),
    },
    Program {
        slug: "joined",
        title: "Joined with a question mark",
        mistake: Some(Mistake {
            what: "At shutdown the handles are awaited one by one, and the first error is passed on. One \
                       mail that could not be sent ends the whole service with an error, and nothing limits \
                       the wait.",
            made_by: "Whoever joins background work as if somebody were waiting for its result.",
            breaks: "failure-contained",
            settings: &[("fails", "true")],
            needs_schedule: false,
        }),
        start: |world| Box::pin(mistakes::joined(world)),
    },
];
