//! Exercise 3: work that continues after the response.

mod mistakes;
mod program;
mod rules;

use super::{AllowedInterference, Exercise, Level, Mistake, Program, Setting, judged};

pub(super) static EXERCISE: Exercise = Exercise {
    number: 3,
    slug: "background-task",
    title: "Background task",
    level: Level::Easy,
    topics: &["spawning", "ownership of tasks", "graceful shutdown"],
    settings: &[
        Setting::int("orders", "Orders", 1, 1, 50),
        Setting::millis("send_ms", "Sending a notification takes", 100, 0, 10_000),
        Setting::millis("wait_ms", "Time until the second look", 200, 0, 10_000),
        Setting::flag("fails", "The first notification fails", false),
        Setting::millis("grace_ms", "Time limit of the shutdown", 1000, 0, 10_000),
    ],
    correct: Program::correct(|world| Box::pin(program::run(world))),
    mistakes: judged(MISTAKES),
    rules: judged(rules::RULES),
    expected: include_str!("expected.txt"),
    interference: AllowedInterference::NONE,
    patterns: &["background"],
};

const MISTAKES: &[Program] = &[
    Program {
        slug: "awaited",
        title: "Await before the response",
        mistake: Some(Mistake {
            what: "The order returns when its notification has been sent. Every customer waits for the mail \
                   server, and an order fails when its mail fails.",
            made_by: "How it happens: the steps are written down in the order in which one thinks of them.",
            breaks: "returns-first",
            settings: &[],
            needs_order: false,
        }),
        start: |world| Box::pin(mistakes::awaited(world)),
    },
    Program {
        slug: "dropped-handle",
        title: "Drop the handle",
        mistake: Some(Mistake {
            what: "The notification is sent by a task whose handle goes out of scope when the handler \
                   returns, and this cancels the task. The order looks fine, but no mail is ever sent.",
            made_by: "How it happens: asyncio keeps only weak references to tasks, so a task that no one \
                      else refers to may disappear. In some Rust executors the handle owns the task.",
            breaks: "sent-once",
            settings: &[],
            needs_order: false,
        }),
        start: |world| Box::pin(mistakes::dropped_handle(world)),
    },
    Program {
        slug: "fire-and-forget",
        title: "Fire and forget",
        mistake: Some(Mistake {
            what: "The task is started, and then nothing keeps track of it. A failure is never reported, and \
                   a notification that is being sent at shutdown is lost silently.",
            made_by: "How it happens: in a short test every task is done before the program ends.",
            breaks: "shutdown-waits",
            settings: &[("send_ms", "500")],
            needs_order: false,
        }),
        start: |world| Box::pin(mistakes::fire_and_forget(world)),
    },
    Program {
        slug: "joined",
        title: "Raise the first error",
        mistake: Some(Mistake {
            what: "At shutdown the tasks are awaited one by one, and the first error is raised. One mail \
                   that could not be sent ends the whole service with an error, and nothing limits the wait.",
            made_by: "How it happens: `await task` is how one gets a result, but no one needs the result \
                      here.",
            breaks: "failure-contained",
            settings: &[("fails", "true")],
            needs_order: false,
        }),
        start: |world| Box::pin(mistakes::joined(world)),
    },
];
