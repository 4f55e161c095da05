use async_playground::{
    context_var,
    runtime::{Clock, Simulation},
};

use super::{Gauge, ms};
use crate::proof::{Crew, Proof};

context_var! {
    static ID: usize;
}

/// Sees its id to the end, in its destructor too.
struct Witness(Option<usize>, Gauge);

impl Drop for Witness {
    fn drop(&mut self) {
        // An assertion in a destructor would hide what went wrong before.
        if ID.get() != self.0 {
            std::mem::forget(self.1.enter(1));
        }
    }
}

/// Requests under their ids that spawn a child each: with its parent's id, or without.
fn requests(n: usize) -> impl Fn(&mut Simulation, &Crew) {
    move |simulation, crew| {
        let strangers = Gauge::default();
        let see = |id: Option<usize>| {
            let (clock, strangers) = (simulation.clock(), strangers.clone());
            async move {
                let witness = Witness(id, strangers);
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
        simulation.run().expect("nobody hangs");
        assert_eq!(ID.get(), None, "an id was left behind");
        assert_eq!(strangers.now(), 0, "a destructor saw another's id");
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
