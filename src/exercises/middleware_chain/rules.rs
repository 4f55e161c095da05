//! What holds for any order of the layers, whatever comes of a request.

use std::{collections::BTreeMap, time::Duration};

use crate::{
    exercises::{Finding, Moment, Record, Rule, in_ms},
    trace::{Value, What},
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
#[derive(Default)]
struct Passage<'a> {
    steps: Vec<(Moment, bool, &'a str)>,
    response: Option<(Moment, &'a Value)>,
    error: Option<Moment>,
    started: Vec<Moment>,
    ended: usize,
}

/// Each request has a task of its own.
fn passages<'a>(record: &Record<'a>) -> Vec<Passage<'a>> {
    let mut all: BTreeMap<u32, Passage<'a>> = BTreeMap::new();
    for lane in record.lanes("request ") {
        all.insert(lane.id, Passage::default());
    }
    for event in record.events {
        let moment = Moment { at: event.at, seq: event.seq };
        match &event.what {
            What::Result { task, of, value } => {
                let Some(passage) = all.get_mut(task) else { continue };
                match &**of {
                    "response" => passage.response = Some((moment, value)),
                    "error" => passage.error = Some(moment),
                    way => passage.steps.push((moment, way == "in", value.text().unwrap_or_default())),
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

/// From outside in: the layers, and the handler.
fn stations(record: &Record<'_>) -> Vec<&'static str> {
    let mut stations = record.settings.words("layers").to_vec();
    stations.push("handler");
    stations
}

/// How many of the stations a request is due to reach.
fn reach(record: &Record<'_>, stations: &[&str]) -> usize {
    let refused = !record.settings.flag("token");
    let auth = stations.iter().position(|station| *station == "auth").filter(|_| refused);
    auth.map_or(stations.len(), |auth| auth + 1)
}

fn list_order(record: &Record<'_>) -> Finding {
    let stations = stations(record);
    let place = |name: &str| stations.iter().position(|station| *station == name);
    let (mut count, mut wrong) = (0, Vec::new());
    for passage in passages(record) {
        let mut inside: Vec<&str> = Vec::new();
        let mut turned = false;
        for (moment, inward, name) in passage.steps {
            count += 1;
            let is_right = if inward {
                let deeper = inside.last().is_none_or(|outer| place(outer) < place(name));
                inside.push(name);
                deeper && !turned
            } else {
                turned = true;
                inside.pop() == Some(name)
            };
            if !is_right {
                wrong.push(moment.seq);
            }
        }
    }
    wrong.sort_unstable();
    let evidence = format!("{} of {count} steps in or out were out of order", wrong.len());
    Finding::unless(wrong, evidence.clone(), evidence)
}

fn refusal(record: &Record<'_>) -> Finding {
    let stations = stations(record);
    let reach = reach(record, &stations);
    let (due, shut) = stations.split_at(reach.min(stations.len()));
    let (mut short, mut wrong) = (0, Vec::new());
    let passages = passages(record);
    let requests = passages.len();
    for passage in passages {
        let entered = || passage.steps.iter().filter(|(_, inward, _)| *inward);
        short += usize::from(!due.iter().all(|station| entered().any(|(_, _, name)| name == station)));
        wrong.extend(entered().filter(|(_, _, name)| shut.contains(name)).map(|(moment, ..)| moment.seq));
        let (moment, response) = match passage.response {
            Some((moment, response)) => (Some(moment), response),
            None => (passage.error, &Value::Null),
        };
        let refused =
            response.field("error").is("unauthorized") && response.field("status").int() == Some(401);
        if refused == shut.is_empty() {
            wrong.extend(moment.map(|moment| moment.seq));
        }
    }
    wrong.sort_unstable();
    let evidence = format!(
        "{requests} requests were due at {reach} of {} stations; {short} missed some, {} steps or answers were wrong",
        stations.len(),
        wrong.len()
    );
    if short > 0 {
        Finding::broken(evidence, wrong)
    } else {
        Finding::unless(wrong, evidence.clone(), evidence)
    }
}

fn timing_covers(record: &Record<'_>) -> Finding {
    let stations = stations(record);
    let reach = reach(record, &stations);
    let reached = |name| stations.iter().take(reach).any(|station| *station == name);
    // The handler is the one thing inside that takes time.
    let due = if reached("handler") { record.settings.millis("handler_ms") } else { Duration::ZERO };
    let (mut shown, mut wrong) = (0, Vec::new());
    for (moment, response) in passages(record).into_iter().filter_map(|passage| passage.response) {
        let timing = response.field("timing_ms").number();
        let timing = timing.and_then(|millis| Duration::try_from_secs_f64(millis / 1000.0).ok());
        shown += usize::from(timing.is_some());
        let is_right = match timing {
            Some(timing) => reached("timing") && record.took(timing, due),
            None => !reached("timing"),
        };
        if !is_right {
            wrong.push(moment.seq);
        }
    }
    wrong.sort_unstable();
    let evidence = format!(
        "{shown} responses bear a timing, {} were not as due; what is inside took {}",
        wrong.len(),
        in_ms(due)
    );
    Finding::unless(wrong, evidence.clone(), evidence)
}

fn errors_pass_out(record: &Record<'_>) -> Finding {
    let stations = stations(record);
    let is_due = record.settings.flag("handler_fails") && reach(record, &stations) == stations.len();
    let (mut errors, mut stayed, mut wrong) = (0, 0, Vec::new());
    for passage in passages(record) {
        errors += usize::from(passage.error.is_some());
        let left = passage.steps.iter().filter(|(_, inward, _)| !inward).count();
        stayed += usize::from(left * 2 != passage.steps.len() || passage.error.is_some() != is_due);
        wrong.extend(passage.started.iter().skip(passage.ended).map(|moment| moment.seq));
    }
    wrong.sort_unstable();
    let evidence = format!(
        "{errors} errors, {stayed} requests stuck or answered otherwise; {} start lines without an end line",
        wrong.len()
    );
    if stayed > 0 {
        Finding::broken(evidence, wrong)
    } else {
        Finding::unless(wrong, evidence.clone(), evidence)
    }
}
