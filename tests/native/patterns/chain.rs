//! The middleware chain: the order of its layers, and how a request leaves them.

use std::{cell::RefCell, future::ready, rc::Rc, sync::Arc, time::Duration};

use async_playground::{
    patterns::{
        BoxHandler, Handler, Layer, LocalBoxHandler, LocalHandler, LocalLayer, boxed, boxed_local, chain,
        stack, stack_local, timeout,
    },
    runtime::{Clock, Order, Simulation, Timers},
};

use futures::task::SpawnExt;

use super::support::{cut_off, ms, send, send_and_sync, sweep};

type Log = Rc<RefCell<Vec<String>>>;
type Answer = Result<String, &'static str>;

fn log() -> Log {
    Log::default()
}

/// Logs on the way in and, whatever happens, on the way out.
struct Named(&'static str, Log);

struct Leaving<'a>(&'a Named);

impl Drop for Leaving<'_> {
    fn drop(&mut self) {
        self.0.1.borrow_mut().push(format!("-{}", self.0.0));
    }
}

impl<Next: LocalHandler<String>> LocalLayer<String, Next> for Named {
    type Response = Next::Response;

    async fn handle(&self, request: String, next: &Next) -> Next::Response {
        self.1.borrow_mut().push(format!("+{}", self.0));
        let _leaving = Leaving(self);
        next.handle(request + self.0).await
    }
}

/// Refuses what does not begin with a token.
struct Auth;

impl<Next: LocalHandler<String, Response = Answer>> LocalLayer<String, Next> for Auth {
    type Response = Answer;

    async fn handle(&self, request: String, next: &Next) -> Answer {
        if request.starts_with("token") { next.handle(request).await } else { Err("unauthorized") }
    }
}

/// Asks again until it gets an answer.
struct Retry(usize);

impl<Next: LocalHandler<String, Response = Answer>> LocalLayer<String, Next> for Retry {
    type Response = Answer;

    async fn handle(&self, request: String, next: &Next) -> Answer {
        let mut answer = next.handle(request.clone()).await;
        for _ in 0..self.0 {
            if answer.is_ok() {
                break;
            }
            answer = next.handle(request.clone()).await;
        }
        answer
    }
}

/// Another response type than that of what it wraps.
struct Timed(Timers);

impl<Request, Next: LocalHandler<Request>> LocalLayer<Request, Next> for Timed {
    type Response = (Next::Response, Duration);

    async fn handle(&self, request: Request, next: &Next) -> Self::Response {
        let began = self.0.now();
        let response = next.handle(request).await;
        (response, self.0.now().since(began))
    }
}

fn lines(log: &Log) -> String {
    log.borrow().join(" ")
}

fn run<T>(future: impl Future<Output = T>) -> T {
    futures::executor::block_on(future)
}

#[test]
fn requests_pass_the_layers_in_list_order_and_responses_in_reverse() {
    let log = log();
    let named = |name| Named(name, log.clone());
    let service = chain()
        .layer(named("a"))
        .layer(named("b"))
        .layer(named("c"))
        .handler(async |request: String| request);
    assert_eq!(run(service.handle("x".into())), "xabc");
    assert_eq!(lines(&log), "+a +b +c -c -b -a");
}

#[test]
fn a_refusing_layer_keeps_the_inner_layers_from_running() {
    let log = log();
    let service = chain()
        .layer(Named("out", log.clone()))
        .layer(Auth)
        .layer(Named("in", log.clone()))
        .handler(async |request: String| Ok(request));
    assert_eq!(run(service.handle("anonymous".into())), Err("unauthorized"));
    assert_eq!(lines(&log), "+out -out");
    log.borrow_mut().clear();
    assert_eq!(run(service.handle("token ".into())), Ok("token outin".into()));
    assert_eq!(lines(&log), "+out +in -in -out");
}

#[test]
fn an_error_passes_every_layer_outwards_and_next_may_be_called_again() {
    let log = log();
    let tries = RefCell::new(0);
    let service =
        chain().layer(Named("out", log.clone())).layer(Retry(5)).layer(Named("in", log.clone())).handler(
            |request: String| {
                *tries.borrow_mut() += 1;
                ready(if *tries.borrow() < 3 { Err("down") } else { Ok(request) })
            },
        );
    assert_eq!(run(service.handle("x".into())), Ok("xoutin".into()));
    assert_eq!(lines(&log), "+out +in -in +in -in +in -in -out");
    let failing =
        chain().layer(Named("out", log.clone())).layer(Retry(2)).handler(|_: String| ready(Err("down")));
    assert_eq!(run(failing.handle("x".into())), Err::<String, _>("down"));
}

#[test]
fn a_layer_may_change_the_type_of_the_response() {
    let mut simulation = Simulation::new(Order::fifo());
    let clock = simulation.clock();
    let slow = clock.clone();
    let service =
        chain().layer(Timed(clock.clone())).layer(Timed(clock)).handler(move |()| slow.sleep(ms(50)));
    let ((answer, inner), outer) = simulation.block_on(async move { service.handle(()).await }).unwrap();
    assert_eq!((answer, inner, outer), ((), ms(50), ms(50)));
}

