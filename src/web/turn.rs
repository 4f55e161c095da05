//! The page's turn: what else the browser has to do, before a run goes on.

use std::{
    cell::RefCell,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll, Waker},
};

use gloo_timers::callback::Timeout;

/// Ends when the page has had its turn; dropped, it wakes nobody.
pub(super) struct PageTurn {
    /// None when it is over.
    waker: Rc<RefCell<Option<Waker>>>,
    _timeout: Timeout,
}

impl Default for PageTurn {
    fn default() -> Self {
        let waker = Rc::new(RefCell::new(Some(Waker::noop().clone())));
        let over = Rc::clone(&waker);
        let timeout = Timeout::new(0, move || {
            let waker = over.take();
            if let Some(waker) = waker {
                waker.wake();
            }
        });
        Self { waker, _timeout: timeout }
    }
}

impl Future for PageTurn {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        match &mut *self.waker.borrow_mut() {
            Some(waker) => {
                waker.clone_from(cx.waker());
                Poll::Pending
            }
            None => Poll::Ready(()),
        }
    }
}
