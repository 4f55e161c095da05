//! Exercise 7: an id that follows a request through all the code that works for it.

mod mistakes;
mod program;
mod rules;

use super::{AllowedInterference, Exercise, Level, Mistake, Program, Setting, judged};

pub(super) static EXERCISE: Exercise = Exercise {
    number: 7,
    slug: "request-id",
    title: "Request id middleware",
    level: Level::Medium,
    topics: &["context variables", "middleware", "logging"],
    settings: &[
        Setting::int("requests", "Requests at once", 3, 1, 10_000),
        Setting::millis("fetch_ms", "A fetch takes", 50, 0, 10_000),
        Setting::int("fail_every", "Failing requests: every k-th (0: none)", 0, 0, 100),
        Setting::int("cancel_every", "Requests cancelled half-way: every k-th (0: none)", 0, 0, 100),
        Setting::flag("nested", "Each request makes another one inside", false),
        Setting::choice("child", "Each request spawns a task", "none", &["none", "plain", "inherits"]),
    ],
    correct: Program::correct(|world| Box::pin(program::run(world))),
    mistakes: judged(MISTAKES),
    rules: judged(rules::RULES),
    expected: include_str!("expected.txt"),
    interference: AllowedInterference::NONE,
    patterns: &["context", "gather", "timeout"],
};

const MISTAKES: &[Program] = &[
    Program {
        slug: "global-variable",
        title: "Global variable",
        mistake: Some(Mistake {
            what: "One global variable holds the id, and the request that starts last overwrites it. After \
                their first wait, the others log under the id of that request.",
            made_by: "How it happens: with one process or one thread per request, a global variable was \
                right.",
            breaks: "own-id",
            settings: &[],
            needs_order: false,
        }),
        start: |world| Box::pin(mistakes::global_variable(world)),
    },
    Program {
        slug: "no-reset",
        title: "No reset",
        mistake: Some(Mistake {
            what: "The middleware sets the id and never restores the previous one. Whatever the task does \
                after the request still carries the id of that request.",
            made_by: "How it happens: the token that `request_id.set(...)` returns is dropped; only a \
                worker that answers many requests in turn shows it.",
            breaks: "restored",
            settings: &[],
            needs_order: false,
        }),
        start: |world| Box::pin(mistakes::no_reset(world)),
    },
    Program {
        slug: "no-finally",
        title: "Reset without finally",
        mistake: Some(Mistake {
            what: "The previous id is restored after the handler has answered. When the handler fails or is \
                cancelled, that line is never reached.",
            made_by: "How it happens: set, await and reset are written one after another, and only the good \
                case is tested.",
            breaks: "restored",
            settings: &[("fail_every", "3")],
            needs_order: false,
        }),
        start: |world| Box::pin(mistakes::no_finally(world)),
    },
    Program {
        slug: "id-from-clock",
        title: "Id from the clock",
        mistake: Some(Mistake {
            what: "The id is the time in milliseconds. Requests that start in the same millisecond share \
                one id, and their lines cannot be told apart.",
            made_by: "How it happens: ids that sort by time are handy, and a test by hand makes one request \
                after another.",
            breaks: "unique",
            settings: &[],
            needs_order: false,
        }),
        start: |world| Box::pin(mistakes::id_from_clock(world)),
    },
    Program {
        slug: "plain-spawn",
        title: "Plain spawn",
        mistake: Some(Mistake {
            what: "The task that sends the mail should carry the id of its request, but is spawned without \
                it. Its lines say `no-request`, and a search for the id does not find them.",
            made_by: "How it happens: in asyncio a new task copies the context of its parent; in tokio it \
                does not.",
            breaks: "children",
            settings: &[("child", "inherits")],
            needs_order: false,
        }),
        start: |world| Box::pin(mistakes::plain_spawn(world)),
    },
];