#[test]
fn a_list_decided_at_run_time_has_the_same_order() {
    for names in [&["a", "b", "c"][..], &["c", "a"], &[]] {
        let log = log();
        let layers = names.iter().map(|name| {
            let layer = Rc::new(Named(name, log.clone()));
            boxed_local(move |request, next: LocalBoxHandler<String, String>| {
                let layer = layer.clone();
                async move { layer.handle(request, &next).await }
            })
        });
        let service =
            stack_local(layers.collect::<Vec<_>>(), LocalBoxHandler::new(async |request: String| request));
        let service = chain().layer(Named("static", log.clone())).handler(service);
        assert_eq!(run(service.handle("x".into())), format!("xstatic{}", names.concat()));
        let inward: Vec<_> = names.iter().map(|name| format!("+{name}")).collect();
        let outward: Vec<_> = names.iter().rev().map(|name| format!("-{name}")).collect();
        let all = [&["+static".into()][..], &inward, &outward, &["-static".into()]].concat();
        assert_eq!(*log.borrow(), all);
    }
}

#[test]
fn a_request_dropped_at_any_poll_leaves_every_layer_innermost_first() {
    let cuts = sweep(1, |_, cut| {
        let mut simulation = Simulation::new(Order::fifo());
        let (clock, log) = (simulation.clock(), log());
        let named = |name| Named(name, log.clone());
        let slow = clock.clone();
        let service = chain().layer(named("a")).layer(named("b")).handler(move |_: String| {
            let clock = slow.clone();
            async move {
                clock.sleep(ms(10)).await;
                clock.sleep(ms(10)).await;
            }
        });
        let end = simulation.block_on(async move { cut_off(service.handle(String::new()), Some(cut)).await });
        let was_cut = end.unwrap().is_none();
        assert!(["+a +b -b -a", ""].contains(&&*lines(&log)), "{cut:?}");
        assert_eq!(clock.pending(), 0);
        was_cut
    });
    assert_eq!(cuts, 5);
}

#[test]
fn a_timeout_around_a_chain_ends_after_all_layers_have_been_left() {
    let mut simulation = Simulation::new(Order::fifo());
    let (clock, log) = (simulation.clock(), log());
    let slow = clock.clone();
    let service = chain().layer(Named("a", log.clone())).handler(move |_: String| slow.sleep(ms(500)));
    let seen = log.clone();
    let timed = async move {
        assert!(timeout(&clock, ms(200), service.handle(String::new())).await.is_err());
        lines(&seen)
    };
    assert_eq!(simulation.block_on(timed).unwrap(), "+a -a");
}

/// Passes requests on, on any thread.
struct Plain;

impl<Request: Send, Next: Handler<Request>> Layer<Request, Next> for Plain {
    type Response = Next::Response;

    async fn handle(&self, request: Request, next: &Next) -> Next::Response {
        next.handle(request).await
    }
}

/// Spawns a request without knowing the type of its future.
fn spawned<H: Handler<u32, Response = u32> + 'static>(handler: H) -> u32 {
    let handler = Arc::new(handler);
    let threads = futures::executor::ThreadPool::builder().pool_size(2).create().unwrap();
    let answer = async move { handler.handle(1).await };
    run(threads.spawn_with_handle(answer).unwrap())
}

#[test]
fn generic_code_can_spawn_a_request() {
    let handler = || async |request: u32| request + 1;
    assert_eq!(spawned(handler()), 2);
    assert_eq!(spawned(chain().layer(Plain).layer(Plain).handler(handler())), 2);
    let layer =
        boxed(
            |request, next: BoxHandler<u32, u32>| async move { Layer::handle(&Plain, request, &next).await },
        );
    assert_eq!(spawned(stack([layer], BoxHandler::new(handler()))), 2);
}

#[test]
fn it_is_as_send_and_sync_as_its_parts() {
    let service = chain().layer(Plain).layer(Plain).handler(async |request: u32| request + 1);
    send(&service);
    send(&Handler::handle(&service, 1));
    let layer =
        boxed(
            |request, next: BoxHandler<u32, u32>| async move { Layer::handle(&Plain, request, &next).await },
        );
    send(&layer);
    let service = stack([layer], BoxHandler::new(move |request| ready(request + 1)));
    send_and_sync::<BoxHandler<u32, u32>>();
    send(&Handler::handle(&service, 1));
    assert_eq!(run(Handler::handle(&service.clone(), 1)), 2);
    // A local chain is, too, where its parts are known.
    let local = chain().layer(Local).handler(async |request: u32| request);
    send(&LocalHandler::handle(&local, 1));
}

/// Passes requests on, on one thread.
struct Local;

impl<Next: LocalHandler<u32>> LocalLayer<u32, Next> for Local {
    type Response = Next::Response;

    async fn handle(&self, request: u32, next: &Next) -> Next::Response {
        next.handle(request).await
    }
}
