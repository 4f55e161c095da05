//! Small settings of the exercises in every order of their tasks, where there are not too many.

use super::{broken, request};
use async_playground::{
    exercises::{Request, Session, TaskOrder, catalogue},
    runtime::{Bounds, Order, Orders, Searched},
};

/// Runs `settings` in every order within `bounds`, up to the first that breaks something.
fn search(request: &Request, bounds: Bounds) -> Result<Searched, (Order, Vec<String>)> {
    let mut orders = Orders::new(bounds);
    while let Some(order) = orders.next() {
        let mut session = Session::simulated(&following(request, &order));
        let report = session.to_report();
        orders.took(&session.choices()).expect("a run depends on nothing but the order of its tasks");
        let wrong: Vec<_> = broken(&report).into_iter().chain(report.error).collect();
        if !wrong.is_empty() {
            return Err((order, wrong));
        }
    }
    Ok(orders.searched())
}

fn following(request: &Request, order: &Order) -> Request {
    let positions = order.positions().expect("a walk through all orders chooses each").to_vec();
    Request { order: TaskOrder::Choices(positions), ..request.clone() }
}

const MOST: Bounds = Bounds::orders(20_000);

type Settings = &'static [(&'static str, &'static str)];

/// Small settings: few tasks at a time, so that there are not too many orders, and something that goes wrong.
const SMALL: [(&str, Settings); 11] = [
    ("request-handler", &[]),
    ("concurrent-requests", &[("n", "3")]),
    ("background-task", &[("orders", "3"), ("fails", "true")]),
    ("health-check", &[("cache", "hangs"), ("timeout_ms", "40")]),
    ("connection-pool", &[("queries", "4"), ("size", "2"), ("cancel_every", "2"), ("cancel_ms", "50")]),
    ("request-timeout", &[]),
    ("request-id", &[("requests", "2"), ("child", "inherits"), ("cancel_every", "2")]),
    ("ttl-cache", &[("callers", "3"), ("cancel_first", "true"), ("first_fails", "true")]),
    ("circuit-breaker", &[("callers", "3"), ("calls", "2"), ("failing", "2"), ("threshold", "2")]),
    ("middleware-chain", &[("requests", "3"), ("gap_ms", "0")]),
    ("full-service", &[("ids", "1,2,1"), ("concurrency", "1"), ("give_up_every", "3")]),
];

#[test]
fn small_settings_keep_every_rule_in_every_order() {
    println!("| exercise | orders, all there are |\n|---|---|");
    for (exercise, (slug, settings)) in catalogue().iter().zip(SMALL) {
        assert_eq!(exercise.slug, slug);
        let searched = search(&request(slug, "correct", settings, None), MOST);
        let searched = searched.unwrap_or_else(|failure| panic!("{slug} {settings:?}: {failure:?}"));
        assert!(searched.exhausted, "{slug}: more than {} orders", searched.orders);
        println!("| {slug} | {} |", searched.orders);
    }
}

/// Mistakes that hide first come, first served, at settings small enough for a walk through all orders.
const HIDDEN: [(&str, &str, Settings); 4] = [
    ("concurrent-requests", "shared-list", &[("n", "2")]),
    (
        "connection-pool",
        "lost-wake-up",
        &[("queries", "3"), ("size", "1"), ("cancel_every", "2"), ("cancel_ms", "50")],
    ),
    ("ttl-cache", "announced-first", &[("callers", "3")]),
    ("circuit-breaker", "recovery-timer", &[]),
];

#[test]
fn a_mistake_that_needs_an_unlucky_order_is_found_and_repeated() {
    for (slug, program, settings) in HIDDEN {
        let request = request(slug, program, settings, None);
        let (order, wrong) = search(&request, MOST).expect_err(program);
        assert_ne!(order, Order::following(Vec::new()), "{program} hides first come, first served");
        let again = Session::simulated(&following(&request, &order)).to_report();
        let again: Vec<_> = broken(&again).into_iter().chain(again.error).collect();
        assert_eq!(again, wrong, "{program} in the order {order}");
    }
}
