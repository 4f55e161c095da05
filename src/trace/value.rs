//! The value of a result: a number, text, a list, an object, as it is and not as some language spells it.

#[cfg(feature = "rules")]
use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, SeqAccess, Visitor},
};
use serde::{Serialize, Serializer};
use std::fmt;

use crate::{
    json,
    walk::{Shape, Sink, walk},
};

/// A value, as JSON has them.
///
/// A number that is whole and exact in a float is an [`Int`](Self::Int), so that a value is the same after a way
/// through JavaScript. Tuples are lists. Two objects are equal if they have the same entries, in any order.
#[derive(Clone, Debug)]
pub enum Value {
    /// Nothing: Python's `None`.
    Null,
    /// True or false.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number with a fraction, or beyond 2^53.
    Float(f64),
    /// Text.
    Text(String),
    /// A list.
    List(Vec<Self>),
    /// Named values, in the order in which they were given.
    Object(Vec<(String, Self)>),
}

impl Value {
    /// The value that `value` serialises to. A whole number beyond 64 bits becomes text.
    ///
    /// [`Null`](Self::Null) if the `Serialize` of `value` reports an error; those of exercises report none.
    pub fn of(value: &(impl Serialize + ?Sized)) -> Self {
        let mut builder = Builder::default();
        match walk(value, &mut builder) {
            Ok(()) => builder.done,
            Err(_) => Self::Null,
        }
    }

    #[allow(clippy::cast_possible_truncation, reason = "the range is checked first")]
    fn of_number(number: f64) -> Self {
        if number.trunc() == number && number.abs() <= 9_007_199_254_740_991.0 {
            Self::Int(number as i64)
        } else {
            Self::Float(number)
        }
    }

    /// The whole number, if it is one.
    pub fn int(&self) -> Option<i64> {
        if let Self::Int(number) = self { Some(*number) } else { None }
    }

    /// The number, if it is one.
    #[allow(clippy::cast_precision_loss, reason = "pages hold every number as a float")]
    pub fn number(&self) -> Option<f64> {
        match self {
            Self::Int(number) => Some(*number as f64),
            Self::Float(number) => Some(*number),
            _ => None,
        }
    }

    /// The whole number, if it is one and not negative.
    pub fn count(&self) -> Option<usize> {
        self.int().and_then(|number| usize::try_from(number).ok())
    }

    /// The text, if it is one.
    pub fn text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// Whether it is that text.
    pub fn is(&self, text: &str) -> bool {
        self.text() == Some(text)
    }

    /// The items of the list; none if it is no list.
    pub fn items(&self) -> &[Self] {
        if let Self::List(items) = self { items } else { &[] }
    }

    /// The object's entry of that name; [`Null`](Self::Null) if it has none or is no object.
    pub fn field(&self, name: &str) -> &Self {
        const NULL: &Value = &Value::Null;
        let Self::Object(entries) = self else { return NULL };
        entries.iter().find(|(key, _)| key == name).map_or(NULL, |(_, value)| value)
    }
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Null, Self::Null) => true,
            (Self::Bool(one), Self::Bool(other)) => one == other,
            (Self::Int(one), Self::Int(other)) => one == other,
            (Self::Float(one), Self::Float(other)) => one == other,
            (Self::Text(one), Self::Text(other)) => one == other,
            (Self::List(one), Self::List(other)) => one == other,
            (Self::Object(one), Self::Object(other)) => {
                let same = |(key, value): &(String, Self)| {
                    other.iter().any(|(name, found)| name == key && found == value)
                };
                one.len() == other.len() && one.iter().all(same)
            }
            _ => false,
        }
    }
}

impl fmt::Display for Value {
    /// As JSON.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&json::to_string(self).map_err(|_| fmt::Error)?)
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(flag) => serializer.serialize_bool(*flag),
            Self::Int(number) => serializer.serialize_i64(*number),
            Self::Float(number) => serializer.serialize_f64(*number),
            Self::Text(text) => serializer.serialize_str(text),
            Self::List(items) => serializer.collect_seq(items),
            Self::Object(entries) => serializer.collect_map(entries.iter().map(|(key, value)| (key, value))),
        }
    }
}

/// Builds a value while another one is walked.
struct Builder {
    done: Value,
    /// The lists and objects that are not complete, outermost first, objects with the key of their next entry.
    open: Vec<(Value, Option<String>)>,
}

impl Default for Builder {
    fn default() -> Self {
        Self { done: Value::Null, open: Vec::new() }
    }
}

impl Builder {
    fn put(&mut self, value: Value) {
        match self.open.last_mut() {
            Some((Value::List(items), _)) => items.push(value),
            Some((Value::Object(entries), key)) => match (key.take(), value) {
                (Some(name), value) => entries.push((name, value)),
                (None, Value::Text(name)) => *key = Some(name),
                (None, other) => *key = Some(other.to_string()),
            },
            _ => self.done = value,
        }
    }
}

impl Sink for Builder {
    fn null(&mut self) {
        self.put(Value::Null);
    }

    fn bool(&mut self, flag: bool) {
        self.put(Value::Bool(flag));
    }

    fn whole(&mut self, number: impl fmt::Display + TryInto<i64> + Copy) {
        self.put(number.try_into().map_or_else(|_| Value::Text(number.to_string()), Value::Int));
    }

    fn float(&mut self, number: f64) {
        self.put(Value::of_number(number));
    }

    fn text(&mut self, text: &str) {
        self.put(Value::Text(text.to_owned()));
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.put(Value::List(bytes.iter().map(|byte| Value::Int(i64::from(*byte))).collect()));
    }

    fn open(&mut self, shape: Shape) {
        let empty = match shape {
            Shape::List | Shape::Tuple => Value::List(Vec::new()),
            Shape::Map => Value::Object(Vec::new()),
        };
        self.open.push((empty, None));
    }

    fn entry(&mut self, _: usize) {}

    fn colon(&mut self) {}

    fn close(&mut self, _: Shape, _: usize) {
        if let Some((value, _)) = self.open.pop() {
            self.put(value);
        }
    }
}

#[cfg(feature = "rules")]
impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyValue)
    }
}

#[cfg(feature = "rules")]
struct AnyValue;

#[cfg(feature = "rules")]
impl<'de> Visitor<'de> for AnyValue {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value that JSON can spell")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Value, E> {
        Ok(Value::Bool(flag))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(Value::Int(number))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(Value::of(&number))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
        Ok(Value::of_number(number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Value::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut object = Vec::new();
        while let Some(entry) = entries.next_entry()? {
            object.push(entry);
        }
        Ok(Value::Object(object))
    }
}
