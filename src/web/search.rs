//! A search for a failing order of tasks in the browser: a promise of its findings, in slices that leave the page its
//! turns.

use std::{
    cell::RefCell,
    fmt,
    future::poll_fn,
    rc::Rc,
    task::{Context, Poll},
};

use js_sys::{Function, Promise};
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

use super::{
    clock::performance_now,
    exports::{refuse, to_js},
    options::{self, Search as SearchRequest},
    pace::{Slices, Turns},
    promise::{Stop, promise},
};
use crate::exercises::{Findings, Search};

/// Starts a search. `on_progress` is called after each slice with how many orders have been tried, of how
/// many.
///
/// # Errors
///
/// A refusal, as an object with `code` and `message`; nothing has started then.
#[wasm_bindgen]
pub fn search(slug: &JsValue, options: &JsValue, on_progress: Function) -> Result<SearchSession, JsValue> {
    let request = options::read_search(slug, options).map_err(|refusal| refuse(&refusal))?;
    Ok(SearchSession::start(request, on_progress))
}

/// A search that has been started.
#[wasm_bindgen]
pub struct SearchSession {
    shared: Rc<Shared>,
    promise: Promise,
}

struct Shared {
    search: RefCell<Option<Search>>,
    stop: Rc<Stop>,
    /// When its time is up, by `performance.now`.
    until: f64,
    on_progress: Function,
}

impl SearchSession {
    fn start(SearchRequest { request, seeds, budget_ms }: SearchRequest, on_progress: Function) -> Self {
        // One for all runs: a slice is made of many.
        let turns = Rc::new(RefCell::new(Turns::default()));
        let search =
            Search::paced(request, seeds, move |time| Box::new(Slices::sharing(time, Rc::clone(&turns))));
        let until = budget_ms.map_or(f64::INFINITY, |budget| performance_now() + budget);
        let shared =
            Rc::new(Shared { search: RefCell::new(Some(search)), stop: Rc::default(), until, on_progress });
        let polled = Rc::clone(&shared);
        let promise = promise(&shared.stop, async move {
            let findings = poll_fn(|cx| polled.poll(cx)).await;
            to_js(&findings)
        });
        Self { shared, promise }
    }
}

#[wasm_bindgen]
impl SearchSession {
    /// A promise of the findings. Once the search is stopped it settles no more.
    pub fn findings(&self) -> Promise {
        self.promise.clone()
    }

    /// Drops the search with the run under way. Nothing happens if it is over.
    pub fn stop(&self) {
        self.shared.stop.stop();
        self.shared.search.take();
    }
}

impl Shared {
    fn poll(&self, cx: &mut Context<'_>) -> Poll<Findings> {
        // Out of its place while it is polled: what is called meanwhile finds nothing to drop.
        let Some(mut search) = self.search.take() else { return Poll::Pending };
        while !search.is_over() && performance_now() < self.until {
            if search.poll_step(cx).is_pending() {
                let (tried, seeds) = (search.tried(), search.seeds());
                self.search.replace(Some(search));
                // The engine's own, which does not throw; it may stop the search.
                let _ = self.on_progress.call2(&JsValue::UNDEFINED, &tried.into(), &seeds.into());
                return Poll::Pending;
            }
        }
        Poll::Ready(search.findings())
    }
}

impl fmt::Debug for SearchSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SearchSession").field("search", &self.shared.search).finish_non_exhaustive()
    }
}
