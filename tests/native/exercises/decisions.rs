use async_playground::{
    exercises::{Decision, Decisions, Request, Session, TaskOrder, catalogue},
    trace::{Event, What},
};

/// The decisions of a run, and its trace.
fn decisions(request: &Request) -> (Vec<Decision>, Vec<Event>) {
    let decisions = Decisions::default();
    let mut session = Session::simulated(&Decisions::request(request).expect("an order of choices"));
    decisions.listen(&session);
    session.to_end();
    (decisions.list(), session.events())
}

/// The task that an event is about, where the executor reports it.
fn task(event: &Event) -> Option<u32> {
    match event.what {
        What::Task { id, .. } => Some(id),
        What::Wait { task, .. } | What::Wake { task, .. } => Some(task),
        _ => None,
    }
}

#[test]
fn listing_the_decisions_changes_nothing() {
    for exercise in catalogue() {
        let request = Request::of(exercise.slug).unwrap();
        let mut session = Session::simulated(&request);
        session.to_end();
        let (_, events) = decisions(&request);
        assert_eq!(json(&events), json(&session.events()), "{}", exercise.slug);
    }
}

#[test]
fn the_chosen_one_of_the_ready_tasks_goes_first_and_all_before_that_is_the_same() {
    let mut checked = 0;
    for exercise in catalogue() {
        let request = Request::of(exercise.slug).unwrap();
        let (list, before) = decisions(&request);
        for (place, Decision { seq, ready }) in list.iter().enumerate().take(30) {
            assert!(ready.len() > 1, "{}: {ready:?}", exercise.slug);
            for (position, id) in ready.iter().enumerate() {
                let mut order = vec![0; place];
                order.push(u32::try_from(position).unwrap());
                let chosen = Request { order: TaskOrder::Choices(order), ..request.clone() };
                let (again, after) = decisions(&chosen);
                let seq = *seq as usize;
                assert_eq!(json(&after[..seq]), json(&before[..seq]), "{}", exercise.slug);
                assert_eq!(again[place], list[place]);
                // A task may be polled and do nothing: then the next one goes, with as many events as before.
                let was_idle =
                    ready.len() == 2 || again.get(place + 1).is_some_and(|next| next.seq as usize == seq);
                if let Some(first) = after.get(seq).and_then(task).filter(|_| !was_idle) {
                    assert_eq!(first, *id, "{}: decision {place}, position {position}", exercise.slug);
                    checked += 1;
                }
            }
        }
    }
    assert!(checked > 100, "{checked}");
}

#[test]
fn an_order_drawn_from_a_seed_leaves_no_decisions_to_make() {
    let request = Request { order: TaskOrder::Seed(1), ..Request::of("ttl-cache").unwrap() };
    assert!(Decisions::request(&request).is_none());
}

fn json(events: &[Event]) -> String {
    serde_json::to_string(events).unwrap()
}
