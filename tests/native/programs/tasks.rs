//! The futures of the runtime itself.

use std::{cell::Cell, rc::Rc};

use async_playground::runtime::{Clock, Simulation};

use super::{Gauge, ms};
use crate::proof::{Crew, Proof};

/// Parents that wait for a child each, through a handle that lets it go on or one that does not.
fn parents(n: usize) -> impl Fn(&mut Simulation, &Crew) {
    move |simulation, crew| {
        let (living, ended) = (Gauge::default(), Rc::new(Cell::new(0)));
        for parent in 0..n {
            let (tasks, clock) = (simulation.tasks(), simulation.clock());
            let (alive, ended) = (living.enter(1), ended.clone());
            let waits = async move {
                let sleep = clock.sleep(ms(10));
                let child = tasks.spawn("child", async move {
                    let _alive = alive;
                    sleep.await;
                    parent
                });
                let output = if parent % 2 == 0 {
                    tasks.waiting("child", child).await
                } else {
                    let child = child.cancel_on_drop();
                    clock.sleep(ms(5)).await;
                    child.await
                };
                assert_eq!(output, Ok(parent));
                ended.set(ended.get() + 1);
            };
            drop(crew.spawn(format!("parent {parent}"), waits));
        }
        simulation.run().expect("nobody hangs");
        assert!(ended.get() + usize::from(crew.was_cut()) >= n);
        assert_eq!((living.now(), simulation.clock().pending()), (0, 0));
        assert!(simulation.tasks().is_empty() && simulation.tasks().unfinished().is_empty());
    }
}

/// One cancels another, who may have ended: then its output is there.
fn canceller(simulation: &mut Simulation, crew: &Crew) {
    let clock = simulation.clock();
    let victim = simulation.tasks().spawn("victim", async move { clock.sleep(ms(10)).await });
    let clock = simulation.clock();
    let cancels = async move {
        clock.sleep(ms(10)).await;
        let had_ended = victim.is_finished();
        victim.cancel();
        assert!(victim.is_finished());
        assert_eq!(victim.await.is_ok(), had_ended);
    };
    drop(crew.spawn("canceller", cancels));
    simulation.run().expect("nobody hangs");
    assert_eq!(simulation.clock().pending(), 0);
}

#[test]
fn tasks() {
    Proof::of("runtime: sleeps and tasks")
        .swept(parents(3))
        .swept(canceller)
        .in_every_order(parents(3))
        .in_every_order(canceller)
        .in_seeded_orders(5000, 6, parents(6))
        .print();
}
