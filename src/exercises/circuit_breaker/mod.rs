//! Exercise 9: a breaker that leaves a failing service alone and tests now and then whether it works again.

mod mistakes;
mod program;
mod rules;

use super::{AllowedInterference, Exercise, Level, Mistake, Program, Setting, judged};

pub(super) static EXERCISE: Exercise = Exercise {
    number: 9,
    slug: "circuit-breaker",
    title: "Circuit breaker",
    level: Level::Hard,
    topics: &["state machines", "failing fast", "half-open", "cancellation"],
    settings: &[
        Setting::int("threshold", "Failures in a row that open the breaker", 3, 1, 100),
        Setting::millis("recovery_ms", "Recovery time", 300, 1, 10_000),
        Setting::int("failing", "Calls that the service fails at first", 5, 0, 1000),
        Setting::int("calls", "Calls per caller", 12, 1, 1000),
        Setting::millis("interval_ms", "Time between calls", 50, 0, 10_000),
        Setting::int("callers", "Callers at once", 1, 1, 100),
        Setting::millis("service_ms", "The service takes", 0, 0, 10_000),
        Setting::int("give_up_every", "Calls given up half-way: every k-th (0: none)", 0, 0, 100),
    ],
    correct: Program::correct(|world| Box::pin(program::run(world))),
    mistakes: judged(MISTAKES),
    rules: judged(rules::RULES),
    expected: include_str!("expected.txt"),
    interference: AllowedInterference::on_backend_and("caller "),
    patterns: &["circuit_breaker", "timeout"],
};

const MISTAKES: &[Program] = &[
    Program {
        slug: "no-breaker",
        title: "No breaker",
        mistake: Some(Mistake {
            what: "Every call goes to the service, however often it has failed. The dead service is called \
                again and again, and every caller waits for it to fail.",
            made_by: "How it happens: the other service has always been up, until the day it is slow and \
                slows down everyone who calls it.",
            breaks: "open-refuses",
            settings: &[],
            needs_order: false,
        }),
        start: |world| Box::pin(mistakes::no_breaker(world)),
    },
    Program {
        slug: "many-test-calls",
        title: "Many test calls",
        mistake: Some(Mistake {
            what: "The breaker refuses calls only while it is open, so that half-open lets every call \
                through. A service that is just recovering gets the calls of all callers at once.",
            made_by: "How it happens: `if state == OPEN: raise` is tested with one caller. The Rust crate \
                failsafe has this bug.",
            breaks: "one-test-call",
            settings: &[("callers", "3"), ("service_ms", "10")],
            needs_order: false,
        }),
        start: |world| Box::pin(mistakes::many_test_calls(world)),
    },
    Program {
        slug: "late-result",
        title: "Late result",
        mistake: Some(Mistake {
            what: "Every result counts, even that of a call from before the breaker opened. One old success \
                closes the breaker, and all callers hit a service that is down.",
            made_by: "How it happens: a result is taken as news, whenever its call was made. The JavaScript \
                library opossum has this bug.",
            breaks: "late-results",
            settings: &[("callers", "4"), ("failing", "3"), ("service_ms", "10")],
            needs_order: false,
        }),
        start: |world| Box::pin(mistakes::late_result(world)),
    },
    Program {
        slug: "stuck-test-call",
        title: "The test call that never ends",
        mistake: Some(Mistake {
            what: "A flag says that a test call is under way, and only the answer of the test call clears \
                it. When its caller gives up there is no answer, and the breaker refuses everyone forever.",
            made_by: "How it happens: the flag is cleared after an `await` instead of in a `finally` or a \
                `Drop`.",
            breaks: "test-call-freed",
            settings: &[("service_ms", "10"), ("give_up_every", "9")],
            needs_order: false,
        }),
        start: |world| Box::pin(mistakes::stuck_test_call(world)),
    },
    Program {
        slug: "recovery-timer",
        title: "A timer half-opens it",
        mistake: Some(Mistake {
            what: "A background task sleeps through the recovery time and then half-opens the breaker. A \
                call that comes after the recovery time but before that task has run is still refused.",
            made_by: "How it happens: a timer is started where comparing two times would do. It works until \
                the event loop is busy.",
            breaks: "reference",
            settings: &[],
            needs_order: true,
        }),
        start: |world| Box::pin(mistakes::recovery_timer(world)),
    },
];
