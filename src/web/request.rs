//! Reads what JavaScript gives, and refuses what it does not understand.

use js_sys::{Array, JsString, Reflect};
use wasm_bindgen::{JsCast, JsValue};

#[cfg(feature = "rules")]
use crate::exercises::Exercise;
use crate::exercises::{ClockKind, Input, Interference, Refusal, Request, TaskOrder};

/// Lists are read up to here, which is more than anything takes.
const LONGEST_LIST: u32 = 200_000;

const NULL: Input = Input::Other("null");

/// Checks all of a request before anything starts: one object with `exercise`, and any of `program`, `settings`, `seed`,
/// `order`, `interfere` and `clock`.
pub(super) fn read_request(value: &JsValue) -> Result<Request, Refusal> {
    read(value, &[], |_, _| Ok(()))
}

/// As [`read_request`], with `more` fields, for which `read_more` is called.
fn read(
    value: &JsValue,
    more: &[&str],
    mut read_more: impl FnMut(&str, &Input) -> Result<(), Refusal>,
) -> Result<Request, Refusal> {
    const FIELDS: [&str; 7] = ["exercise", "program", "settings", "seed", "order", "interfere", "clock"];
    let (mut slug, mut program, mut clock) = (None, None, ClockKind::default());
    let (mut settings, mut seed, mut order, mut interfere) = (Vec::new(), NULL, NULL, Vec::new());
    for (name, value) in entries("request", value)? {
        match name.as_str() {
            "exercise" => slug = Some(text("exercise", "the slug of an exercise", input(&value))?),
            "program" => program = Some(text("program", "the name of a program", input(&value))?),
            "settings" => settings = read_settings(&value)?,
            "seed" => seed = input(&value),
            "order" => order = input(&value),
            "interfere" => interfere = read_interfere(&value)?,
            "clock" => clock = read_clock(&input(&value))?,
            name if more.contains(&name) => read_more(name, &input(&value))?,
            name => {
                let known = FIELDS.into_iter().chain(more.iter().copied());
                return Err(Refusal::unknown("unknown-option", "option", name, known));
            }
        }
    }
    let slug = slug.map_or_else(|| text("exercise", "the slug of an exercise", NULL), Ok)?;
    let request = Request::new(&slug, program.as_deref(), settings, None)?;
    let order = TaskOrder::read(&seed, &order)?;
    Request { order, clock, ..request }.interfered(interfere)
}

/// A checked request for a search.
#[cfg(feature = "rules")]
pub(super) struct SearchRequest {
    pub(super) request: Request,
    pub(super) seeds: u32,
    /// How long it may take; as long as it needs without.
    pub(super) budget_ms: Option<f64>,
}

/// As [`read_request`], with `seeds` and `budget_ms`.
#[cfg(feature = "rules")]
pub(super) fn read_search(value: &JsValue) -> Result<SearchRequest, Refusal> {
    let (mut seeds, mut budget_ms) = (1000, None);
    let request = read(value, &["seeds", "budget_ms"], |name, input| {
        match name {
            "seeds" => seeds = read_seeds(input)?,
            _ => budget_ms = Some(read_budget(input)?),
        }
        Ok(())
    })?;
    // A search runs on simulated time, in orders of its own.
    Ok(SearchRequest { request: Request { clock: ClockKind::Simulated, ..request }, seeds, budget_ms })
}

/// A checked request to compare lines.
#[cfg(feature = "rules")]
pub(super) struct Comparison {
    pub(super) exercise: &'static Exercise,
    pub(super) lines: Vec<String>,
    pub(super) clock: ClockKind,
    pub(super) finished: bool,
}

#[cfg(feature = "rules")]
pub(super) fn read_comparison(
    slug: &JsValue,
    lines: &JsValue,
    options: &JsValue,
) -> Result<Comparison, Refusal> {
    let slug = text("exercise", "the slug of an exercise", input(slug))?;
    let (mut clock, mut finished) = (ClockKind::default(), true);
    for (name, value) in entries("options", options)? {
        match name.as_str() {
            "clock" => clock = read_clock(&input(&value))?,
            "finished" => finished = read_flag("finished", &input(&value))?,
            _ => return Err(Refusal::unknown("unknown-option", "option", &name, ["clock", "finished"])),
        }
    }
    let Request { exercise, .. } = Request::of(&slug)?;
    Ok(Comparison { exercise, lines: read_lines(lines)?, clock, finished })
}

#[cfg(feature = "rules")]
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range is checked first")]
fn read_seeds(input: &Input) -> Result<u32, Refusal> {
    match input {
        Input::Number(seeds) if seeds.fract() == 0.0 && (1.0..=1e6).contains(seeds) => Ok(*seeds as u32),
        _ => Err(Refusal::bad_value("seeds", "a whole number from 1 to 1000000", input)),
    }
}

