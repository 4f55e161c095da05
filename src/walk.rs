//! One walk over a serde value, which tells a [`Sink`] what it finds.
//!
//! Python's spelling, JSON and [`trace::Value`](crate::trace::Value) are three sinks. A sink is a type, not a trait
//! object, so that a module links only the sinks that it uses.

use core::fmt::{self, Display};

use serde::ser::{self, Serialize};

/// Why a value could not be walked: its own `Serialize` refused.
///
/// Every shape that serde knows is accepted, so no error begins here.
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

/// What holds other values.
#[derive(Clone, Copy)]
pub(crate) enum Shape {
    List,
    Tuple,
    Map,
}

/// Receives the parts of a value in order.
pub(crate) trait Sink {
    fn null(&mut self);
    fn bool(&mut self, flag: bool);
    fn whole(&mut self, number: impl Display + TryInto<i64> + Copy);
    fn float(&mut self, number: f64);
    fn text(&mut self, text: &str);
    fn bytes(&mut self, bytes: &[u8]);
    fn open(&mut self, shape: Shape);
    /// Comes before each entry; in a map, before its key.
    fn entry(&mut self, place: usize);
    /// Comes between a key and its value.
    fn colon(&mut self);
    fn close(&mut self, shape: Shape, entries: usize);
}

/// Tells `sink` what is in `value`.
pub(crate) fn walk(value: &(impl Serialize + ?Sized), sink: &mut impl Sink) -> Result<(), Error> {
    value.serialize(Walker(sink))
}

struct Walker<'a, S>(&'a mut S);

impl<'a, S: Sink> Walker<'a, S> {
    fn open(self, shape: Shape) -> Entries<'a, S> {
        self.0.open(shape);
        Entries { sink: self.0, shape, count: 0, in_variant: false }
    }

    /// A variant with contents is a map of one entry, from the variant's name to what it carries.
    fn variant(self, name: &str, inner: Shape) -> Entries<'a, S> {
        self.0.open(Shape::Map);
        self.0.entry(0);
        self.0.text(name);
        self.0.colon();
        Entries { in_variant: true, ..self.open(inner) }
    }
}

/// What is between two brackets, entry by entry.
struct Entries<'a, S> {
    sink: &'a mut S,
    shape: Shape,
    count: usize,
    /// Whether a map around this one has to be closed too.
    in_variant: bool,
}

impl<S: Sink> Entries<'_, S> {
    fn item<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.sink.entry(self.count);
        self.count += 1;
        value.serialize(Walker(self.sink))
    }

    fn value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.sink.colon();
        value.serialize(Walker(self.sink))
    }

    fn close(self) {
        self.sink.close(self.shape, self.count);
        if self.in_variant {
            self.sink.close(Shape::Map, 1);
        }
    }
}

macro_rules! whole_numbers {
    ($($method:ident: $type:ty),*) => {
        $(fn $method(self, value: $type) -> Result<(), Error> {
            self.0.whole(value);
            Ok(())
        })*
    };
}

impl<'a, S: Sink> ser::Serializer for Walker<'a, S> {
    type Ok = ();
    type Error = Error;
    type SerializeSeq = Entries<'a, S>;
    type SerializeTuple = Entries<'a, S>;
    type SerializeTupleStruct = Entries<'a, S>;
    type SerializeTupleVariant = Entries<'a, S>;
    type SerializeMap = Entries<'a, S>;
    type SerializeStruct = Entries<'a, S>;
    type SerializeStructVariant = Entries<'a, S>;

    whole_numbers! {
        serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64, serialize_i128: i128,
        serialize_u8: u8, serialize_u16: u16, serialize_u32: u32, serialize_u64: u64, serialize_u128: u128
    }

    fn serialize_bool(self, value: bool) -> Result<(), Error> {
        self.0.bool(value);
        Ok(())
    }

    fn serialize_f32(self, value: f32) -> Result<(), Error> {
        self.serialize_f64(value.into())
    }

    fn serialize_f64(self, value: f64) -> Result<(), Error> {
        self.0.float(value);
        Ok(())
    }

    fn serialize_char(self, value: char) -> Result<(), Error> {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, value: &str) -> Result<(), Error> {
        self.0.text(value);
        Ok(())
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<(), Error> {
        self.0.bytes(value);
        Ok(())
    }

    fn serialize_none(self) -> Result<(), Error> {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Error> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Error> {
        self.0.null();
        Ok(())
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
        let mut entries = self.open(Shape::Map);
        entries.item(variant)?;
        entries.value(value)?;
        entries.close();
        Ok(())
    }

    fn serialize_seq(self, _len: Option<usize>) -> Result<Entries<'a, S>, Error> {
        Ok(self.open(Shape::List))
    }

    fn serialize_tuple(self, _len: usize) -> Result<Entries<'a, S>, Error> {
        Ok(self.open(Shape::Tuple))
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Entries<'a, S>, Error> {
        Ok(self.open(Shape::Tuple))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Entries<'a, S>, Error> {
        Ok(self.variant(variant, Shape::Tuple))
    }

    fn serialize_map(self, _len: Option<usize>) -> Result<Entries<'a, S>, Error> {
        Ok(self.open(Shape::Map))
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Entries<'a, S>, Error> {
        Ok(self.open(Shape::Map))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Entries<'a, S>, Error> {
        Ok(self.variant(variant, Shape::Map))
    }
}

macro_rules! sequences {
    ($($trait:ident $add:ident),*) => {
        $(impl<S: Sink> ser::$trait for Entries<'_, S> {
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

sequences! {
    SerializeSeq serialize_element, SerializeTuple serialize_element,
    SerializeTupleStruct serialize_field, SerializeTupleVariant serialize_field
}

macro_rules! named_fields {
    ($($trait:ident),*) => {
        $(impl<S: Sink> ser::$trait for Entries<'_, S> {
            type Ok = ();
            type Error = Error;

            fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), Error> {
                self.item(name)?;
                self.value(value)
            }

            fn end(self) -> Result<(), Error> {
                self.close();
                Ok(())
            }
        })*
    };
}

named_fields!(SerializeStruct, SerializeStructVariant);

impl<S: Sink> ser::SerializeMap for Entries<'_, S> {
    type Ok = ();
    type Error = Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Error> {
        self.item(key)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.value(value)
    }

    fn end(self) -> Result<(), Error> {
        self.close();
        Ok(())
    }
}
