//! Exercise 8: a cache whose entries expire, and whose callers share a fetch.

mod mistakes;
mod program;
mod rules;

use super::{Acts, Exercise, Level, Mistake, Program, Setting, judged};

pub(super) static EXERCISE: Exercise = Exercise {
    number: 8,
    slug: "ttl-cache",
    title: "TTL cache with request coalescing",
    level: Level::Medium,
    topics: &["caching", "time to live", "request coalescing", "stampede"],
    settings: &[
        Setting::int("callers", "Callers at once", 5, 1, 10_000),
        Setting::millis("ttl_ms", "Time to live", 500, 1, 10_000),
        Setting::millis("fetch_ms", "Time of a fetch", 100, 1, 10_000),
        Setting::millis("pause_ms", "Pause before the last caller", 600, 0, 20_000),
        Setting::int("keys", "Different keys asked for", 1, 1, 100),
        Setting::int("max_entries", "Entries at most", 100, 1, 100),
        Setting::flag("first_fails", "The first fetch fails", false),
        Setting::flag("cancel_first", "The first caller is cancelled half-way", false),
    ],
    correct: Program::correct(|world| Box::pin(program::run(world))),
    mistakes: judged(MISTAKES),
    rules: judged(rules::RULES),
    expected: include_str!("expected.txt"),
    acts: Acts::on_backend_and("caller "),
    patterns: &["ttl_cache", "gather"],
};

const MISTAKES: &[Program] = &[
    Program {
        slug: "check-then-fetch",
        title: "Check, then fetch",
        mistake: Some(Mistake {
            what: "Each caller looks, finds nothing, and fetches for itself. The first value arrives only \
                       after all of them have looked, so the backend gets one fetch a caller: a stampede.",
            made_by: "Nearly everybody: it is how a cache is explained, and with one caller at a time it is right.",
            breaks: "one-flight",
            settings: &[],
            needs_schedule: false,
        }),
        start: |world| Box::pin(mistakes::check_then_fetch(world)),
    },
    Program {
        slug: "announced-first",
        title: "Announced, then begun",
        mistake: Some(Mistake {
            what: "The first caller marks the key, counts the miss, and only then puts its fetch where others \
                       can join it. While tasks take turns in order it is there well in time; a caller who \
                       overtakes finds the mark but no fetch, and makes another one.",
            made_by: "Whoever adds a line that awaits between two lines that belong together. No test shows it \
                          until the machine is busy: look for a failing schedule.",
            breaks: "one-flight",
            settings: &[],
            needs_schedule: true,
        }),
        start: |world| Box::pin(mistakes::announced_first(world)),
    },
    Program {
        slug: "no-second-look",
        title: "A lock, and no second look",
        mistake: Some(Mistake {
            what: "A lock lets only one caller fetch at a time, but who gets the lock does not look again \
                       whether the row has come meanwhile. The stampede forms a queue, and the last caller waits \
                       for all the fetches before.",
            made_by: "Whoever has seen the stampede once and puts `async with lock` around the fetch.",
            breaks: "fresh",
            settings: &[],
            needs_schedule: false,
        }),
        start: |world| Box::pin(mistakes::no_second_look(world)),
    },
    Program {
        slug: "cache-the-error",
        title: "Cache the error",
        mistake: Some(Mistake {
            what: "The cache keeps whatever the fetch gave, an error too. One bad moment of the database is \
                       served for a whole time to live after it is well again.",
            made_by: "Whoever stores the finished task, or a result type, without a look at what is in it.",
            breaks: "errors-pass",
            settings: &[("first_fails", "true"), ("pause_ms", "100")],
            needs_schedule: false,
        }),
        start: |world| Box::pin(mistakes::cache_the_error(world)),
    },
    Program {
        slug: "kept-for-ever",
        title: "A dict of futures",
        mistake: Some(Mistake {
            what: "Callers do share one fetch, but nothing ever leaves the dict. Old rows are served for ever, \
                       and each new key makes the process a little larger.",
            made_by: "Whoever reaches for `functools.cache`, or a global dict, and plans to clear it later.",
            breaks: "bounded",
            settings: &[("keys", "5"), ("max_entries", "2")],
            needs_schedule: false,
        }),
        start: |world| Box::pin(mistakes::kept_for_ever(world)),
    },
    Program {
        slug: "followers-hang",
        title: "The leader owns the fetch",
        mistake: Some(Mistake {
            what: "The first caller fetches, and tells all who have come meanwhile. When that caller is \
                       cancelled there is nobody left to tell them, and the key is blocked for ever.",
            made_by: "Whoever writes coalescing with a dict of waiters and forgets that callers go away: a closed \
                          browser tab is enough.",
            breaks: "nobody-hangs",
            settings: &[("cancel_first", "true")],
            needs_schedule: false,
        }),
        start: |world| Box::pin(mistakes::followers_hang(world)),
    },
];