#[cfg(feature = "rules")]
fn read_budget(input: &Input) -> Result<f64, Refusal> {
    match input {
        Input::Number(budget) if (1.0..=3.6e6).contains(budget) => Ok(*budget),
        _ => Err(Refusal::bad_value("budget_ms", "a number from 1 to 3600000 ms", input)),
    }
}

#[cfg(feature = "rules")]
fn read_flag(name: &str, input: &Input) -> Result<bool, Refusal> {
    match input {
        Input::Bool(flag) => Ok(*flag),
        _ => Err(Refusal::bad_value(name, "true or false", input)),
    }
}

#[cfg(feature = "rules")]
fn read_lines(value: &JsValue) -> Result<Vec<String>, Refusal> {
    let allowed = "a list of texts";
    let Some(list) = list(value) else { return Err(Refusal::bad_value("lines", allowed, &input(value))) };
    items(&list).map(|item| text("lines", allowed, input(&item))).collect()
}

fn read_settings(value: &JsValue) -> Result<Vec<(String, Input)>, Refusal> {
    let entries = entries("settings", value)?;
    Ok(entries.into_iter().map(|(name, value)| (name, input(&value))).collect())
}

fn read_interfere(value: &JsValue) -> Result<Vec<Interference>, Refusal> {
    let allowed = "a list of objects with at, what and task";
    let Some(list) = list(value) else { return Err(Refusal::bad_value("interfere", allowed, &input(value))) };
    let read_one = |item: JsValue| {
        let (mut at, mut what, mut task) = (NULL, NULL, NULL);
        for (name, value) in entries("interfere", &item)? {
            match name.as_str() {
                "at" => at = input(&value),
                "what" => what = input(&value),
                "task" => task = input(&value),
                _ => {
                    let known = ["at", "what", "task"];
                    return Err(Refusal::unknown("unknown-option", "field of interfere", &name, known));
                }
            }
        }
        Interference::read(&at, &what, &task)
    };
    items(&list).map(read_one).collect()
}

fn read_clock(input: &Input) -> Result<ClockKind, Refusal> {
    let named = |clock: &ClockKind| matches!(input, Input::Text(name) if name == clock.name());
    let found = ClockKind::ALL.into_iter().find(named);
    found.ok_or_else(|| Refusal::bad_value("clock", "simulated or real", input))
}

fn text(name: &str, allowed: &str, input: Input) -> Result<String, Refusal> {
    match input {
        Input::Text(text) => Ok(text),
        other => Err(Refusal::bad_value(name, allowed, &other)),
    }
}

/// The value as a list, if it is one that can be read: a proxy may throw whatever is done with it, and one that is
/// revoked even when it is asked whether it is a list.
fn list(value: &JsValue) -> Option<Array> {
    let is_list = value.is_object()
        && Reflect::get_prototype_of(value).is_ok()
        && Array::is_array(value)
        && Reflect::get(value, &"length".into()).is_ok();
    is_list.then(|| value.clone().unchecked_into())
}

fn items(list: &Array) -> impl Iterator<Item = JsValue> {
    let length = Reflect::get(list, &"length".into()).ok().and_then(|length| length.as_f64());
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "float to int casts saturate")]
    let length = (length.unwrap_or_default() as u32).min(LONGEST_LIST);
    (0..length).map(|place| Reflect::get_u32(list, place).unwrap_or(JsValue::UNDEFINED))
}

fn input(value: &JsValue) -> Input {
    if let Some(number) = value.as_f64() {
        Input::Number(number)
    } else if let Some(flag) = value.as_bool() {
        Input::Bool(flag)
    } else if let Some(text) = value.as_string() {
        Input::Text(text)
    } else if let Some(list) = list(value) {
        // Nothing takes a list of lists, so one level is read.
        let item = |item: JsValue| if item.is_object() { Input::Other("an object") } else { input(&item) };
        Input::List(items(&list).map(item).collect())
    } else if value.is_null() {
        NULL
    } else if value.is_undefined() {
        Input::Other("undefined")
    } else if value.is_function() {
        Input::Other("a function")
    } else {
        Input::Other("an object")
    }
}

/// The own properties of an object that are not undefined; none if the object itself is.
fn entries(name: &str, object: &JsValue) -> Result<Vec<(String, JsValue)>, Refusal> {
    if object.is_undefined() {
        return Ok(Vec::new());
    }
    if !object.is_object() || list(object).is_some() {
        return Err(Refusal::bad_value(name, "an object", &input(object)));
    }
    // A proxy may throw at any of these.
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
