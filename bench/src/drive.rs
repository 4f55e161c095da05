//! What drives the futures of all contenders alike, and costs as little as can be.

use std::{
    pin::{Pin, pin},
    sync::Arc,
    task::{Context, Poll, Wake, Waker},
    time::Duration,
};

/// The output of a future that is ready at once.
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

/// Many futures, polled in their order again and again until all are done.
///
/// Who hands out in order of arrival needs but two polls of each. The waker costs what a task's does: a clone counts.
pub(crate) struct Crowd<F>(Vec<Pin<Box<F>>>);

impl<F: Future> Crowd<F> {
    pub(crate) fn new(futures: impl Iterator<Item = F>) -> Self {
        Self(futures.map(Box::pin).collect())
    }

    /// Polls each that is left once.
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

/// Pending once.
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
