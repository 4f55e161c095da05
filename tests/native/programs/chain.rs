//! Requests through chains, static and boxed.

use std::{cell::RefCell, rc::Rc};

use async_playground::{
    patterns::{
        BoxHandler, LocalBoxHandler, LocalHandler, LocalLayer, Semaphore, boxed, boxed_local, chain, stack,
        stack_local,
    },
    runtime::{Clock, Simulation},
};

use super::{Counted, Gauge, ms};
use crate::proof::{Crew, Proof};

type Log = Rc<RefCell<Vec<(usize, String)>>>;

/// Logs when a request enters and leaves.
struct Named(&'static str, Log);

struct Inside<'a>(&'a Named, usize);

impl Drop for Inside<'_> {
    fn drop(&mut self) {
        self.0.1.borrow_mut().push((self.1, format!("-{}", self.0.0)));
    }
}

impl<Next: LocalHandler<usize>> LocalLayer<usize, Next> for Named {
    type Response = Next::Response;

    async fn handle(&self, request: usize, next: &Next) -> Next::Response {
        self.1.borrow_mut().push((request, format!("+{}", self.0)));
        let _inside = Inside(self, request);
        next.handle(request).await
    }
}

/// Admits one request at a time, and counts them.
struct OneByOne(Semaphore, Gauge);

impl<Next: LocalHandler<usize>> LocalLayer<usize, Next> for OneByOne {
    type Response = (Next::Response, Counted);

    async fn handle(&self, request: usize, next: &Next) -> Self::Response {
        let _permit = self.0.acquire().await.unwrap();
        let counted = self.1.enter(1);
        (next.handle(request).await, counted)
    }
}

/// Requests through a chain of three layers, the second of which makes them wait for each other.
fn requests(n: usize) -> impl Fn(&mut Simulation, &Crew) {
    move |simulation, crew| {
        let (log, inside, clock) = (Log::default(), Gauge::default(), simulation.clock());
        let service = chain()
            .layer(Named("a", log.clone()))
            .layer(OneByOne(Semaphore::new(1), inside.clone()))
            .layer(Named("b", log.clone()))
            .handler(move |_: usize| clock.sleep(ms(10)));
        let service = Rc::new(service);
        for request in 0..n {
            let service = service.clone();
            drop(
                crew.spawn(format!("request {request}"), async move { drop(service.handle(request).await) }),
            );
        }
        simulation.run().expect("no task hangs");
        assert!(inside.now() == 0 && simulation.clock().pending() == 0);
        for request in 0..n {
            let log = log.borrow();
            let lines: Vec<_> =
                log.iter().filter(|(id, _)| *id == request).map(|(_, line)| &**line).collect();
            match &*lines {
                ["+a", "+b", "-b", "-a"] => {}
                ["+a", "-a"] | [] => assert!(crew.was_cut()),
                other => panic!("request {request}: {other:?}"),
            }
        }
    }
}

/// Requests through boxed chains, for one thread and for any.
fn boxed_requests(simulation: &mut Simulation, crew: &Crew) {
    let (gauge, clock) = (Gauge::default(), simulation.clock());
    let inside = gauge.clone();
    let layer = boxed_local(move |request: usize, next: LocalBoxHandler<usize, usize>| {
        let counted = inside.enter(1);
        async move {
            let _counted = counted;
            next.handle(request).await
        }
    });
    let local = Rc::new(stack_local(
        [layer],
        LocalBoxHandler::new(move |request: usize| {
            let sleep = clock.sleep(ms(10));
            async move {
                sleep.await;
                request + 1
            }
        }),
    ));
    let turn = boxed(|request: usize, next: BoxHandler<usize, usize>| async move {
        tokio::task::yield_now().await;
        next.handle(request).await
    });
    let anywhere = Rc::new(stack([turn], BoxHandler::new(|request: usize| std::future::ready(request + 2))));
    for request in 0..2 {
        let (local, anywhere) = (local.clone(), anywhere.clone());
        let ask = async move {
            assert_eq!(local.handle(request).await, request + 1);
            assert_eq!(anywhere.handle(request).await, request + 2);
        };
        drop(crew.spawn(format!("request {request}"), ask));
    }
    simulation.run().expect("no task hangs");
    assert_eq!((gauge.now(), simulation.clock().pending()), (0, 0));
}

#[test]
fn middleware_chain() {
    Proof::of("middleware chain")
        .swept(requests(3))
        .swept(boxed_requests)
        .in_every_order(requests(4))
        .in_every_order(boxed_requests)
        .in_seeded_orders(5000, 6, requests(6))
        .print();
}
