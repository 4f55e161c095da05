//! Exercise 10: layers around a handler, the first in the list outermost.

mod mistakes;
mod program;
mod rules;

use super::{AllowedInterference, Exercise, Level, Mistake, Program, Setting, judged};

const LAYERS: &[&str] = &["timing", "auth", "logging"];

pub(super) static EXERCISE: Exercise = Exercise {
    number: 10,
    slug: "middleware-chain",
    title: "Middleware chain",
    level: Level::Hard,
    topics: &["middleware", "composition", "order", "errors and finally"],
    settings: &[
        Setting::order("layers", "Layers, outermost first", LAYERS, LAYERS),
        Setting::flag("token", "The request has a token", true),
        Setting::millis("handler_ms", "The handler takes", 50, 0, 10_000),
        Setting::flag("handler_fails", "The handler fails", false),
        Setting::int("requests", "Requests", 1, 1, 1000),
        Setting::millis("gap_ms", "Time between requests", 0, 0, 10_000),
    ],
    correct: Program::correct(|world| Box::pin(program::run(world))),
    mistakes: judged(MISTAKES),
    rules: judged(rules::RULES),
    expected: include_str!("expected.txt"),
    interference: AllowedInterference::NONE,
    patterns: &["chain"],
};

const MISTAKES: &[Program] = &[
    Program {
        slug: "composed-forwards",
        title: "Composed forwards",
        mistake: Some(Mistake {
            what: "A loop wraps the handler in the layers from first to last, so that the last one is \
                outermost. Requests without a token are logged, and the timing misses the layers outside \
                it.",
            made_by: "How it happens: the loop follows the order of the list. Many frameworks also make the \
                last middleware added the outermost.",
            breaks: "list-order",
            settings: &[],
            needs_order: false,
        }),
        start: |world| Box::pin(mistakes::composed_forwards(world)),
    },
    Program {
        slug: "without-finally",
        title: "Logging without finally",
        mistake: Some(Mistake {
            what: "The end line is written after the `await`, and an error skips it. Failed requests, the \
                ones that people search the log for, seem never to have ended.",
            made_by: "How it happens: the layer is tried on a handler that works.",
            breaks: "errors-pass-out",
            settings: &[("handler_fails", "true")],
            needs_order: false,
        }),
        start: |world| Box::pin(mistakes::without_finally(world)),
    },
    Program {
        slug: "late-check",
        title: "Checked on the way out",
        mistake: Some(Mistake {
            what: "Auth lets everything run and then replaces the response with a refusal. The caller sees \
                a 401, but the order has been placed and the mail has been sent.",
            made_by: "How it happens: the layer is written around the response, like the layers next to it.",
            breaks: "refusal",
            settings: &[("token", "false")],
            needs_order: false,
        }),
        start: |world| Box::pin(mistakes::late_check(world)),
    },
    Program {
        slug: "shared-stopwatch",
        title: "One stopwatch for all",
        mistake: Some(Mistake {
            what: "The layer stores the start time in itself, and one layer serves all requests. Each new \
                request restarts the stopwatch of those under way.",
            made_by: "How it happens: `self.started = now()` stands in a middleware class that is tested \
                with one request at a time.",
            breaks: "timing-covers",
            settings: &[("requests", "2"), ("gap_ms", "10")],
            needs_order: false,
        }),
        start: |world| Box::pin(mistakes::shared_stopwatch(world)),
    },
];
