//! The streaming judge: a row per line, right as far as can be known at each line.
//!
//! Two states. *In step*, the next line must fit the next expected one; after a mismatch rows go on side by
//! side until lines fit again, if need be shifted by a few missing or extra ones. *In a gap*, after `...`,
//! lines are skipped until those that follow the ellipsis fit: at their first place, or, for those at the
//! very end, at the last.
//!
//! A line costs a few comparisons however many came before it; in a gap, one per line that must follow.

use std::collections::VecDeque;

use super::Expected;
use super::line::Line;
use super::row::{Row, Status, Times, row, skipped_row};

/// By how many lines expected and actual may be shifted against each other and still be found again.
const SHIFT: usize = 8;

/// Judges lines as they arrive.
#[derive(Clone, Debug)]
pub struct Matcher {
    lines: Vec<Line>,
    times: Times,
    rows: Vec<Row>,
    /// The first pending row; the rows from here on are those of `lines[next..]`.
    at: usize,
    next: usize,
    state: State,
}

#[derive(Clone, Debug)]
enum State {
    InStep,
    /// Side by side since the row `row`, where `line` was expected, and nothing has fitted since.
    Diverged {
        row: usize,
        line: usize,
    },
    Gap(Gap),
    Finished,
}

/// A search for `lines[from..to]` among the lines after an ellipsis.
#[derive(Clone, Debug)]
struct Gap {
    row: usize,
    from: usize,
    to: usize,
    /// How many lines have fitted from each place where the search may still succeed, earliest place first;
    /// the first is the one the rows show.
    fitted: VecDeque<usize>,
}

impl Matcher {
    /// A judge that has seen no line yet: all rows are pending.
    #[must_use]
    pub fn new(expected: &Expected, times: Times) -> Self {
        let lines = expected.lines.clone();
        let rows = lines.iter().map(|line| row(Status::Pending, Some(line), None)).collect();
        let mut matcher = Self { lines, times, rows, at: 0, next: 0, state: State::InStep };
        matcher.enter_gap();
        matcher
    }

    /// The rows as judged so far, in order.
    #[must_use]
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// Whether the run has finished and every row matched.
    #[must_use]
    pub fn passed(&self) -> bool {
        matches!(self.state, State::Finished) && self.rows.iter().all(|row| row.status == Status::Matched)
    }

    /// Judges the next line, without its line end.
    ///
    /// Returns the index of the first row that changed; rows after it may be other ones, and more or fewer.
    /// A line after [`finish`](Self::finish) is extra.
    pub fn push(&mut self, line: &str) -> usize {
        let mut changed = self.rows.len();
        if let State::Diverged { row, line: expected } = self.state {
            changed = self.find_step(row, expected, Some(line));
            self.enter_gap();
        }
        changed.min(match self.state {
            State::Finished => self.push_extra(line),
            State::Gap(_) => self.push_in_gap(line),
            State::InStep | State::Diverged { .. } => self.push_in_step(line),
        })
    }

    /// Says that no line follows: what is pending is missing.
    ///
    /// Returns the index of the first row that may have changed. A second call changes nothing.
    pub fn finish(&mut self) -> usize {
        let changed = match core::mem::replace(&mut self.state, State::Finished) {
            State::Finished => return self.rows.len(),
            State::InStep => self.at,
            State::Diverged { row, line } => self.find_step(row, line, None).min(self.at),
            State::Gap(gap) => self.settle(&gap),
        };
        self.state = State::Finished;
        for row in self.rows.iter_mut().filter(|row| row.status == Status::Pending) {
            row.status = if row.ellipsis { Status::Matched } else { Status::Missing };
        }
        changed
    }

    fn fits(&self, expected: usize, actual: &str) -> bool {
        self.lines.get(expected).is_some_and(|line| line.fits(actual, self.times))
    }

    fn is_ellipsis(&self, expected: usize) -> bool {
        self.lines.get(expected).is_some_and(Line::is_ellipsis)
    }

    /// The ellipsis after `from`, or the end.
    fn segment_end(&self, from: usize) -> usize {
        let rest = self.lines.get(from..).unwrap_or_default();
        from + rest.iter().position(Line::is_ellipsis).unwrap_or(rest.len())
    }

    /// Puts an expected and an actual line beside each other.
    fn pair(&self, expected: usize, actual: Option<String>) -> Row {
        let line = self.lines.get(expected);
        let status = match (line, &actual) {
            (None, _) => Status::Extra,
            (Some(_), None) => Status::Missing,
            (Some(line), Some(actual)) if line.fits(actual, self.times) => Status::Matched,
            _ => Status::Mismatched,
        };
        row(status, line, actual)
    }

