//! The typed parameters of an exercise, and how outside values become inside ones or are refused.

use std::{fmt, time::Duration};

use serde::{Serialize, Serializer, ser::SerializeMap};

use super::{find, request::listed};

/// A parameter that the reader can turn.
#[derive(Debug, Serialize)]
pub struct Setting {
    /// Its name in the API and in URLs.
    pub name: &'static str,
    /// Its name on the page.
    pub label: &'static str,
    /// What a number counts.
    pub unit: Option<&'static str>,
    /// Type, default and range.
    #[serde(flatten)]
    pub kind: Kind,
}

/// What a setting can be set to.
#[derive(Debug, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase", rename_all_fields = "camelCase")]
pub enum Kind {
    /// A whole number from `min` to `max`.
    Int {
        /// Without being set.
        default: i64,
        /// The least allowed.
        min: i64,
        /// The most allowed.
        max: i64,
    },
    /// Yes or no.
    Bool {
        /// Without being set.
        default: bool,
    },
    /// One of several words.
    Choice {
        /// Without being set.
        default: &'static str,
        /// The words.
        options: &'static [&'static str],
    },
    /// One or more whole numbers.
    Ints {
        /// Without being set.
        default: &'static [i64],
        /// The least allowed for each.
        min: i64,
        /// The most allowed for each.
        max: i64,
        /// How many there may be.
        max_items: usize,
    },
    /// Some of several words, each at most once, in an order.
    Order {
        /// Without being set.
        default: &'static [&'static str],
        /// The words.
        options: &'static [&'static str],
    },
}

impl Setting {
    const fn new(name: &'static str, label: &'static str, kind: Kind) -> Self {
        Self { name, label, unit: None, kind }
    }

    /// A whole number from `min` to `max`.
    pub const fn int(name: &'static str, label: &'static str, default: i64, min: i64, max: i64) -> Self {
        Self::new(name, label, Kind::Int { default, min, max })
    }

    /// A duration in whole milliseconds from `min` to `max`.
    pub const fn millis(name: &'static str, label: &'static str, default: i64, min: i64, max: i64) -> Self {
        Self { unit: Some("ms"), ..Self::int(name, label, default, min, max) }
    }

    /// A yes or no.
    pub const fn flag(name: &'static str, label: &'static str, default: bool) -> Self {
        Self::new(name, label, Kind::Bool { default })
    }

    /// One of `options`.
    pub const fn choice(
        name: &'static str,
        label: &'static str,
        default: &'static str,
        options: &'static [&'static str],
    ) -> Self {
        Self::new(name, label, Kind::Choice { default, options })
    }

    /// One to `max_items` whole numbers from `min` to `max`.
    pub const fn ints(
        name: &'static str,
        label: &'static str,
        default: &'static [i64],
        (min, max): (i64, i64),
        max_items: usize,
    ) -> Self {
        Self::new(name, label, Kind::Ints { default, min, max, max_items })
    }

    /// Some of `options`, each at most once, in an order.
    pub const fn order(
        name: &'static str,
        label: &'static str,
        default: &'static [&'static str],
        options: &'static [&'static str],
    ) -> Self {
        Self::new(name, label, Kind::Order { default, options })
    }

    /// The value without being set.
    pub fn default(&self) -> Value {
        match self.kind {
            Kind::Int { default, .. } => Value::Int(default),
            Kind::Bool { default } => Value::Bool(default),
            Kind::Choice { default, .. } => Value::Word(default),
            Kind::Ints { default, .. } => Value::Ints(default.to_vec()),
            Kind::Order { default, .. } => Value::Words(default.to_vec()),
        }
    }

    /// What is allowed, as the end of the sentence "it must be ...".
    pub const fn allowed(&self) -> impl fmt::Display {
        Allowed(self)
    }

    /// What `text` spells on a command line, where the items of a list have commas between them. Text that spells nothing
    /// of this kind is text, which is refused.
    pub fn spelled(&self, text: &str) -> Input {
        match self.kind {
            Kind::Int { .. } => Input::whole(text),
            Kind::Bool { .. } => text.trim().parse().map_or_else(|_| Input::text(text), Input::Bool),
            Kind::Choice { .. } => Input::text(text),
            Kind::Ints { .. } => Input::wholes(text),
            Kind::Order { .. } => Input::list(text, Input::text),
        }
    }

    /// The value that `input` stands for, or None if it is not allowed.
    pub fn read(&self, input: &Input) -> Option<Value> {
        match self.kind {
            Kind::Int { min, max, .. } => {
                whole(input).filter(|number| (min..=max).contains(number)).map(Value::Int)
            }
            Kind::Bool { .. } => match input {
                Input::Bool(flag) => Some(Value::Bool(*flag)),
                _ => None,
            },
            Kind::Choice { options, .. } => word(input, options).map(Value::Word),
            Kind::Ints { min, max, max_items, .. } => {
                let mut numbers = Vec::new();
                for item in input.items()? {
                    numbers.push(whole(item).filter(|number| (min..=max).contains(number))?);
                }
                (1..=max_items).contains(&numbers.len()).then_some(Value::Ints(numbers))
            }
            Kind::Order { options, .. } => {
                let mut words = Vec::new();
                for item in input.items()? {
                    words.push(word(item, options)?);
                }
                all_different(&words).then_some(Value::Words(words))
            }
        }
    }
}

