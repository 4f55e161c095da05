//! Tower services and layers in a chain, and a chain as a tower service.

use std::{
    convert::Infallible,
    future::poll_fn,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use async_playground::{
    patterns::{
        BoxHandler, Handler, Layer, LocalBoxHandler, TowerHandler, boxed, chain, gather, stack, stack_local,
        timeout, tower_layer, tower_layer_local,
    },
    runtime::{Clock, TokioClock},
};
use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderValue, Request, Response, StatusCode, header},
    routing::any_service,
};
use futures::future::{BoxFuture, join_all};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};
use tower::{
    BoxError, Layer as _, Service, ServiceBuilder, ServiceExt,
    limit::ConcurrencyLimitLayer,
    timeout::{TimeoutLayer, error::Elapsed},
};
use tower_http::{compression::CompressionLayer, set_header::SetResponseHeaderLayer, trace::TraceLayer};

use super::support::{ms, poll_once, send, send_and_sync, turn};

/// Runs on tokio's paused clock, on which nothing takes real time.
fn run<T>(future: impl Future<Output = T>) -> T {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    runtime.enable_time().start_paused(true).build().unwrap().block_on(future)
}

/// A service that is ready at the second poll, and cannot be called before.
struct Fussy {
    asked: bool,
    ready: bool,
    calls: Arc<AtomicUsize>,
}

impl Fussy {
    fn new(calls: &Arc<AtomicUsize>) -> Self {
        Self { asked: false, ready: false, calls: Arc::clone(calls) }
    }
}

impl Clone for Fussy {
    /// Each instance has its own readiness.
    fn clone(&self) -> Self {
        Self::new(&self.calls)
    }
}

impl Service<u32> for Fussy {
    type Response = u32;
    type Error = &'static str;
    type Future = BoxFuture<'static, Result<u32, &'static str>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), &'static str>> {
        self.ready = std::mem::replace(&mut self.asked, true);
        if self.ready {
            return Poll::Ready(Ok(()));
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }

    fn call(&mut self, n: u32) -> Self::Future {
        assert!(self.ready, "called before it was ready");
        self.ready = false;
        self.calls.fetch_add(1, Ordering::Relaxed);
        Box::pin(async move {
            turn().await;
            if n == 0 { Err("zero") } else { Ok(n) }
        })
    }
}

struct Twice;

impl<E: Send, Next: Handler<u32, Response = Result<u32, E>>> Layer<u32, Next> for Twice {
    type Response = Result<u32, E>;

    async fn handle(&self, n: u32, next: &Next) -> Self::Response {
        Ok(next.handle(n).await? + next.handle(n).await?)
    }
}

/// tower#547: the instance that was made ready is the one that is called, also by a layer that calls again, and with
/// many requests at the same time.
#[test]
fn a_tower_service_is_called_on_the_instance_that_is_ready() {
    let calls = Arc::default();
    let service = chain().layer(Twice).handler(TowerHandler::new(Fussy::new(&calls)));
    let answers = run(join_all((0..10).map(|n| service.handle(n))));
    assert_eq!(answers[0], Err("zero"));
    assert_eq!(answers[9], Ok(18));
    assert_eq!(calls.load(Ordering::Relaxed), 19);
}

#[test]
fn an_error_of_readiness_is_the_response() {
    #[derive(Clone)]
    struct Broken;

    impl Service<u32> for Broken {
        type Response = u32;
        type Error = &'static str;
        type Future = std::future::Ready<Result<u32, &'static str>>;

        fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), &'static str>> {
            Poll::Ready(Err("gone"))
        }

        fn call(&mut self, _: u32) -> Self::Future {
            panic!("called though it is not ready");
        }
    }

    assert_eq!(run(TowerHandler::new(Broken).handle(1)), Err("gone"));
}

