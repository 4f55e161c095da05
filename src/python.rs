//! Python's spelling of values: the transcripts promise `{'id': 1, 'name': 'Alice'}` and `True`.
//!
//! [`repr`] writes any serde value as CPython's `repr` would. It is a spelling, not a data format: nothing
//! reads it back, so use `serde_json` and the like for anything that travels.

use core::fmt::{self, Display, Write as _};

use serde::ser::{self, Serialize};

/// Why a value could not be spelled: its own `Serialize` refused.
///
/// Every shape that serde knows has a spelling, so no error begins here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error(String);

impl Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "value cannot be spelled: {}", self.0)
    }
}

impl core::error::Error for Error {}

impl ser::Error for Error {
    fn custom<T: Display>(message: T) -> Self {
        Self(message.to_string())
    }
}

/// Spells `value` as Python's `repr` does.
///
/// Structs and maps become dicts in the order given, sequences lists, tuples and Rust arrays (serde tells
/// them not apart) tuples, unit and `Option::None` become `None`, chars and unit variants strings. A variant
/// that carries something becomes a dict of one entry. An `f32` is widened, and shows it.
///
/// # Errors
///
/// Only what the `Serialize` of `value` itself reports.
///
/// ```
/// use async_playground::python::repr;
///
/// assert_eq!(repr(&("error", "Service down", None::<u8>))?, "('error', 'Service down', None)");
/// assert_eq!(repr(&vec![1.0, 1e16])?, "[1.0, 1e+16]");
/// # Ok::<(), async_playground::python::Error>(())
/// ```
pub fn repr(value: &(impl Serialize + ?Sized)) -> Result<String, Error> {
    let mut out = String::new();
    value.serialize(Speller { out: &mut out })?;
    Ok(out)
}

struct Speller<'a> {
    out: &'a mut String,
}

impl<'a> Speller<'a> {
    fn word(self, word: &str) -> Result<(), Error> {
        self.out.push_str(word);
        Ok(())
    }

    fn open(self, brackets: Brackets) -> Entries<'a> {
        self.out.push_str(match brackets {
            Brackets::Round => "(",
            Brackets::Square => "[",
            Brackets::Curly | Brackets::Variant(_) => "{",
        });
        Entries { out: self.out, brackets, count: 0 }
    }

    fn open_variant(self, name: &str, inner: Inner) -> Entries<'a> {
        self.out.push('{');
        spell_str(self.out, name);
        self.out.push_str(match inner {
            Inner::Tuple => ": (",
            Inner::Dict => ": {",
        });
        Entries { out: self.out, brackets: Brackets::Variant(inner), count: 0 }
    }
}

#[derive(Clone, Copy)]
enum Inner {
    Tuple,
    Dict,
}

#[derive(Clone, Copy)]
enum Brackets {
    Round,
    Square,
    Curly,
    /// The value of the one entry of a dict that stands for an enum variant.
    Variant(Inner),
}

/// What is between two brackets, entry by entry.
struct Entries<'a> {
    out: &'a mut String,
    brackets: Brackets,
    count: usize,
}

impl Entries<'_> {
    fn next(&mut self) -> Speller<'_> {
        if self.count > 0 {
            self.out.push_str(", ");
        }
        self.count += 1;
        Speller { out: self.out }
    }

    fn item<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        value.serialize(self.next())
    }

    fn field<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) -> Result<(), Error> {
        spell_str(self.next().out, name);
        self.out.push_str(": ");
        value.serialize(Speller { out: self.out })
    }

    fn close(self) {
        // Without its comma a tuple of one would be a value in parentheses.
        let lone = if self.count == 1 { "," } else { "" };
        let (comma, end) = match self.brackets {
            Brackets::Round => (lone, ")"),
            Brackets::Square => ("", "]"),
            Brackets::Curly => ("", "}"),
            Brackets::Variant(Inner::Tuple) => (lone, ")}"),
            Brackets::Variant(Inner::Dict) => ("", "}}"),
        };
        self.out.push_str(comma);
        self.out.push_str(end);
    }
}

macro_rules! spelled_by_display {
    ($($method:ident: $type:ty),*) => {
        $(fn $method(self, value: $type) -> Result<(), Error> {
            write!(self.out, "{value}").map_err(ser::Error::custom)
        })*
    };
}

impl<'a> ser::Serializer for Speller<'a> {
    type Ok = ();
    type Error = Error;
    type SerializeSeq = Entries<'a>;
    type SerializeTuple = Entries<'a>;
    type SerializeTupleStruct = Entries<'a>;
    type SerializeTupleVariant = Entries<'a>;
    type SerializeMap = Entries<'a>;
    type SerializeStruct = Entries<'a>;
    type SerializeStructVariant = Entries<'a>;

    spelled_by_display! {
        serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64, serialize_i128: i128,
        serialize_u8: u8, serialize_u16: u16, serialize_u32: u32, serialize_u64: u64, serialize_u128: u128
    }

    fn serialize_bool(self, value: bool) -> Result<(), Error> {
        self.word(if value { "True" } else { "False" })
    }

