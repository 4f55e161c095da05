//! A value that belongs to a request and is visible everywhere below it, without being passed along.
//!
//! ```
//! use async_playground::{
//!     context_var,
//!     runtime::{Order, Simulation},
//! };
//!
//! context_var! {
//!     static REQUEST_ID: u32;
//! }
//!
//! let mut sim = Simulation::new(Order::fifo());
//! let tasks = sim.tasks();
//! let seen = sim.block_on(REQUEST_ID.scope(7, async move {
//!     let plain = tasks.spawn("plain", async { REQUEST_ID.get() });
//!     let inheriting = tasks.spawn("inheriting", REQUEST_ID.inherit(async { REQUEST_ID.get() }));
//!     (plain.await, inheriting.await)
//! }))?;
//! assert_eq!(seen, (Ok(None), Ok(Some(7))));
//! # Ok::<(), async_playground::runtime::Deadlock>(())
//! ```
//!
//! - **Promise**: the value is set before each poll of the scoped future, and the outer value is restored after it, also
//!   when the poll panics. So interleaved requests do not see each other's values, on one thread or on many. Scopes nest.
//! - **Cancel**: the value is visible while the future is dropped, whether or not it was ever polled.
//! - **Tasks**: a task that is spawned within a scope does not inherit the value, since it may outlive the request. Ask for
//!   it with [`inherit`](ContextVar::inherit).
//! - **Fairness**: there is no queue; nothing waits for a value.
//! - **Cost**: two allocations per scope (the value and the future), none per poll. A [`Scope`] keeps its value until it is
//!   dropped, also after it is done.
//! - **Not for** what a function needs in order to work: that is an argument. For what accompanies a whole request, as its
//!   id does in every line of a log.
//!
//! The idea is that of Python's `contextvars` and tokio's `task_local!`.

use std::{
    cell::Cell,
    fmt,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    thread::LocalKey,
};

/// Declares [`ContextVar`]s.
///
/// ```
/// use async_playground::context_var;
///
/// context_var! {
///     /// The id of the request being answered.
///     pub static REQUEST_ID: String;
/// }
///
/// # futures::executor::block_on(async {
/// let id = REQUEST_ID.scope("req-1".to_owned(), async { REQUEST_ID.get() }).await;
/// assert_eq!(id.as_deref(), Some("req-1"));
/// assert_eq!(REQUEST_ID.get(), None);
/// # });
/// ```
#[macro_export]
macro_rules! context_var {
    ($($(#[$attribute:meta])* $visibility:vis static $name:ident: $type:ty;)+) => {$(
        $(#[$attribute])*
        $visibility static $name: $crate::patterns::ContextVar<$type> = {
            ::std::thread_local! {
                static SLOT: $crate::patterns::ContextSlot<$type> = const { ::std::cell::Cell::new(None) };
            }
            $crate::patterns::ContextVar::new(&SLOT)
        };
    )+};
}

/// The place in which a thread keeps the value that is visible on it now.
pub type ContextSlot<T> = Cell<Option<Arc<T>>>;

/// A variable whose value depends on which future is being polled; declared by [`context_var!`](crate::context_var).
pub struct ContextVar<T: 'static> {
    slot: &'static LocalKey<ContextSlot<T>>,
}

impl<T> ContextVar<T> {
    /// Called by the macro.
    pub const fn new(slot: &'static LocalKey<ContextSlot<T>>) -> Self {
        Self { slot }
    }

    /// Runs `future` with `value` visible in it.
    pub fn scope<F: Future>(&'static self, value: T, future: F) -> Scope<T, F> {
        self.wrap(Some(Arc::new(value)), future)
    }

    /// Runs `future` with the value that is visible at this call, if there is one: for futures that are spawned.
    pub fn inherit<F: Future>(&'static self, future: F) -> Scope<T, F> {
        self.wrap(self.current(), future)
    }

    /// Runs `f` with `value` visible in it.
    pub fn scope_sync<R>(&'static self, value: T, f: impl FnOnce() -> R) -> R {
        let _entered = self.enter(Some(Arc::new(value)));
        f()
    }

    /// Calls `f` with the visible value; `None` outside every scope. `f` may open scopes of its own.
    pub fn with<R>(&'static self, f: impl FnOnce(Option<&T>) -> R) -> R {
        f(self.current().as_deref())
    }

    /// A copy of the visible value; `None` outside every scope.
    pub fn get(&'static self) -> Option<T>
    where
        T: Clone,
    {
        self.with(|value| value.cloned())
    }

    fn wrap<F: Future>(&'static self, value: Option<Arc<T>>, future: F) -> Scope<T, F> {
        Scope { variable: self, value, future: Some(Box::pin(future)) }
    }

    fn current(&'static self) -> Option<Arc<T>> {
        let value = self.exchange(None);
        self.exchange(value.clone());
        value
    }

    fn enter(&'static self, value: Option<Arc<T>>) -> Entered<T> {
        Entered { variable: self, outer: self.exchange(value) }
    }

    /// A thread that is being torn down has no value.
    fn exchange(&'static self, value: Option<Arc<T>>) -> Option<Arc<T>> {
        self.slot.try_with(|slot| slot.replace(value)).unwrap_or_default()
    }
}

impl<T> fmt::Debug for ContextVar<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ContextVar").finish_non_exhaustive()
    }
}

/// Restores the outer value, however the scope is left.
struct Entered<T: 'static> {
    variable: &'static ContextVar<T>,
    outer: Option<Arc<T>>,
}

impl<T> Drop for Entered<T> {
    fn drop(&mut self) {
        self.variable.exchange(self.outer.take());
    }
}

/// The future of [`ContextVar::scope`] and [`ContextVar::inherit`]. It keeps the value until it is dropped. It is `Send` if
/// the future is and the value is `Send` and `Sync`.
#[must_use = "a future does nothing until it is awaited"]
pub struct Scope<T: 'static, F> {
    variable: &'static ContextVar<T>,
    value: Option<Arc<T>>,
    /// `None` once it is done.
    future: Option<Pin<Box<F>>>,
}

impl<T, F: Future> Future for Scope<T, F> {
    type Output = F::Output;

    /// Polled again after it was ready, it stays pending.
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let _entered = self.variable.enter(self.value.clone());
        let Some(future) = &mut self.future else { return Poll::Pending };
        let poll = future.as_mut().poll(cx);
        if poll.is_ready() {
            self.future = None;
        }
        poll
    }
}

impl<T, F> Drop for Scope<T, F> {
    fn drop(&mut self) {
        let _entered = self.variable.enter(self.value.take());
        self.future = None;
    }
}

impl<T, F> fmt::Debug for Scope<T, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scope").field("done", &self.future.is_none()).finish_non_exhaustive()
    }
}
