//! Expected outputs, and the alignment of an actual one with them.
//!
//! One annotated text holds what a reader sees and what must match:
//!
//! | in the text | a reader sees | matches |
//! |---|---|---|
//! | plain text | itself | itself, byte for byte |
//! | `{XXXX:hex}` | `XXXX` | one or more hex digits |
//! | `{X.XX:number}` | `X.XX` | a decimal number |
//! | `{1.00:±0.05}` | `1.00` | [`Times::Exact`]: that text; [`Times::Real`]: a number within the tolerance |
//! | `...` alone on a line | `...` | any run of lines |
//!
//! Any other `{` is plain text: Python's dicts are full of them. A wildcard takes as much as it can, and one
//! that is followed by something it would take itself is refused when parsed.
//!
//! Pure text, no clock and no run: the caller says whether more lines may follow.

mod align;
mod blanks;
mod line;
mod row;

use core::fmt;

pub use align::align;
pub use blanks::Blanks;
pub use line::Times;
pub use row::{Row, Status};

use line::Line;

/// An annotated output, parsed.
#[derive(Clone, Debug, Default)]
pub struct Expected {
    lines: Vec<Line>,
}

impl Expected {
    /// Reads an annotated text; line ends may be `\n` or `\r\n`, the last one may be missing.
    ///
    /// # Errors
    ///
    /// A wildcard that could never match, or whose tolerance is no number: see [`ParseError`].
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let parsed = text
            .lines()
            .zip(1..)
            .map(|(line, number)| Line::parse(line).map_err(|problem| ParseError { line: number, problem }));
        Ok(Self { lines: parsed.collect::<Result<_, _>>()? })
    }

    /// What a reader sees, line by line, with every wildcard as its placeholder.
    pub fn shown(&self) -> impl ExactSizeIterator<Item = &str> {
        self.lines.iter().map(Line::shown)
    }
}

/// What is wrong with an annotated text, and on which line.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ParseError {
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong there, and what would be right.
    pub problem: String,
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected output, line {}: {}", self.line, self.problem)
    }
}

impl core::error::Error for ParseError {}
