//! Exercise 9: a breaker that leaves a failing service alone, and asks now and then whether it is back.

mod mistakes;
mod program;
mod rules;

use super::{Acts, Exercise, Level, Mistake, Program, Setting, judged};

pub(super) static EXERCISE: Exercise = Exercise {
    number: 9,
    slug: "circuit-breaker",
    title: "Circuit breaker",
    level: Level::Hard,
    topics: &["state machines", "failing fast", "half-open probes", "cancellation"],
    settings: &[
        Setting::int("threshold", "Failures in a row that open it", 3, 1, 100),
        Setting::millis("recovery_ms", "Recovery time", 300, 1, 10_000),
        Setting::int("failing", "Calls that the service fails", 5, 0, 1000),
        Setting::int("calls", "Calls of each caller", 12, 1, 1000),
        Setting::millis("interval_ms", "Time between calls", 50, 0, 10_000),
        Setting::int("callers", "Concurrent callers", 1, 1, 100),
        Setting::millis("service_ms", "Time of an answer", 0, 0, 10_000),
        Setting::int("give_up_every", "Every k-th call is given up half-way (0: none)", 0, 0, 100),
    ],
    correct: Program::correct(|world| Box::pin(program::run(world))),
    mistakes: judged(MISTAKES),
    rules: judged(rules::RULES),
    expected: include_str!("expected.txt"),
    acts: Acts::on_backend_and("caller "),
    patterns: &["circuit_breaker", "timeout"],
};

const MISTAKES: &[Program] = &[
    Program {
        slug: "no-breaker",
        title: "No breaker",
        mistake: Some(Mistake {
            what: "Every call goes to the service, however often it has failed. \
                       The dead service is called again and again, and every caller waits for it to fail.",
            made_by: "Whoever counts on the other side being up, until the day it is slow and takes everybody along.",
            breaks: "open-is-shut",
            settings: &[],
            needs_schedule: false,
        }),
        start: |world| Box::pin(mistakes::no_breaker(world)),
    },
    Program {
        slug: "thundering-probes",
        title: "Thundering probes",
        mistake: Some(Mistake {
            what: "Half-open lets every call through, since only open is checked for. \
                       A service that is just getting up is met by all callers at once.",
            made_by: "Whoever writes `if state == OPEN: raise` and tests with one caller; failsafe-rs does.",
            breaks: "one-probe",
            settings: &[("callers", "3"), ("service_ms", "10")],
            needs_schedule: false,
        }),
        start: |world| Box::pin(mistakes::thundering_probes(world)),
    },
    Program {
        slug: "late-result",
        title: "Late result",
        mistake: Some(Mistake {
            what: "Every result is counted, also that of a call from before the breaker opened. \
                       One old success closes it, and all callers fall upon a service that is down.",
            made_by: "Whoever treats an answer as news without asking when its question was put; opossum does.",
            breaks: "late-results",
            settings: &[("callers", "4"), ("failing", "3"), ("service_ms", "10")],
            needs_schedule: false,
        }),
        start: |world| Box::pin(mistakes::late_result(world)),
    },
    Program {
        slug: "stuck-probe",
        title: "Probe that never came back",
        mistake: Some(Mistake {
            what: "A flag says that a probe is under way, and only the probe's answer takes it back. \
                       When the caller gives up there is no answer, and the breaker refuses everybody for ever.",
            made_by: "Whoever clears a flag after an await rather than in a finally or a Drop.",
            breaks: "freed-place",
            settings: &[("service_ms", "10"), ("give_up_every", "9")],
            needs_schedule: false,
        }),
        start: |world| Box::pin(mistakes::stuck_probe(world)),
    },
    Program {
        slug: "recovery-timer",
        title: "A timer half-opens it",
        mistake: Some(Mistake {
            what: "A background task sleeps through the recovery time and then half-opens the breaker. \
                       A call that comes when the time is over but before that task's turn is still refused.",
            made_by: "Whoever starts a timer rather than compare two times; it works until the event loop is busy.",
            breaks: "reference",
            settings: &[],
            needs_schedule: true,
        }),
        start: |world| Box::pin(mistakes::recovery_timer(world)),
    },
];
