//! JSON, for what goes to JavaScript: one text is handed over and parsed there, instead of a call for each field.
//!
//! Small rather than general: floats are written to six places, since all of them are milliseconds with a fraction
//! down to the nanosecond, and bytes as a list of numbers.

use serde::Serialize;

use crate::{
    spelling::{Dialect, spell},
    walk::Error,
};

/// `value` as JSON, if its maps have texts for keys: other keys are written as they are, which JSON does not allow.
///
/// # Errors
///
/// Only what the `Serialize` of `value` itself reports.
///
/// ```
/// use async_playground::json::to_string;
///
/// assert_eq!(to_string(&("say \"hi\"", 0.25, None::<u8>))?, r#"["say \"hi\"", 0.25, null]"#);
/// # Ok::<(), async_playground::python::Error>(())
/// ```
pub fn to_string(value: &(impl Serialize + ?Sized)) -> Result<String, Error> {
    spell::<Json>(value)
}

struct Json;

impl Dialect for Json {
    const NONE: &str = "null";
    const TRUE: &str = "true";
    const FALSE: &str = "false";
    const TUPLE: (&str, &str) = ("[", "]");
    const LONE: &str = "";

    fn string(out: &mut String, text: &str) {
        out.push('"');
        for c in text.chars() {
            match c {
                '"' => out.push_str("\\\""),
                '\\' => out.push_str("\\\\"),
                c if c.is_control() => out.push_str(&format!("\\u{:04x}", u32::from(c))),
                c => out.push(c),
            }
        }
        out.push('"');
    }

    fn float(out: &mut String, value: f64) {
        out.push_str(&decimal(value).unwrap_or_else(|| Self::NONE.into()));
    }

    fn bytes(out: &mut String, bytes: &[u8]) {
        let numbers: Vec<String> = bytes.iter().map(u8::to_string).collect();
        out.push_str(&format!("[{}]", numbers.join(", ")));
    }
}

/// A number to six places, with an exponent from 1e16 on; None if it is not finite. The standard library's spelling of
/// floats is a tenth of a page's first module, so it is not used.
#[allow(clippy::cast_possible_truncation, reason = "the size is below 1e16")]
pub fn decimal(value: f64) -> Option<String> {
    if !value.is_finite() {
        return None;
    }
    let mut size = value.abs();
    if size >= 1e16 {
        let mut exponent = 0;
        while size >= 10.0 {
            size /= 10.0;
            exponent += 1;
        }
        return decimal(size.copysign(value)).map(|digits| format!("{digits}e+{exponent}"));
    }
    let millionths = ((size - size.trunc()) * 1e6).round() as i64;
    let whole = size.trunc() as i64 + millionths / 1_000_000;
    let sign = if value < 0.0 { "-" } else { "" };
    Some(match millionths % 1_000_000 {
        0 => format!("{sign}{whole}"),
        rest => format!("{sign}{whole}.{rest:06}").trim_end_matches('0').to_owned(),
    })
}
