//! Tasks: their order, their handles, their cancellation.

use super::{Log, lines};
use async_playground::runtime::{Cancelled, Clock, Order, Simulation, TaskId, Tasks};
use std::{
    cell::RefCell,
    panic::{AssertUnwindSafe, catch_unwind},
    rc::Rc,
    task::{Poll, Waker},
    time::Duration,
};

/// Runs three tasks that log their name twice, with a sleep between.
fn interleaving(order: Order) -> (Vec<String>, Vec<(u32, u32)>) {
    let mut simulation = Simulation::new(order);
    let log = Log::default();
    let (tasks, clock) = (simulation.tasks(), simulation.clock());
    for name in ["a", "b", "c"] {
        let (log, clock) = (log.clone(), clock.clone());
        drop(tasks.spawn(name, async move {
            log.borrow_mut().push(format!("{name}1"));
            clock.sleep(Duration::from_millis(1)).await;
            log.borrow_mut().push(format!("{name}2"));
        }));
    }
    simulation.block_on(async move { clock.sleep(Duration::from_millis(5)).await }).unwrap();
    (lines(&log), simulation.choices().iter().map(|choice| (choice.taken, choice.of)).collect())
}

#[test]
fn first_come_first_served_runs_tasks_in_the_order_of_wake_ups() {
    assert_eq!(interleaving(Order::fifo()).0, ["a1", "b1", "c1", "a2", "b2", "c2"]);
}

#[test]
fn a_seed_always_gives_the_same_order_and_different_seeds_give_different_ones() {
    assert_eq!(interleaving(Order::seeded(3)), interleaving(Order::seeded(3)));
    let orders: std::collections::BTreeSet<_> =
        (0..50).map(|seed| interleaving(Order::seeded(seed)).0).collect();
    assert!(orders.len() > 20, "50 seeds gave only {} orders", orders.len());
}

#[test]
fn given_positions_are_followed_and_recorded() {
    let (log, choices) = interleaving(Order::following(vec![2, 1]));
    assert_eq!(log[..3], ["c1", "b1", "a1"], "of four ready tasks the third, then of three the second");
    assert_eq!(choices[..2], [(2, 4), (1, 3)]);
}

#[test]
fn a_position_past_the_end_means_the_last_ready_task() {
    assert_eq!(interleaving(Order::following(vec![9])).1[0], (3, 4));
}

#[test]
fn dropping_a_handle_leaves_its_task_running_except_after_cancel_on_drop() {
    let mut simulation = Simulation::new(Order::fifo());
    let (tasks, clock, log) = (simulation.tasks(), simulation.clock(), Log::default());
    let sleeper = |name: &'static str| {
        let (clock, log) = (clock.clone(), log.clone());
        async move {
            clock.sleep(Duration::from_millis(1)).await;
            log.borrow_mut().push(name.into());
        }
    };
    drop(tasks.spawn("detached", sleeper("detached")));
    drop(tasks.spawn("owned", sleeper("owned")).cancel_on_drop());
    let clock = clock.clone();
    simulation.block_on(async move { clock.sleep(Duration::from_millis(2)).await }).unwrap();
    assert_eq!(lines(&log), ["detached"]);
}

#[test]
fn an_output_is_kept_until_its_handle_is_dropped() {
    let mut simulation = Simulation::new(Order::fifo());
    let tasks = simulation.tasks();
    let output = Rc::new("first");
    let give = || std::future::ready(output.clone());
    let (kept, forgotten) = (tasks.spawn("kept", give()), tasks.spawn("forgotten", give()));
    drop(tasks.spawn("detached", give()));
    simulation.run().unwrap();
    assert!(kept.is_finished() && forgotten.is_finished());
    assert_eq!(Rc::strong_count(&output), 3, "the third has no handle");
    drop(forgotten);
    assert_eq!(Rc::strong_count(&output), 2);
    let later: Vec<_> = (0..2).map(|_| tasks.spawn("later", async { Rc::new("second") })).collect();
    let collected = simulation.block_on(async {
        let mut collected = vec![kept.await];
        for task in later {
            collected.push(task.await);
        }
        collected
    });
    let collected: Vec<_> = collected.unwrap().into_iter().map(|output| *output.unwrap()).collect();
    assert_eq!(collected, ["first", "second", "second"]);
}