    fn push_in_step(&mut self, line: &str) -> usize {
        let changed = self.at;
        let row = self.pair(self.next, Some(line.to_owned()));
        match row.status {
            Status::Matched => self.state = State::InStep,
            _ if matches!(self.state, State::InStep) => {
                self.state = State::Diverged { row: self.at, line: self.next };
            }
            _ => {}
        }
        let next = self.lines.len().min(self.next + 1);
        self.replace(changed, vec![row], next);
        if matches!(self.state, State::InStep) {
            self.enter_gap();
        }
        changed
    }

    fn push_extra(&mut self, line: &str) -> usize {
        self.rows.push(row(Status::Extra, None, Some(line.to_owned())));
        self.rows.len() - 1
    }

    /// Looks for a shift under which lines fit again, and lays the rows since `row` anew if there is one.
    ///
    /// The smallest shift wins. That lines are missing is believed only if two in a row fit, the last one
    /// and `coming`, for a wrong line may look like a later one; `coming` is not laid here.
    fn find_step(&mut self, row: usize, line: usize, coming: Option<&str>) -> usize {
        let unshifted = line + (self.at - row);
        if coming.is_some_and(|coming| self.is_ellipsis(unshifted) || self.fits(unshifted, coming)) {
            return self.at;
        }
        let end = self.segment_end(line);
        let last = self.rows.get(self.at - 1).and_then(|row| row.actual.clone()).unwrap_or_default();
        for shift in 1..=SHIFT {
            let missing = unshifted + shift;
            let follows = coming.is_none_or(|coming| self.is_ellipsis(missing) || self.fits(missing, coming));
            if missing <= end && self.fits(missing - 1, &last) && follows {
                return self.lay(row, line, missing - 1, 1);
            }
            let extra = unshifted.saturating_sub(shift);
            if extra >= line && coming.is_some_and(|coming| self.fits(extra, coming)) {
                return self.lay(row, line, extra, 0);
            }
        }
        self.at
    }

    /// Lays the rows since `row` anew so that the `tail` last actual lines are paired with `resume` and on.
    fn lay(&mut self, row_at: usize, line: usize, resume: usize, tail: usize) -> usize {
        let (actual, expected) = (self.at - row_at - tail, resume - line);
        let both = actual.min(expected);
        let cut = row_at + both;
        let mut texts: Vec<String> = self
            .rows
            .get_mut(cut..self.at)
            .into_iter()
            .flatten()
            .filter_map(|row| row.actual.take())
            .collect();
        let matched = texts.split_off(actual - both);
        let mut rows: Vec<Row> = texts.into_iter().map(|text| row(Status::Extra, None, Some(text))).collect();
        rows.extend((line + both..resume).map(|missing| self.pair(missing, None)));
        rows.extend((resume..).zip(matched).map(|(index, text)| self.pair(index, Some(text))));
        self.replace(cut, rows, resume + tail);
        self.state = State::InStep;
        self.enter_gap();
        cut
    }

    /// Makes `rows` the judged ones from `cut` on, and `next` the first pending line.
    fn replace(&mut self, cut: usize, mut rows: Vec<Row>, next: usize) {
        let end = self.at + next.saturating_sub(self.next);
        self.at = cut + rows.len();
        let given_back = self.lines.get(next..self.next).unwrap_or_default();
        rows.extend(given_back.iter().map(|line| row(Status::Pending, Some(line), None)));
        self.rows.splice(cut..end, rows);
        self.next = next;
    }

    /// Goes into the gap if an ellipsis is next; several in a row are one.
    fn enter_gap(&mut self) {
        while self.is_ellipsis(self.next) {
            if let Some(row) = self.rows.get_mut(self.at) {
                row.status = Status::Matched;
            }
            let row = self.at;
            self.at += 1;
            self.next += 1;
            let from = self.next;
            let to = self.segment_end(from);
            self.state = State::Gap(Gap { row, from, to, fitted: VecDeque::new() });
        }
    }

