//! Exercise 8: a cache whose entries expire and whose callers share one fetch.

mod mistakes;
mod program;
mod rules;

use super::{AllowedInterference, Exercise, Level, Mistake, Program, Setting, judged};

pub(super) static EXERCISE: Exercise = Exercise {
    number: 8,
    slug: "ttl-cache",
    title: "TTL cache with request coalescing",
    level: Level::Medium,
    topics: &["caching", "time to live", "request coalescing", "stampede"],
    settings: &[
        Setting::int("callers", "Callers at once", 5, 1, 10_000),
        Setting::millis("ttl_ms", "Time to live", 500, 1, 10_000),
        Setting::millis("fetch_ms", "A fetch takes", 100, 1, 10_000),
        Setting::millis("pause_ms", "Pause before the last caller", 600, 0, 20_000),
        Setting::int("keys", "Different keys", 1, 1, 100),
        Setting::int("max_entries", "Maximum entries", 100, 1, 100),
        Setting::flag("first_fails", "The first fetch fails", false),
        Setting::flag("cancel_first", "The first caller is cancelled half-way", false),
    ],
    correct: Program::correct(|world| Box::pin(program::run(world))),
    mistakes: judged(MISTAKES),
    rules: judged(rules::RULES),
    expected: include_str!("expected.txt"),
    interference: AllowedInterference::on_backend_and("caller "),
    patterns: &["ttl_cache", "gather"],
};

const MISTAKES: &[Program] = &[
    Program {
        slug: "check-then-fetch",
        title: "Check, then fetch",
        mistake: Some(Mistake {
            what: "Each caller checks the cache, finds nothing, and fetches for itself. The first value \
                arrives after all of them have checked, so the database gets one fetch per caller: a \
                stampede.",
            made_by: "How it happens: this is how caches are usually taught, and with one caller at a time \
                it is right.",
            breaks: "one-fetch",
            settings: &[],
            needs_order: false,
        }),
        start: |world| Box::pin(mistakes::check_then_fetch(world)),
    },
    Program {
        slug: "announced-first",
        title: "Announce, then fetch",
        mistake: Some(Mistake {
            what: "The first caller marks the key, counts the miss, and only then stores the fetch that \
                others can join. A caller that runs in between finds the mark but no fetch, and starts \
                another one.",
            made_by: "How it happens: a line with an `await` gets between two lines that belong together. \
                It shows only when tasks run in an unlucky order: search for one.",
            breaks: "one-fetch",
            settings: &[],
            needs_order: true,
        }),
        start: |world| Box::pin(mistakes::announced_first(world)),
    },
    Program {
        slug: "no-second-look",
        title: "A lock without a second check",
        mistake: Some(Mistake {
            what: "A lock lets only one caller fetch at a time, but the next caller does not check again \
                whether the value has arrived. The stampede becomes a queue, and the last caller waits for \
                all the fetches before its own.",
            made_by: "How it happens: somebody has seen the stampede and puts `async with lock` around the \
                fetch.",
            breaks: "fresh",
            settings: &[],
            needs_order: false,
        }),
        start: |world| Box::pin(mistakes::no_second_look(world)),
    },
    Program {
        slug: "cache-the-error",
        title: "Cache the error",
        mistake: Some(Mistake {
            what: "The cache keeps whatever the fetch returned, even an error. One bad moment of the \
                database is served for a whole time to live, long after the database works again.",
            made_by: "How it happens: the finished task, or a result type, is stored without a look at what \
                is in it.",
            breaks: "errors-pass",
            settings: &[("first_fails", "true"), ("pause_ms", "100")],
            needs_order: false,
        }),
        start: |world| Box::pin(mistakes::cache_the_error(world)),
    },
    Program {
        slug: "kept-forever",
        title: "A dict of futures",
        mistake: Some(Mistake {
            what: "Callers share one fetch, but nothing ever leaves the dict. Old values are served \
                forever, and each new key takes more memory.",
            made_by: "How it happens: `functools.cache` or a global dict is at hand, and clearing it is \
                left for later.",
            breaks: "bounded",
            settings: &[("keys", "5"), ("max_entries", "2")],
            needs_order: false,
        }),
        start: |world| Box::pin(mistakes::kept_forever(world)),
    },
    Program {
        slug: "followers-hang",
        title: "The first caller owns the fetch",
        mistake: Some(Mistake {
            what: "The first caller fetches, and passes the value to everyone who has joined. When that \
                caller is cancelled, nobody passes anything on, and the key is blocked forever.",
            made_by: "How it happens: request coalescing is written with a dict of waiters, and nobody \
                thinks of callers that go away. A closed browser tab is enough.",
            breaks: "nobody-hangs",
            settings: &[("cancel_first", "true")],
            needs_order: false,
        }),
        start: |world| Box::pin(mistakes::followers_hang(world)),
    },
];
