//! A search for an unlucky order of tasks in the browser: a promise of its findings, in slices that leave the page its
//! turns.

use std::fmt;

use futures::future::AbortHandle;
use js_sys::{Function, Promise};
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

use super::{
    clock::performance_now,
    js::{refuse, to_js},
    promise::stoppable,
    request::{SearchRequest, read_request, read_search},
    turns::{self, Turns},
};
use crate::exercises::{ClockKind, Decisions, Findings, Request, Search, judge};

/// Starts a search. `on_progress` is called after each slice with how many orders have been tried, of how many.
///
/// # Errors
///
/// A refusal, as an object with `code` and `message`; nothing has started then.
#[wasm_bindgen]
pub fn search(request: &JsValue, on_progress: Function) -> Result<SearchSession, JsValue> {
    let request = read_search(request).map_err(refuse)?;
    let (findings, stop) = stoppable(|_| async move { to_js(&find(request, &on_progress).await) });
    Ok(SearchSession { findings, stop })
}

/// A search that has been started.
#[wasm_bindgen]
pub struct SearchSession {
    findings: Promise,
    stop: AbortHandle,
}

#[wasm_bindgen]
impl SearchSession {
    /// A promise of the findings. Once the search is stopped it never settles.
    pub fn findings(&self) -> Promise {
        self.findings.clone()
    }

    /// Drops the search with the run under way. Does nothing if it is over.
    pub fn stop(&self) {
        self.stop.abort();
    }
}

async fn find(request: SearchRequest, on_progress: &Function) -> Findings {
    let SearchRequest { request, seeds, budget_ms } = request;
    let until = budget_ms.map_or(f64::INFINITY, |budget| performance_now() + budget);
    // One for all runs: a slice is made of many.
    let turns = Turns::default();
    let mut search = Search::new(request, seeds);
    while performance_now() < until
        && let Some(next) = search.next()
    {
        let mut session = turns::session(&next, &turns);
        let ended = (&mut session).await;
        search.note(judge(&next, &session.events(), &ended), &session.choices());
        if turns.take().await {
            // An error of the callback is its own affair.
            let _ = on_progress.call2(&JsValue::UNDEFINED, &search.tried().into(), &seeds.into());
        }
    }
    search.findings()
}

/// The decisions of a run of `request` on simulated time, as a list of `{seq, ready}`: how many events there were when two
/// or more tasks were ready, and their ids, the longest ready first. Empty for an order that is drawn from a seed.
///
/// # Errors
///
/// A refusal, as an object with `code` and `message`.
#[wasm_bindgen]
pub async fn decisions(request: JsValue) -> Result<JsValue, JsValue> {
    let request = read_request(&request).map_err(refuse)?;
    let decisions = Decisions::default();
    if let Some(request) = Decisions::request(&request) {
        let request = Request { clock: ClockKind::Simulated, ..request };
        let mut session = turns::session(&request, &Turns::default());
        decisions.listen(&session);
        (&mut session).await;
    }
    to_js(&decisions.list())
}

impl fmt::Debug for SearchSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SearchSession").field("stopped", &self.stop.is_aborted()).finish_non_exhaustive()
    }
}