/// What a setting allows, in words.
struct Allowed<'a>(&'a Setting);

impl fmt::Display for Allowed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = self.0.unit.map_or(String::new(), |unit| format!(" {unit}"));
        match self.0.kind {
            Kind::Int { min, max, .. } => write!(f, "a whole number from {min} to {max}{unit}"),
            Kind::Bool { .. } => f.write_str("true or false"),
            Kind::Choice { options, .. } => write!(f, "one of {}", listed(options)),
            Kind::Ints { min, max, max_items, .. } => {
                write!(f, "a list of 1 to {max_items} whole numbers from {min} to {max}{unit}")
            }
            Kind::Order { options, .. } => {
                write!(f, "a list of different words out of {}", listed(options))
            }
        }
    }
}

fn all_different(words: &[&str]) -> bool {
    words.iter().enumerate().all(|(place, word)| !words.iter().skip(place + 1).any(|other| other == word))
}

/// A whole number. Numbers from outside are floating point; beyond 2^53 they are not exact and not accepted.
#[allow(clippy::cast_possible_truncation, reason = "the range is checked first")]
fn whole(input: &Input) -> Option<i64> {
    match input {
        Input::Number(number) if number.fract() == 0.0 && number.abs() <= 9_007_199_254_740_991.0 => {
            Some(*number as i64)
        }
        _ => None,
    }
}

