//! Reports of runs that have ended, in this module or elsewhere, and rows of lines.

use js_sys::Array;
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

use super::{
    js::{refuse, to_js},
    request::{Comparison, read_comparison, read_request},
    session::Session,
    turns::Turns,
};
use crate::{
    exercises::{Ended, Judgement, Request, rows},
    trace::Event,
};

/// How many events are read before the page has its turn.
const PIECE: u32 = 3000;

/// The report of a run of `request` elsewhere: in a lean module, or in Python. `events` is its whole trace, and `ended` its
/// outcome.
///
/// # Errors
///
/// A refusal if the request is wrong; an error if the rest is not what a run gives.
#[wasm_bindgen]
pub async fn judge(request: JsValue, events: Array, ended: JsValue) -> Result<JsValue, JsValue> {
    let request = read_request(&request).map_err(refuse)?;
    let ended: Ended = serde_wasm_bindgen::from_value(ended)?;
    let turns = Turns::default();
    let mut read: Vec<Event> = Vec::new();
    for from in (0..events.length()).step_by(PIECE as usize) {
        let piece = events.slice(from, from.saturating_add(PIECE));
        read.extend(serde_wasm_bindgen::from_value::<Vec<Event>>(piece.into())?);
        turns.take().await;
    }
    judge_in_turns(&request, &read, &ended, &turns).await
}

#[wasm_bindgen]
impl Session {
    /// The report of this run, which has ended: as [`judge`], without its trace having to come back from JavaScript.
    ///
    /// # Errors
    ///
    /// An error if it has not ended.
    pub fn judge(&self) -> js_sys::Promise {
        let run = self.run();
        wasm_bindgen_futures::future_to_promise(async move {
            let ended = run.ended.borrow().clone().ok_or("the run has not ended")?;
            let turns = Turns::default();
            let mut read = Vec::new();
            loop {
                let piece = run.trace.events(read.len(), PIECE as usize);
                if piece.is_empty() {
                    break;
                }
                read.extend(piece);
                turns.take().await;
            }
            judge_in_turns(&run.request, &read, &ended, &turns).await
        })
    }
}

async fn judge_in_turns(
    request: &Request,
    events: &[Event],
    ended: &Ended,
    turns: &Turns,
) -> Result<JsValue, JsValue> {
    let mut judgement = Judgement::new(request, events, ended);
    while judgement.check_next() {
        turns.take().await;
    }
    to_js(&judgement.report())
}

/// The rows of an output so far beside the expected one.
///
/// # Errors
///
/// A refusal, as an object with `code` and `message`.
#[wasm_bindgen]
pub fn compare(slug: &JsValue, lines: &JsValue, options: &JsValue) -> Result<JsValue, JsValue> {
    let Comparison { exercise, lines, clock, finished } =
        read_comparison(slug, lines, options).map_err(refuse)?;
    to_js(&rows(exercise, clock, lines.iter().map(String::as_str), finished))
}
