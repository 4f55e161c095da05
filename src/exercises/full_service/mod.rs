//! Exercise 11: cache, limits, breaker and timeout around one fetch, in the order that makes them work together.

mod backend;
mod facts;
mod mistakes;
mod program;
mod rules;
mod stages;

use super::{AllowedInterference, Exercise, Level, Mistake, Program, Setting, judged};

pub(super) static EXERCISE: Exercise = Exercise {
    number: 11,
    slug: "full-service",
    title: "The full service",
    level: Level::Hard,
    topics: &["composition", "request coalescing", "rate and concurrency limits", "metrics"],
    settings: &[
        Setting::millis("ttl_ms", "Time to live", 1000, 1, 60_000),
        Setting::millis("fetch_ms", "A fetch takes", 100, 0, 10_000),
        Setting::millis("timeout_ms", "Fetch timeout", 500, 1, 10_000),
        Setting::ints("ids", "Requested ids", &[1, 2, 1, 3, 2, 4, 1, 5, 6, 1], (1, 1000), 100),
        Setting::millis("gap_ms", "Time between requests", 0, 0, 10_000),
        Setting::int("rate", "Fetches per second", 5, 1, 1000),
        Setting::int("burst", "Fetches at once (burst)", 5, 1, 1000),
        Setting::int("concurrency", "Fetches at the same time", 5, 1, 100),
        Setting::ints("failing_ids", "Failing ids (0: none)", &[0], (0, 1000), 100),
        Setting::millis("outage_from_ms", "The backend hangs from", 0, 0, 60_000),
        Setting::millis("outage_ms", "The backend hangs for (0: never)", 0, 0, 60_000),
        Setting::int("give_up_every", "Callers that give up: every k-th (0: none)", 0, 0, 100),
    ],
    correct: Program::correct(|world| Box::pin(program::run(world))),
    mistakes: judged(MISTAKES),
    rules: judged(rules::RULES),
    expected: include_str!("expected.txt"),
    interference: AllowedInterference::on_backend_and("request "),
    patterns: &["service", "ttl_cache", "rate_limiter", "semaphore", "circuit_breaker", "timeout"],
};

const MISTAKES: &[Program] = &[
    Program {
        slug: "look-before-fetch",
        title: "Look before you fetch",
        mistake: Some(Mistake {
            what: "The cache is checked before the fetch and filled after it, and nothing is shared in \
                between. All ten requests check before the first fetch is back: 0 hits, 10 misses, and \
                longer waits.",
            made_by: "How it happens: a dict, a semaphore and `wait_for` each do what they should; together \
                they do not.",
            breaks: "one-fetch",
            settings: &[],
            needs_order: false,
        }),
        start: |world| Box::pin(mistakes::look_before_fetch(world)),
    },
    Program {
        slug: "limited-callers",
        title: "Limit the callers, not the fetches",
        mistake: Some(Mistake {
            what: "The rate limit and the concurrency limit stand in front of the cache. Hits, which cost \
                the backend nothing, use up tokens and wait in line.",
            made_by: "How it happens: the limits are put on the route, as most frameworks suggest.",
            breaks: "no-detour",
            settings: &[],
            needs_order: false,
        }),
        start: |world| Box::pin(mistakes::limited_callers(world)),
    },
    Program {
        slug: "outer-timeout",
        title: "Timeout outside the queue",
        mistake: Some(Mistake {
            what: "The timeout covers the wait in line as well as the fetch. Under load requests time out \
                whose fetch never started, and the breaker inside the timeout never hears of any.",
            made_by: "How it happens: the caller is promised an answer in time, and the design stops there.",
            breaks: "timeout",
            settings: &[("ids", "1,2,3,4,5,6,7,8,9,10")],
            needs_order: false,
        }),
        start: |world| Box::pin(mistakes::outer_timeout(world)),
    },
    Program {
        slug: "not-found-trips",
        title: "Every error counts",
        mistake: Some(Mistake {
            what: "Every error counts as a failure of the backend, even `not found`. Three requests for ids \
                that do not exist cut everyone off from a backend that works.",
            made_by: "How it happens: `except Exception: breaker.failed()`.",
            breaks: "breaker",
            settings: &[("ids", "101,102,103,1"), ("gap_ms", "150")],
            needs_order: false,
        }),
        start: |world| Box::pin(mistakes::not_found_trips(world)),
    },
    Program {
        slug: "dropped-permit",
        title: "A dropped permit",
        mistake: Some(Mistake {
            what: "The permit is assigned to a bare underscore, which drops it at once. The line looks like \
                a limit, but every fetch runs at the same time.",
            made_by: "How it happens: `_permit` is renamed to `_` to please a linter; in Python, `async \
                with` is forgotten.",
            breaks: "concurrency",
            settings: &[("concurrency", "2")],
            needs_order: false,
        }),
        start: |world| Box::pin(mistakes::dropped_permit(world)),
    },
    Program {
        slug: "fixed-window",
        title: "Fixed windows",
        mistake: Some(Mistake {
            what: "Starts are counted in each second by itself. Just before and just after the edge between \
                two seconds, the whole limit is used twice.",
            made_by: "How it happens: a counter and a timer look simple. The rate limit of tower works this \
                way (tower#842).",
            breaks: "rate",
            settings: &[("ids", "1,1,1,1,1,1,1,1,1,1,1,1,2,3,4,5,6,7,8,9"), ("gap_ms", "50")],
            needs_order: false,
        }),
        start: |world| Box::pin(mistakes::fixed_window(world)),
    },
    Program {
        slug: "late-count",
        title: "Counted at the end",
        mistake: Some(Mistake {
            what: "A request is counted as a hit or a miss, and as ended, only when its answer is there. A \
                caller that gives up earlier is in the total and in no other count, and the numbers drift \
                apart.",
            made_by: "How it happens: the counting comes after the `await`, because only then is it known \
                how the request ended.",
            breaks: "counts",
            settings: &[("give_up_every", "3")],
            needs_order: false,
        }),
        start: |world| Box::pin(mistakes::late_count(world)),
    },
];
