//! Exercise 1: a request handler that answers for unknown ids too.

mod mistakes;
mod program;
mod rules;

use super::{AllowedInterference, Exercise, Level, Mistake, Program, Setting, judged};

pub(super) static EXERCISE: Exercise = Exercise {
    number: 1,
    slug: "request-handler",
    title: "Async request handler",
    level: Level::Easy,
    topics: &["async fn", "await", "errors as answers"],
    settings: &[
        Setting::ints("ids", "Ids to look up", &[1, 99], (0, 1000), 20),
        Setting::millis("query_ms", "A query takes", 50, 0, 10_000),
    ],
    correct: Program::correct(|world| Box::pin(program::run(world))),
    mistakes: judged(MISTAKES),
    rules: judged(rules::RULES),
    expected: include_str!("expected.txt"),
    interference: AllowedInterference::NONE,
    patterns: &[],
};

const MISTAKES: &[Program] = &[
    Program {
        slug: "unchecked",
        title: "Unchecked lookup",
        mistake: Some(Mistake {
            what: "The handler indexes the table without checking that the row exists. The first unknown id \
                   raises a `KeyError`, which ends the whole program.",
            made_by: "How it happens: all tests use ids that exist.",
            breaks: "unknown-answered",
            settings: &[("ids", "1,99,2")],
            needs_order: false,
        }),
        start: |world| Box::pin(mistakes::unchecked(world)),
    },
    Program {
        slug: "look-twice",
        title: "Check, then fetch",
        mistake: Some(Mistake {
            what: "One query checks that the row exists, a second one fetches it. Every known id costs two \
                   queries, and the row may be deleted between them.",
            made_by: "How it happens: `if await exists(id): return await get(id)` is easy to read.",
            breaks: "in-turn",
            settings: &[],
            needs_order: false,
        }),
        start: |world| Box::pin(mistakes::look_twice(world)),
    },
];
