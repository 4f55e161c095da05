//! Exercise 5: a pool that shares a few connections among many queries.

mod mistakes;
mod program;
mod rules;

use super::{AllowedInterference, Exercise, Level, Mistake, Program, Setting, judged};

pub(super) static EXERCISE: Exercise = Exercise {
    number: 5,
    slug: "connection-pool",
    title: "Connection pool",
    level: Level::Medium,
    topics: &["semaphores", "first come, first served", "RAII", "cancellation"],
    settings: &[
        Setting::int("size", "Connections", 3, 1, 100),
        Setting::int("queries", "Queries", 8, 1, 10_000),
        Setting::millis("query_ms", "A query takes", 50, 0, 10_000),
        Setting::int("fail_every", "Failing queries: every k-th (0: none)", 0, 0, 100),
        Setting::int("cancel_every", "Cancelled queries: every k-th (0: none)", 0, 0, 100),
        Setting::millis("cancel_ms", "They are cancelled at", 25, 0, 10_000),
    ],
    correct: Program::correct(|world| Box::pin(program::run(world))),
    mistakes: judged(MISTAKES),
    rules: judged(rules::RULES),
    expected: include_str!("expected.txt"),
    interference: AllowedInterference::on_backend_and("query "),
    patterns: &["pool", "gather"],
};

const MISTAKES: &[Program] = &[
    Program {
        slug: "check-then-act",
        title: "Check, then act",
        mistake: Some(Mistake {
            what: "Each query checks that a connection is free, awaits something small, and then takes one. \
                   All queries check before the first one has taken a connection.",
            made_by: "How it happens: one thread seems to need no locks, but other tasks run at every \
                      `await`.",
            breaks: "limit",
            settings: &[],
            needs_order: false,
        }),
        start: |world| Box::pin(mistakes::check_then_act(world)),
    },
    Program {
        slug: "release-at-the-end",
        title: "Release at the end",
        mistake: Some(Mistake {
            what: "The last line gives the connection back, and a failing query never reaches it. Each \
                   failure loses a connection, until none is left and every query waits.",
            made_by: "How it happens: acquire, query, release, without `try` and `finally`.",
            breaks: "given-back",
            settings: &[("fail_every", "2")],
            needs_order: false,
        }),
        start: |world| Box::pin(mistakes::release_at_the_end(world)),
    },
    Program {
        slug: "lost-wake-up",
        title: "Lose the wake-up",
        mistake: Some(Mistake {
            what: "A free connection is announced to the first query in line, which takes it when it runs \
                   next. If that query is cancelled in between, the announcement is lost: a connection is \
                   idle while queries wait.",
            made_by: "How it happens: it needs a cancellation at the moment of a release. \
                      `asyncio.Semaphore` had this bug for years (cpython#90155).",
            breaks: "makespan",
            settings: &[("cancel_every", "4"), ("cancel_ms", "50")],
            needs_order: true,
        }),
        start: |world| Box::pin(mistakes::lost_wake_up(world)),
    },
    Program {
        slug: "last-come-first-served",
        title: "Last come, first served",
        mistake: Some(Mistake {
            what: "Waiting queries are kept on a stack, so the newest is served first. Under load the oldest \
                   wait until they time out.",
            made_by: "How it happens: `list.pop()` takes the last item, not the first.",
            breaks: "in-order",
            settings: &[],
            needs_order: false,
        }),
        start: |world| Box::pin(mistakes::last_come_first_served(world)),
    },
    Program {
        slug: "one-for-all",
        title: "One connection for all",
        mistake: Some(Mistake {
            what: "There is one connection, behind a lock. The limit is never exceeded, but the queries run \
                   one after another.",
            made_by: "How it happens: the service opens one connection at the start, and two queries must \
                      not use it at the same time.",
            breaks: "size-reached",
            settings: &[],
            needs_order: false,
        }),
        start: |world| Box::pin(mistakes::one_for_all(world)),
    },
];
