//! Patterns that wrap a call: gather, timeout, context variable, middleware chain, health check.

use std::{
    future::pending,
    num::NonZeroUsize,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_playground::{
    context_var,
    patterns::{self, HealthCheck, HealthOutcome, LocalHandler, LocalLayer, Semaphore},
    runtime::Clock,
};

use super::{Scenario, World, ms};

pub(crate) fn gather<C: Clock + 'static, S: Clone + 'static>(
    world: World<C, S>,
) -> Scenario<impl Future<Output = ()>, impl FnOnce()> {
    world.eight(
        |_| {
            let world = world.clone();
            async move {
                let clock = &world.clock;
                // The last child ends first.
                let children = || {
                    (0..12).map(|n| {
                        let sleep = clock.sleep(ms(12 - n));
                        async move {
                            sleep.await;
                            n
                        }
                    })
                };
                let began = clock.now();
                assert!(patterns::gather(children()).await.into_iter().eq(0..12));
                world.took(began, ms(12));
                let limit = NonZeroUsize::new(3).unwrap();
                assert!(patterns::gather_limited(limit, children()).await.into_iter().eq(0..12));

                let began = clock.now();
                let failing = (0..12).map(|n| {
                    let sleep = clock.sleep(ms(5));
                    async move {
                        sleep.await;
                        if n == 7 { Err(n) } else { pending::<Result<(), u64>>().await }
                    }
                });
                assert_eq!(patterns::try_gather(failing).await, Err(7));
                world.took(began, ms(5));
            }
        },
        || (),
    )
}

pub(crate) fn timeout<C: Clock + 'static, S: Clone + 'static>(
    world: World<C, S>,
) -> Scenario<impl Future<Output = ()>, impl FnOnce()> {
    world.eight(
        |_| {
            let world = world.clone();
            async move {
                let clock = &world.clock;
                let began = clock.now();
                let held = Arc::new(());
                let inner = Arc::clone(&held);
                let hangs = async move {
                    pending::<()>().await;
                    drop(inner);
                };
                // Pinned, so that it is not dropped at the end of the await.
                let mut limited = pin!(patterns::timeout(clock, ms(20), hangs));
                assert!(limited.as_mut().await.is_err());
                assert_eq!(Arc::strong_count(&held), 1, "the future is dropped before the error is returned");
                world.took(began, ms(20));

                let began = clock.now();
                assert_eq!(patterns::timeout(clock, Duration::MAX, clock.sleep(ms(5))).await, Ok(()));
                world.took(began, ms(5));
                let due = clock.now().after(ms(5));
                let both = patterns::timeout_at(clock, due, clock.sleep_until(due)).await;
                assert_eq!(both, Ok(()), "a future ready at the deadline is a result");
                assert_eq!(patterns::timeout(clock, Duration::ZERO, async { 7 }).await, Ok(7));
            }
        },
        || (),
    )
}

context_var! {
    static TASK: usize;
}

pub(crate) fn context<C: Clock + 'static, S: Clone + 'static>(
    world: World<C, S>,
) -> Scenario<impl Future<Output = ()>, impl FnOnce()> {
    world.eight(
        |n| {
            let clock = world.clock.clone();
            let inside = async move {
                for round in 0..5 {
                    assert_eq!(TASK.get(), Some(n));
                    clock.sleep(ms(1)).await;
                    let inner = TASK.scope(100 + round, async {
                        clock.sleep(ms(1)).await;
                        TASK.get()
                    });
                    assert_eq!(inner.await, Some(100 + round));
                }
            };
            async move {
                assert_eq!(TASK.get(), None);
                TASK.scope(n, inside).await;
                assert_eq!(TASK.get(), None);
            }
        },
        || assert_eq!(TASK.get(), None),
    )
}

/// A layer that admits three requests at a time, and counts them.
struct Three {
    permits: Semaphore,
    active: AtomicUsize,
}

impl<Request, Next: LocalHandler<Request>> LocalLayer<Request, Next> for Three {
    type Response = Next::Response;

    async fn handle(&self, request: Request, next: &Next) -> Next::Response {
        let _permit = self.permits.acquire().await.unwrap();
        assert!(self.active.fetch_add(1, Ordering::SeqCst) < 3);
        let response = next.handle(request).await;
        self.active.fetch_sub(1, Ordering::SeqCst);
        response
    }
}

/// A layer that adds how long everything inside it took.
struct Timed<C>(C);

impl<C: Clock, Request, Next: LocalHandler<Request>> LocalLayer<Request, Next> for Timed<C> {
    type Response = (Next::Response, Duration);

    async fn handle(&self, request: Request, next: &Next) -> Self::Response {
        let began = self.0.now();
        let response = next.handle(request).await;
        (response, self.0.now().since(began))
    }
}

pub(crate) fn chain<C: Clock + 'static, S: Clone + 'static>(
    world: World<C, S>,
) -> Scenario<impl Future<Output = ()>, impl FnOnce()> {
    let clock = world.clock.clone();
    let three = Three { permits: Semaphore::new(3), active: AtomicUsize::new(0) };
    let service =
        patterns::chain().layer(three).layer(Timed(world.clock.clone())).handler(move |n: usize| {
            let sleep = clock.sleep(ms(5));
            async move {
                sleep.await;
                n + 1
            }
        });
    let service = Arc::new(service);
    let began = world.clock.now();
    world.eight(
        |n| {
            let (service, slack) = (Arc::clone(&service), world.slack);
            async move {
                let (answer, took) = service.handle(n).await;
                assert_eq!(answer, n + 1);
                super::on_time(took, ms(5), slack);
            }
        },
        {
            let world = world.clone();
            // Eight requests, three at a time: three rounds.
            move || world.took(began, ms(15))
        },
    )
}

pub(crate) fn health<C: Clock + 'static, S: Clone + 'static>(
    world: World<C, S>,
) -> Scenario<impl Future<Output = ()>, impl FnOnce()> {
    world.eight(
        |_| {
            let world = world.clone();
            async move {
                let clock = &world.clock;
                let checks = ["healthy", "down", "hanging"].map(|name| {
                    let sleep = clock.sleep(ms(5));
                    let limit = if name == "hanging" { ms(20) } else { Duration::MAX };
                    HealthCheck::new(name, limit, async move {
                        sleep.await;
                        match name {
                            "healthy" => Ok(()),
                            "down" => Err("refused"),
                            _ => pending().await,
                        }
                    })
                });
                let report = patterns::check_health(clock, checks).await;
                let outcomes: Vec<_> = report.checks.iter().map(|check| check.outcome.clone()).collect();
                let down = HealthOutcome::Failed("refused".into());
                assert_eq!(outcomes, [HealthOutcome::Ok, down, HealthOutcome::TimedOut]);
                super::on_time(report.elapsed, ms(20), world.slack);
            }
        },
        || (),
    )
}
