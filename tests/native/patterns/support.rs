//! A cancellation sweep, and a clock that is set by hand.

use std::{
    future::{Pending, pending},
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
    time::Duration,
};

use async_playground::runtime::{Clock, Instant};

/// Where a future is dropped.
#[derive(Clone, Copy, Debug)]
pub(super) enum Cut {
    /// As soon as its k-th poll has returned, counted from 0.
    After(usize),
    /// When it would be polled for the k-th time: a wake-up has been spent on it.
    Instead(usize),
}

/// A future of the output, or of nothing if it was cut off.
pub(super) struct CutOff<F> {
    inner: Option<Pin<Box<F>>>,
    cut: Option<Cut>,
    polls: usize,
}

pub(super) fn cut_off<F: Future>(inner: F, cut: Option<Cut>) -> CutOff<F> {
    CutOff { inner: Some(Box::pin(inner)), cut, polls: 0 }
}

impl<F: Future> Future for CutOff<F> {
    type Output = Option<F::Output>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        if matches!(this.cut, Some(Cut::Instead(k)) if k == this.polls) {
            this.inner = None;
            return Poll::Ready(None);
        }
        let poll = this.inner.as_mut().expect("not polled again after it was cut off").as_mut().poll(cx);
        if poll.is_pending() && matches!(this.cut, Some(Cut::After(k)) if k == this.polls) {
            this.inner = None;
            return Poll::Ready(None);
        }
        this.polls += 1;
        poll.map(Some)
    }
}

/// Runs `scenario` with each victim cut off at each of its polls, in both ways, until a cut comes too late to
/// happen; the scenario says whether it did. Gives the number of cuts.
pub(super) fn sweep(victims: usize, scenario: impl Fn(usize, Cut) -> bool) -> usize {
    let mut cuts = 0;
    for victim in 0..victims {
        for way in [Cut::After, Cut::Instead] {
            cuts += (0..1000).take_while(|&poll| scenario(victim, way(poll))).count();
        }
    }
    cuts
}

/// A clock on which nobody can sleep.
#[derive(Clone, Debug, Default)]
pub(super) struct Manual(Arc<AtomicU64>);

impl Manual {
    pub(super) fn advance(&self, by: Duration) {
        let by = u64::try_from(by.as_nanos()).expect("a short step");
        self.0.fetch_add(by, Ordering::Relaxed);
    }
}

impl Clock for Manual {
    type Sleep = Pending<()>;

    fn now(&self) -> Instant {
        Instant::from_nanos(self.0.load(Ordering::Relaxed))
    }

    fn sleep_until(&self, _: Instant) -> Pending<()> {
        pending()
    }
}

pub(super) const fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

/// Polls once, with a waker that does nothing.
pub(super) fn poll_once<F: Future + Unpin>(future: &mut F) -> Poll<F::Output> {
    Pin::new(future).poll(&mut Context::from_waker(Waker::noop()))
}

/// Counts how often it was woken.
#[derive(Default)]
pub(super) struct Wakes(AtomicU64);

impl Wakes {
    pub(super) fn count(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

impl Wake for Wakes {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// Compile-time assertions.
pub(super) const fn send<T: Send>(_: &T) {}
pub(super) const fn send_and_sync<T: Send + Sync>() {}

/// Gives the others a turn.
pub(super) async fn turn() {
    let mut given = false;
    std::future::poll_fn(|cx| {
        if std::mem::replace(&mut given, true) {
            return Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}
