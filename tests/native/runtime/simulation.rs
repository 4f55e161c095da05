use super::{Log, lines};
use async_playground::runtime::{Clock, Order, Simulation};
use std::{rc::Rc, time::Duration};

#[test]
fn a_deadlock_names_who_waits_for_what() {
    let mut simulation = Simulation::new(Order::fifo());
    let (tasks, clock) = (simulation.tasks(), simulation.clock());
    let inner = tasks.clone();
    drop(tasks.spawn("query 4", async move {
        inner.waiting("permit", std::future::pending::<()>()).await;
    }));
    let end = simulation.block_on(async move {
        clock.sleep(Duration::from_millis(100)).await;
        std::future::pending::<()>().await;
    });
    assert_eq!(
        end.unwrap_err().to_string(),
        "deadlock at 100 ms: nothing is ready and no timer is left; query 4 waits for permit; \
         main waits for something unnamed"
    );
}

#[test]
fn a_deadlock_of_many_names_the_first_and_counts_the_rest() {
    let mut simulation = Simulation::new(Order::fifo());
    for n in 0..10 {
        drop(simulation.tasks().spawn(format!("task {n}"), std::future::pending::<()>()));
    }
    let said = simulation.run().unwrap_err().to_string();
    assert!(said.contains("; task 7 waits for something unnamed; and 2 more"), "{said}");
}

#[test]
fn tasks_that_are_left_go_on_with_the_next_call() {
    let mut simulation = Simulation::new(Order::fifo());
    let (tasks, clock, log) = (simulation.tasks(), simulation.clock(), Log::default());
    let (late, written) = (clock.clone(), log.clone());
    drop(tasks.spawn("late", async move {
        late.sleep(Duration::from_millis(10)).await;
        written.borrow_mut().push("late".into());
    }));
    simulation.block_on(async {}).unwrap();
    assert!(lines(&log).is_empty());
    simulation.block_on(async move { clock.sleep(Duration::from_millis(10)).await }).unwrap();
    assert_eq!(lines(&log), ["late"]);
}

#[test]
fn dropping_the_simulation_drops_every_task_last_spawned_first() {
    struct Named(&'static str, Log);
    impl Drop for Named {
        fn drop(&mut self) {
            self.1.borrow_mut().push(self.0.into());
        }
    }
    let log = Log::default();
    let mut simulation = Simulation::new(Order::fifo());
    let (tasks, clock) = (simulation.tasks(), simulation.clock());
    for name in ["a", "b", "c"] {
        let named = Named(name, log.clone());
        let (clock, tasks) = (clock.clone(), tasks.clone());
        drop(tasks.clone().spawn(name, async move {
            let _held = (named, tasks);
            clock.sleep(Duration::from_secs(1)).await;
        }));
    }
    simulation.block_on(async {}).unwrap();
    drop(simulation);
    assert_eq!(lines(&log), ["c", "b", "a"]);
    assert_eq!(clock.pending(), 0, "no timer is left");
    let task = tasks.spawn("too late", async {});
    assert!(task.is_finished(), "nothing starts after the end");
}

#[test]
fn a_thousand_sleepers_cost_one_thousand_steps_and_no_time() {
    let mut simulation = Simulation::new(Order::fifo());
    let (tasks, clock) = (simulation.tasks(), simulation.clock());
    let handles: Vec<_> = (0..1000)
        .map(|_| {
            let clock = clock.clone();
            tasks.spawn("sleeper", async move { clock.sleep(Duration::from_millis(100)).await })
        })
        .collect();
    let handles = Rc::new(handles);
    simulation
        .block_on(async move {
            for task in Rc::into_inner(handles).unwrap() {
                task.await.unwrap();
            }
        })
        .unwrap();
    assert_eq!(simulation.now().as_millis(), 100.0);
}

#[test]
fn a_run_ends_with_its_last_task() {
    let mut simulation = Simulation::new(Order::fifo());
    assert_eq!(simulation.run(), Ok(()), "there is none");
    let (tasks, clock) = (simulation.tasks(), simulation.clock());
    drop(tasks.clone().spawn("parent", async move {
        clock.sleep(Duration::from_millis(10)).await;
        drop(tasks.spawn("child", async move { clock.sleep(Duration::from_millis(10)).await }));
    }));
    assert_eq!(simulation.run(), Ok(()));
    assert!(simulation.now().as_millis() == 20.0 && simulation.tasks().is_empty());
    drop(simulation.tasks().spawn("stuck", std::future::pending::<()>()));
    assert_eq!(simulation.run().unwrap_err().blocked[0].task, "stuck");
    assert!(!simulation.tasks().is_empty());
}
