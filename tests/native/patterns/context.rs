use std::{
    cell::{Cell, RefCell},
    future::{pending, ready},
    panic::{AssertUnwindSafe, catch_unwind},
    rc::Rc,
};

use async_playground::{
    context_var,
    runtime::{Clock, Order, Simulation},
};
use futures::{FutureExt, future::join_all};

use super::support::{cut_off, ms, poll_once, send, sweep, turn};

context_var! {
    static ID: String;
    static DEPTH: u32;
}

fn id() -> Option<String> {
    ID.get()
}

fn named(name: &str) -> Option<String> {
    Some(name.to_owned())
}

/// Records the id that is visible while it is dropped.
struct Witness(Rc<RefCell<Option<String>>>);

impl Drop for Witness {
    fn drop(&mut self) {
        *self.0.borrow_mut() = id();
    }
}

#[test]
fn a_scope_is_send_if_its_parts_are() {
    send(&ID.scope(String::new(), ready(())));
    send(&DEPTH.inherit(turn()));
}

#[test]
fn interleaved_tasks_see_only_their_own_value() {
    let mut sim = Simulation::new(Order::fifo());
    let clock = sim.clock();
    let tasks: Vec<_> = (0..3)
        .map(|n| {
            let clock = clock.clone();
            let request = async move {
                for _ in 0..4 {
                    assert_eq!(id(), named(&format!("req-{n}")));
                    clock.sleep(ms(10 + n)).await;
                }
            };
            sim.tasks().spawn("request", ID.scope(format!("req-{n}"), request))
        })
        .collect();
    let outside = sim.tasks().spawn("outside", async move {
        for _ in 0..4 {
            assert_eq!(id(), None);
            clock.sleep(ms(10)).await;
        }
    });
    let ends = sim.block_on(async { (join_all(tasks).await, outside.await) }).unwrap();
    assert!(ends.0.into_iter().all(|end| end.is_ok()) && ends.1.is_ok());
}

#[test]
fn scopes_nest_and_variables_are_independent() {
    let inner = async {
        assert_eq!(id(), named("inner"));
        turn().await;
        assert_eq!((id(), DEPTH.get()), (named("inner"), Some(1)));
    };
    let outer = async {
        ID.scope("inner".to_owned(), inner).await;
        assert_eq!(id(), named("outer"));
        ID.scope_sync("sync".to_owned(), || assert_eq!(id(), named("sync")));
        assert_eq!(id(), named("outer"));
    };
    futures::executor::block_on(DEPTH.scope(1, ID.scope("outer".to_owned(), outer)));
    assert_eq!((id(), DEPTH.get()), (None, None));
}

#[test]
fn the_outer_value_is_restored_after_a_panic() {
    ID.scope_sync("outer".to_owned(), || {
        let scope = ID.scope("inner".to_owned(), async { panic!("on purpose") });
        assert!(catch_unwind(AssertUnwindSafe(|| scope.now_or_never())).is_err());
        assert_eq!(id(), named("outer"));
        let sync = || ID.scope_sync("inner".to_owned(), || panic!("on purpose"));
        assert!(catch_unwind(sync).is_err());
        assert_eq!(id(), named("outer"));
    });
    assert_eq!(id(), None);
}

#[test]
fn the_value_is_visible_while_the_future_is_dropped() {
    for polls in 0..3 {
        let seen = Rc::new(RefCell::new(None));
        let witness = Witness(seen.clone());
        let future = async move {
            let _witness = witness;
            turn().await;
            pending::<()>().await;
        };
        let mut scope = ID.scope("mine".to_owned(), future);
        for _ in 0..polls {
            assert!(poll_once(&mut scope).is_pending());
        }
        ID.scope_sync("another".to_owned(), || drop(scope));
        assert_eq!(*seen.borrow(), named("mine"), "dropped after {polls} polls");
        assert_eq!(id(), None);
    }
}

#[test]
fn the_value_is_visible_while_a_finished_future_is_dropped() {
    let seen = Rc::new(RefCell::new(None));
    let witness = Witness(seen.clone());
    let holds = std::future::poll_fn(move |_| {
        let _ = &witness;
        std::task::Poll::Ready(())
    });
    ID.scope("mine".to_owned(), holds).now_or_never().unwrap();
    assert_eq!(*seen.borrow(), named("mine"));
}

/// tokio#2396, tokio#6659.
#[test]
fn a_spawned_task_inherits_only_on_request() {
    let mut sim = Simulation::new(Order::fifo());
    let tasks = sim.tasks();
    let spawning = async move {
        let plain = tasks.spawn("plain", async { id() });
        let asked = tasks.spawn("asked", ID.inherit(async { id() }));
        (plain.await.unwrap(), asked.await.unwrap())
    };
    let seen = sim.block_on(ID.scope("req-1".to_owned(), spawning)).unwrap();
    assert_eq!(seen, (None, named("req-1")));
    let outside = ID.inherit(async { id() }).now_or_never().unwrap();
    assert_eq!(outside, None);
}

#[test]
fn a_scope_may_be_opened_inside_with() {
    ID.scope_sync("outer".to_owned(), || {
        ID.with(|outer| {
            ID.scope_sync("inner".to_owned(), || assert_eq!(id(), named("inner")));
            assert_eq!(outer.map(String::as_str), Some("outer"));
        });
    });
}

#[test]
fn a_request_dropped_at_any_poll_leaves_no_value_behind() {
    let cuts = sweep(1, |_, cut| {
        let mut sim = Simulation::new(Order::fifo());
        let (clock, others) = (sim.clock(), Rc::new(Cell::new(0)));
        let request = |name: &str| {
            let (clock, name) = (clock.clone(), name.to_owned());
            ID.scope(name.clone(), async move {
                for _ in 0..3 {
                    clock.sleep(ms(10)).await;
                    assert_eq!(id().as_ref(), Some(&name));
                }
            })
        };
        let other = request("other");
        let count = others.clone();
        let other = sim.tasks().spawn("other", async move {
            other.await;
            count.set(1);
        });
        let victim = cut_off(request("victim"), Some(cut));
        let was_cut = sim
            .block_on(async move {
                let output = victim.await;
                assert_eq!(id(), None);
                other.await.unwrap();
                output.is_none()
            })
            .unwrap();
        assert_eq!((others.get(), id()), (1, None));
        was_cut
    });
    assert_eq!(cuts, 3 + 4);
}

#[test]
fn the_value_follows_a_task_from_thread_to_thread() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(4).build().unwrap();
    let tasks: Vec<_> = (0..8)
        .map(|n| {
            runtime.spawn(DEPTH.scope(n, async move {
                for _ in 0..500 {
                    assert_eq!(DEPTH.get(), Some(n));
                    tokio::task::yield_now().await;
                }
            }))
        })
        .collect();
    runtime.block_on(join_all(tasks)).into_iter().for_each(|end| end.unwrap());
}
