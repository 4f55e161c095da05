//! The rules, for any order of the layers, with and without token and error.

use std::{collections::BTreeMap, time::Duration};

use crate::{
    exercises::{Faults, Finding, Moment, Record, Rule, at_ms, in_ms, plural},
    trace::{Edge, Value, What},
};

pub(super) const RULES: &[Rule] = &[
    Rule {
        slug: "list-order",
        statement: "A request passes the layers in the order of the list, and its response in reverse order.",
        check: list_order,
    },
    Rule {
        slug: "refusal",
        statement: "If a layer refuses a request, nothing further in runs; otherwise everything runs.",
        check: refusal,
    },
    Rule {
        slug: "timing-covers",
        statement: "`timing_ms` is the time of everything inside the timing layer.",
        check: timing_covers,
    },
    Rule {
        slug: "errors-pass-out",
        statement: "An error passes out through every layer to the caller, and every start line has its end line.",
        check: errors_pass_out,
    },
];

/// What happened to a request, in order.
struct Passage<'a> {
    /// The name of its task.
    name: &'a str,
    spawned: Moment,
    /// Each layer or handler that it entered or left, and whether it entered.
    steps: Vec<(Moment, bool, &'a str)>,
    response: Option<(Moment, &'a Value)>,
    error: Option<Moment>,
    /// Its start lines.
    started: Vec<Moment>,
    /// The number of its end lines.
    ended: usize,
}

/// All requests, each of which has a task of its own.
fn passages<'a>(record: &Record<'a>) -> Vec<Passage<'a>> {
    let mut all: BTreeMap<u32, Passage<'a>> = BTreeMap::new();
    for lane in record.lanes("request ") {
        let (steps, response, error, started, ended) = Default::default();
        let (name, spawned) = (lane.name, lane.spawned);
        all.insert(lane.id, Passage { name, spawned, steps, response, error, started, ended });
    }
    for event in record.events {
        let moment = Moment { at: event.at, seq: event.seq };
        match &event.what {
            // The stopwatch is no part of the chain.
            What::Use { task, of, phase, .. } if &**of != "stopwatch" => {
                let Some(passage) = all.get_mut(task) else { continue };
                passage.steps.push((moment, *phase == Edge::Begin, of));
            }
            What::Result { task, of, value } => {
                let Some(passage) = all.get_mut(task) else { continue };
                match &**of {
                    "response" => passage.response = Some((moment, value)),
                    "error" => passage.error = Some(moment),
                    _ => {}
                }
            }
            What::Log { task, line } => {
                let Some(passage) = all.get_mut(task) else { continue };
                if line.starts_with("  >> ") {
                    passage.started.push(moment);
                } else if line.starts_with("  << ") {
                    passage.ended += 1;
                }
            }
            _ => {}
        }
    }
    all.into_values().collect()
}

