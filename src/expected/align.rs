//! Lays an output beside the expected one, with as few faults as possible.
//!
//! A line of the one is paired with a line of the other, or is missing, or extra; an ellipsis takes any run of lines. A
//! mismatched pair, a missing and an extra line are one fault each. Of several ways with as few faults the first one is
//! taken in the order of [`Alignment::steps`]: it prefers pairs, and leaves an ellipsis as early as it can.

use super::{
    Expected,
    line::{Line, Times},
    row::{Row, Status, row, skipped_row},
};

/// The rows of `lines` beside `expected`. If the output is not `finished`, expected lines that may still come are pending.
///
/// It takes as much time and memory as the number of expected lines times the number of lines.
#[must_use]
pub fn align(expected: &Expected, lines: &[&str], finished: bool, times: Times) -> Vec<Row> {
    Alignment::new(&expected.lines, lines, finished, times).rows()
}

/// What becomes of the next expected or actual line, or of both.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    /// The two are laid beside each other.
    Pair,
    /// The expected line is missing, or pending.
    Missing,
    /// The actual line is extra.
    Extra,
    /// The ellipsis takes the actual line.
    Skip,
    /// The ellipsis takes no more lines.
    Leave,
}

struct Alignment<'a> {
    expected: &'a [Line],
    actual: &'a [&'a str],
    finished: bool,
    times: Times,
    /// The least number of faults from each pair of an expected and an actual line to the end.
    faults: Vec<u32>,
}

/// More faults than there are lines.
const NEVER: u32 = u32::MAX / 2;

impl<'a> Alignment<'a> {
    fn new(expected: &'a [Line], actual: &'a [&'a str], finished: bool, times: Times) -> Self {
        let faults = vec![NEVER; (expected.len() + 1) * (actual.len() + 1)];
        let mut alignment = Self { expected, actual, finished, times, faults };
        for i in (0..=expected.len()).rev() {
            for j in (0..=actual.len()).rev() {
                let is_end = i == expected.len() && j == actual.len();
                let least = alignment.steps(i, j).into_iter().map(|(_, faults)| faults).min();
                let place = alignment.place(i, j);
                if let Some(faults) = alignment.faults.get_mut(place) {
                    *faults = if is_end { 0 } else { least.unwrap_or(NEVER) };
                }
            }
        }
        alignment
    }

    fn place(&self, i: usize, j: usize) -> usize {
        i * (self.actual.len() + 1) + j
    }

    fn faults(&self, i: usize, j: usize) -> u32 {
        if j > self.actual.len() {
            return NEVER;
        }
        self.faults.get(self.place(i, j)).copied().unwrap_or(NEVER)
    }

    /// Whether no line is left though more may come.
    fn is_pending(&self, j: usize) -> bool {
        j == self.actual.len() && !self.finished
    }

    /// What can be done with the lines from `i` and `j` on, in order of preference, and with how many faults to the end.
    fn steps(&self, i: usize, j: usize) -> [(Step, u32); 3] {
        let [below, beside, both] = [self.faults(i + 1, j), self.faults(i, j + 1), self.faults(i + 1, j + 1)];
        let extra = (Step::Extra, beside.saturating_add(1));
        let Some(line) = self.expected.get(i) else {
            return [extra, (Step::Extra, NEVER), (Step::Extra, NEVER)];
        };
        if line.is_ellipsis() {
            return [(Step::Leave, below), (Step::Skip, beside), (Step::Extra, NEVER)];
        }
        let fits = self.actual.get(j).is_some_and(|actual| line.fits(actual, self.times));
        let pair = (Step::Pair, both.saturating_add(u32::from(!fits)));
        let missing = (Step::Missing, below.saturating_add(u32::from(!self.is_pending(j))));
        // Between two ellipses any line could stand, so one that does not fit is hardly meant for this one.
        if !fits && self.is_between_ellipses(i) { [missing, pair, extra] } else { [pair, missing, extra] }
    }

    fn is_between_ellipses(&self, i: usize) -> bool {
        let has_ellipsis =
            |lines: Option<&[Line]>| lines.is_some_and(|lines| lines.iter().any(Line::is_ellipsis));
        has_ellipsis(self.expected.get(..i)) && has_ellipsis(self.expected.get(i..))
    }

    fn rows(&self) -> Vec<Row> {
        let (mut i, mut j, mut rows) = (0, 0, Vec::new());
        // Whether the ellipsis at `i` has taken a line.
        let mut has_taken = false;
        while i < self.expected.len() || j < self.actual.len() {
            let least = self.faults(i, j);
            let Some((step, _)) = self.steps(i, j).into_iter().find(|(_, faults)| *faults == least) else {
                break;
            };
            let (line, actual) =
                (self.expected.get(i), self.actual.get(j).map(|actual| (*actual).to_owned()));
            let absent = if self.is_pending(j) { Status::Pending } else { Status::Missing };
            match (step, line, actual) {
                (Step::Pair, Some(line), Some(actual)) => {
                    let fits = line.fits(&actual, self.times);
                    let status = if fits { Status::Matched } else { Status::Mismatched };
                    rows.push(row(status, Some(line), Some(actual)));
                }
                (Step::Skip, _, Some(actual)) if has_taken => rows.push(skipped_row(actual)),
                (Step::Skip, line, actual) => rows.push(row(Status::Matched, line, actual)),
                (Step::Leave, ..) if has_taken => {}
                (Step::Leave, line, _) => {
                    let status = if self.is_pending(j) { Status::Pending } else { Status::Matched };
                    rows.push(row(status, line, None));
                }
                (Step::Missing, line, _) => rows.push(row(absent, line, None)),
                (_, _, actual) => rows.push(row(Status::Extra, None, actual)),
            }
            has_taken = step == Step::Skip;
            i += usize::from(matches!(step, Step::Pair | Step::Missing | Step::Leave));
            j += usize::from(matches!(step, Step::Pair | Step::Extra | Step::Skip));
        }
        rows
    }
}
