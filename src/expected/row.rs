//! What a page shows of an alignment: rows of expected beside actual.

use serde::Serialize;

use super::blanks::Blanks;
use super::line::Line;

/// How the two lines of a row compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// The line is as expected, or is one that an ellipsis stands for.
    Matched,
    /// Another line was expected here.
    Mismatched,
    /// An expected line that is not in the output.
    Missing,
    /// A line that was not expected.
    Extra,
    /// An expected line that may still come.
    Pending,
}

/// One row of expected beside actual.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Row {
    /// How they compare.
    pub status: Status,
    /// The expected line as a reader sees it; none for extra lines and from the second line in an ellipsis.
    pub expected: Option<String>,
    /// The actual line; none for missing and pending ones, and for an ellipsis that stands for no line.
    pub actual: Option<String>,
    /// Whether this row is an ellipsis or a line that one stands for, so that a page can dim it.
    pub ellipsis: bool,
    /// For mismatched rows that differ in blanks: both texts with these made visible.
    pub blanks: Option<Blanks>,
}

pub(super) fn row(status: Status, line: Option<&Line>, actual: Option<String>) -> Row {
    let expected = line.map(|line| line.shown().to_owned());
    let blanks = match (status, &expected, &actual) {
        (Status::Mismatched, Some(expected), Some(actual)) => Blanks::differing(expected, actual),
        _ => None,
    };
    Row { status, expected, actual, ellipsis: line.is_some_and(Line::is_ellipsis), blanks }
}

/// A line that an ellipsis stands for.
pub(super) fn skipped_row(text: String) -> Row {
    Row { ellipsis: true, ..row(Status::Matched, None, Some(text)) }
}
