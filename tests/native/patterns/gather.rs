use std::{
    cell::{Cell, RefCell},
    future::{Ready, pending, ready},
    num::NonZeroUsize,
    pin::{Pin, pin},
    rc::Rc,
    sync::Arc,
    task::{Context, Poll, Waker},
    time::Duration,
};

use async_playground::{
    patterns::{Gather, TryGather, gather, gather_limited, settle, try_gather},
    runtime::{Clock, Instant, Order, Simulation, Timers},
};
use futures::channel::oneshot;

use super::support::{Wakes, cut_off, ms, often, poll_once, send, sweep, turn};

fn simulate<T: 'static, F: Future<Output = T> + 'static>(run: impl FnOnce(Timers) -> F) -> (T, Instant) {
    let mut sim = Simulation::new(Order::fifo());
    let future = run(sim.clock());
    (sim.block_on(future).unwrap(), sim.now())
}

fn limit(limit: usize) -> NonZeroUsize {
    NonZeroUsize::new(limit).unwrap()
}

/// Counts the children that exist.
#[derive(Clone)]
struct Alive(Rc<Cell<i64>>);

struct Token(Rc<Cell<i64>>);

impl Alive {
    fn new() -> Self {
        Self(Rc::new(Cell::new(0)))
    }

    fn enter(&self) -> Token {
        self.0.set(self.0.get() + 1);
        Token(self.0.clone())
    }
}

impl Drop for Token {
    fn drop(&mut self) {
        self.0.set(self.0.get() - 1);
    }
}

#[test]
fn gather_is_send_if_its_children_are() {
    type Child = Ready<Result<(), ()>>;
    send(&gather(Vec::<Child>::new()));
    send(&settle(Vec::<Child>::new()));
    send(&try_gather(Vec::<Child>::new()));
    send(&gather_limited(limit(1), Vec::<Child>::new()));
}

#[test]
fn results_are_in_input_order_whichever_child_ends_first() {
    let (results, now) = simulate(|clock| {
        gather([30, 10, 20].map(|millis| {
            let sleep = clock.sleep(ms(millis));
            async move {
                sleep.await;
                millis
            }
        }))
    });
    assert_eq!((results, now), (vec![30, 10, 20], Instant::from_millis(30)));
}

#[test]
fn gathering_nothing_is_ready_immediately() {
    assert_eq!(poll_once(&mut Box::pin(gather(Vec::<Ready<()>>::new()))), Poll::Ready(vec![]));
}

#[test]
fn gathers_can_be_fields() {
    struct Both {
        all: Gather<std::vec::IntoIter<Ready<u32>>>,
        first_error: TryGather<std::vec::IntoIter<Ready<Result<u32, ()>>>, u32>,
    }
    let both = Both { all: gather(vec![ready(1)]), first_error: try_gather(vec![ready(Ok(2))]) };
    let outputs = futures::executor::block_on(async { (both.all.await, both.first_error.await) });
    assert_eq!(outputs, (vec![1], Ok(vec![2])));
}

#[test]
fn a_gather_polled_after_it_was_ready_stays_pending() {
    let mut all = gather([ready(1)]);
    assert!(poll_once(&mut all).is_ready());
    assert!(poll_once(&mut all).is_pending());
    let mut first_error = try_gather([ready(Err::<(), _>(1)), ready(Ok(()))]);
    assert_eq!(poll_once(&mut first_error), Poll::Ready(Err(1)));
    assert!(poll_once(&mut first_error).is_pending());
}

#[test]
fn first_polls_are_in_input_order() {
    let order = Rc::new(RefCell::new(vec![]));
    let children = (0..100).map(|n| {
        let order = order.clone();
        async move {
            order.borrow_mut().push(n);
            pending::<()>().await;
        }
    });
    assert!(poll_once(&mut Box::pin(gather(children))).is_pending());
    assert_eq!(order.take(), (0..100).collect::<Vec<_>>());
}