    fn push_in_gap(&mut self, line: &str) -> usize {
        let State::Gap(gap) = &mut self.state else { return self.at };
        let (lines, times) = (&self.lines, self.times);
        let fits = |index: usize| lines.get(index).is_some_and(|expected| expected.fits(line, times));
        let (from, length) = (gap.from, gap.to - gap.from);
        let shown = gap.fitted.front().copied().unwrap_or(0);
        gap.fitted.push_back(0);
        gap.fitted.retain_mut(|fitted| {
            let goes_on = *fitted < length && fits(from + *fitted);
            *fitted += 1;
            goes_on
        });
        let fitted = gap.fitted.front().copied().unwrap_or(0);
        let found = fitted == length && gap.to < self.lines.len();
        let row = gap.row;

        // The lines that were shown as fitting, and the new one: the first of them are skipped after all.
        let cut = self.at - shown;
        let mut texts: Vec<String> = self
            .rows
            .get_mut(cut..self.at)
            .into_iter()
            .flatten()
            .filter_map(|row| row.actual.take())
            .collect();
        texts.push(line.to_owned());
        let fitting = texts.split_off(texts.len() - fitted);
        let changed = self.skip(row, cut, texts, from, fitting);
        if found {
            self.state = State::InStep;
            self.enter_gap();
        }
        changed
    }

    /// Lays `skipped` lines under the ellipsis at `dots`, and the `fitting` ones after them.
    fn skip(
        &mut self,
        dots: usize,
        cut: usize,
        skipped: Vec<String>,
        from: usize,
        fitting: Vec<String>,
    ) -> usize {
        let mut changed = cut;
        let mut skipped = skipped.into_iter();
        let dots_row = self.rows.get_mut(dots).filter(|row| cut == dots + 1 && row.actual.is_none());
        if let Some(row) = dots_row {
            row.actual = skipped.next();
            changed = dots;
        }
        let mut rows: Vec<Row> = skipped.map(skipped_row).collect();
        let next = from + fitting.len();
        rows.extend((from..).zip(fitting).map(|(index, text)| self.pair(index, Some(text))));
        self.replace(cut, rows, next);
        changed
    }

    /// At the end: what must follow the ellipsis was not found whole, so shows where most of it fits.
    fn settle(&mut self, gap: &Gap) -> usize {
        let last = gap.to == self.lines.len();
        let shown = gap.fitted.front().copied().unwrap_or(0);
        if last && shown == gap.to - gap.from {
            return self.at;
        }
        let judged = self.rows.get_mut(gap.row..self.at).into_iter().flatten();
        let mut texts: Vec<String> = judged.filter_map(|row| row.actual.take()).collect();
        let mut rows = Vec::new();
        let (mut from, mut to) = (gap.from, gap.to);
        loop {
            let last = to == self.lines.len();
            let (place, taken) = self.best_place(from, to, &texts);
            let mut tail = texts.split_off(place).into_iter();
            rows.push(row(Status::Matched, self.lines.get(from - 1), None));
            let mut skipped = texts.into_iter();
            if let Some(dots) = rows.last_mut() {
                dots.actual = skipped.next();
            }
            rows.extend(skipped.map(skipped_row));
            rows.extend((0..to - from).map(|nth| {
                let actual = if nth < taken { tail.next() } else { None };
                self.pair(from + nth, actual)
            }));
            if last {
                rows.extend(tail.map(|text| row(Status::Extra, None, Some(text))));
                break;
            }
            texts = tail.collect();
            from = to + 1;
            to = self.segment_end(from);
        }
        self.replace(gap.row, rows, self.lines.len());
        gap.row
    }

    /// Where most of `lines[from..to]` fits into `texts`, and how many of the texts it takes there.
    ///
    /// At the end of the expectation what is left over counts against a place. The earliest best one wins;
    /// elsewhere a place where nothing fits is none, and all is left to what follows.
    fn best_place(&self, from: usize, to: usize, texts: &[String]) -> (usize, usize) {
        let length = to - from;
        let fitting = |place: usize| {
            let beside = (from..to).zip(texts.get(place..).unwrap_or_default());
            beside.filter(|(index, text)| self.fits(*index, text)).count()
        };
        if to < self.lines.len() {
            let best = (0..texts.len())
                .map(|place| (fitting(place), place))
                .reduce(|best, new| if new.0 > best.0 { new } else { best });
            return best.filter(|&(fitting, _)| fitting > 0).map_or((0, 0), |(_, place)| (place, length));
        }
        // Farther from the end, more would be left over than could be missing.
        let places = texts.len().saturating_sub(2 * length)..=texts.len();
        let faults = |place: usize| length - fitting(place) + (texts.len() - place).saturating_sub(length);
        (places.min_by_key(|&place| faults(place)).unwrap_or(texts.len()), length)
    }
}
