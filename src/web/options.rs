//! Reads what JavaScript hands over, and refuses what it does not understand.

use js_sys::{JsString, Reflect};
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};

use super::pace::SPEEDS;
use crate::exercises::{Act, ClockKind, Input, Refusal, Request};

/// Lists are read up to here; no setting takes as many.
const LONGEST_LIST: u32 = 10_000;

#[wasm_bindgen]
extern "C" {
    /// Throws for a proxy that has been revoked.
    #[wasm_bindgen(catch, js_namespace = Array, js_name = isArray)]
    fn is_array(value: &JsValue) -> Result<bool, JsValue>;
}

/// A checked request of JavaScript.
#[derive(Debug)]
pub(super) struct RunRequest {
    pub(super) request: Request,
    pub(super) clock: ClockKind,
    pub(super) speed: f64,
}

const OPTIONS: [&str; 5] = ["clock", "speed", "settings", "program", "seed"];
const CLOCKS: [(&str, ClockKind); 3] =
    [("live", ClockKind::Live), ("instant", ClockKind::Instant), ("paced", ClockKind::Paced)];

/// Checks all of a request before anything starts.
pub(super) fn read(slug: &JsValue, options: &JsValue) -> Result<RunRequest, Refusal> {
    let slug = text("exercise", "the slug of an exercise", input(slug))?;
    let (mut clock, mut speed, mut program, mut seed, mut settings) =
        (ClockKind::Instant, 1.0, None, None, Vec::new());
    for (name, value) in entries("options", options)? {
        match name.as_str() {
            "clock" => clock = read_clock(&input(&value))?,
            "speed" => speed = read_speed(&input(&value))?,
            "program" => program = Some(text("program", "the name of a program", input(&value))?),
            "seed" => seed = read_seed(&input(&value))?,
            "settings" => settings = read_settings(&value)?,
            _ => return Err(Refusal::unknown("unknown-option", "option", &name, OPTIONS)),
        }
    }
    let request = Request::new(&slug, program.as_deref(), settings, seed)?;
    Ok(RunRequest { request, clock, speed })
}

/// A checked request for a search.
#[derive(Debug)]
pub(super) struct Search {
    pub(super) request: Request,
    pub(super) seeds: u32,
    /// How long it may take; as long as it needs without.
    pub(super) budget_ms: Option<f64>,
}

/// As [`read`], for a search.
pub(super) fn read_search(slug: &JsValue, options: &JsValue) -> Result<Search, Refusal> {
    let slug = text("exercise", "the slug of an exercise", input(slug))?;
    let (mut program, mut seeds, mut budget_ms, mut settings) = (None, 1000, None, Vec::new());
    for (name, value) in entries("options", options)? {
        match name.as_str() {
            "program" => program = Some(text("program", "the name of a program", input(&value))?),
            "seeds" => seeds = read_seeds(&input(&value))?,
            "budget_ms" => budget_ms = Some(read_budget(&input(&value))?),
            "settings" => settings = read_settings(&value)?,
            _ => {
                let known = ["program", "settings", "seeds", "budget_ms"];
                return Err(Refusal::unknown("unknown-option", "option", &name, known));
            }
        }
    }
    let request = Request::new(&slug, program.as_deref(), settings, None)?;
    Ok(Search { request, seeds, budget_ms })
}

/// A checked request to judge lines.
#[derive(Debug)]
pub(super) struct Comparison {
    pub(super) request: Request,
    pub(super) lines: Vec<String>,
    pub(super) clock: ClockKind,
    pub(super) finished: bool,
}

/// As [`read`], for lines to be judged.
pub(super) fn read_comparison(
    slug: &JsValue,
    lines: &JsValue,
    options: &JsValue,
) -> Result<Comparison, Refusal> {
    let slug = text("exercise", "the slug of an exercise", input(slug))?;
    let (mut clock, mut finished) = (ClockKind::Instant, true);
    for (name, value) in entries("options", options)? {
        match name.as_str() {
            "clock" => clock = read_clock(&input(&value))?,
            "finished" => finished = read_flag("finished", &input(&value))?,
            _ => return Err(Refusal::unknown("unknown-option", "option", &name, ["clock", "finished"])),
        }
    }
    let request = Request::of(&slug)?;
    Ok(Comparison { request, lines: read_lines(lines)?, clock, finished })
}

