use super::{Log, lines};
use async_playground::runtime::{
    Cancelled, Clock, Name, Observer, Order, Phase, Simulation, Source, TaskId, Tasks, Wait,
};
use std::{
    cell::RefCell,
    panic::{AssertUnwindSafe, catch_unwind},
    rc::Rc,
    task::{Poll, Waker},
    time::Duration,
};

/// Runs three tasks that log their name twice, with a yield between.
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
fn fifo_order_is_the_order_of_becoming_ready() {
    assert_eq!(interleaving(Order::fifo()).0, ["a1", "b1", "c1", "a2", "b2", "c2"]);
}

#[test]
fn a_seed_gives_the_same_order_each_time_and_seeds_differ() {
    assert_eq!(interleaving(Order::seeded(3)), interleaving(Order::seeded(3)));
    let orders: std::collections::BTreeSet<_> =
        (0..50).map(|seed| interleaving(Order::seeded(seed)).0).collect();
    assert!(orders.len() > 20, "50 seeds gave only {} orders", orders.len());
}

#[test]
fn given_choices_are_followed_and_recorded() {
    let (log, choices) = interleaving(Order::following(vec![2, 1]));
    assert_eq!(log[..3], ["c1", "b1", "a1"], "of four ready tasks the third, then of three the second");
    assert_eq!(choices[..2], [(2, 4), (1, 3)]);
}

#[test]
fn a_place_past_the_end_takes_the_last() {
    assert_eq!(interleaving(Order::following(vec![9])).1[0], (3, 4));
}

#[derive(Default)]
struct Recorder(RefCell<Vec<String>>);

impl Observer for Recorder {
    fn task(&self, id: TaskId, parent: Option<TaskId>, name: &Name, phase: Phase, source: Option<Source>) {
        assert_eq!(source.is_some(), phase == Phase::Spawned);
        let parent = parent.map_or(String::from("-"), |parent| parent.0.to_string());
        self.0.borrow_mut().push(format!("{}<{parent} {name} {phase:?}", id.0));
    }

    fn wait_begins(&self, id: TaskId, wait: &Wait, _: Source) {
        self.0.borrow_mut().push(format!("{} {} begin", id.0, spelled(wait)));
    }

    fn wake(&self, id: TaskId, by: Option<TaskId>) {
        let by = by.map_or(String::from("the clock"), |by| by.0.to_string());
        self.0.borrow_mut().push(format!("{} woken by {by}", id.0));
    }

    fn wait_ends(&self, id: TaskId, wait: &Wait) {
        self.0.borrow_mut().push(format!("{} {} end", id.0, spelled(wait)));
    }
}

fn spelled(wait: &Wait) -> String {
    let target = wait.target.as_ref();
    target.map_or(wait.on.to_string(), |target| format!("{} of {target}", wait.on))
}

fn observed(program: impl AsyncFnOnce(Tasks) + 'static) -> Vec<String> {
    let mut simulation = Simulation::new(Order::fifo());
    let recorder = Rc::new(Recorder::default());
    let tasks = simulation.tasks();
    tasks.observe(recorder.clone());
    simulation.block_on(async move { program(tasks).await }).unwrap();
    recorder.0.take()
}

#[test]
fn the_observer_sees_every_phase_with_parents() {
    let seen = observed(async |tasks| {
        let good = tasks.spawn("good", async { 1 });
        let bad = tasks.try_spawn("bad", async { Err::<(), _>("no") });
        let stopped = tasks.spawn("stopped", std::future::pending::<()>());
        assert_eq!((good.await, bad.await), (Ok(1), Ok(Err("no"))));
        stopped.cancel();
        assert_eq!(stopped.await, Err(Cancelled));
    });
    assert_eq!(
        seen,
        [
            "0<- main Spawned",
            "0<- main Started",
            "1<0 good Spawned",
            "2<0 bad Spawned",
            "3<0 stopped Spawned",
            "1<0 good Started",
            "1<0 good Finished",
            "2<0 bad Started",
            "2<0 bad Failed",
            "3<0 stopped Started",
            "3<0 stopped Cancelled",
            "0<- main Finished",
        ]
    );
}