    fn serialize_f32(self, value: f32) -> Result<(), Error> {
        self.serialize_f64(value.into())
    }

    fn serialize_f64(self, value: f64) -> Result<(), Error> {
        if value.is_nan() {
            return self.word("nan");
        }
        // `Debug` turns to exponents at the same bounds as Python and differs in their spelling alone.
        let text = format!("{value:?}");
        match text.split_once('e') {
            None => self.word(&text),
            Some((digits, exponent)) => {
                let (sign, power) = exponent.strip_prefix('-').map_or(('+', exponent), |power| ('-', power));
                write!(self.out, "{digits}e{sign}{power:0>2}").map_err(ser::Error::custom)
            }
        }
    }

    fn serialize_char(self, value: char) -> Result<(), Error> {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, value: &str) -> Result<(), Error> {
        spell_str(self.out, value);
        Ok(())
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<(), Error> {
        self.out.push('b');
        let quote = quote(value);
        self.out.push(quote);
        for &byte in value {
            if byte.is_ascii() {
                spell_char(self.out, byte.into(), quote);
            } else {
                // Printable as a Latin-1 letter, perhaps, but a byte is not text.
                self.out.push_str(&format!("\\x{byte:02x}"));
            }
        }
        self.out.push(quote);
        Ok(())
    }

    fn serialize_none(self) -> Result<(), Error> {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Error> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Error> {
        self.word("None")
    }

    fn serialize_unit_struct(self, _name: &'static str) -> Result<(), Error> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<(), Error> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        let mut entries = self.open(Brackets::Curly);
        entries.field(variant, value)?;
        entries.close();
        Ok(())
    }

    fn serialize_seq(self, _len: Option<usize>) -> Result<Entries<'a>, Error> {
        Ok(self.open(Brackets::Square))
    }

    fn serialize_tuple(self, _len: usize) -> Result<Entries<'a>, Error> {
        Ok(self.open(Brackets::Round))
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Entries<'a>, Error> {
        Ok(self.open(Brackets::Round))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Entries<'a>, Error> {
        Ok(self.open_variant(variant, Inner::Tuple))
    }

    fn serialize_map(self, _len: Option<usize>) -> Result<Entries<'a>, Error> {
        Ok(self.open(Brackets::Curly))
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Entries<'a>, Error> {
        Ok(self.open(Brackets::Curly))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Entries<'a>, Error> {
        Ok(self.open_variant(variant, Inner::Dict))
    }
}

macro_rules! compound {
    ($($trait:ident $add:ident),*) => {
        $(impl ser::$trait for Entries<'_> {
            type Ok = ();
            type Error = Error;

            fn $add<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
                self.item(value)
            }

            fn end(self) -> Result<(), Error> {
                self.close();
                Ok(())
            }
        })*
    };
}

compound! {
    SerializeSeq serialize_element, SerializeTuple serialize_element,
    SerializeTupleStruct serialize_field, SerializeTupleVariant serialize_field
}

macro_rules! named_fields {
    ($($trait:ident),*) => {
        $(impl ser::$trait for Entries<'_> {
            type Ok = ();
            type Error = Error;

            fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), Error> {
                self.field(name, value)
            }

            fn end(self) -> Result<(), Error> {
                self.close();
                Ok(())
            }
        })*
    };
}

named_fields!(SerializeStruct, SerializeStructVariant);

impl ser::SerializeMap for Entries<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Error> {
        self.item(key)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.out.push_str(": ");
        value.serialize(Speller { out: self.out })
    }

    fn end(self) -> Result<(), Error> {
        self.close();
        Ok(())
    }
}

fn spell_str(out: &mut String, text: &str) {
    let quote = quote(text.as_bytes());
    out.push(quote);
    text.chars().for_each(|c| spell_char(out, c, quote));
    out.push(quote);
}

/// Single quotes, unless they would have to be escaped and double ones would not.
fn quote(text: &[u8]) -> char {
    if text.contains(&b'\'') && !text.contains(&b'"') { '"' } else { '\'' }
}

fn spell_char(out: &mut String, c: char, quote: char) {
    let code = u32::from(c);
    match c {
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        '\\' => out.push_str("\\\\"),
        _ if c == quote => out.extend(['\\', c]),
        _ if printable(c) => out.push(c),
        _ if code <= 0xff => out.push_str(&format!("\\x{code:02x}")),
        _ if code <= 0xffff => out.push_str(&format!("\\u{code:04x}")),
        _ => out.push_str(&format!("\\U{code:08x}")),
    }
}

/// Whether Python prints `c` as it is. Rust's `Debug` draws the same line by Unicode category, and its
/// tables are linked anyway; only a combining mark at the start of a text it escapes and Python does not,
/// hence the letter before it.
fn printable(c: char) -> bool {
    match c {
        ' '..='~' => true,
        _ if c.is_ascii() => false,
        _ => {
            let mut pair = String::from("a");
            pair.push(c);
            pair.escape_debug().nth(1) == Some(c)
        }
    }
}
