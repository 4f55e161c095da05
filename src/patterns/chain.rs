//! A middleware chain: what every request needs, written once each as layers around the handler.
//!
//! ```
//! use async_playground::patterns::chain::{Handler, Layer, chain};
//!
//! struct Auth;
//!
//! impl<Next: Handler<&'static str, Response = u16>> Layer<&'static str, Next> for Auth {
//!     type Response = u16;
//!
//!     async fn handle(&self, token: &'static str, next: &Next) -> u16 {
//!         if token.is_empty() { 401 } else { next.handle(token).await }
//!     }
//! }
//!
//! let service = chain().layer(Auth).handler(async |_: &str| 200);
//! # futures::executor::block_on(async {
//! assert_eq!(service.handle("secret").await, 200);
//! assert_eq!(service.handle("").await, 401);
//! # });
//! ```
//!
//! - **Promise**: a request passes the layers in list order, its response in reverse.
//! - **Cancel**: dropping the chain's future drops that of every layer it has reached, the innermost first.
//! - **Fairness**: the chain itself makes no request wait. A layer that does decides their order.
//! - **Cost**: none. The chain is one value and its future one state machine, without allocation. A list of layers that is
//!   decided at run time, a [`stack`], allocates once for each layer and call.
//! - **Not for** what only one handler needs. Nor for state that layers share out of sight of each other: a layer passes
//!   on what it finds out in the request.
//!
//! The shape is that of axum's `middleware::from_fn` and of Rack before it: `handle(request, next)`. There is no
//! `poll_ready`; a layer that waits for capacity does so in `handle`. So no instance has been made ready that a clone
//! could lose (tower#547).

mod boxed;
#[cfg(feature = "tower")]
mod tower;

pub use self::boxed::{
    BoxHandler, BoxLayer, LocalBoxHandler, LocalBoxLayer, boxed, boxed_local, stack, stack_local,
};
#[cfg(feature = "tower")]
pub use self::tower::{TowerHandler, tower_layer, tower_layer_local};

/// Answers requests on any thread. Functions and closures that return a `Send` future are handlers.
///
/// It must be safe to drop the future at any await: a timeout or a client that disconnects ends a request so.
///
/// Generic code can spawn the future:
///
/// ```
/// use std::sync::Arc;
///
/// use async_playground::patterns::Handler;
/// use futures::future::BoxFuture;
///
/// fn answers<H>(handler: Arc<H>, requests: Vec<u32>) -> Vec<BoxFuture<'static, u32>>
/// where
///     H: Handler<u32, Response = u32> + 'static,
/// {
///     let answer = |request| -> BoxFuture<'static, u32> {
///         let handler = Arc::clone(&handler);
///         Box::pin(async move { handler.handle(request).await })
///     };
///     requests.into_iter().map(answer).collect()
/// }
/// # let double = Arc::new(async |request: u32| 2 * request);
/// # let both = answers(double, vec![1, 2]);
/// # assert_eq!(futures::executor::block_on(futures::future::join_all(both)), [2, 4]);
/// ```
pub trait Handler<Request>: Send + Sync {
    /// What a request gets, including errors.
    type Response;

    /// Answers `request`.
    fn handle(&self, request: Request) -> impl Future<Output = Self::Response> + Send;
}

/// Answers requests on one thread; otherwise as [`Handler`]. Both have a method `handle`: import the trait that you use.
pub trait LocalHandler<Request> {
    /// What a request gets, including errors.
    type Response;

    /// Answers `request`. The future is `Send` if its parts are, which only code that knows their types can tell.
    fn handle(&self, request: Request) -> impl Future<Output = Self::Response>;
}

impl<Request, F, Fut> Handler<Request> for F
where
    F: Fn(Request) -> Fut + Send + Sync,
    Fut: Future + Send,
{
    type Response = Fut::Output;

    fn handle(&self, request: Request) -> impl Future<Output = Self::Response> + Send {
        self(request)
    }
}

impl<Request, F, Fut> LocalHandler<Request> for F
where
    F: Fn(Request) -> Fut,
    Fut: Future,
{
    type Response = Fut::Output;

    fn handle(&self, request: Request) -> impl Future<Output = Self::Response> {
        self(request)
    }
}

/// Stands before a handler: it may refuse, answer itself, change the request or the response, or call `next` again.
///
/// What must happen whether the inner layers answer, fail or are dropped belongs into a guard's `Drop`, not after the
/// await.
pub trait Layer<Request, Next>: Send + Sync {
    /// What a request gets from here outwards.
    type Response;

    /// Answers `request`, usually by calling `next`.
    fn handle(&self, request: Request, next: &Next) -> impl Future<Output = Self::Response> + Send;
}

/// A layer for one thread; otherwise as [`Layer`].
pub trait LocalLayer<Request, Next> {
    /// What a request gets from here outwards.
    type Response;

    /// Answers `request`, usually by calling `next`.
    fn handle(&self, request: Request, next: &Next) -> impl Future<Output = Self::Response>;
}

/// Starts a chain. Layers are added in order, the outermost first, and the handler last.
///
/// A chain of [`Layer`]s is a [`Handler`], a chain of [`LocalLayer`]s a [`LocalHandler`]. For a list of layers that is
/// decided at run time see [`stack`] and [`stack_local`].
pub const fn chain() -> Chain<NoLayers> {
    Chain(NoLayers)
}

/// A chain to which layers, or its handler, can be added.
#[derive(Clone, Copy, Debug)]
#[must_use = "a chain without a handler does nothing"]
pub struct Chain<Layers>(Layers);

impl<Layers> Chain<Layers> {
    /// Adds a layer inside all that have been added.
    pub fn layer<L>(self, layer: L) -> Chain<(Layers, L)> {
        Chain((self.0, layer))
    }

    /// Adds the handler, which is innermost, and returns the complete chain.
    pub fn handler<H>(self, handler: H) -> Layers::Whole
    where
        Layers: Wrap<H>,
    {
        self.0.wrap(handler)
    }
}

/// The empty list of layers.
#[derive(Clone, Copy, Debug)]
pub struct NoLayers;

/// A list of layers that can be put around a handler; implemented for the lists of [`Chain`].
pub trait Wrap<H> {
    /// The handler with the layers around it.
    type Whole;

    /// Puts the layers around `handler`.
    fn wrap(self, handler: H) -> Self::Whole;
}

impl<H> Wrap<H> for NoLayers {
    type Whole = H;

    fn wrap(self, handler: H) -> H {
        handler
    }
}

impl<H, Outer: Wrap<Chained<L, H>>, L> Wrap<H> for (Outer, L) {
    type Whole = Outer::Whole;

    fn wrap(self, handler: H) -> Self::Whole {
        let (outer, layer) = self;
        outer.wrap(Chained { layer, next: handler })
    }
}

/// A layer and what is inside it.
#[derive(Clone, Copy, Debug)]
pub struct Chained<L, Next> {
    layer: L,
    next: Next,
}

impl<Request, L: Layer<Request, Next>, Next: Send + Sync> Handler<Request> for Chained<L, Next> {
    type Response = L::Response;

    fn handle(&self, request: Request) -> impl Future<Output = Self::Response> + Send {
        self.layer.handle(request, &self.next)
    }
}

impl<Request, L: LocalLayer<Request, Next>, Next> LocalHandler<Request> for Chained<L, Next> {
    type Response = L::Response;

    fn handle(&self, request: Request) -> impl Future<Output = Self::Response> {
        self.layer.handle(request, &self.next)
    }
}
