//! What an observer sees: phases of tasks, waits, and who ended them.

use std::{cell::RefCell, rc::Rc, task::Poll, time::Duration};

use async_playground::runtime::{
    Clock, Name, Observer, Order, Phase, Simulation, Source, TaskId, Tasks, Wait, WaitLabel,
};

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
    target.map_or(wait.on.to_string(), |target| format!("{} for {target}", wait.on))
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
fn every_phase_is_reported_with_the_parent() {
    let seen = observed(async |tasks| {
        let good = tasks.spawn("good", async { 1 });
        let bad = tasks.try_spawn("bad", async { Err::<(), _>("no") });
        let stopped = tasks.spawn("stopped", std::future::pending::<()>());
        assert_eq!((good.await, bad.await), (Ok(1), Ok(Err("no"))));
        stopped.cancel();
        assert!(stopped.await.is_err());
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
    assert_eq!(of_task(&seen, 1), ["permit for permit 3 begin", "woken by 3", "permit for permit 3 end"]);
    assert_eq!(of_task(&seen, 0), ["task for sender begin", "woken by 3", "task for sender end"]);
}

#[test]
fn a_wake_up_by_the_clock_names_no_task() {
    let mut simulation = Simulation::new(Order::fifo());
    let (tasks, clock, recorder) = (simulation.tasks(), simulation.clock(), Rc::new(Recorder::default()));
    tasks.observe(recorder.clone());
    let sleeps = async move { tasks.waiting("sleep", clock.sleep(Duration::from_millis(1))).await };
    simulation.block_on(sleeps).unwrap();
    assert_eq!(of_task(&recorder.0.borrow(), 0), ["sleep begin", "woken by the clock", "sleep end"]);
}

#[test]
fn a_wake_up_that_ends_several_waits_is_reported_once() {
    let seen = observed(async |tasks| {
        let inner = tasks.clone();
        let turn = tasks.spawn("turn", async {});
        tasks.waiting("outer", async move { inner.waiting("inner", turn).await }).await.unwrap();
    });
    let expected = ["inner begin", "outer begin", "woken by 1", "inner end", "outer end"];
    assert_eq!(of_task(&seen, 0), expected);
}

#[test]
fn no_wake_up_is_reported_for_a_wait_that_ends_in_the_poll_in_which_it_began() {
    let seen = observed(async |tasks| {
        let waiting = Box::pin(tasks.waiting("nothing", std::future::pending::<()>()));
        drop(futures::future::select(waiting, Box::pin(async {})).await);
    });
    assert_eq!(of_task(&seen, 0), ["nothing begin", "nothing end"]);
}

#[test]
fn tasks_left_at_the_end_of_the_run_are_unfinished_not_cancelled() {
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

/// As with a fetch that goes on after its first caller is cancelled.
#[test]
fn a_wait_ends_with_its_task_even_if_its_future_goes_on_in_another_task() {
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
    let expected = [
        "1<0 first Spawned",
        "1<0 first Started",
        "1 rate begin",
        "1 woken by 0",
        "1 rate end",
        "1<0 first Cancelled",
    ];
    assert_eq!(of_first, expected);
}

#[test]
fn a_label_that_is_dropped_in_another_run_ends_no_wait_there() {
    let kept = Rc::new(RefCell::new(None));
    let other = kept.clone();
    let label = async move { *other.borrow_mut() = Some(WaitLabel::new("first run")) };
    Simulation::new(Order::fifo()).block_on(label).unwrap();
    let seen = observed(async move |tasks| {
        let mut waiting = Box::pin(tasks.waiting("second run", std::future::pending::<()>()));
        assert!(futures::poll!(&mut waiting).is_pending());
        drop(kept.take());
        assert_eq!(tasks.unfinished()[0].waits.len(), 1);
    });
    assert_eq!(of_task(&seen, 0), ["second run begin", "second run end"]);
}
