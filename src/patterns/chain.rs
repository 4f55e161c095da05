//! A middleware chain: what every request needs, wrapped around the handler once.
//!
//! Not for what only one handler needs, nor a place for state that layers share behind each other's backs: what one
//! layer finds out, it puts into the request.
//!
//! The shape is that of axum's `middleware::from_fn` and of Rack before it: `handle(request, next)`. There is no
//! `poll_ready`; a layer that must wait for room waits in `handle`. So there is no instance that has been made
//! ready, and none to be lost by cloning (tower#547).

mod boxed;
#[cfg(feature = "tower")]
mod tower;

pub use self::boxed::{
    BoxHandler, BoxLayer, LocalBoxHandler, LocalBoxLayer, boxed, boxed_local, stack, stack_local,
};
#[cfg(feature = "tower")]
pub use self::tower::{TowerHandler, tower_layer, tower_layer_local};

/// Answers requests. Functions and closures that return a future are handlers.
///
/// Dropping the future must be safe at any await: that is how a timeout or a client that has gone ends a request.
pub trait Handler<Request> {
    /// What a request gets, an error included.
    type Response;

    /// Answers `request`.
    fn handle(&self, request: Request) -> impl Future<Output = Self::Response>;
}

impl<Request, F, Fut> Handler<Request> for F
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
/// What must happen whether the rest answers, fails or is dropped belongs into a guard's `Drop`, not after the
/// await.
pub trait Layer<Request, Next> {
    /// What a request gets from here on out.
    type Response;

    /// Answers `request`, usually by way of `next`.
    fn handle(&self, request: Request, next: &Next) -> impl Future<Output = Self::Response>;
}

/// Begins a chain. Layers are added in order, the first outermost, and the handler last.
///
/// - **Promise**: a request passes the layers in list order, its response in reverse.
/// - **Cancel**: dropping the chain's future drops that of every layer it has reached, the innermost first.
/// - **Cost**: none. The chain is one value and its future one state machine, without allocation. It is `Send` if all
///   of its parts are.
/// - **Fairness**: nobody waits in it; a layer that lets requests wait says in which order.
/// - **Not for** what only one handler needs; nor may layers share state behind each other's backs: what one finds
///   out, it puts into the request.
///
/// For a list of layers that is decided at run time see [`stack`] and [`stack_local`].
///
/// ```
/// use async_playground::patterns::{Handler, Layer, chain};
///
/// struct Auth;
///
/// impl<Next: Handler<&'static str, Response = u16>> Layer<&'static str, Next> for Auth {
///     type Response = u16;
///
///     async fn handle(&self, token: &'static str, next: &Next) -> u16 {
///         if token.is_empty() { 401 } else { next.handle(token).await }
///     }
/// }
///
/// let service = chain().layer(Auth).handler(async |_: &str| 200);
/// # futures::executor::block_on(async {
/// assert_eq!(service.handle("secret").await, 200);
/// assert_eq!(service.handle("").await, 401);
/// # });
/// ```
pub const fn chain() -> Chain<NoLayers> {
    Chain(NoLayers)
}

/// A chain that waits for more layers, or for its handler.
#[derive(Clone, Copy, Debug)]
#[must_use = "a chain without a handler does nothing"]
pub struct Chain<Layers>(Layers);

impl<Layers> Chain<Layers> {
    /// Adds a layer inside all that have been added.
    pub fn layer<L>(self, layer: L) -> Chain<(Layers, L)> {
        Chain((self.0, layer))
    }

    /// Ends the chain with its innermost part.
    pub fn handler<H>(self, handler: H) -> Layers::Whole
    where
        Layers: Wrap<H>,
    {
        self.0.wrap(handler)
    }
}

/// The list of layers before the first.
#[derive(Clone, Copy, Debug)]
pub struct NoLayers;

/// A list of layers that can be put around a handler; implemented for what [`chain`] builds.
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

impl<Request, L: Layer<Request, Next>, Next> Handler<Request> for Chained<L, Next> {
    type Response = L::Response;

    fn handle(&self, request: Request) -> impl Future<Output = Self::Response> {
        self.layer.handle(request, &self.next)
    }
}
