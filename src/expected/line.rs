//! One annotated line: plain text with wildcards in it, or the ellipsis.

/// What `{1.00:±0.05}` demands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Times {
    /// The text itself: simulated time is exact.
    Exact,
    /// A number within the tolerance: real timers are late.
    Real,
}

/// One line of an annotated text.
#[derive(Clone, Debug)]
pub(super) struct Line {
    shown: String,
    /// `None` is the ellipsis.
    parts: Option<Vec<Part>>,
}

#[derive(Clone, Debug)]
enum Part {
    Plain(String),
    Hex,
    Number,
    /// `text` is `value` as written; value and tolerance in billionths.
    Near {
        text: String,
        value: i64,
        tolerance: i64,
    },
}

impl Line {
    pub(super) fn parse(line: &str) -> Result<Self, String> {
        if line == "..." {
            return Ok(Self { shown: line.to_owned(), parts: None });
        }
        let (mut shown, mut parts, mut plain) = (String::new(), Vec::new(), String::new());
        let mut rest = line;
        while let Some((before, from)) = rest.find('{').and_then(|at| rest.split_at_checked(at)) {
            plain.push_str(before);
            shown.push_str(before);
            if let Some((placeholder, part, after)) = wildcard(from)? {
                if let Some(clash) = taken_from(&part, after) {
                    let written = from.strip_suffix(after).unwrap_or(from);
                    return Err(format!("`{written}` is followed by `{clash}`, which it would match itself"));
                }
                if !plain.is_empty() {
                    parts.push(Part::Plain(core::mem::take(&mut plain)));
                }
                parts.push(part);
                shown.push_str(placeholder);
                rest = after;
            } else {
                plain.push('{');
                shown.push('{');
                rest = from.strip_prefix('{').unwrap_or_default();
            }
        }
        plain.push_str(rest);
        shown.push_str(rest);
        if !plain.is_empty() {
            parts.push(Part::Plain(plain));
        }
        Ok(Self { shown, parts: Some(parts) })
    }

    pub(super) fn shown(&self) -> &str {
        &self.shown
    }

    pub(super) fn is_ellipsis(&self) -> bool {
        self.parts.is_none()
    }

    /// Whether `line` is what this one demands. An ellipsis, being no line, fits none.
    pub(super) fn fits(&self, line: &str, times: Times) -> bool {
        let Some(parts) = &self.parts else { return false };
        let end = parts.iter().try_fold(line, |rest, part| match part {
            Part::Plain(text) => rest.strip_prefix(text.as_str()),
            Part::Hex => after(rest, hex_digits(rest)),
            Part::Number => after(rest, number(rest)),
            Part::Near { text, .. } if times == Times::Exact => rest.strip_prefix(text.as_str()),
            &Part::Near { value, tolerance, .. } => {
                let (found, rest) = rest.split_at_checked(number(rest))?;
                let distance = billionths(found)?.abs_diff(value);
                (distance <= tolerance.unsigned_abs()).then_some(rest)
            }
        });
        end.is_some_and(str::is_empty)
    }
}

/// What follows `length` bytes, of which there must be some.
fn after(text: &str, length: usize) -> Option<&str> {
    if length == 0 { None } else { text.get(length..) }
}

/// The wildcard with which `text` begins: its placeholder, its meaning and what follows it.
fn wildcard(text: &str) -> Result<Option<(&str, Part, &str)>, String> {
    let Some((placeholder, form)) = text.strip_prefix('{').and_then(|inner| inner.split_once(':')) else {
        return Ok(None);
    };
    if !placeholder.chars().all(|c| c.is_ascii_alphanumeric() || c == '.' || c == '-') {
        return Ok(None);
    }
    let (part, after) = if let Some(after) = form.strip_prefix("hex}") {
        (Part::Hex, after)
    } else if let Some(after) = form.strip_prefix("number}") {
        (Part::Number, after)
    } else if let Some(form) = form.strip_prefix('±') {
        let Some((tolerance, after)) = form.split_once('}') else {
            return Err(format!("`{{{placeholder}:±` has no closing brace"));
        };
        let whole = |what: &str, text: &str| {
            billionths(text).ok_or_else(|| {
                format!(
                    "{what} `{text}` of `{{{placeholder}:±{tolerance}}}` must be a decimal number below 9e9"
                )
            })
        };
        let (value, width) = (whole("value", placeholder)?, whole("tolerance", tolerance)?);
        if width < 0 {
            return Err(format!("tolerance `{tolerance}` must not be negative"));
        }
        (Part::Near { text: placeholder.to_owned(), value, tolerance: width }, after)
    } else {
        return Ok(None);
    };
    if placeholder.is_empty() {
        return Err(format!("`{}` shows the reader nothing", text.strip_suffix(after).unwrap_or(text)));
    }
    Ok(Some((placeholder, part, after)))
}

/// The beginning of `after` if `part` would take it too, and so could never be followed by it.
fn taken_from<'a>(part: &Part, after: &'a str) -> Option<&'a str> {
    if let Ok(Some((_, _, beyond))) = wildcard(after) {
        return after.strip_suffix(beyond);
    }
    let taken = match part {
        Part::Plain(_) => 0,
        Part::Hex => hex_digits(after).min(1),
        Part::Number | Part::Near { .. } => {
            let point = usize::from(after.starts_with('.'));
            let fraction = after.get(point..).unwrap_or_default();
            let wild = matches!(wildcard(fraction), Ok(Some(_)));
            if fraction.starts_with(|c: char| c.is_ascii_digit()) || wild { point + 1 } else { 0 }
        }
    };
    after.get(..taken).filter(|clash| !clash.is_empty())
}

fn hex_digits(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_hexdigit).count()
}

fn digits(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}

/// The length of the decimal number with which `text` begins: a sign, digits, and a point with digits.
fn number(text: &str) -> usize {
    let sign = usize::from(text.starts_with('-'));
    let whole = digits(text.get(sign..).unwrap_or_default());
    if whole == 0 {
        return 0;
    }
    let fraction = text.get(sign + whole..).and_then(|rest| rest.strip_prefix('.')).map_or(0, digits);
    sign + whole + if fraction == 0 { 0 } else { 1 + fraction }
}

/// A decimal number in billionths, so that 1.05 is within 0.05 of 1.00, which binary fractions deny.
/// Digits after the ninth are dropped. `None` if it is no number, or out of range.
fn billionths(text: &str) -> Option<i64> {
    if text.is_empty() || number(text) != text.len() {
        return None;
    }
    let (sign, magnitude) = text.strip_prefix('-').map_or((1, text), |magnitude| (-1, magnitude));
    let (whole, fraction) = magnitude.split_once('.').unwrap_or((magnitude, ""));
    let digits = whole.bytes().chain(fraction.bytes().chain(core::iter::repeat(b'0')).take(9));
    digits
        .map(|digit| i64::from(digit - b'0'))
        .try_fold(0_i64, |sum, digit| sum.checked_mul(10)?.checked_add(sign * digit))
}