fn word(input: &Input, options: &[&'static str]) -> Option<&'static str> {
    let Input::Text(text) = input else { return None };
    options.iter().find(|option| **option == text).copied()
}

/// A value from outside: a JavaScript value, or what a text on a command line spells.
#[derive(Clone, Debug)]
pub enum Input {
    /// A number; not necessarily a finite one.
    Number(f64),
    /// A boolean.
    Bool(bool),
    /// Text.
    Text(String),
    /// A list.
    List(Vec<Self>),
    /// Something else, by the name of its type.
    Other(&'static str),
}

impl Input {
    /// What `text` spells for that setting of that exercise; the text itself if there is none.
    pub fn spelled(slug: &str, name: &str, text: &str) -> Self {
        let mut settings = find(slug).into_iter().flat_map(|exercise| exercise.settings);
        let setting = settings.find(|setting| setting.name == name);
        setting.map_or_else(|| Self::Text(text.to_owned()), |setting| setting.spelled(text))
    }

    /// The whole number from 0 to 2^32 - 1, if it is one.
    pub(super) fn whole_u32(&self) -> Option<u32> {
        whole(self).and_then(|number| u32::try_from(number).ok())
    }

    /// The items, if it is a list.
    pub(super) fn items(&self) -> Option<&[Self]> {
        if let Self::List(items) = self { Some(items) } else { None }
    }

    /// The whole numbers that `text` spells, with commas between them.
    pub fn wholes(text: &str) -> Self {
        Self::list(text, Self::whole)
    }

    /// The whole number that `text` spells, or the text.
    #[allow(clippy::cast_precision_loss, reason = "whole numbers that a float does not hold are refused")]
    pub(super) fn whole(text: &str) -> Self {
        text.trim().parse().map_or_else(|_| Self::text(text), |number: i64| Self::Number(number as f64))
    }

    fn text(text: &str) -> Self {
        Self::Text(text.trim().to_owned())
    }

    fn list(text: &str, item: fn(&str) -> Self) -> Self {
        if text.trim().is_empty() {
            Self::List(Vec::new())
        } else {
            Self::List(text.split(',').map(item).collect())
        }
    }
}

/// A setting's value, of the setting's type and in its range.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Value {
    /// Of [`Kind::Int`].
    Int(i64),
    /// Of [`Kind::Bool`].
    Bool(bool),
    /// Of [`Kind::Choice`].
    Word(&'static str),
    /// Of [`Kind::Ints`].
    Ints(Vec<i64>),
    /// Of [`Kind::Order`].
    Words(Vec<&'static str>),
}

/// A value for each setting of an exercise.
#[derive(Clone, Debug)]
pub struct Settings(Vec<(&'static Setting, Value)>);

impl Settings {
    /// The defaults of `settings`.
    pub fn defaults(settings: &'static [Setting]) -> Self {
        Self(settings.iter().map(|setting| (setting, setting.default())).collect())
    }

    /// Whether every setting has its default.
    pub fn are_default(&self) -> bool {
        self.0.iter().all(|(setting, value)| *value == setting.default())
    }

    /// Sets the setting of that name; None if there is none, else whether the value was allowed.
    pub(super) fn set(&mut self, name: &str, input: &Input) -> Option<Result<(), &'static Setting>> {
        let (setting, place) = self.0.iter_mut().find(|(setting, _)| setting.name == name)?;
        Some(setting.read(input).map(|value| *place = value).ok_or(*setting))
    }

    fn value(&self, name: &str) -> Option<&Value> {
        let found = self.0.iter().find(|(setting, _)| setting.name == name).map(|(_, value)| value);
        debug_assert!(found.is_some(), "the exercise asks for a setting {name} that it does not list");
        found
    }

    /// The whole number that the setting of that name is set to; 0 if it is no such setting.
    pub fn int(&self, name: &str) -> i64 {
        if let Some(Value::Int(number)) = self.value(name) { *number } else { 0 }
    }

    /// As [`int`](Self::int), as a count; 0 where it is negative.
    pub fn count(&self, name: &str) -> usize {
        usize::try_from(self.int(name)).unwrap_or(0)
    }

    /// As [`int`](Self::int), in milliseconds; zero where it is negative.
    pub fn millis(&self, name: &str) -> Duration {
        Duration::from_millis(u64::try_from(self.int(name)).unwrap_or(0))
    }

    /// Whether the flag of that name is set.
    pub fn flag(&self, name: &str) -> bool {
        matches!(self.value(name), Some(Value::Bool(true)))
    }

    /// The word chosen for the setting of that name.
    pub fn word(&self, name: &str) -> &'static str {
        if let Some(Value::Word(word)) = self.value(name) { word } else { "" }
    }

    /// The numbers of the setting of that name.
    pub fn ints(&self, name: &str) -> &[i64] {
        if let Some(Value::Ints(numbers)) = self.value(name) { numbers } else { &[] }
    }

    /// The words of the setting of that name, in their order.
    pub fn words(&self, name: &str) -> &[&'static str] {
        if let Some(Value::Words(words)) = self.value(name) { words } else { &[] }
    }
}

impl Serialize for Settings {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (setting, value) in &self.0 {
            map.serialize_entry(setting.name, value)?;
        }
        map.end()
    }
}
