use std::{cell::RefCell, rc::Rc};

use async_playground::{
    patterns::{HealthCheck, HealthOutcome, HealthReport, check_health},
    runtime::{Clock, Simulation},
};
use futures::channel::oneshot;

use super::{Gauge, emptied, ms};
use crate::proof::{Crew, Proof};

/// Checks that other tasks answer: with ok, too late, or with an error.
fn checks(n: usize) -> impl Fn(&mut Simulation, &Crew) {
    move |simulation, crew| {
        let (alive, report) = (Gauge::default(), Rc::new(RefCell::new(None::<HealthReport>)));
        let mut checks = Vec::new();
        for number in 0..n {
            let (sender, receiver) = oneshot::channel();
            let alive = alive.enter(1);
            checks.push(HealthCheck::new(format!("check {number}"), ms(20), async move {
                let _alive = alive;
                receiver.await.unwrap_or(Err("gone"))
            }));
            let clock = simulation.clock();
            let answer = async move {
                clock.sleep(ms([10, 30, 10][number % 3])).await;
                let _ = sender.send(if number % 3 == 2 { Err("down") } else { Ok(()) });
            };
            drop(crew.spawn(format!("answer {number}"), answer));
        }
        let (clock, published, left) = (simulation.clock(), report.clone(), alive.clone());
        let checking = async move {
            let report = emptied(check_health(&clock, checks), &left).await;
            *published.borrow_mut() = Some(report);
        };
        drop(crew.spawn("checker", checking));
        simulation.run().expect("no task hangs");
        assert_eq!((alive.now(), simulation.clock().pending()), (0, 0));
        let Some(report) = report.take() else { return assert!(crew.was_cut()) };
        assert_eq!(report.elapsed, report.checks.iter().map(|check| check.elapsed).max().unwrap());
        let mut others = 0;
        for (number, check) in report.checks.iter().enumerate() {
            assert_eq!(check.name, format!("check {number}"), "no check hides another");
            let expected = match number % 3 {
                0 => HealthOutcome::Ok,
                1 => HealthOutcome::TimedOut,
                _ => HealthOutcome::Failed("down".to_owned()),
            };
            others += usize::from(check.outcome != expected);
        }
        assert!(others <= usize::from(crew.was_cut()), "{report:?}");
    }
}

#[test]
fn health_check() {
    Proof::of("health check")
        .swept(checks(3))
        .in_every_order(checks(3))
        .in_seeded_orders(5000, 8, checks(7))
        .print();
}
