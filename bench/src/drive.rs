//! Drives the futures of all contenders in the same way, at as little cost as possible.

use std::{
    pin::{Pin, pin},
    sync::Arc,
    task::{Context, Poll, Wake, Waker},
    time::Duration,
};

/// Returns the output of a future that is ready at the first poll.
#[inline(always)]
pub(crate) fn now<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => unreachable!("this one does not wait"),
    }
}

struct Counted;

impl Wake for Counted {
    fn wake(self: Arc<Self>) {}
}

/// Many futures, polled in order, again and again, until all have ended.
///
/// A first-come-first-served queue needs two polls of each. The waker costs as much as a task's: a clone counts.
pub(crate) struct Crowd<F>(Vec<Pin<Box<F>>>);

impl<F: Future> Crowd<F> {
    pub(crate) fn new(futures: impl Iterator<Item = F>) -> Self {
        Self(futures.map(Box::pin).collect())
    }

    /// Polls each remaining future once.
    pub(crate) fn poll(&mut self) {
        let waker = Waker::from(Arc::new(Counted));
        let mut cx = Context::from_waker(&waker);
        self.0.retain_mut(|future| future.as_mut().poll(&mut cx).is_pending());
    }

    pub(crate) fn finish(mut self) {
        while !self.0.is_empty() {
            self.poll();
        }
    }
}

/// Is pending at the first poll only.
pub(crate) async fn a_turn() {
    let mut had = false;
    std::future::poll_fn(|cx| {
        if std::mem::replace(&mut had, true) {
            return Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

pub(crate) const SECOND: Duration = Duration::from_secs(1);
pub(crate) const HOUR: Duration = Duration::from_secs(3600);
