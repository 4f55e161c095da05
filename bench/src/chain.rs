//! Layers around a handler: tower's services, static and boxed.
//!
//! Every layer changes the request on its way in and the response on its way out. The service is shared, as by the requests
//! of a server: ours by reference; tower's, which is called by `&mut`, is cloned for each call, as axum does. The cost of
//! tower's for a single caller without the clone is shown in brackets.

use std::{
    convert::Infallible,
    future::{Ready, ready},
    hint::black_box,
    task::{Context, Poll},
};

use async_playground::patterns::{BoxHandler, BoxLayer, Handler, Layer, boxed, chain, stack};
use futures::{FutureExt as _, future::Map};
use tower::{
    Service,
    util::{BoxCloneService, BoxService},
};

use crate::{
    drive::now,
    harness::{MANY, Round, Row, timed},
};

pub(crate) fn rows() -> Vec<Row> {
    let handler = || |request: u64| ready(black_box(request));
    let two = || chain().layer(Around).layer(Around);
    let five = || two().layer(Around).layer(Around).layer(Around);
    let flat = [
        ours(handler()),
        ours(chain().layer(Around).handler(handler())),
        ours(two().layer(Around).handler(handler())),
        ours(five().layer(Around).layer(Around).layer(Around).layer(Around).layer(Around).handler(handler())),
    ];
    let three = || Wrapped(Wrapped(Wrapped(Handled)));
    let theirs = [
        tower(Handled),
        tower(Wrapped(Handled)),
        tower(three()),
        tower(Wrapped(Wrapped(Wrapped(Wrapped(Wrapped(Wrapped(Wrapped(three())))))))),
    ];
    let counts = [0, 1, 3, 10];
    let flat = counts.into_iter().zip(flat.into_iter().zip(theirs)).map(|(count, (ours, theirs))| {
        Row::measure(
            format!("chain, {count} layers, static"),
            "call it; each layer changes request and response",
            "ns",
            MANY,
            vec![ours, theirs],
        )
    });
    let boxed = counts.into_iter().map(|count| {
        Row::measure(
            format!("chain, {count} layers, boxed"),
            "the same, each layer and the handler boxed",
            "ns",
            MANY,
            vec![our_stack(count), tower_stack(count), exclusive_stack(count)],
        )
    });
    flat.chain(boxed).collect()
}

struct Around;

impl<Next: Handler<u64, Response = u64>> Layer<u64, Next> for Around {
    type Response = u64;

    async fn handle(&self, request: u64, next: &Next) -> u64 {
        next.handle(black_box(request + 1)).await + 1
    }
}

fn ours(handler: impl Handler<u64, Response = u64> + 'static) -> Contender {
    timed("ours", 1, move || {
        black_box(now(handler.handle(black_box(1))));
    })
}

fn our_stack(count: usize) -> Contender {
    let layer = || {
        boxed(
            |request, next: BoxHandler<u64, u64>| async move { next.handle(black_box(request + 1)).await + 1 },
        )
    };
    let layers: Vec<BoxLayer<u64, u64>> = (0..count).map(|_| layer()).collect();
    ours(stack(layers, BoxHandler::new(|request| ready(black_box(request)))))
}

#[derive(Clone)]
struct Handled;

impl Service<u64> for Handled {
    type Response = u64;
    type Error = Infallible;
    type Future = Ready<Result<u64, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: u64) -> Self::Future {
        ready(Ok(black_box(request)))
    }
}

#[derive(Clone)]
struct Wrapped<S>(S);

type Response = Result<u64, Infallible>;

impl<S: Service<u64, Response = u64, Error = Infallible>> Service<u64> for Wrapped<S> {
    type Response = u64;
    type Error = Infallible;
    type Future = Map<S::Future, fn(Response) -> Response>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.0.poll_ready(cx)
    }

    fn call(&mut self, request: u64) -> Self::Future {
        self.0.call(black_box(request + 1)).map(|response| response.map(|response| response + 1))
    }
}

type Contender = (&'static str, Round);

fn tower(service: impl Service<u64, Response = u64, Error = Infallible> + Clone + 'static) -> Contender {
    timed("tower", 1, move || {
        let mut service = service.clone();
        black_box(now(call(&mut service))).ok();
    })
}

async fn call(service: &mut impl Service<u64, Response = u64, Error = Infallible>) -> Response {
    std::future::poll_fn(|cx| service.poll_ready(cx)).await?;
    service.call(black_box(1)).await
}

fn tower_stack(count: usize) -> Contender {
    let handler = BoxCloneService::new(Handled);
    tower((0..count).fold(handler, |next, _| BoxCloneService::new(Wrapped(next))))
}

fn exclusive_stack(count: usize) -> Contender {
    let handler = BoxService::new(Handled);
    let mut service = (0..count).fold(handler, |next, _| BoxService::new(Wrapped(next)));
    timed("(tower, not shared)", 1, move || {
        black_box(now(call(&mut service))).ok();
    })
}
