//! Values as text: the one walk over a value that Python's spelling and JSON share.
//!
//! What differs is a [`Dialect`]. It is a type, not a value, so that a module links only what its values need.

use core::{
    fmt::{self, Display, Write as _},
    marker::PhantomData,
};

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

/// The words in which languages differ. Sequences have square brackets and maps curly ones in all of them.
pub(crate) trait Dialect {
    const NONE: &str;
    const TRUE: &str;
    const FALSE: &str;
    /// What stands around a tuple.
    const TUPLE: (&str, &str);
    /// What stands behind the only item of a tuple.
    const LONE: &str;

    fn string(out: &mut String, text: &str);
    fn float(out: &mut String, value: f64);
    fn bytes(out: &mut String, bytes: &[u8]);
}

/// Spells `value` in that dialect.
pub(crate) fn spell<D: Dialect>(value: &(impl Serialize + ?Sized)) -> Result<String, Error> {
    let mut out = String::new();
    value.serialize(Speller::<D>::new(&mut out))?;
    Ok(out)
}

pub(crate) struct Speller<'a, D> {
    out: &'a mut String,
    dialect: PhantomData<D>,
}

impl<'a, D: Dialect> Speller<'a, D> {
    fn new(out: &'a mut String) -> Self {
        Self { out, dialect: PhantomData }
    }

    fn word(self, word: &str) -> Result<(), Error> {
        self.out.push_str(word);
        Ok(())
    }

    fn open(self, brackets: Brackets) -> Entries<'a, D> {
        self.out.push_str(match brackets {
            Brackets::Round => D::TUPLE.0,
            Brackets::Square => "[",
            Brackets::Curly | Brackets::Variant(_) => "{",
        });
        Entries { out: self.out, brackets, count: 0, dialect: PhantomData }
    }

    fn open_variant(self, name: &str, inner: Inner) -> Entries<'a, D> {
        self.out.push('{');
        D::string(self.out, name);
        self.out.push_str(": ");
        self.out.push_str(match inner {
            Inner::Tuple => D::TUPLE.0,
            Inner::Dict => "{",
        });
        Entries { out: self.out, brackets: Brackets::Variant(inner), count: 0, dialect: PhantomData }
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
pub(crate) struct Entries<'a, D> {
    out: &'a mut String,
    brackets: Brackets,
    count: usize,
    dialect: PhantomData<D>,
}

impl<D: Dialect> Entries<'_, D> {
    fn next(&mut self) -> Speller<'_, D> {
        if self.count > 0 {
            self.out.push_str(", ");
        }
        self.count += 1;
        Speller::new(self.out)
    }

    fn item<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        value.serialize(self.next())
    }

    fn field<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) -> Result<(), Error> {
        D::string(self.next().out, name);
        self.out.push_str(": ");
        value.serialize(Speller::<D>::new(self.out))
    }

    fn close(self) {
        // Without its comma a tuple of one would be a value in parentheses.
        let lone = if self.count == 1 { D::LONE } else { "" };
        let (comma, end) = match self.brackets {
            Brackets::Round | Brackets::Variant(Inner::Tuple) => (lone, D::TUPLE.1),
            Brackets::Square => ("", "]"),
            Brackets::Curly | Brackets::Variant(Inner::Dict) => ("", "}"),
        };
        self.out.push_str(comma);
        self.out.push_str(end);
        if matches!(self.brackets, Brackets::Variant(_)) {
            self.out.push('}');
        }
    }
}

macro_rules! spelled_by_display {
    ($($method:ident: $type:ty),*) => {
        $(fn $method(self, value: $type) -> Result<(), Error> {
            write!(self.out, "{value}").map_err(ser::Error::custom)
        })*
    };
}

impl<'a, D: Dialect> ser::Serializer for Speller<'a, D> {
    type Ok = ();
    type Error = Error;
    type SerializeSeq = Entries<'a, D>;
    type SerializeTuple = Entries<'a, D>;
    type SerializeTupleStruct = Entries<'a, D>;
    type SerializeTupleVariant = Entries<'a, D>;
    type SerializeMap = Entries<'a, D>;
    type SerializeStruct = Entries<'a, D>;
    type SerializeStructVariant = Entries<'a, D>;

    spelled_by_display! {
        serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64, serialize_i128: i128,
        serialize_u8: u8, serialize_u16: u16, serialize_u32: u32, serialize_u64: u64, serialize_u128: u128
    }

    fn serialize_bool(self, value: bool) -> Result<(), Error> {
        self.word(if value { D::TRUE } else { D::FALSE })
    }

    fn serialize_f32(self, value: f32) -> Result<(), Error> {
        self.serialize_f64(value.into())
    }

    fn serialize_f64(self, value: f64) -> Result<(), Error> {
        D::float(self.out, value);
        Ok(())
    }

    fn serialize_char(self, value: char) -> Result<(), Error> {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, value: &str) -> Result<(), Error> {
        D::string(self.out, value);
        Ok(())
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<(), Error> {
        D::bytes(self.out, value);
        Ok(())
    }

    fn serialize_none(self) -> Result<(), Error> {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Error> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Error> {
        self.word(D::NONE)
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

    fn serialize_seq(self, _len: Option<usize>) -> Result<Entries<'a, D>, Error> {
        Ok(self.open(Brackets::Square))
    }

    fn serialize_tuple(self, _len: usize) -> Result<Entries<'a, D>, Error> {
        Ok(self.open(Brackets::Round))
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Entries<'a, D>, Error> {
        Ok(self.open(Brackets::Round))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Entries<'a, D>, Error> {
        Ok(self.open_variant(variant, Inner::Tuple))
    }

    fn serialize_map(self, _len: Option<usize>) -> Result<Entries<'a, D>, Error> {
        Ok(self.open(Brackets::Curly))
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Entries<'a, D>, Error> {
        Ok(self.open(Brackets::Curly))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Entries<'a, D>, Error> {
        Ok(self.open_variant(variant, Inner::Dict))
    }
}

macro_rules! compound {
    ($($trait:ident $add:ident),*) => {
        $(impl<D: Dialect> ser::$trait for Entries<'_, D> {
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
        $(impl<D: Dialect> ser::$trait for Entries<'_, D> {
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

impl<D: Dialect> ser::SerializeMap for Entries<'_, D> {
    type Ok = ();
    type Error = Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Error> {
        self.item(key)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.out.push_str(": ");
        value.serialize(Speller::<D>::new(self.out))
    }

    fn end(self) -> Result<(), Error> {
        self.close();
        Ok(())
    }
}
