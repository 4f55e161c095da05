//! Exercise 7: ids that follow a request through everything that is done for it.

mod mistakes;
mod program;
mod rules;

use super::{Acts, Exercise, Level, Mistake, Program, Setting, judged};

pub(super) static EXERCISE: Exercise = Exercise {
    number: 7,
    slug: "request-id",
    title: "Request id middleware",
    level: Level::Medium,
    topics: &["context variables", "middleware", "logging"],
    settings: &[
        Setting::int("requests", "Requests at once", 3, 1, 10_000),
        Setting::millis("fetch_ms", "Time of a fetch", 50, 0, 10_000),
        Setting::int("fail_every", "Every k-th request fails (0: none)", 0, 0, 100),
        Setting::int("cancel_every", "Every k-th request is cancelled half-way (0: none)", 0, 0, 100),
        Setting::flag("nested", "Each makes another request inside", false),
        Setting::choice("child", "Each spawns a task", "none", &["none", "plain", "inherits"]),
    ],
    correct: Program::correct(|world| Box::pin(program::run(world))),
    mistakes: judged(MISTAKES),
    rules: judged(rules::RULES),
    expected: include_str!("expected.txt"),
    acts: Acts::NONE,
    patterns: &["context", "gather", "timeout"],
};

const MISTAKES: &[Program] = &[
    Program {
        slug: "global-variable",
        title: "Global variable",
        mistake: Some(Mistake {
            what: "The id is in one variable for the whole program, and the request that begins last overwrites \
                       it. What the others log after their first wait claims to belong to that one.",
            made_by: "Whoever comes from one process a request, or one thread a request, where it was right.",
            breaks: "own-id",
            settings: &[],
            needs_schedule: false,
        }),
        start: |world| Box::pin(mistakes::global_variable(world)),
    },
    Program {
        slug: "no-reset",
        title: "No reset",
        mistake: Some(Mistake {
            what: "The middleware sets the task's id and never puts the old one back. Whatever the task does \
                       after the request still bears its id.",
            made_by: "Whoever calls `request_id.set(...)` and drops the token; a worker that answers many requests \
                          in turn shows it.",
            breaks: "restored",
            settings: &[],
            needs_schedule: false,
        }),
        start: |world| Box::pin(mistakes::no_reset(world)),
    },
    Program {
        slug: "no-finally",
        title: "Reset without finally",
        mistake: Some(Mistake {
            what: "The old id is put back after the handler has answered. When the handler fails, or is \
                       cancelled, that line is never reached.",
            made_by: "Whoever writes set, await, reset one after another and tests only the good case.",
            breaks: "restored",
            settings: &[("fail_every", "3")],
            needs_schedule: false,
        }),
        start: |world| Box::pin(mistakes::no_finally(world)),
    },
    Program {
        slug: "id-from-clock",
        title: "Id from the clock",
        mistake: Some(Mistake {
            what: "The id is the time in milliseconds. Requests that begin within the same one share it, and \
                       their lines cannot be told apart any more.",
            made_by: "Whoever wants ids that sort by time and tests by hand, one request after another.",
            breaks: "unique",
            settings: &[],
            needs_schedule: false,
        }),
        start: |world| Box::pin(mistakes::id_from_clock(world)),
    },
    Program {
        slug: "plain-spawn",
        title: "Plain spawn",
        mistake: Some(Mistake {
            what: "The mail is sent by a task that should bear the request's id, but it is spawned without it. \
                       Its lines say `no-request`, and nobody finds them when they are needed.",
            made_by: "Whoever comes from asyncio, where tasks copy their parent's context, to tokio, where they \
                          do not.",
            breaks: "children",
            settings: &[("child", "inherits")],
            needs_schedule: false,
        }),
        start: |world| Box::pin(mistakes::plain_spawn(world)),
    },
];
