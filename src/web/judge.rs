//! The report of a run that went on elsewhere: in the lean module of its exercise, which judges nothing.
//!
//! In steps, none of which takes long: a large trace comes in pieces, and is read once for each law.

use std::fmt;

use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

use super::{
    exports::{refuse, to_js},
    options::{self, Request},
};
use crate::{
    exercises::{ClockKind, Ended, LawReport, Record, Report},
    trace::Event,
};

/// Checks transcript and laws of an exercise on the trace of a run that has ended.
#[wasm_bindgen]
pub struct Judge {
    request: Request,
    ended: Ended,
    events: Vec<Event>,
    laws: Vec<LawReport>,
}

#[wasm_bindgen]
impl Judge {
    /// For a run with these options, which has ended so.
    ///
    /// # Errors
    ///
    /// A refusal if the request could not have been run.
    #[wasm_bindgen(constructor)]
    pub fn new(slug: &JsValue, options: &JsValue, ended: JsValue) -> Result<Self, JsValue> {
        let request = options::read(slug, options).map_err(|refusal| refuse(&refusal))?;
        let ended = serde_wasm_bindgen::from_value(ended)?;
        Ok(Self { request, ended, events: Vec::new(), laws: Vec::new() })
    }

    /// Takes those events that follow in the trace.
    ///
    /// # Errors
    ///
    /// If they are none of a trace.
    pub fn add(&mut self, events: JsValue) -> Result<(), JsValue> {
        self.events.extend(serde_wasm_bindgen::from_value::<Vec<Event>>(events)?);
        Ok(())
    }

    /// Checks the next law; false if there is none.
    pub fn step(&mut self) -> bool {
        let Self { request: Request { settings, clock, .. }, ended, events, laws } = self;
        let Some(law) = settings.exercise.laws.get(laws.len()) else { return false };
        let live = *clock == ClockKind::Live;
        let record = Record { events, knobs: &settings.knobs, error: ended.error.as_deref(), live };
        laws.push(record.check(law));
        true
    }

    /// The report, with the laws that have been checked.
    ///
    /// # Errors
    ///
    /// None that is known.
    pub fn report(&self) -> Result<JsValue, JsValue> {
        let Self { request: Request { settings, clock, .. }, ended, events, laws } = self;
        let fixed = settings.fixes_transcript();
        to_js(&Report::of(settings, *clock, events, ended.clone(), fixed, laws.clone()))
    }
}

impl fmt::Debug for Judge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Judge").field("laws", &self.laws).finish_non_exhaustive()
    }
}
