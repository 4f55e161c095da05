//! Exercise 1: an async request handler that answers for what it does not find.

mod mistakes;
mod program;
mod rules;

use super::{Acts, Exercise, Level, Mistake, Program, Setting, judged};

pub(super) static EXERCISE: Exercise = Exercise {
    number: 1,
    slug: "request-handler",
    title: "Async request handler",
    level: Level::Easy,
    topics: &["async fn", "await", "errors as answers"],
    settings: &[
        Setting::ints("ids", "Ids asked for", &[1, 99], (0, 1000), 20),
        Setting::millis("query_ms", "Time of a query", 50, 0, 10_000),
    ],
    correct: Program::correct(|world| Box::pin(program::run(world))),
    mistakes: judged(MISTAKES),
    rules: judged(rules::RULES),
    expected: include_str!("expected.txt"),
    acts: Acts::NONE,
    patterns: &[],
};

const MISTAKES: &[Program] = &[
    Program {
        slug: "unchecked",
        title: "Unchecked lookup",
        mistake: Some(Mistake {
            what: "The handler indexes the table and never asks whether the row is there. \
                       The first unknown id ends the whole program with a KeyError.",
            made_by: "Whoever tests with the ids that exist, which is nearly everybody on the first day.",
            breaks: "unknown-answered",
            settings: &[("ids", "1,99,2")],
            needs_schedule: false,
        }),
        start: |world| Box::pin(mistakes::unchecked(world)),
    },
    Program {
        slug: "look-twice",
        title: "Ask whether, then ask what",
        mistake: Some(Mistake {
            what: "One query finds out whether the row exists, a second one fetches it. \
                       Every known id costs two trips to the database, and the row may vanish between them.",
            made_by: "Whoever writes `if await exists(id): return await get(id)`, since it reads like a sentence.",
            breaks: "in-turn",
            settings: &[],
            needs_schedule: false,
        }),
        start: |world| Box::pin(mistakes::look_twice(world)),
    },
];