#[test]
fn a_wait_is_labelled_while_it_is_pending_and_only_then() {
    let seen = observed(async |tasks| {
        let inner = tasks.clone();
        let task = tasks.spawn("waiter", async move {
            inner.waiting("nothing", std::future::ready(())).await;
            inner.waiting("permit", std::future::pending::<()>()).await;
        });
        let mut polled = false;
        std::future::poll_fn(|cx| {
            cx.waker().wake_by_ref();
            if std::mem::replace(&mut polled, true) { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
        task.cancel();
    });
    let waits: Vec<_> = seen.iter().filter(|line| !line.contains('<')).collect();
    assert_eq!(waits, ["1 permit begin", "1 woken by 0", "1 permit end"]);
}

/// The events of waits and wake-ups of one task, without its id.
fn of_task(seen: &[String], id: u32) -> Vec<&str> {
    let own = format!("{id} ");
    seen.iter().filter_map(|line| line.strip_prefix(&own)).collect()
}

#[test]
fn a_wake_up_names_the_task_that_caused_it_and_the_wait_its_target() {
    let seen = observed(async |tasks| {
        let (sender, receiver) = futures::channel::oneshot::channel();
        let inner = tasks.clone();
        let waiter = tasks.spawn("waiter", async move {
            inner.waiting_for("permit", "permit 3", receiver).await.unwrap();
        });
        tasks.spawn("turn", async {}).await.unwrap();
        let sender = tasks.spawn("sender", async move { sender.send(()).unwrap() });
        tasks.waiting_for("task", "sender", sender).await.unwrap();
        waiter.await.unwrap();
    });
    assert_eq!(of_task(&seen, 1), ["permit of permit 3 begin", "woken by 3", "permit of permit 3 end"]);
    assert_eq!(of_task(&seen, 0), ["task of sender begin", "woken by 3", "task of sender end"]);
}

#[test]
fn the_clock_is_no_task() {
    let mut simulation = Simulation::new(Order::fifo());
    let (tasks, clock, recorder) = (simulation.tasks(), simulation.clock(), Rc::new(Recorder::default()));
    tasks.observe(recorder.clone());
    let sleeps = async move { tasks.waiting("sleep", clock.sleep(Duration::from_millis(1))).await };
    simulation.block_on(sleeps).unwrap();
    assert_eq!(of_task(&recorder.0.borrow(), 0), ["sleep begin", "woken by the clock", "sleep end"]);
}

#[test]
fn one_wake_up_is_reported_once_though_it_ends_several_waits() {
    let seen = observed(async |tasks| {
        let inner = tasks.clone();
        let turn = tasks.spawn("turn", async {});
        tasks.waiting("outer", async move { inner.waiting("inner", turn).await }).await.unwrap();
    });
    let due = ["inner begin", "outer begin", "woken by 1", "inner end", "outer end"];
    assert_eq!(of_task(&seen, 0), due);
}

#[test]
fn a_wait_that_ends_in_the_poll_in_which_it_began_has_no_wake_up() {
    let seen = observed(async |tasks| {
        let waiting = Box::pin(tasks.waiting("nothing", std::future::pending::<()>()));
        drop(futures::future::select(waiting, Box::pin(async {})).await);
    });
    assert_eq!(of_task(&seen, 0), ["nothing begin", "nothing end"]);
}

#[test]
fn what_the_end_of_the_run_leaves_is_unfinished_and_not_cancelled() {
    let mut simulation = Simulation::new(Order::fifo());
    let (tasks, recorder) = (simulation.tasks(), Rc::new(Recorder::default()));
    tasks.observe(recorder.clone());
    let inner = tasks.clone();
    drop(tasks.spawn("parent", async move {
        let child = inner.spawn("child", std::future::pending::<()>()).cancel_on_drop();
        inner.waiting("child", child).await.unwrap();
    }));
    drop(tasks.spawn("cancelled", std::future::pending::<()>()));
    assert!(simulation.run().is_err());
    tasks.cancel(TaskId(1));
    drop((tasks, simulation));
    let ended: Vec<_> =
        recorder.0.borrow().iter().skip_while(|line| !line.contains("Cancelled")).cloned().collect();
    assert_eq!(
        ended,
        ["1<- cancelled Cancelled", "2<0 child Unfinished", "0 child end", "0<- parent Unfinished"]
    );
}

/// As a fetch that goes on when the caller who began it does not.
#[test]
fn a_wait_ends_with_its_task_though_its_future_goes_on_in_another() {
    let seen = observed(async |tasks| {
        let labelled = tasks.waiting("rate", std::future::pending::<()>());
        let shared = Rc::new(RefCell::new(Box::pin(labelled)));
        let first = shared.clone();
        let poll = std::future::poll_fn(move |cx| first.borrow_mut().as_mut().poll(cx));
        let task = tasks.spawn("first", poll);
        tasks.spawn("turn", async {}).await.unwrap();
        task.cancel();
        drop(shared);
    });
    let of_first: Vec<_> = seen.iter().filter(|line| line.starts_with('1')).collect();
    let due = [
        "1<0 first Spawned",
        "1<0 first Started",
        "1 rate begin",
        "1 woken by 0",
        "1 rate end",
        "1<0 first Cancelled",
    ];
    assert_eq!(of_first, due);
}

#[test]
fn dropping_the_handle_leaves_the_task_running_unless_asked_otherwise() {
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
fn an_output_waits_for_its_handle_and_goes_with_it() {
    let mut simulation = Simulation::new(Order::fifo());
    let tasks = simulation.tasks();
    let output = Rc::new("first");
    let give = || std::future::ready(output.clone());
    let (kept, forgotten) = (tasks.spawn("kept", give()), tasks.spawn("forgotten", give()));
    drop(tasks.spawn("detached", give()));
    simulation.run().unwrap();
    assert!(kept.is_finished() && forgotten.is_finished());
    assert_eq!(Rc::strong_count(&output), 3, "nobody can ask for the third");
    drop(forgotten);
    assert_eq!(Rc::strong_count(&output), 2);
    // They have the places of those whose outputs are gone.
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
fn a_task_can_be_cancelled_by_its_id_and_only_once() {
    let mut simulation = Simulation::new(Order::fifo());
    let (tasks, clock) = (simulation.tasks(), simulation.clock());
    let sleeper = tasks.spawn("sleeper", async move { clock.sleep(Duration::from_secs(9)).await });
    assert!(!tasks.cancel(TaskId(1)), "there is none yet");
    let (canceller, clock) = (tasks.clone(), simulation.clock());
    let end = simulation.block_on(async move {
        assert!(canceller.cancel(TaskId(0)) && !canceller.cancel(TaskId(0)));
        assert_eq!(clock.pending(), 0);
        let end = sleeper.await;
        // Its slot has another tenant now, who answers to another name.
        let next = canceller.spawn("next", async { 2 });
        assert!(!canceller.cancel(TaskId(0)));
        (end, next.await)
    });
    assert_eq!(end, Ok((Err(Cancelled), Ok(2))));
}

#[test]
fn a_late_wake_up_reaches_no_other_task() {
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
fn each_of_many_tasks_is_found_though_most_are_gone() {
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
    // Their handles are dropped, but they go on; and nobody is woken in the place of those that are gone.
    let polls = wakers.borrow().len();
    wakers.take().into_iter().for_each(Waker::wake);
    assert_eq!(simulation.run().unwrap_err().blocked.len(), stuck.len());
    assert_eq!((polls, wakers.borrow().len()), (COUNT as usize, stuck.len()));
    assert!(!tasks.cancel(TaskId(8)) && tasks.cancel(TaskId(1_507)) && !tasks.cancel(TaskId(1_507)));
    assert_eq!(tasks.spawned(), COUNT + 1);
}

#[test]
fn futures_are_dropped_in_the_name_of_their_task() {
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
fn a_task_that_panics_is_cancelled_for_a_host_that_goes_on() {
    let mut simulation = Simulation::new(Order::fifo());
    let tasks = simulation.tasks();
    let panics = tasks.spawn("panics", async { panic!("on purpose") });
    let waits = tasks.spawn("waits", panics);
    let caught = catch_unwind(AssertUnwindSafe(|| simulation.run()));
    assert!(caught.is_err());
    let end: Result<Result<(), Cancelled>, Cancelled> = simulation.block_on(waits).unwrap();
    assert_eq!(end, Ok(Err(Cancelled)));
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
fn a_task_whose_destructor_panics_is_cancelled_all_the_same() {
    let mut simulation = Simulation::new(Order::fifo());
    let tasks = simulation.tasks();
    let bomb = tasks.spawn("bomb", holding(Bomb));
    let waits = tasks.spawn("waits", bomb);
    assert!(catch_unwind(AssertUnwindSafe(|| tasks.cancel(TaskId(0)))).is_err());
    assert_eq!(simulation.block_on(waits), Ok(Ok(Err(Cancelled))));
    assert!(tasks.is_empty());
}

#[test]
fn a_destructor_that_panics_at_the_end_keeps_no_other_task() {
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
