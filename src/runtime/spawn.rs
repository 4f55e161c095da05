//! The spawn port, through which a pattern starts tasks on any executor.

/// Starts futures on an executor.
///
/// The type of the future is a parameter of the trait, not of the method, so that an implementation can require what
/// its executor needs (`Send` on a work-stealing one, nothing on a local one) and callers need no such bound. The idea
/// is that of hyper's `rt::Executor`.
///
/// An implementation MUST poll the future to its end or drop it; it MUST NOT poll it inside `spawn`.
///
/// For tokio use the feature `tokio`. For another executor it is a few lines:
///
/// ```ignore-wasm32
/// use async_playground::runtime::Spawn;
///
/// struct OnSmol;
///
/// impl<F: Future<Output = ()> + Send + 'static> Spawn<F> for OnSmol {
///     fn spawn(&self, task: F) {
///         // smol cancels a task whose handle is dropped, unless it is detached.
///         smol::spawn(task).detach();
///     }
/// }
/// ```
pub trait Spawn<F> {
    /// Starts `task` and returns immediately.
    fn spawn(&self, task: F);
}
