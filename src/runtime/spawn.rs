//! The spawn port: how a pattern that starts tasks hands them to whatever executor there is.

/// Starts futures on an executor.
///
/// The future's type is a parameter of the trait, not of the method, so that an implementation can ask for what
/// its executor needs (`Send` on a work-stealing one, nothing on a local one) and callers need not. The idea is
/// that of hyper's `rt::Executor`.
///
/// An implementation MUST poll the future to its end or drop it; it MUST NOT poll it inside `spawn`.
///
/// ```ignore-wasm32
/// use async_playground::runtime::Spawn;
///
/// struct OnTokio;
///
/// impl<F: Future<Output = ()> + Send + 'static> Spawn<F> for OnTokio {
///     fn spawn(&self, task: F) {
///         tokio::spawn(task);
///     }
/// }
/// ```
pub trait Spawn<F> {
    /// Starts `task` and returns at once.
    fn spawn(&self, task: F);
}
