//! Adapters between chains and tower, behind the feature `tower`: services as handlers, layers as layers, chains as
//! services.
//!
//! Not a port of tower: what waits for capacity there in `poll_ready` waits in `handle` here.
//!
//! | from | to | by |
//! |---|---|---|
//! | a `tower::Service` | a [`Handler`], the innermost part of a chain | [`TowerHandler`] |
//! | a `tower::Layer` | a layer of a [`stack`](super::stack) | [`tower_layer()`] |
//! | a chain | a `tower::Service` | [`BoxHandler::new`], whose value is one |
//!
//! In a [`chain`](super::chain()), whose parts have different types, a tower layer is applied to its inner part, and the
//! result is the handler of the outer part: `chain().layer(a).handler(TowerHandler::new(layer.layer(b)))`.

use std::task::{Context, Poll};

use futures::future::{BoxFuture, LocalBoxFuture, poll_fn};
use tower_layer::Layer;
use tower_service::Service;

use super::{BoxHandler, BoxLayer, Handler, LocalBoxHandler, LocalBoxLayer, LocalHandler};

/// A tower service as a handler.
///
/// - **Readiness**: each request has its own clone, which is polled until it is ready and is then the one that is called.
///   So no request uses the readiness of another one's clone, and none is left unused (tower#547). A limit that the
///   clones of a service share, such as that of `ConcurrencyLimit` or `Buffer`, holds for all requests; a limit that each
///   clone has for itself would have no effect. An error of `poll_ready` is the response.
/// - **Cancel**: when the handler's future is dropped, the clone is dropped too, with all that it has reserved.
/// - **Cost**: one clone of the service and its own future; no other allocation.
///
/// ```ignore-wasm32
/// use std::convert::Infallible;
///
/// use async_playground::patterns::{Handler, TowerHandler};
///
/// let double = tower::service_fn(async |n: u32| Ok::<_, Infallible>(2 * n));
/// # futures::executor::block_on(async {
/// assert_eq!(TowerHandler::new(double).handle(4).await, Ok(8));
/// # });
/// ```
#[derive(Clone, Copy, Debug)]
pub struct TowerHandler<S>(S);

impl<S> TowerHandler<S> {
    /// Wraps `service`, which is cloned for each request and never called itself.
    pub const fn new(service: S) -> Self {
        Self(service)
    }
}

impl<Request, S> Handler<Request> for TowerHandler<S>
where
    Request: Send,
    S: Service<Request, Future: Send> + Clone + Send + Sync,
{
    type Response = Result<S::Response, S::Error>;

    fn handle(&self, request: Request) -> impl Future<Output = Self::Response> + Send {
        call(self.0.clone(), request)
    }
}

impl<Request, S: Service<Request> + Clone> LocalHandler<Request> for TowerHandler<S> {
    type Response = Result<S::Response, S::Error>;

    fn handle(&self, request: Request) -> impl Future<Output = Self::Response> {
        call(self.0.clone(), request)
    }
}

/// Waits until `service` is ready and calls that instance.
async fn call<Request, S: Service<Request>>(
    mut service: S,
    request: Request,
) -> Result<S::Response, S::Error> {
    poll_fn(|cx| service.poll_ready(cx)).await?;
    service.call(request).await
}

/// A tower layer as a layer of a [`stack`](super::stack).
///
/// The layer is applied once, when the stack is made, so that what all requests share, such as the permits of a limit,
/// exists once. For readiness and cancellation see [`TowerHandler`].
///
/// A stack has one type of request and response throughout. A layer that changes the type of the response or error, as
/// tower's `Timeout` does, needs a `ServiceBuilder` that changes it back.
///
/// ```ignore-wasm32
/// use std::time::Duration;
///
/// use async_playground::patterns::{BoxHandler, Handler, stack, tower_layer};
/// use tower::BoxError;
///
/// let limit = tower::limit::ConcurrencyLimitLayer::new(1);
/// let timeout = tower::timeout::TimeoutLayer::new(Duration::from_millis(200));
/// let handler = BoxHandler::new(async |name: String| Ok::<_, BoxError>(format!("hello {name}")));
/// let service = stack([tower_layer(timeout), tower_layer(limit)], handler);
/// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
/// assert_eq!(service.handle("Alice".into()).await.unwrap(), "hello Alice");
/// # });
/// ```
pub fn tower_layer<L, Request, Response, Error>(layer: L) -> BoxLayer<Request, Result<Response, Error>>
where
    L: Layer<BoxHandler<Request, Result<Response, Error>>> + Send + 'static,
    L::Service: Clone + Send + Sync + 'static,
    L::Service: Service<Request, Response = Response, Error = Error, Future: Send>,
    Request: Send + 'static,
    Response: 'static,
    Error: 'static,
{
    BoxLayer::around(move |next| {
        let service = layer.layer(next);
        BoxHandler::new(move |request| call(service.clone(), request))
    })
}

/// Does the same as [`tower_layer()`], for futures that stay on their thread.
pub fn tower_layer_local<L, Request, Response, Error>(
    layer: L,
) -> LocalBoxLayer<Request, Result<Response, Error>>
where
    L: Layer<LocalBoxHandler<Request, Result<Response, Error>>> + 'static,
    L::Service: Service<Request, Response = Response, Error = Error> + Clone + 'static,
    Request: 'static,
    Response: 'static,
    Error: 'static,
{
    LocalBoxLayer::around(move |next| {
        let service = layer.layer(next);
        LocalBoxHandler::new(move |request| call(service.clone(), request))
    })
}

/// A chain as a tower service, for any thread: axum takes it as a route.
///
/// It is always ready: a chain that waits for capacity does so when it is called, and a clone that was never polled for
/// readiness can be called too (tower#547). To shed load before a call is made, put tower's own limits around it.
///
/// ```ignore-wasm32
/// use std::{convert::Infallible, sync::Arc};
///
/// use async_playground::patterns::{BoxHandler, Handler, Layer, chain};
/// use tower::ServiceExt;
///
/// struct Polite;
///
/// impl<Next: Handler<String, Response = String>> Layer<String, Next> for Polite {
///     type Response = Result<String, Infallible>;
///
///     async fn handle(&self, name: String, next: &Next) -> Self::Response {
///         Ok(format!("Dear {}", next.handle(name).await))
///     }
/// }
///
/// let chain = Arc::new(chain().layer(Polite).handler(async |name: String| name));
/// let service = BoxHandler::new(move |name| {
///     let chain = Arc::clone(&chain);
///     async move { chain.handle(name).await }
/// });
/// # futures::executor::block_on(async {
/// assert_eq!(service.oneshot("Alice".into()).await.unwrap(), "Dear Alice");
/// # });
/// ```
impl<Request, Response, Error> Service<Request> for BoxHandler<Request, Result<Response, Error>> {
    type Response = Response;
    type Error = Error;
    type Future = BoxFuture<'static, Result<Response, Error>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        (self.0)(request)
    }
}

/// A chain as a tower service that stays on its thread; always ready, as [`BoxHandler`] is.
impl<Request, Response, Error> Service<Request> for LocalBoxHandler<Request, Result<Response, Error>> {
    type Response = Response;
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Response, Error>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        (self.0)(request)
    }
}