/// The layers and the handler, from the outside in.
fn parts(record: &Record<'_>) -> Vec<&'static str> {
    let mut parts = record.settings.words("layers").to_vec();
    parts.push("handler");
    parts
}

/// How many of the parts a request should reach.
fn reach(record: &Record<'_>, parts: &[&str]) -> usize {
    let refused = !record.settings.flag("token");
    let auth = parts.iter().position(|part| *part == "auth").filter(|_| refused);
    auth.map_or(parts.len(), |auth| auth + 1)
}

fn list_order(record: &Record<'_>) -> Finding {
    let parts = parts(record);
    let place = |name: &str| parts.iter().position(|part| *part == name);
    let (mut count, mut wrong) = (0, Faults::default());
    for passage in passages(record) {
        let mut inside: Vec<&str> = Vec::new();
        let mut turned = false;
        for (Moment { at, seq }, inward, name) in passage.steps {
            count += 1;
            if inward {
                let outer = inside.last().copied();
                let is_deeper = outer.is_none_or(|outer| place(outer) < place(name));
                if !is_deeper || turned {
                    let inside =
                        outer.map_or("after it had left the chain".into(), |outer| format!("inside {outer}"));
                    wrong.add(seq, || {
                        format!("At {at} {} entered {name} {inside}", passage.name, at = at_ms(at))
                    });
                }
                inside.push(name);
            } else {
                turned = true;
                if inside.pop() != Some(name) {
                    wrong.add(seq, || {
                        format!(
                            "At {at} {} left {name} before what is inside it",
                            passage.name,
                            at = at_ms(at)
                        )
                    });
                }
            }
        }
    }
    wrong.finding(format!("{} in or out, all in the order {}", plural(count, "step"), parts.join(", ")))
}

fn refusal(record: &Record<'_>) -> Finding {
    let parts = parts(record);
    let (due, shut) = parts.split_at(reach(record, &parts).min(parts.len()));
    let mut wrong = Faults::default();
    let passages = passages(record);
    for Passage { name, spawned, steps, response, error, .. } in &passages {
        let entered: Vec<_> = steps.iter().filter(|(_, inward, _)| *inward).collect();
        if let Some(missed) = due.iter().find(|part| !entered.iter().any(|(_, _, entered)| entered == *part))
        {
            wrong.add(spawned.seq, || format!("{name} of {} never reached {missed}", passages.len()));
        }
        for (Moment { at, seq }, _, part) in entered.iter().filter(|(_, _, part)| shut.contains(part)) {
            wrong.add(*seq, || format!("At {at} {part} ran for {name}, which auth refuses", at = at_ms(*at)));
        }
        let answered = response.map(|(moment, _)| moment).or(*error);
        let refused = response.is_some_and(|(_, response)| {
            response.field("error").is("unauthorized") && response.field("status").int() == Some(401)
        });
        if let Some(Moment { at, seq }) = answered.filter(|_| refused == shut.is_empty()) {
            let not = if refused { "" } else { "not " };
            wrong.add(seq, || format!("At {at} {name} was {not}answered with a refusal", at = at_ms(at)));
        }
    }
    let requests = plural(passages.len(), "request");
    wrong.finding(if shut.is_empty() {
        format!("{requests} reached {}", due.join(", "))
    } else {
        format!("{requests} refused by auth, and {} did not run", shut.join(", "))
    })
}

fn timing_covers(record: &Record<'_>) -> Finding {
    let parts = parts(record);
    let reach = reach(record, &parts);
    let reached = |name| parts.iter().take(reach).any(|part| *part == name);
    // Only the handler takes time.
    let due = if reached("handler") { record.settings.millis("handler_ms") } else { Duration::ZERO };
    let (mut shown, mut wrong) = (0, Faults::default());
    for passage in passages(record) {
        let Some((moment, response)) = passage.response else { continue };
        let timing = response.field("timing_ms").number();
        let timing = timing.and_then(|millis| Duration::try_from_secs_f64(millis / 1000.0).ok());
        shown += usize::from(timing.is_some());
        let is_right = match timing {
            Some(timing) => reached("timing") && record.took(timing, due),
            None => !reached("timing"),
        };
        if !is_right {
            let said = timing
                .map_or_else(|| "no timing_ms".into(), |timing| format!("a timing_ms of {}", in_ms(timing)));
            wrong.add(moment.seq, || {
                format!(
                    "The response of {} has {said}; what is inside the timing layer took {}",
                    passage.name,
                    in_ms(due)
                )
            });
        }
    }
    wrong.finding(format!("{} with a timing_ms of {}", plural(shown, "response"), in_ms(due)))
}

fn errors_pass_out(record: &Record<'_>) -> Finding {
    let parts = parts(record);
    let is_due = record.settings.flag("handler_fails") && reach(record, &parts) == parts.len();
    let (mut errors, mut lines, mut wrong) = (0, 0, Faults::default());
    for Passage { name, spawned, response, error, started, ended, .. } in passages(record) {
        errors += usize::from(error.is_some());
        lines += started.len();
        if error.is_none() && (is_due || response.is_none()) {
            let instead = if response.is_some() { "a response" } else { "no answer" };
            wrong.add(spawned.seq, || format!("{name} got {instead} where its error was due"));
        } else if error.is_some() && !is_due {
            wrong.add(spawned.seq, || format!("{name} got an error although its handler did not fail"));
        }
        for start in started.iter().skip(ended) {
            wrong.add(start.seq, || {
                format!("At {} {name} wrote its start line, and its end line never came", at_ms(start.at))
            });
        }
    }
    wrong.finding(format!(
        "{} reached the caller; {}, each with its end line",
        plural(errors, "error"),
        plural(lines, "start line")
    ))
}
