use super::{Log, lines};
use crate::proof::turn;
use async_playground::runtime::{
    Bounds, Choice, Clock, Counterexample, Diverged, Fault, Order, Orders, Searched, Simulation,
    search_orders, search_seeds,
};
use std::{cell::Cell, collections::BTreeSet, rc::Rc, time::Duration};

const ALL: Bounds = Bounds::orders(1_000_000);

/// Tasks that each write their number `times` times.
fn writers(simulation: &mut Simulation, tasks: usize, times: usize) -> String {
    let log = Log::default();
    for number in 0..tasks {
        let log = log.clone();
        drop(simulation.tasks().spawn("writer", async move {
            for time in 0..times {
                if time > 0 {
                    turn().await;
                }
                log.borrow_mut().push(number.to_string());
            }
        }));
    }
    simulation.run().unwrap();
    lines(&log).concat()
}

#[test]
fn every_interleaving_is_run_once() {
    for (tasks, times, count) in [(1, 3, 1), (2, 1, 2), (2, 2, 6), (3, 2, 90), (4, 1, 24)] {
        let mut seen = BTreeSet::new();
        let searched = search_orders(ALL, |simulation| {
            let written = writers(simulation, tasks, times);
            if seen.insert(written.clone()) { Ok(()) } else { Err(written) }
        });
        // The number of words of two letters each used twice, three letters each used twice, and so on.
        assert_eq!(searched, Ok(Searched { orders: count, exhausted: true }));
        assert_eq!(seen.len() as u64, count);
        for seed in 0..50 {
            let drawn = writers(&mut Simulation::new(Order::seeded(seed)), tasks, times);
            assert!(seen.contains(&drawn), "seed {seed} took an order that was not searched");
        }
    }
}

/// Adds one to a counter in each of three tasks, which yield between reading and writing.
fn lost_update(simulation: &mut Simulation) -> Result<(), String> {
    let (counter, trace) = (Rc::new(Cell::new(0)), Log::default());
    for number in 0..3 {
        let (counter, trace, clock) = (counter.clone(), trace.clone(), simulation.clock());
        drop(simulation.tasks().spawn("adder", async move {
            clock.sleep(Duration::from_millis(number)).await;
            let seen = counter.get();
            trace.borrow_mut().push(format!("{number} read {seen}"));
            if number == 2 {
                // Let another task run between.
                clock.sleep_until(clock.now()).await;
                turn().await;
            }
            counter.set(seen + 1);
            trace.borrow_mut().push(format!("{number} wrote at {:?}", clock.now()));
        }));
    }
    let clock = simulation.clock();
    let late = counter.clone();
    drop(simulation.tasks().spawn("late adder", async move {
        clock.sleep(Duration::from_millis(2)).await;
        late.set(late.get() + 1);
    }));
    simulation.run().unwrap();
    if counter.get() == 4 { Ok(()) } else { Err(lines(&trace).join("\n")) }
}

#[test]
fn a_failure_is_reproduced_exactly() {
    for failure in [search_orders(ALL, lost_update), search_seeds(0..1000, lost_update)] {
        let Counterexample { order, orders, fault, .. } = failure.unwrap_err();
        let Fault::Verdict(trace) = fault else { panic!("the program is deterministic") };
        assert!(orders >= 1 && trace.contains("2 read 2"), "{trace}");
        for _ in 0..2 {
            assert_eq!(lost_update(&mut Simulation::new(order.clone())), Err(trace.clone()));
        }
    }
}

#[test]
fn delays_bound_the_distance_from_first_come_first_served() {
    // Fails if the last of three tasks runs first.
    let overtaken = |simulation: &mut Simulation| match &*writers(simulation, 3, 1) {
        "201" => Err("overtaken by two"),
        _ => Ok(()),
    };
    let within = |delays| search_orders(Bounds { orders: 100, delays }, overtaken);
    assert_eq!(within(0), Ok(Searched { orders: 1, exhausted: true }));
    assert_eq!(within(1), Ok(Searched { orders: 3, exhausted: true }));
    let failure = within(2).unwrap_err();
    assert_eq!(failure.order, Order::following(vec![2]));
    assert_eq!(
        failure.to_string(),
        format!("order {} (choices [2]) fails: overtaken by two", failure.orders)
    );
}

#[test]
fn it_stops_at_the_bound_and_is_not_exhausted() {
    let passes = |simulation: &mut Simulation| {
        writers(simulation, 4, 2);
        Ok::<(), ()>(())
    };
    for orders in [0, 1, 17] {
        assert_eq!(search_orders(Bounds::orders(orders), passes), Ok(Searched { orders, exhausted: false }));
    }
    assert_eq!(search_seeds(5..12, passes), Ok(Searched { orders: 7, exhausted: false }));
}

#[test]
fn a_failing_seed_is_named() {
    let odd = |simulation: &mut Simulation| {
        if writers(simulation, 2, 1) == "10" { Err("the other way round") } else { Ok(()) }
    };
    let failure = search_seeds(0..100, odd).unwrap_err();
    let (number, seed) = (failure.orders, failure.orders - 1);
    assert_eq!(failure.order, Order::seeded(seed));
    assert_eq!(failure.to_string(), format!("order {number} (seed {seed}) fails: the other way round"));
    assert!(odd(&mut Simulation::new(failure.order)).is_err());
}

#[test]
fn a_program_that_is_not_deterministic_is_reported() {
    let mut runs = 0;
    let failure = search_orders(ALL, |simulation| {
        runs += 1;
        writers(simulation, if runs > 3 { 2 } else { 3 }, 1);
        Ok::<(), String>(())
    });
    let failure = failure.unwrap_err();
    assert!(matches!(failure.fault, Fault::Diverged(Diverged { decision: 0, .. })), "{failure}");
    assert_eq!(failure.orders, 4);
    assert!(failure.to_string().ends_with("decision 0 differed when the program ran again"));
}

#[test]
fn a_walk_ends_where_the_program_diverged() {
    let mut orders = Orders::new(ALL);
    assert_eq!(orders.next(), Some(Order::following(vec![])));
    let first = [Choice { taken: 0, of: 2 }, Choice { taken: 0, of: 2 }];
    orders.took(&first).unwrap();
    assert_eq!(orders.next(), Some(Order::following(vec![0, 1])));
    assert_eq!(orders.next(), Some(Order::following(vec![0, 1])), "until `took` is called");
    assert_eq!(orders.took(&first).unwrap_err().decision, 1);
    assert_eq!(orders.next(), None);
    assert!(!orders.searched().exhausted);
}
