//! Exercise 5: a pool that lends a few connections to many queries.

mod mistakes;
mod program;
mod rules;

use super::{Acts, Exercise, Level, Mistake, Program, Setting, judged};

pub(super) static EXERCISE: Exercise = Exercise {
    number: 5,
    slug: "connection-pool",
    title: "Connection pool",
    level: Level::Medium,
    topics: &["semaphores", "waiting in line", "RAII", "cancellation"],
    settings: &[
        Setting::int("size", "Connections", 3, 1, 100),
        Setting::int("queries", "Queries", 8, 1, 10_000),
        Setting::millis("query_ms", "Time of a query", 50, 0, 10_000),
        Setting::int("fail_every", "Every k-th query fails (0: none)", 0, 0, 100),
        Setting::int("cancel_every", "Every k-th query is cancelled (0: none)", 0, 0, 100),
        Setting::millis("cancel_ms", "Time at which they are cancelled", 25, 0, 10_000),
    ],
    correct: Program::correct(|world| Box::pin(program::run(world))),
    mistakes: judged(MISTAKES),
    rules: judged(rules::RULES),
    expected: include_str!("expected.txt"),
    acts: Acts::on_backend_and("query "),
    patterns: &["pool", "gather"],
};

const MISTAKES: &[Program] = &[
    Program {
        slug: "check-then-act",
        title: "Check, then act",
        mistake: Some(Mistake {
            what: "Each query reads the count, awaits something small, and then takes a connection. All of them \
                       read the count before the first one has changed it.",
            made_by: "Whoever thinks that one thread needs no care: each `await` is a place where others run.",
            breaks: "limit",
            settings: &[],
            needs_schedule: false,
        }),
        start: |world| Box::pin(mistakes::check_then_act(world)),
    },
    Program {
        slug: "release-at-the-end",
        title: "Release at the end",
        mistake: Some(Mistake {
            what: "The connection is given back in the last line, which a failing query never reaches. Each \
                       failure takes a connection with it, until none is left and everybody waits.",
            made_by: "Whoever writes acquire, work, release and trusts the work; a `?` is enough.",
            breaks: "given-back",
            settings: &[("fail_every", "2")],
            needs_schedule: false,
        }),
        start: |world| Box::pin(mistakes::release_at_the_end(world)),
    },
    Program {
        slug: "lost-wake-up",
        title: "The lost wake-up",
        mistake: Some(Mistake {
            what: "A connection that comes free is announced to the first in line, who takes it when it next \
                       runs. If that one is cancelled in between, the news is lost, and a connection rests while \
                       others wait.",
            made_by: "Whoever writes a semaphore; asyncio's own had this flaw for years (cpython#90155). It takes \
                          a cancel in the very moment of a release: try some seeds.",
            breaks: "makespan",
            settings: &[("cancel_every", "4"), ("cancel_ms", "50")],
            needs_schedule: true,
        }),
        start: |world| Box::pin(mistakes::lost_wake_up(world)),
    },
    Program {
        slug: "last-come-first-served",
        title: "Last come, first served",
        mistake: Some(Mistake {
            what: "Those who wait are kept on a stack, so the newest is served first. Under load the oldest wait \
                       until they time out, and then all their waiting was for nothing.",
            made_by: "Whoever keeps waiters in a list and calls `pop()`.",
            breaks: "in-order",
            settings: &[],
            needs_schedule: false,
        }),
        start: |world| Box::pin(mistakes::last_come_first_served(world)),
    },
    Program {
        slug: "one-for-all",
        title: "One connection for all",
        mistake: Some(Mistake {
            what: "There is one connection, behind a lock. No limit is ever broken, but the queries run one after \
                       another.",
            made_by: "Whoever opens a connection at the start and wraps it in a mutex because the compiler asks \
                          for one.",
            breaks: "size-reached",
            settings: &[],
            needs_schedule: false,
        }),
        start: |world| Box::pin(mistakes::one_for_all(world)),
    },
];
