use async_playground::{
    context_var,
    runtime::{Clock, Simulation},
};

use super::{Gauge, ms};
use crate::proof::{Crew, Proof};

context_var! {
    static ID: usize;
}

/// Checks the visible id in its destructor.
struct Witness(Option<usize>, Gauge);

impl Drop for Witness {
    fn drop(&mut self) {
        // Counted instead of asserted: a panic in a destructor would hide an earlier one.
        if ID.get() != self.0 {
            std::mem::forget(self.1.enter(1));
        }
    }
}

/// Requests, each in the scope of its id, that spawn a child with the id of its parent or without.
fn requests(n: usize) -> impl Fn(&mut Simulation, &Crew) {
    move |simulation, crew| {
        let mismatches = Gauge::default();
        let see = |id: Option<usize>| {
            let (clock, mismatches) = (simulation.clock(), mismatches.clone());
            async move {
                let witness = Witness(id, mismatches);
                for _ in 0..2 {
                    assert_eq!(ID.get(), witness.0);
                    clock.sleep(ms(10)).await;
                }
                assert_eq!(ID.get(), witness.0);
            }
        };
        for request in 0..n {
            let (own, child) = (see(Some(request)), see((request == 0).then_some(request)));
            let children = crew.clone();
            let body = async move {
                if request == 0 {
                    drop(children.spawn("child", ID.inherit(child)));
                } else if request == 1 {
                    drop(children.spawn("child", child));
                }
                own.await;
            };
            drop(crew.spawn(format!("request {request}"), ID.scope(request, body)));
        }
        simulation.run().expect("no task hangs");
        assert_eq!(ID.get(), None, "an id is still visible");
        assert_eq!(mismatches.now(), 0, "a destructor saw another id");
    }
}

#[test]
fn context_variable() {
    Proof::of("context variable")
        .swept(requests(3))
        .in_every_order(requests(2))
        .in_seeded_orders(5000, 7, requests(5))
        .print();
}
