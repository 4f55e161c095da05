//! Values as text: what Python's spelling and JSON have in common.

use core::{
    fmt::{Display, Write as _},
    marker::PhantomData,
};

use serde::Serialize;

use crate::walk::{Error, Shape, Sink, walk};

/// The words in which the languages differ. Both write lists in square brackets and maps in curly ones.
pub(crate) trait Dialect {
    const NONE: &str;
    const TRUE: &str;
    const FALSE: &str;
    /// The brackets of a tuple.
    const TUPLE: (&str, &str);
    /// What follows the only item of a tuple.
    const LONE: &str;

    fn string(out: &mut String, text: &str);
    fn float(out: &mut String, value: f64);
    fn bytes(out: &mut String, bytes: &[u8]);
}

/// Spells `value` in that dialect.
pub(crate) fn spell<D: Dialect>(value: &(impl Serialize + ?Sized)) -> Result<String, Error> {
    let mut speller = Speller::<D> { out: String::new(), dialect: PhantomData };
    walk(value, &mut speller)?;
    Ok(speller.out)
}

struct Speller<D> {
    out: String,
    dialect: PhantomData<D>,
}

impl<D: Dialect> Sink for Speller<D> {
    fn null(&mut self) {
        self.out.push_str(D::NONE);
    }

    fn bool(&mut self, flag: bool) {
        self.out.push_str(if flag { D::TRUE } else { D::FALSE });
    }

    fn whole(&mut self, number: impl Display + TryInto<i64> + Copy) {
        // Writing to a string does not fail.
        let _ = write!(self.out, "{number}");
    }

    fn float(&mut self, number: f64) {
        D::float(&mut self.out, number);
    }

    fn text(&mut self, text: &str) {
        D::string(&mut self.out, text);
    }

    fn bytes(&mut self, bytes: &[u8]) {
        D::bytes(&mut self.out, bytes);
    }

    fn open(&mut self, shape: Shape) {
        self.out.push_str(match shape {
            Shape::List => "[",
            Shape::Tuple => D::TUPLE.0,
            Shape::Map => "{",
        });
    }

    fn entry(&mut self, place: usize) {
        if place > 0 {
            self.out.push_str(", ");
        }
    }

    fn colon(&mut self) {
        self.out.push_str(": ");
    }

    fn close(&mut self, shape: Shape, entries: usize) {
        // Without its comma a tuple of one would be a value in parentheses.
        if matches!(shape, Shape::Tuple) && entries == 1 {
            self.out.push_str(D::LONE);
        }
        self.out.push_str(match shape {
            Shape::List => "]",
            Shape::Tuple => D::TUPLE.1,
            Shape::Map => "}",
        });
    }
}