/// One thing that can be done to a run.
pub(super) fn read_act(what: &Input, task: Option<u32>) -> Result<Act, Refusal> {
    match (what, task) {
        (Input::Text(what), None) if what == "backend down" => Ok(Act::BackendDown),
        (Input::Text(what), None) if what == "backend up" => Ok(Act::BackendUp),
        (Input::Text(what), Some(task)) if what == "cancel" => Ok(Act::Cancel(task)),
        _ => {
            Err(Refusal::bad_value("act", "backend down, backend up, or cancel with the id of a task", what))
        }
    }
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range is checked first")]
fn read_seeds(input: &Input) -> Result<u32, Refusal> {
    match input {
        Input::Number(seeds) if seeds.fract() == 0.0 && (1.0..=1e6).contains(seeds) => Ok(*seeds as u32),
        _ => Err(Refusal::bad_value("seeds", "a whole number from 1 to 1000000", input)),
    }
}

fn read_budget(input: &Input) -> Result<f64, Refusal> {
    match input {
        Input::Number(budget) if (1.0..=3.6e6).contains(budget) => Ok(*budget),
        _ => Err(Refusal::bad_value("budget_ms", "a number from 1 to 3600000 ms", input)),
    }
}

fn read_settings(value: &JsValue) -> Result<Vec<(String, Input)>, Refusal> {
    let entries = entries("settings", value)?;
    Ok(entries.into_iter().map(|(name, value)| (name, input(&value))).collect())
}

fn read_speed(input: &Input) -> Result<f64, Refusal> {
    match input {
        Input::Number(speed) if SPEEDS.contains(speed) => Ok(*speed),
        _ => Err(Refusal::bad_value("speed", "a number from 0.05 to 20", input)),
    }
}

fn read_flag(name: &str, input: &Input) -> Result<bool, Refusal> {
    match input {
        Input::Bool(flag) => Ok(*flag),
        _ => Err(Refusal::bad_value(name, "true or false", input)),
    }
}

/// However many there are: a run may have written more than any setting takes.
fn read_lines(value: &JsValue) -> Result<Vec<String>, Refusal> {
    let Ok(Some(length)) = length(value) else {
        return Err(Refusal::bad_value("lines", "a list of texts", &input(value)));
    };
    (0..length)
        .map(|place| {
            let item = Reflect::get_u32(value, place).unwrap_or(JsValue::UNDEFINED);
            text("lines", "a list of texts", input(&item))
        })
        .collect()
}

/// Of a list; None for anything else, and an error where a proxy throws.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "what a proxy says saturates")]
fn length(value: &JsValue) -> Result<Option<u32>, JsValue> {
    if !is_array(value)? {
        return Ok(None);
    }
    Ok(Reflect::get(value, &"length".into())?.as_f64().map(|length| length as u32))
}

pub(super) fn input(value: &JsValue) -> Input {
    if let Some(number) = value.as_f64() {
        Input::Number(number)
    } else if let Some(flag) = value.as_bool() {
        Input::Bool(flag)
    } else if let Some(text) = value.as_string() {
        Input::Text(text)
    } else if let Ok(Some(length)) = length(value) {
        let items = (0..length.min(LONGEST_LIST)).map(|place| {
            // Lists of lists are nobody's value, so one level is read.
            match Reflect::get_u32(value, place) {
                Ok(item) if matches!(is_array(&item), Ok(false)) => input(&item),
                _ => Input::Other("a list"),
            }
        });
        Input::List(items.collect())
    } else if value.is_null() {
        Input::Other("null")
    } else if value.is_undefined() {
        Input::Other("undefined")
    } else if value.is_function() {
        Input::Other("a function")
    } else {
        Input::Other("an object")
    }
}

fn text(name: &str, allowed: &str, input: Input) -> Result<String, Refusal> {
    match input {
        Input::Text(text) => Ok(text),
        other => Err(Refusal::bad_value(name, allowed, &other)),
    }
}

fn read_clock(input: &Input) -> Result<ClockKind, Refusal> {
    match input {
        Input::Text(name) => CLOCKS.iter().find(|(known, _)| known == name).map(|(_, clock)| *clock),
        _ => None,
    }
    .ok_or_else(|| Refusal::bad_value("clock", "live, instant or paced", input))
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range is checked first")]
fn read_seed(input: &Input) -> Result<Option<u32>, Refusal> {
    match input {
        Input::Number(seed) if seed.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(seed) => {
            Ok(Some(*seed as u32))
        }
        Input::Other("null") => Ok(None),
        _ => Err(Refusal::bad_value("seed", "null or a whole number from 0 to 4294967295", input)),
    }
}

/// The own properties of an options object that are not undefined; none if the object itself is.
fn entries(name: &str, object: &JsValue) -> Result<Vec<(String, JsValue)>, Refusal> {
    if object.is_undefined() {
        return Ok(Vec::new());
    }
    if !object.is_object() || matches!(is_array(object), Ok(true)) {
        return Err(Refusal::bad_value(name, "an object", &input(object)));
    }
    // A proxy may throw at any of these, which is then no object to read from.
    let unreadable =
        |_| Refusal::bad_value(name, "an object that can be read", &Input::Other("one that throws"));
    let mut entries = Vec::new();
    for key in Reflect::own_keys(object).map_err(unreadable)? {
        let value = Reflect::get(object, &key).map_err(unreadable)?;
        if !value.is_undefined()
            && let Ok(key) = key.dyn_into::<JsString>()
        {
            entries.push((String::from(key), value));
        }
    }
    Ok(entries)
}
