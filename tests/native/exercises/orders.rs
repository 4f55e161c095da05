//! Small settings of the exercises in every order of their tasks, where there are not too many.

use super::{FACTS, Facts, Hidden, broken, request};
use async_playground::{
    exercises::{Request, Session, TaskOrder},
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

#[test]
fn small_settings_keep_every_rule_in_every_order() {
    println!("| exercise | orders, all there are |\n|---|---|");
    for &Facts { slug, small, .. } in FACTS {
        let searched = search(&request(slug, "correct", small, None), MOST);
        let searched = searched.unwrap_or_else(|failure| panic!("{slug} {small:?}: {failure:?}"));
        assert!(searched.exhausted, "{slug}: more than {} orders", searched.orders);
        println!("| {slug} | {} |", searched.orders);
    }
}

#[test]
fn a_mistake_that_needs_an_unlucky_order_is_found_and_repeated() {
    for Facts { slug, hidden, .. } in FACTS {
        for Hidden { mistake, small, .. } in *hidden {
            let request = request(slug, mistake, small, None);
            let (order, wrong) = search(&request, MOST).expect_err(mistake);
            assert_ne!(order, Order::following(Vec::new()), "{mistake} hides first come, first served");
            let again = Session::simulated(&following(&request, &order)).to_report();
            let again: Vec<_> = broken(&again).into_iter().chain(again.error).collect();
            assert_eq!(again, wrong, "{mistake} in the order {order}");
        }
    }
}
