//! Large inputs: no recursion as deep as a program's data, and labels at a constant cost each.

use std::{
    cell::RefCell,
    future::{pending, poll_fn},
    pin::Pin,
    rc::Rc,
    task::Poll,
    time::{Duration, Instant},
};

use async_playground::{
    patterns::gather,
    runtime::{CancelOnDrop, Order, Simulation, Task, Tasks},
};

use crate::proof::{often, turn};

const MANY: u32 = often(100_000, 100);
const LINKS: u32 = often(1_000_000, 100);

/// 100 000 took 15 seconds, in an optimised build, when removing a label walked through the others of its task.
#[test]
fn labels_of_one_task_cost_linear_time() {
    fn time<F: Future<Output = ()> + 'static>(child: impl Fn(&Tasks) -> F + 'static) -> Duration {
        let mut simulation = Simulation::new(Order::fifo());
        let tasks = simulation.tasks();
        let began = Instant::now();
        simulation.block_on(gather((0..MANY).map(move |_| child(&tasks)))).unwrap();
        began.elapsed()
    }
    let plain = time(|_| turn());
    let labelled = time(|tasks| tasks.waiting("turn", turn()));
    println!("{MANY} children of one task: {labelled:?} with labels, {plain:?} without");
    assert!(labelled < 20 * plain, "{labelled:?} with labels, {plain:?} without");
}

/// The labelled futures are kept outside the task, so that it ends with all of its labels.
#[test]
fn a_task_ends_with_any_number_of_labels() {
    let mut simulation = Simulation::new(Order::fifo());
    let (tasks, kept) = (simulation.tasks(), Rc::new(RefCell::new(Vec::new())));
    let elsewhere = kept.clone();
    let task = tasks.clone().spawn(
        "waits",
        poll_fn(move |cx| {
            for _ in 0..MANY {
                let mut waiting = Box::pin(tasks.waiting("for ever", pending::<()>()));
                assert!(waiting.as_mut().poll(cx).is_pending());
                elsewhere.borrow_mut().push(waiting);
            }
            Poll::Ready(())
        }),
    );
    simulation.block_on(task).unwrap().unwrap();
    assert_eq!(kept.borrow().len(), MANY as usize);
}

#[test]
fn a_cancelled_task_cancels_a_long_chain_of_others() {
    let mut simulation = Simulation::new(Order::fifo());
    let tasks = simulation.tasks();
    let ends = Rc::new(());
    let hold = |next: Option<CancelOnDrop<()>>| {
        let held = (ends.clone(), next);
        async move {
            let _held = held;
            pending::<()>().await;
        }
    };
    let mut next = None;
    for _ in 0..LINKS {
        next = Some(tasks.spawn("link", hold(next)).cancel_on_drop());
    }
    assert!(simulation.run().is_err(), "every link waits for ever");
    drop(next);
    assert_eq!((Rc::strong_count(&ends), tasks.is_empty()), (1, true));
}

/// The output of a task: the handle of another.
struct Link {
    _next: Option<Pin<Box<Task<Link>>>>,
}

#[test]
fn dropping_a_handle_drops_a_long_chain_of_outputs() {
    let mut simulation = Simulation::new(Order::fifo());
    let mut last = None;
    for _ in 0..MANY {
        let link = Link { _next: last };
        last = Some(Box::pin(simulation.tasks().spawn("link", async { link })));
    }
    simulation.run().unwrap();
    assert!(last.as_ref().is_some_and(|last| last.is_finished()));
    drop(last);
}
