//! Exercise 11: cache, limits, breaker and timeout around one fetch, in the order that makes them work together.

mod backend;
mod facts;
mod mistakes;
mod program;
mod rules;
mod watch;

use super::{Acts, Exercise, Level, Mistake, Program, Setting, judged};

pub(super) static EXERCISE: Exercise = Exercise {
    number: 11,
    slug: "full-service",
    title: "The full service",
    level: Level::Hard,
    topics: &["composition", "request coalescing", "rate and concurrency limits", "metrics"],
    settings: &[
        Setting::ints("ids", "Ids asked for", &[1, 2, 1, 3, 2, 4, 1, 5, 6, 1], (1, 1000), 100),
        Setting::millis("gap_ms", "Time between requests", 0, 0, 10_000),
        Setting::millis("ttl_ms", "Time that a value lives", 1000, 1, 60_000),
        Setting::int("rate", "Fetches in a second", 5, 1, 1000),
        Setting::int("burst", "Burst", 5, 1, 1000),
        Setting::int("concurrency", "Fetches at a time", 5, 1, 100),
        Setting::millis("timeout_ms", "Timeout of a fetch", 500, 1, 10_000),
        Setting::millis("fetch_ms", "Time of a fetch", 100, 0, 10_000),
        Setting::ints("failing_ids", "Ids that the backend fails for (0: none)", &[0], (0, 1000), 100),
        Setting::millis("outage_from_ms", "The backend hangs from", 0, 0, 60_000),
        Setting::millis("outage_ms", "The backend hangs for (0: never)", 0, 0, 60_000),
        Setting::int("give_up_every", "Every k-th caller gives up after half a fetch (0: none)", 0, 0, 100),
    ],
    correct: Program::correct(|world| Box::pin(program::run(world))),
    mistakes: judged(MISTAKES),
    rules: judged(rules::RULES),
    expected: include_str!("expected.txt"),
    acts: Acts::on_backend_and("request "),
    patterns: &["service", "ttl_cache", "rate_limiter", "semaphore", "circuit_breaker", "timeout"],
};

const MISTAKES: &[Program] = &[
    Program {
        slug: "look-before-fetch",
        title: "Look before you fetch",
        mistake: Some(Mistake {
            what: "The cache is looked at before the fetch and filled after it, with nothing in between. \
                       All ten callers look before the first fetch is back: 0 hits, 10 misses, and a longer wait.",
            made_by: "Whoever joins a dict, a semaphore and wait_for, each of which does what it should.",
            breaks: "one-fetch",
            settings: &[],
            needs_schedule: false,
        }),
        start: |world| Box::pin(mistakes::look_before_fetch(world)),
    },
    Program {
        slug: "limited-callers",
        title: "Limit the callers, not the fetches",
        mistake: Some(Mistake {
            what: "Rate and concurrency limit stand outside of the cache. \
                       Hits, which cost the backend nothing, use up tokens and wait in line.",
            made_by: "Whoever hangs the limits on the route, as most frameworks suggest.",
            breaks: "no-detour",
            settings: &[],
            needs_schedule: false,
        }),
        start: |world| Box::pin(mistakes::limited_callers(world)),
    },
    Program {
        slug: "outer-timeout",
        title: "Timeout outside the queue",
        mistake: Some(Mistake {
            what: "The timeout is put around the queues as well as the fetch. \
                       Under load requests time out whose fetch never began, and the breaker, inside of it, \
                       hears of no timeout at all.",
            made_by: "Whoever promises the caller an answer in time and stops there.",
            breaks: "own-time",
            settings: &[("ids", "1,2,3,4,5,6,7,8,9,10")],
            needs_schedule: false,
        }),
        start: |world| Box::pin(mistakes::outer_timeout(world)),
    },
    Program {
        slug: "not-found-trips",
        title: "Every error trips",
        mistake: Some(Mistake {
            what: "An error is counted as a failure of the backend, also `not found`. \
                       Three questions for what is not there cut everybody off from a backend that is well.",
            made_by: "Whoever writes `except Exception: breaker.failed()`.",
            breaks: "breaker",
            settings: &[("ids", "101,102,103,1"), ("gap_ms", "150")],
            needs_schedule: false,
        }),
        start: |world| Box::pin(mistakes::not_found_trips(world)),
    },
    Program {
        slug: "dropped-permit",
        title: "A permit let go",
        mistake: Some(Mistake {
            what: "The permit is bound to a bare underscore, which drops it at once. \
                       The line looks like a limit, and everything runs at the same time.",
            made_by: "Whoever renames `_permit` to `_` to please a linter; in Python, whoever forgets `async with`.",
            breaks: "room",
            settings: &[("concurrency", "2")],
            needs_schedule: false,
        }),
        start: |world| Box::pin(mistakes::dropped_permit(world)),
    },
    Program {
        slug: "fixed-window",
        title: "Fixed windows",
        mistake: Some(Mistake {
            what: "Starts are counted in each second by itself. \
                       Shortly before and after its edge the whole allowance goes out twice.",
            made_by: "Whoever keeps a counter and a timer; tower's rate limit does (tower#842).",
            breaks: "rate",
            settings: &[("ids", "1,1,1,1,1,1,1,1,1,1,1,1,2,3,4,5,6,7,8,9"), ("gap_ms", "50")],
            needs_schedule: false,
        }),
        start: |world| Box::pin(mistakes::fixed_window(world)),
    },
    Program {
        slug: "late-count",
        title: "Counted at the end",
        mistake: Some(Mistake {
            what: "A request counts as hit or miss, and as ended, only when its answer is there. \
                       Whoever gives up before is in the total and in nothing else, and the numbers drift apart.",
            made_by: "Whoever counts after the await, since only then it is known how it ended.",
            breaks: "accounts",
            settings: &[("give_up_every", "3")],
            needs_schedule: false,
        }),
        start: |world| Box::pin(mistakes::late_count(world)),
    },
];