/// `FuturesUnordered` wakes itself when it has polled as often as it has children.
#[test]
fn it_polls_only_woken_children_and_does_not_wake_itself() {
    let polls = Rc::new(RefCell::new([0; 3]));
    let (senders, receivers): (Vec<_>, Vec<_>) = (0..3).map(|_| oneshot::channel::<()>()).unzip();
    let children = receivers.into_iter().enumerate().map(|(index, mut receiver)| {
        let polls = polls.clone();
        std::future::poll_fn(move |cx| {
            polls.borrow_mut()[index] += 1;
            Pin::new(&mut receiver).poll(cx)
        })
    });
    let mut gathered = pin!(gather(children));
    let wakes = Arc::new(Wakes::default());
    let waker = Waker::from(wakes.clone());
    let cx = &mut Context::from_waker(&waker);
    assert!(gathered.as_mut().poll(cx).is_pending());
    assert_eq!(wakes.count(), 0);
    for (done, sender) in senders.into_iter().rev().enumerate() {
        sender.send(()).unwrap();
        assert_eq!(wakes.count(), done as u64 + 1);
        assert_eq!(gathered.as_mut().poll(cx).is_ready(), done == 2);
    }
    assert_eq!(polls.take(), [2, 2, 2]);
}

#[test]
fn many_wakes_between_two_polls_wake_the_parent_once() {
    let (senders, receivers): (Vec<_>, Vec<_>) = (0..50).map(|_| oneshot::channel::<()>()).unzip();
    let mut gathered = pin!(gather(receivers));
    let wakes = Arc::new(Wakes::default());
    let waker = Waker::from(wakes.clone());
    assert!(gathered.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
    senders.into_iter().for_each(|sender| sender.send(()).unwrap());
    assert_eq!(wakes.count(), 1);
    assert!(gathered.as_mut().poll(&mut Context::from_waker(&waker)).is_ready());
}

#[test]
fn a_child_that_wakes_itself_gives_others_a_turn() {
    let (results, now) = simulate(|clock| async move {
        let stop = Rc::new(Cell::new(false));
        let (spins, stops) = (stop.clone(), stop);
        let spinning = async move {
            while !spins.get() {
                turn().await;
            }
        };
        let stopping = async move {
            turn().await;
            turn().await;
            stops.set(true);
        };
        let children: [Pin<Box<dyn Future<Output = ()>>>; 2] = [Box::pin(spinning), Box::pin(stopping)];
        let timer = clock.sleep(Duration::ZERO);
        timer.await;
        gather(children).await
    });
    assert_eq!((results.len(), now), (2, Instant::ORIGIN));
}

/// `join_all` of a million sleepers took 243 s on a peer's paused clock.
#[test]
fn a_hundred_thousand_children_cost_two_polls_each() {
    let (many, polls) = (u64::from(often(100_000, 100)), Rc::new(Cell::new(0)));
    let counted = polls.clone();
    let (results, now) = simulate(|clock| {
        gather((0..many).map(move |n| {
            let (mut sleep, polls) = (Box::pin(clock.sleep(ms(100))), counted.clone());
            std::future::poll_fn(move |cx| {
                polls.set(polls.get() + 1);
                sleep.as_mut().poll(cx).map(|()| n)
            })
        }))
    });
    assert!(results.into_iter().eq(0..many));
    assert_eq!((polls.get(), now), (2 * many, Instant::from_millis(100)));
}

#[test]
fn the_first_error_in_time_is_returned_after_the_other_children_are_dropped() {
    let alive = Alive::new();
    let children = alive.clone();
    let (_, now) = simulate(|clock| async move {
        let futures = [30, 20, 10, 40].map(|millis| {
            let (token, sleep) = (children.enter(), clock.sleep(ms(millis)));
            async move {
                let _token = token;
                sleep.await;
                if millis == 10 { Ok(millis) } else { Err(millis) }
            }
        });
        let mut gathered = pin!(try_gather(futures));
        assert_eq!(gathered.as_mut().await, Err(20));
        assert_eq!(children.0.get(), 0);
    });
    assert_eq!((now, alive.0.get()), (Instant::from_millis(20), 0));
}

#[test]
fn try_gather_returns_all_values_if_there_is_no_error() {
    let (results, _) = simulate(|_| try_gather([1, 2].map(|n| ready(Ok::<_, ()>(n)))));
    assert_eq!(results, Ok(vec![1, 2]));
}

#[test]
fn settle_returns_every_outcome() {
    let (results, now) = simulate(|clock| {
        settle([1, 2, 3].map(|n| {
            let sleep = clock.sleep(ms(n));
            async move {
                sleep.await;
                if n == 2 { Err("two") } else { Ok(n) }
            }
        }))
    });
    assert_eq!((results, now), (vec![Ok(1), Err("two"), Ok(3)], Instant::from_millis(3)));
}

#[test]
fn the_limit_is_reached_and_never_exceeded() {
    for at_most in [1, 2, 3, 7, 10, 99] {
        let (alive, most) = (Alive::new(), Rc::new(Cell::new(0)));
        let (children, peak) = (alive.clone(), most.clone());
        let (results, now) = simulate(|clock| {
            let futures = (0..10).map(move |n| {
                let (clock, children, peak) = (clock.clone(), children.clone(), peak.clone());
                async move {
                    let _token = children.enter();
                    peak.set(peak.get().max(children.0.get()));
                    clock.sleep(ms(10)).await;
                    n
                }
            });
            gather_limited(limit(at_most), futures)
        });
        assert_eq!(results, (0..10).collect::<Vec<_>>());
        assert_eq!(most.get(), at_most.min(10) as i64);
        assert_eq!(now, Instant::from_millis(10 * 10_u64.div_ceil(at_most as u64)));
    }
}

#[test]
fn under_a_limit_the_next_child_starts_when_one_ends() {
    let made = Rc::new(Cell::new(0));
    let count = made.clone();
    simulate(|clock| async move {
        let sleeper = clock.clone();
        let futures = (0..4_u64).map(move |n| {
            count.set(count.get() + 1);
            sleeper.sleep(ms(10 + n))
        });
        let mut gathered = pin!(gather_limited(limit(2), futures));
        assert!(futures::poll!(gathered.as_mut()).is_pending());
        assert_eq!(made.get(), 2);
        clock.sleep(ms(10)).await;
        assert!(futures::poll!(gathered.as_mut()).is_pending());
        assert_eq!(made.get(), 3);
    });
}

#[test]
fn a_gather_dropped_at_any_poll_drops_every_child() {
    let cuts = sweep(4, |form, cut| {
        let alive = Alive::new();
        let children = alive.clone();
        let (was_cut, _) = simulate(|clock| async move {
            let futures: Vec<_> = (1..=4)
                .map(|n| {
                    let (token, sleep) = (children.enter(), clock.sleep(ms(n)));
                    async move {
                        let _token = token;
                        sleep.await;
                        Ok::<_, ()>(n)
                    }
                })
                .collect();
            let gathered: Pin<Box<dyn Future<Output = ()>>> = match form {
                0 => Box::pin(async { drop(gather(futures).await) }),
                1 => Box::pin(async { drop(try_gather(futures).await) }),
                2 => Box::pin(async { drop(settle(futures).await) }),
                _ => Box::pin(async { drop(gather_limited(limit(2), futures).await) }),
            };
            let was_cut = cut_off(gathered, Some(cut)).await.is_none();
            assert_eq!((children.0.get(), clock.pending()), (0, 0));
            was_cut
        });
        assert_eq!(alive.0.get(), 0);
        was_cut
    });
    assert!(cuts >= 4 * 9, "{cuts} cuts");
}

#[test]
fn children_may_be_woken_from_other_threads() {
    let (senders, receivers): (Vec<_>, Vec<_>) = (0..1000).map(|_| oneshot::channel::<usize>()).unzip();
    let waking = std::thread::spawn(|| {
        senders.into_iter().enumerate().for_each(|(n, sender)| sender.send(n).unwrap());
    });
    let results = futures::executor::block_on(try_gather(receivers)).unwrap();
    assert!(results.into_iter().eq(0..1000));
    waking.join().unwrap();
}