#[test]
fn a_tower_layer_in_a_stack_is_made_once_for_all_requests() {
    let active = Arc::new(AtomicUsize::new(0));
    let seen = Arc::clone(&active);
    run(async move {
        let clock = TokioClock::new();
        let handler = BoxHandler::new(move |n: u32| {
            let active = Arc::clone(&seen);
            async move {
                assert!(active.fetch_add(1, Ordering::Relaxed) < 2, "all requests share the limit");
                clock.sleep(ms(100)).await;
                active.fetch_sub(1, Ordering::Relaxed);
                Ok::<_, Infallible>(n)
            }
        });
        let ours = boxed(|n, next: BoxHandler<u32, _>| async move { next.handle(n + 1).await });
        let service = stack([ours, tower_layer(ConcurrencyLimitLayer::new(2))], handler);
        let began = clock.now();
        // One request is dropped while it waits for readiness, and loses no permit.
        let (first, second) = (service.handle(0), service.handle(1));
        let mut impatient = Box::pin(service.handle(2));
        let mut pair = Box::pin(gather([first, second]));
        assert!(poll_once(&mut pair).is_pending());
        assert!(poll_once(&mut impatient).is_pending());
        drop(impatient);
        let rest = gather((3..7).map(|n| service.handle(n)));
        let (pair, rest) = futures::join!(pair, rest);
        assert_eq!((pair, rest), (vec![Ok(1), Ok(2)], vec![Ok(4), Ok(5), Ok(6), Ok(7)]));
        let took = clock.now().since(began);
        assert!(took >= ms(300) && took < ms(310), "{took:?}: six requests, two at a time");
    });
    assert_eq!(active.load(Ordering::Relaxed), 0);
}

#[test]
fn a_tower_timeout_in_a_stack_drops_the_inner_layers() {
    let (answer, left) = run(async {
        let clock = TokioClock::new();
        let inner = Arc::new(());
        let held = Arc::downgrade(&inner);
        let slow = BoxHandler::new(move |()| {
            let inner = Arc::clone(&inner);
            async move {
                clock.sleep(ms(500)).await;
                drop(inner);
                Ok::<_, BoxError>(())
            }
        });
        let service = stack([tower_layer(TimeoutLayer::new(ms(200)))], slow);
        let answer = service.handle(()).await;
        (answer, held.strong_count())
    });
    assert!(answer.unwrap_err().is::<Elapsed>());
    assert_eq!(left, 1, "only the handler still holds it");
}

#[test]
fn a_local_stack_takes_tower_layers_too() {
    let count = std::rc::Rc::new(std::cell::Cell::new(0));
    let counted = std::rc::Rc::clone(&count);
    let handler = LocalBoxHandler::new(move |n: u32| {
        counted.set(counted.get() + n);
        std::future::ready(Ok::<_, Infallible>(counted.get()))
    });
    let mut service = stack_local([tower_layer_local(ConcurrencyLimitLayer::new(1))], handler);
    assert_eq!(run(async_playground::patterns::LocalHandler::handle(&service, 2)), Ok(2));
    assert_eq!(run(service.call(3)), Ok(5), "it is a service, always ready");
    assert_eq!(count.get(), 5);
}

#[test]
fn a_chain_is_a_service_that_is_always_ready() {
    let clock = TokioClock::new();
    let inner = Arc::new(chain().layer(Twice).handler(async |n: u32| Ok::<_, Infallible>(n)));
    let mut service = BoxHandler::new(move |n| {
        let inner = Arc::clone(&inner);
        async move { inner.handle(n).await }
    });
    run(async {
        poll_fn(|cx| Service::<u32>::poll_ready(&mut service, cx)).await.unwrap();
        // A clone that was never polled for readiness is called: tower#547.
        assert_eq!(service.clone().call(4).await, Ok(8));
        assert_eq!(timeout(&clock, ms(1), service.ready().await.unwrap().call(5)).await, Ok(Ok(10)));
    });
}

#[test]
fn it_is_as_send_and_sync_as_its_parts() {
    let service = TowerHandler::new(Fussy::new(&Arc::default()));
    send_and_sync::<TowerHandler<Fussy>>();
    send(&Handler::handle(&service, 1));
    send(&tower_layer::<_, u32, u32, Infallible>(ConcurrencyLimitLayer::new(1)));
}

/// Refuses requests without a token, and marks responses.
struct Auth;

type Answer = Result<Response<Body>, Infallible>;

impl<Next: Handler<Request<Body>, Response = Answer>> Layer<Request<Body>, Next> for Auth {
    type Response = Answer;

    async fn handle(&self, request: Request<Body>, next: &Next) -> Answer {
        if !request.headers().contains_key(header::AUTHORIZATION) {
            let mut refusal = Response::new(Body::from("unauthorized"));
            *refusal.status_mut() = StatusCode::UNAUTHORIZED;
            return Ok(refusal);
        }
        let mut response = next.handle(request).await?;
        response.headers_mut().insert("x-auth", HeaderValue::from_static("passed"));
        Ok(response)
    }
}

/// Turns the error of tower's timeout into a response.
struct Late;

