use async_playground::{
    exercises::{ClockKind, Input, Request, Session, catalogue, judge},
    runtime::{Name, Observer as _, Order, Phase, Simulation, TaskId, Wait},
    trace::{Edge, Event, Recorder, Value, What},
};

#[test]
fn a_recorder_gives_back_what_it_was_told() {
    let trace = Recorder::new(Simulation::new(Order::fifo()).clock());
    let mut told = Vec::new();
    // More names than are met lately, each told twice and far apart, some known to the program and some put together.
    let names: Vec<Name> =
        (0..200).map(|n| if n % 2 == 0 { "even".into() } else { format!("task {n}").into() }).collect();
    for (phase, spelled) in [(Phase::Spawned, "spawned"), (Phase::Finished, "finished")] {
        for (id, name) in (0..).zip(&names) {
            let parent = (id > 0).then_some(TaskId(id / 2));
            trace.task(TaskId(id), parent, name, phase, None);
            let of = parent.map_or(String::new(), |parent| format!(" of {}", parent.0));
            told.push(format!("task {id} {name:?} {spelled}{of}"));
            let wait = Wait { on: name.clone(), target: parent.map(|_| names[0].clone()) };
            trace.wait_ends(TaskId(id), &wait);
            let target = parent.map_or(String::new(), |_| format!(" for {:?}", names[0]));
            told.push(format!("wait {id} {name:?}{target} end"));
            trace.wake(TaskId(id), parent);
            told.push(format!("wake {id}{}", parent.map_or(String::new(), |by| format!(" by {}", by.0))));
            trace.record(What::Log { task: id, line: format!("line {id}") });
            told.push(format!("log {id} {:?}", format!("line {id}")));
        }
    }
    let numbered = told.iter().enumerate().map(|(seq, what)| format!("{seq} 0 {what}"));
    let events = trace.events(0, usize::MAX);
    assert_eq!(events.iter().map(Event::to_string).collect::<Vec<_>>(), numbered.collect::<Vec<_>>());
    assert_eq!(trace.events(7, 5), events[7..12]);
    assert_eq!(trace.latest(|event| (event.seq < 9).then_some(event)).as_ref(), events.get(8));
}

#[test]
fn a_trace_comes_back_from_json_as_it_was_and_is_judged_alike() {
    for exercise in catalogue() {
        for program in exercise.programs() {
            let settings = program.mistake.as_ref().map_or(&[][..], |mistake| mistake.settings);
            let settings = settings
                .iter()
                .map(|(name, value)| ((*name).into(), Input::spelled(exercise.slug, name, value)));
            let request = Request::new(exercise.slug, Some(program.slug), settings, Some(3)).unwrap();
            let mut session = Session::simulated(&request);
            let ended = session.to_end();
            let report = judge(&request, &session.events(), &ended);
            assert_eq!(report.clock, ClockKind::Simulated);
            // Where in the source it was is for readers, and not read back.
            let events: Vec<_> =
                session.events().into_iter().map(|event| Event { source: None, ..event }).collect();
            let json = serde_json::to_string(&events).unwrap();
            let back: Vec<Event> = serde_json::from_str(&json).unwrap();
            assert_eq!(back, events, "{} {}", exercise.slug, program.slug);
            let judged = serde_json::to_value(judge(&request, &back, &ended)).unwrap();
            assert_eq!(judged, serde_json::to_value(&report).unwrap());
        }
    }
}

#[test]
fn what_is_no_event_is_refused() {
    for json in [
        r#"{"seq":1,"at":0,"kind":"dance"}"#,
        r#"{"seq":1,"at":0,"kind":"task","id":1,"name":"a","phase":"asleep"}"#,
        r#"{"seq":-1,"at":0,"kind":"log","task":0,"line":""}"#,
        r#"{"seq":1,"kind":"log","task":0,"line":""}"#,
    ] {
        assert!(serde_json::from_str::<Event>(json).is_err(), "{json}");
    }
}

