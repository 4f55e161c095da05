//! Chains whose layers are decided at run time: the same order, at the cost of one allocation for each layer and call.
//!
//! Not needed where the list is known when the program is written. Each type and function exists twice, for futures that
//! may change threads and for those that may not.

use std::{fmt, rc::Rc, sync::Arc};

use futures::future::{BoxFuture, FutureExt, LocalBoxFuture};

use super::{Handler, LocalHandler};

type SendFn<Request, Response> = dyn Fn(Request) -> BoxFuture<'static, Response> + Send + Sync;
type SendWrap<Next> = dyn FnOnce(Next) -> Next + Send;
type LocalWrap<Next> = dyn FnOnce(Next) -> Next;
type LocalFn<Request, Response> = dyn Fn(Request) -> LocalBoxFuture<'static, Response>;

/// A handler of any type, for any thread: what the layers of a [`stack`] get as `next`. Cloning it is cheap.
pub struct BoxHandler<Request, Response>(pub(super) Arc<SendFn<Request, Response>>);

/// A handler of any type, for one thread: what the layers of a [`stack_local`] get as `next`. Cloning it is cheap.
pub struct LocalBoxHandler<Request, Response>(pub(super) Rc<LocalFn<Request, Response>>);

/// A layer of any type, for any thread; made by [`boxed`].
pub struct BoxLayer<Request, Response>(Box<SendWrap<BoxHandler<Request, Response>>>);

/// A layer of any type, for one thread; made by [`boxed_local`].
pub struct LocalBoxLayer<Request, Response>(Box<LocalWrap<LocalBoxHandler<Request, Response>>>);

impl<Request, Response> BoxHandler<Request, Response> {
    /// Boxes a function.
    pub fn new<F, Fut>(handler: F) -> Self
    where
        F: Fn(Request) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Response> + Send + 'static,
    {
        Self(Arc::new(move |request| handler(request).boxed()))
    }
}

impl<Request, Response> LocalBoxHandler<Request, Response> {
    /// Boxes a function.
    pub fn new<F, Fut>(handler: F) -> Self
    where
        F: Fn(Request) -> Fut + 'static,
        Fut: Future<Output = Response> + 'static,
    {
        Self(Rc::new(move |request| handler(request).boxed_local()))
    }
}

impl<Request, Response> BoxLayer<Request, Response> {
    /// A layer that is `wrap` applied to what is further in, once, when the stack is made.
    pub(super) fn around(
        wrap: impl FnOnce(BoxHandler<Request, Response>) -> BoxHandler<Request, Response> + Send + 'static,
    ) -> Self {
        Self(Box::new(wrap))
    }
}

impl<Request, Response> LocalBoxLayer<Request, Response> {
    /// A layer that is `wrap` applied to what is further in, once, when the stack is made.
    pub(super) fn around(
        wrap: impl FnOnce(LocalBoxHandler<Request, Response>) -> LocalBoxHandler<Request, Response> + 'static,
    ) -> Self {
        Self(Box::new(wrap))
    }
}

impl<Request, Response> Handler<Request> for BoxHandler<Request, Response> {
    type Response = Response;

    fn handle(&self, request: Request) -> impl Future<Output = Response> + Send {
        (self.0)(request)
    }
}

impl<Request, Response> LocalHandler<Request> for BoxHandler<Request, Response> {
    type Response = Response;

    fn handle(&self, request: Request) -> impl Future<Output = Response> {
        (self.0)(request)
    }
}

impl<Request, Response> LocalHandler<Request> for LocalBoxHandler<Request, Response> {
    type Response = Response;

    fn handle(&self, request: Request) -> impl Future<Output = Response> {
        (self.0)(request)
    }
}

/// Makes a layer of a function of the request and of the rest of the chain.
///
/// A [`Layer`](super::Layer) `L` becomes one by
/// `boxed(move |request, next| { let layer = layer.clone(); async move { layer.handle(request, &next).await } })`.
pub fn boxed<Request, Response, F, Fut>(layer: F) -> BoxLayer<Request, Response>
where
    Request: 'static,
    Response: 'static,
    F: Fn(Request, BoxHandler<Request, Response>) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Response> + Send + 'static,
{
    BoxLayer::around(move |next| BoxHandler::new(move |request| layer(request, next.clone())))
}

/// Does the same as [`boxed`], for futures that stay on their thread.
pub fn boxed_local<Request, Response, F, Fut>(layer: F) -> LocalBoxLayer<Request, Response>
where
    Request: 'static,
    Response: 'static,
    F: Fn(Request, LocalBoxHandler<Request, Response>) -> Fut + 'static,
    Fut: Future<Output = Response> + 'static,
{
    LocalBoxLayer::around(move |next| LocalBoxHandler::new(move |request| layer(request, next.clone())))
}

/// Puts a list of layers around a handler, the outermost first.
///
/// For every call there is one allocation for each layer that it reaches, and one for the handler. Where the list is known
/// when the program is written, a [`chain`](super::chain()) costs nothing.
///
/// ```
/// use async_playground::patterns::{BoxHandler, Handler, boxed, stack};
///
/// let shout = boxed(|word: String, next: BoxHandler<String, String>| async move {
///     next.handle(word.to_uppercase()).await
/// });
/// let twice = boxed(|word: String, next: BoxHandler<String, String>| async move {
///     next.handle(word.clone()).await + &next.handle(word).await
/// });
/// let service = stack([shout, twice], BoxHandler::new(async |word: String| word + "!"));
/// # futures::executor::block_on(async {
/// assert_eq!(service.handle("hey".into()).await, "HEY!HEY!");
/// # });
/// ```
pub fn stack<Request, Response, Layers>(
    layers: Layers,
    handler: BoxHandler<Request, Response>,
) -> BoxHandler<Request, Response>
where
    Layers: IntoIterator<Item = BoxLayer<Request, Response>, IntoIter: DoubleEndedIterator>,
{
    layers.into_iter().rev().fold(handler, |next, layer| layer.0(next))
}

/// Does the same as [`stack`], for futures that stay on their thread.
pub fn stack_local<Request, Response, Layers>(
    layers: Layers,
    handler: LocalBoxHandler<Request, Response>,
) -> LocalBoxHandler<Request, Response>
where
    Layers: IntoIterator<Item = LocalBoxLayer<Request, Response>, IntoIter: DoubleEndedIterator>,
{
    layers.into_iter().rev().fold(handler, |next, layer| layer.0(next))
}

impl<Request, Response> Clone for BoxHandler<Request, Response> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<Request, Response> Clone for LocalBoxHandler<Request, Response> {
    fn clone(&self) -> Self {
        Self(Rc::clone(&self.0))
    }
}

impl<Request, Response> fmt::Debug for BoxHandler<Request, Response> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BoxHandler")
    }
}

impl<Request, Response> fmt::Debug for LocalBoxHandler<Request, Response> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LocalBoxHandler")
    }
}

impl<Request, Response> fmt::Debug for BoxLayer<Request, Response> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BoxLayer")
    }
}

impl<Request, Response> fmt::Debug for LocalBoxLayer<Request, Response> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LocalBoxLayer")
    }
}