impl<Next: Handler<Request<Body>, Response = Result<Response<Body>, BoxError>>> Layer<Request<Body>, Next>
    for Late
{
    type Response = Answer;

    async fn handle(&self, request: Request<Body>, next: &Next) -> Answer {
        Ok(next.handle(request).await.unwrap_or_else(|error| {
            let mut late = Response::new(Body::from(error.to_string()));
            *late.status_mut() = StatusCode::GATEWAY_TIMEOUT;
            late
        }))
    }
}

/// From outside in: a layer of ours, three of tower-http, another of ours, one of tower, the handler.
fn http_chain(clock: TokioClock, work: Duration) -> BoxHandler<Request<Body>, Answer> {
    let handler = BoxHandler::new(move |request: Request<Body>| async move {
        clock.sleep(work).await;
        Ok::<_, Infallible>(Response::new(Body::from(format!("{} ", request.uri().path()).repeat(100))))
    });
    let timed = TimeoutLayer::new(ms(200)).layer(handler);
    let inner = Arc::new(chain().layer(Late).handler(TowerHandler::new(timed)));
    let inner = BoxHandler::new(move |request| {
        let inner = Arc::clone(&inner);
        async move { inner.handle(request).await }
    });
    let server = HeaderValue::from_static("playground");
    let middle = ServiceBuilder::new()
        .layer(TraceLayer::new_for_http())
        .layer(SetResponseHeaderLayer::overriding(header::SERVER, server))
        .layer(CompressionLayer::new())
        .service(inner)
        .map_response(|response: Response<_>| response.map(Body::new));
    let outer = Arc::new(chain().layer(Auth).handler(TowerHandler::new(middle)));
    BoxHandler::new(move |request| {
        let outer = Arc::clone(&outer);
        async move { outer.handle(request).await }
    })
}

fn request(headers: &[(header::HeaderName, &'static str)]) -> Request<Body> {
    let mut request = Request::new(Body::empty());
    for (name, value) in headers {
        request.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    request
}

#[test]
fn layers_of_tower_http_work_in_the_chain() {
    let token = (header::AUTHORIZATION, "secret");
    run(async {
        let service = http_chain(TokioClock::new(), ms(50));
        let refused = service.handle(request(&[])).await.unwrap();
        assert_eq!(refused.status(), StatusCode::UNAUTHORIZED);
        assert!(!refused.headers().contains_key(header::SERVER), "nothing further in has run");

        let plain = service.handle(request(std::slice::from_ref(&token))).await.unwrap();
        assert_eq!(plain.headers()[header::SERVER], "playground");
        assert_eq!(plain.headers()["x-auth"], "passed");
        assert_eq!(to_bytes(plain.into_body(), usize::MAX).await.unwrap(), "/ ".repeat(100));

        let squeezed = (header::ACCEPT_ENCODING, "gzip");
        let gzipped = service.handle(request(&[token.clone(), squeezed])).await.unwrap();
        assert_eq!(gzipped.headers()[header::CONTENT_ENCODING], "gzip");
        assert!(to_bytes(gzipped.into_body(), usize::MAX).await.unwrap().len() < 100);

        let late = http_chain(TokioClock::new(), ms(500)).handle(request(&[token])).await.unwrap();
        assert_eq!(late.status(), StatusCode::GATEWAY_TIMEOUT);
    });
}

#[test]
fn axum_serves_the_chain_over_http() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let answer = |address, authorization: &'static str| async move {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let head =
            format!("GET /users/1 HTTP/1.1\r\nhost: localhost\r\n{authorization}connection: close\r\n\r\n");
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    };
    let (passed, refused) = runtime.block_on(async {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let chain = http_chain(TokioClock::new(), Duration::ZERO);
        let router = Router::new().route("/users/{id}", any_service(chain));
        tokio::spawn(async move { axum::serve(listener, router).await });
        futures::join!(answer(address, "authorization: secret\r\n"), answer(address, ""))
    });
    assert!(passed.starts_with("HTTP/1.1 200 OK\r\n"), "{passed}");
    assert!(
        passed.contains("\r\nserver: playground\r\n") && passed.contains("\r\nx-auth: passed\r\n"),
        "{passed}"
    );
    assert!(passed.contains("/users/1 /users/1 "), "{passed}");
    assert!(
        refused.starts_with("HTTP/1.1 401 Unauthorized\r\n") && refused.ends_with("unauthorized"),
        "{refused}"
    );
}
