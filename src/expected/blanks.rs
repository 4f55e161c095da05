//! Makes blanks visible where two lines differ in them, and nowhere else.

use serde::Serialize;

/// Two lines that differ in their blanks, with the differing ones made visible.
///
/// A space is `·`, a tab `→`, a carriage return `␍`, a line feed `↵`, a no-break space `⍽`. Where the ends
/// differ, `¶` says where each line ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Blanks {
    /// The expected line.
    pub expected: String,
    /// The actual line.
    pub actual: String,
}

impl Blanks {
    /// Compares blanks before, after and, if both lines have as many words, between the words.
    ///
    /// `None` if they agree.
    pub(super) fn differing(expected: &str, actual: &str) -> Option<Self> {
        let (left, right) = (pieces(expected), pieces(actual));
        let mut marked = Self { expected: String::new(), actual: String::new() };
        let mut differs = false;
        for (index, &(gap, word)) in left.iter().enumerate() {
            let other = counterpart(&left, &right, index);
            let differs_here = other.is_some_and(|other| other != gap);
            differs |= differs_here;
            write(&mut marked.expected, gap, word, differs_here, index + 1 == left.len());
        }
        for (index, &(gap, word)) in right.iter().enumerate() {
            let differs_here = counterpart(&right, &left, index).is_some_and(|other| other != gap);
            write(&mut marked.actual, gap, word, differs_here, index + 1 == right.len());
        }
        differs.then_some(marked)
    }
}

fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\n' | '\u{a0}')
}

/// Pairs of (blanks, the word after them); the last word is empty, so the last blanks are those at the end.
fn pieces(line: &str) -> Vec<(&str, &str)> {
    let mut pieces = Vec::new();
    let mut rest = line;
    loop {
        let (gap, after) = cut(rest, rest.find(|c| !is_blank(c)));
        let (word, after) = cut(after, after.find(is_blank));
        pieces.push((gap, word));
        if word.is_empty() {
            return pieces;
        }
        rest = after;
    }
}

/// The blanks of `there` that stand where those at `index` stand in `here`, if that can be said.
fn counterpart<'a>(here: &[(&str, &str)], there: &[(&'a str, &'a str)], index: usize) -> Option<&'a str> {
    let at = if index == 0 || here.len() == there.len() {
        there.get(index)
    } else if index + 1 == here.len() {
        there.last()
    } else {
        None
    };
    at.map(|&(gap, _)| gap)
}

fn write(out: &mut String, gap: &str, word: &str, marked: bool, at_end: bool) {
    if marked {
        out.extend(gap.chars().map(|c| match c {
            '\t' => '→',
            '\r' => '␍',
            '\n' => '↵',
            '\u{a0}' => '⍽',
            _ => '·',
        }));
        if at_end {
            out.push('¶');
        }
    } else {
        out.push_str(gap);
    }
    out.push_str(word);
}

/// The text up to that place and from there on; all of it, and nothing, if there is no such place.
///
/// Checked, though the places were found: what panics brings the printing of strings into the module.
fn cut(text: &str, at: Option<usize>) -> (&str, &str) {
    at.and_then(|at| text.split_at_checked(at)).unwrap_or((text, ""))
}
