//! Exercise 10: layers around a handler, the first in the list outermost.

mod mistakes;
mod program;
mod rules;

use super::{Acts, Exercise, Level, Mistake, Program, Setting, judged};

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
        Setting::millis("handler_ms", "Time of the handler", 50, 0, 10_000),
        Setting::flag("handler_fails", "The handler fails", false),
        Setting::int("requests", "Requests", 1, 1, 1000),
        Setting::millis("gap_ms", "Time between requests", 0, 0, 10_000),
    ],
    correct: Program::correct(|world| Box::pin(program::run(world))),
    mistakes: judged(MISTAKES),
    rules: judged(rules::RULES),
    expected: include_str!("expected.txt"),
    acts: Acts::NONE,
    patterns: &["chain"],
};

const MISTAKES: &[Program] = &[
    Program {
        slug: "composed-forwards",
        title: "Composed forwards",
        mistake: Some(Mistake {
            what: "A loop wraps the handler in the layers from first to last, so that the last is outermost. \
                       Requests without a token are logged, and the timing misses what is outside of it.",
            made_by: "Whoever writes the loop in the order of the list, and whoever adds middleware to a framework \
                          where the last one added is outermost.",
            breaks: "list-order",
            settings: &[],
            needs_schedule: false,
        }),
        start: |world| Box::pin(mistakes::composed_forwards(world)),
    },
    Program {
        slug: "without-finally",
        title: "Logging without finally",
        mistake: Some(Mistake {
            what: "The end line is written after the await, where an error does not come by. \
                       Failed requests, the ones that people look for in the log, seem never to have ended.",
            made_by: "Whoever tries the layer on a handler that works.",
            breaks: "errors-pass-out",
            settings: &[("handler_fails", "true")],
            needs_schedule: false,
        }),
        start: |world| Box::pin(mistakes::without_finally(world)),
    },
    Program {
        slug: "late-check",
        title: "Checked on the way out",
        mistake: Some(Mistake {
            what: "Auth lets the rest run and then replaces its response by a refusal. \
                       The caller sees a 401, but the order has been placed and the mail has been sent.",
            made_by: "Whoever writes the layer around the response, as its neighbours are written.",
            breaks: "refusal",
            settings: &[("token", "false")],
            needs_schedule: false,
        }),
        start: |world| Box::pin(mistakes::late_check(world)),
    },
    Program {
        slug: "shared-stopwatch",
        title: "One stopwatch for all",
        mistake: Some(Mistake {
            what: "The layer keeps the time of the start in itself, and there is one layer for all requests. \
                       Each request that comes restarts the watch of those under way.",
            made_by: "Whoever puts `self.started = now()` into a middleware class and tests one request at a time.",
            breaks: "timing-covers",
            settings: &[("requests", "2"), ("gap_ms", "10")],
            needs_schedule: false,
        }),
        start: |world| Box::pin(mistakes::shared_stopwatch(world)),
    },
];
