//! The spawn port: how a pattern that starts tasks hands them to whatever executor there is.

/// Starts futures on an executor.
///
/// The future's type is a parameter of the trait, not of the method, so that an implementation can ask for what
/// its executor needs (`Send` on a work-stealing one, nothing on a local one) and callers need not. The idea is
/// that of hyper's `rt::Executor`.
///
/// An implementation MUST poll the future to its end or drop it; it MUST NOT poll it inside `spawn`.
///
/// For tokio see the feature `tokio`; on another executor it is this:
///
/// ```ignore-wasm32
/// use async_playground::runtime::Spawn;
///
/// struct OnSmol;
///
/// impl<F: Future<Output = ()> + Send + 'static> Spawn<F> for OnSmol {
///     fn spawn(&self, task: F) {
///         // smol cancels a task whose handle is dropped, unless it is told not to.
///         smol::spawn(task).detach();
///     }
/// }
/// ```
pub trait Spawn<F> {
    /// Starts `task` and returns at once.
    fn spawn(&self, task: F);
}