#[test]
fn fractions_of_a_millisecond_survive() {
    for nanos in [1, 999_999, 1_000_001, 123_456_789_012_345] {
        let json = format!(r#"{{"seq":0,"at":{},"kind":"log","task":0,"line":"x"}}"#, nanos as f64 / 1e6);
        let event: Event = serde_json::from_str(&json).unwrap();
        assert_eq!(event.at.as_nanos(), nanos);
    }
}

#[test]
fn lines_spawns_and_waits_name_the_line_of_the_program_that_made_them() {
    for exercise in catalogue() {
        let source = |name: &str| {
            let path =
                format!("{}/src/exercises/{}/{name}", env!("CARGO_MANIFEST_DIR"), exercise.directory());
            std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
        };
        for program in exercise.programs() {
            let request = Request::new(exercise.slug, Some(program.slug), [], None).unwrap();
            let mut session = Session::simulated(&request);
            session.to_end();
            for event in session.events() {
                let calls: &[&str] = match &event.what {
                    What::Log { .. } => &["log(", "show("],
                    What::Task { phase: Phase::Spawned, id: 1.., .. } => &["spawn"],
                    What::Wait { phase: Edge::Begin, .. } => {
                        &["sleep(", "waiting(", "waiting_for(", "reply("]
                    }
                    What::Use { phase: Edge::Begin, .. } if event.source.is_some() => &["holds(", "using("],
                    What::Task { id: 0, .. } => continue,
                    _ => {
                        assert_eq!(event.source, None, "{event}");
                        continue;
                    }
                };
                let place = event.source.unwrap_or_else(|| panic!("{event} has no source"));
                let text = source(place.file());
                let line = text.lines().nth(place.number() as usize - 1).unwrap();
                assert!(calls.iter().any(|call| line.contains(call)), "{event} at {place}: {line}");
            }
        }
    }
}

#[test]
fn a_value_is_what_json_has_of_it_and_comes_back() {
    #[derive(serde::Serialize)]
    enum Found {
        Row { id: u64, name: &'static str },
        Pair(i8, f64),
        Missing,
    }
    let found = (
        Found::Row { id: 7, name: "say \"hi\"" },
        Found::Pair(-1, 0.5),
        Found::Missing,
        [None, Some(true)],
        std::collections::BTreeMap::from([(1, 2.0)]),
        u64::MAX,
    );
    let value = Value::of(&found);
    let json = r#"[{"Row":{"id":7,"name":"say \"hi\""}},{"Pair":[-1,0.5]},"Missing",[null,true],{"1":2},"18446744073709551615"]"#;
    assert_eq!(serde_json::to_string(&value).unwrap(), json);
    assert_eq!(serde_json::from_str::<Value>(json).unwrap(), value);
    assert_eq!(serde_json::from_str::<Value>("[2.0, 1e3]").unwrap(), Value::of(&[2, 1000]));

    let row = value.items()[0].field("Row");
    assert_eq!((row.field("id").int(), row.field("name").text()), (Some(7), Some("say \"hi\"")));
    assert_eq!(row.field("age"), &Value::Null);
    let swapped: Value = serde_json::from_str(r#"{"name":"say \"hi\"","id":7}"#).unwrap();
    assert_eq!(row, &swapped, "the order of entries does not count");
    assert_ne!(row, &serde_json::from_str(r#"{"name":"say \"hi\"","id":8}"#).unwrap());
}

#[test]
fn uses_are_in_the_trace_and_come_back_from_json() {
    let trace = Recorder::new(Simulation::new(Order::fifo()).clock());
    let query =
        |phase| What::Use { task: 4, of: "connection 2".into(), label: Some("query 4".into()), phase };
    let permit = |phase| What::Use { task: 5, of: "permit".into(), label: None, phase };
    for what in [query(Edge::Begin), permit(Edge::Begin), query(Edge::End)] {
        trace.record(what);
    }
    trace.record(What::Interfere { what: "cancel".into(), task: Some(5) });
    let events = trace.events(0, usize::MAX);
    let told: Vec<_> = events.iter().map(Event::to_string).collect();
    assert_eq!(told[0], r#"0 0 use 4 "connection 2" begin for "query 4""#);
    assert_eq!(told[3], r#"3 0 interfere "cancel" on 5"#);
    let json = serde_json::to_string(&events).unwrap();
    assert!(
        json.contains(r#"{"seq":1,"at":0,"kind":"use","task":5,"of":"permit","label":null,"phase":"begin"}"#)
    );
    assert_eq!(serde_json::from_str::<Vec<Event>>(&json).unwrap(), events);
}
