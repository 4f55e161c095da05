use std::{cell::Cell, rc::Rc, time::Duration};

use async_playground::{
    patterns::{BackgroundTasks, TaskEnd, TasksClosed},
    runtime::{Clock, Simulation},
};

use super::{Gauge, ms};
use crate::proof::{Crew, Proof};

/// Tasks that finish, fail, or are too late for the deadline of one of two drains. One is spawned when the tracker may be
/// closed already.
fn tasks(n: u64, second_drain: bool) -> impl Fn(&mut Simulation, &Crew) {
    move |simulation, crew| {
        let (clock, observed, alive) = (simulation.clock(), Rc::new(Cell::new(0)), Gauge::default());
        let observer = {
            let observed = observed.clone();
            move |_: &TaskEnd| observed.set(observed.get() + 1)
        };
        let tracker = Rc::new(BackgroundTasks::observed(crew.clone(), clock.clone(), observer));
        let spawn = {
            let (tracker, clock, alive) = (tracker.clone(), clock.clone(), alive.clone());
            move |number: u64| {
                let (sleep, alive) = (clock.sleep(ms(10 * number)), alive.enter(1));
                let work = async move {
                    let _alive = alive;
                    sleep.await;
                    if number == 1 { Err("no route") } else { Ok(()) }
                };
                tracker.spawn("task", work)
            }
        };
        let mut accepted = (0..n).filter(|number| spawn(*number).is_ok()).count();
        let late = crew.spawn("late", async move { spawn(1) });
        for drain in 0..1 + u64::from(second_drain) {
            let (tracker, alive) = (tracker.clone(), alive.clone());
            let drain = async move {
                tracker.drain(ms(10 + 5 * drain)).await;
                assert_eq!(alive.now(), 0, "a future exists after the drain");
            };
            drop(crew.spawn("drain", drain));
        }
        simulation.run().expect("no task hangs");
        let late = simulation.block_on(late).unwrap().unwrap();
        accepted += usize::from(late == Some(Ok(())));
        assert!(matches!(late, None | Some(Ok(()) | Err(TasksClosed { .. }))));
        let all = tracker.clone();
        let ends = simulation.block_on(async move { all.drain(Duration::ZERO).await }).unwrap();
        // A task that was cut off may have spawned its task before.
        let counted = usize::try_from(ends.finished + ends.failed + ends.cancelled).unwrap();
        assert!(counted == accepted || late.is_none() && counted == accepted + 1);
        assert_eq!((observed.get(), tracker.status().running, alive.now()), (counted, 0, 0));
    }
}

#[test]
fn background_tasks() {
    Proof::of("background tasks")
        .swept(tasks(3, true))
        .in_every_order(tasks(2, false))
        .in_every_order(tasks(2, true))
        .in_seeded_orders(5000, 8, tasks(5, true))
        .print();
}