#[test]
fn a_task_may_cancel_itself() {
    let mut simulation = Simulation::new(Order::fifo());
    let tasks = simulation.tasks();
    let handle = Rc::new(RefCell::new(None));
    let own = handle.clone();
    let task = tasks.spawn("self-cancelling", async move {
        let task: Option<async_playground::runtime::Task<()>> = own.borrow_mut().take();
        task.unwrap().cancel();
        std::future::pending::<()>().await;
    });
    *handle.borrow_mut() = Some(task);
    let end = simulation.block_on(async { std::future::pending::<()>().await });
    let blocked = end.unwrap_err().blocked;
    assert_eq!(blocked.len(), 1, "only main is left: {blocked:?}");
}

#[test]
fn a_task_can_be_cancelled_by_its_id_once() {
    let mut simulation = Simulation::new(Order::fifo());
    let (tasks, clock) = (simulation.tasks(), simulation.clock());
    let sleeper = tasks.spawn("sleeper", async move { clock.sleep(Duration::from_secs(9)).await });
    assert!(!tasks.cancel(TaskId(1)), "there is no such task yet");
    let (canceller, clock) = (tasks.clone(), simulation.clock());
    let end = simulation.block_on(async move {
        assert!(canceller.cancel(TaskId(0)) && !canceller.cancel(TaskId(0)));
        assert_eq!(clock.pending(), 0);
        let end = sleeper.await;
        // A later task has another id.
        let next = canceller.spawn("next", async { 2 });
        assert!(!canceller.cancel(TaskId(0)));
        (end, next.await)
    });
    assert!(matches!(end, Ok((Err(Cancelled { .. }), Ok(2)))), "{end:?}");
}

#[test]
fn a_wake_up_after_the_end_of_a_task_wakes_no_other_task() {
    let mut simulation = Simulation::new(Order::fifo());
    let tasks = simulation.tasks();
    let polls = Rc::new(RefCell::new(0));
    let counted = polls.clone();
    simulation
        .block_on(async move {
            let stolen: Rc<RefCell<Option<Waker>>> = Rc::default();
            let thief = stolen.clone();
            tasks
                .spawn(
                    "first",
                    std::future::poll_fn(move |cx| {
                        *thief.borrow_mut() = Some(cx.waker().clone());
                        Poll::Ready(())
                    }),
                )
                .await
                .unwrap();
            let second = tasks.spawn(
                "second",
                std::future::poll_fn(move |_| {
                    *counted.borrow_mut() += 1;
                    Poll::<()>::Pending
                }),
            );
            stolen.borrow().as_ref().unwrap().wake_by_ref();
            let clock_free_yield = tasks.spawn("yield", async {});
            clock_free_yield.await.unwrap();
            stolen.borrow().as_ref().unwrap().wake_by_ref();
            tasks.spawn("yield again", async {}).await.unwrap();
            second.cancel();
        })
        .unwrap();
    assert_eq!(*polls.borrow(), 1);
}

