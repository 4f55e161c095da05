//! Python's spelling of values: the outputs promise `{'id': 1, 'name': 'Alice'}` and `True`.
//!
//! [`repr`] writes any serde value as CPython's `repr` would. It is a spelling, not a data format: nothing
//! reads it back, so use `serde_json` and the like for anything that travels.

use serde::Serialize;

pub use crate::walk::Error;
use crate::{
    json::decimal,
    spelling::{Dialect, spell},
};

/// Spells `value` as Python's `repr` does.
///
/// Structs and maps become dicts in the order given, sequences lists, tuples and Rust arrays (serde tells
/// them not apart) tuples, unit and `Option::None` become `None`, chars and unit variants strings. A variant
/// that carries something becomes a dict of one entry. Floats are rounded to six places, as with `round(x, 6)`: the
/// programs show milliseconds.
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
    spell::<Python>(value)
}

struct Python;

impl Dialect for Python {
    const NONE: &str = "None";
    const TRUE: &str = "True";
    const FALSE: &str = "False";
    const TUPLE: (&str, &str) = ("(", ")");
    const LONE: &str = ",";

    fn string(out: &mut String, text: &str) {
        let quote = quote(text.as_bytes());
        out.push(quote);
        text.chars().for_each(|c| spell_char(out, c, quote));
        out.push(quote);
    }

    fn float(out: &mut String, value: f64) {
        let Some(text) = decimal(value) else {
            return out.push_str(if value.is_nan() {
                "nan"
            } else if value > 0.0 {
                "inf"
            } else {
                "-inf"
            });
        };
        out.push_str(&text);
        if !text.contains(['.', 'e']) {
            out.push_str(".0");
        }
    }

    fn bytes(out: &mut String, bytes: &[u8]) {
        out.push('b');
        let quote = quote(bytes);
        out.push(quote);
        for &byte in bytes {
            if byte.is_ascii() {
                spell_char(out, byte.into(), quote);
            } else {
                // Printable as a Latin-1 letter, perhaps, but a byte is not text.
                out.push_str(&format!("\\x{byte:02x}"));
            }
        }
        out.push(quote);
    }
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

/// Whether Python prints `c` as it is: letters, marks, digits, signs, and the plain blank, but no other blank and
/// nothing invisible. Code points that Unicode has not given a meaning are printed, which Python would not do: to know
/// them takes tables of several KB.
fn printable(c: char) -> bool {
    match c {
        ' '..='~' => true,
        '\u{a0}' | '\u{ad}' | '\u{61c}' | '\u{1680}' | '\u{180e}' | '\u{3000}' | '\u{feff}' => false,
        '\u{2000}'..='\u{200f}' | '\u{2028}'..='\u{202f}' | '\u{205f}'..='\u{206f}' => false,
        '\u{e000}'..='\u{f8ff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'.. => false,
        c => !c.is_control(),
    }
}