#[test]
fn each_of_many_tasks_is_found_after_most_have_ended() {
    const COUNT: u32 = 5_000;
    let mut simulation = Simulation::new(Order::fifo());
    let tasks = simulation.tasks();
    let wakers: Rc<RefCell<Vec<Waker>>> = Rc::default();
    let spawn = |index: u32| {
        let (own, wakers) = (index, wakers.clone());
        tasks.spawn(
            index.to_string(),
            std::future::poll_fn(move |cx| {
                wakers.borrow_mut().push(cx.waker().clone());
                if own % 1_500 == 7 { Poll::Pending } else { Poll::Ready(own) }
            }),
        )
    };
    let handles: Vec<_> = (0..COUNT).map(spawn).collect();
    let deadlock = simulation.run().unwrap_err();
    let stuck: Vec<_> = deadlock.blocked.iter().map(|blocked| blocked.task.to_string()).collect();
    assert_eq!(stuck, ["7", "1507", "3007", "4507"]);
    let collected = simulation.block_on(async move {
        let mut collected = Vec::new();
        for handle in handles {
            if handle.is_finished() {
                collected.push(handle.await.unwrap());
            }
        }
        collected
    });
    assert!(collected.unwrap().into_iter().eq((0..COUNT).filter(|index| index % 1_500 != 7)));
    // The handles are dropped, the tasks go on, and wake-ups of tasks that have ended wake no other.
    let polls = wakers.borrow().len();
    wakers.take().into_iter().for_each(Waker::wake);
    assert_eq!(simulation.run().unwrap_err().blocked.len(), stuck.len());
    assert_eq!((polls, wakers.borrow().len()), (COUNT as usize, stuck.len()));
    assert!(!tasks.cancel(TaskId(8)) && tasks.cancel(TaskId(1_507)) && !tasks.cancel(TaskId(1_507)));
    assert_eq!(tasks.spawned(), COUNT + 1);
}

#[test]
fn a_task_is_the_current_one_while_its_future_is_dropped() {
    struct OnDrop(Tasks, Rc<RefCell<Option<TaskId>>>);
    impl Drop for OnDrop {
        fn drop(&mut self) {
            *self.1.borrow_mut() = self.0.current();
        }
    }
    let mut simulation = Simulation::new(Order::fifo());
    let tasks = simulation.tasks();
    let seen = Rc::new(RefCell::new(None));
    let guard = OnDrop(tasks.clone(), seen.clone());
    let task = tasks.spawn("guarded", async move {
        let _guard = guard;
        std::future::pending::<()>().await;
    });
    simulation.block_on(async move { task.cancel() }).unwrap();
    assert_eq!(*seen.borrow(), Some(TaskId(0)));
}

#[test]
fn a_task_that_panics_ends_for_a_host_that_goes_on() {
    let mut simulation = Simulation::new(Order::fifo());
    let tasks = simulation.tasks();
    let panics = tasks.spawn("panics", async { panic!("on purpose") });
    let waits = tasks.spawn("waits", panics);
    let caught = catch_unwind(AssertUnwindSafe(|| simulation.run()));
    assert!(caught.is_err());
    let end: Result<Result<(), Cancelled>, Cancelled> = simulation.block_on(waits).unwrap();
    assert!(matches!(end, Ok(Err(Cancelled { .. }))), "{end:?}");
    assert!(tasks.is_empty());
}

/// Panics when it is dropped.
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("on purpose");
    }
}

async fn holding<T>(_held: T) {
    std::future::pending::<()>().await;
}

#[test]
fn a_task_whose_destructor_panics_is_cancelled() {
    let mut simulation = Simulation::new(Order::fifo());
    let tasks = simulation.tasks();
    let bomb = tasks.spawn("bomb", holding(Bomb));
    let waits = tasks.spawn("waits", bomb);
    assert!(catch_unwind(AssertUnwindSafe(|| tasks.cancel(TaskId(0)))).is_err());
    assert!(matches!(simulation.block_on(waits), Ok(Ok(Err(Cancelled { .. })))));
    assert!(tasks.is_empty());
}

#[test]
fn a_destructor_that_panics_at_the_end_of_the_run_keeps_no_other_task() {
    let simulation = Simulation::new(Order::fifo());
    let (tasks, held) = (simulation.tasks(), Rc::new(()));
    drop(tasks.spawn("first", holding(held.clone())));
    drop(tasks.spawn("bomb", holding(Bomb)));
    drop(tasks.spawn("last", holding(held.clone())));
    assert!(catch_unwind(AssertUnwindSafe(|| drop(simulation))).is_err());
    assert_eq!((Rc::strong_count(&held), tasks.is_empty()), (1, true));
    drop(tasks.spawn("late", holding(held.clone())));
    assert_eq!(Rc::strong_count(&held), 1, "nothing starts any more");
}
