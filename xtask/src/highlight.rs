//! Rust source as HTML: one element a line, one span a token, no colours.
//!
//! syntect's own generator nests a span for every scope, most of which no style sheet names; a page with several
//! files would be twice as large. Here a token bears the classes of its innermost scope that says something.

use std::fmt::Write as _;

use anyhow::{Context as _, Result};
use syntect::parsing::{ParseState, ScopeStack, SyntaxReference, SyntaxSet};

/// What a style sheet can be expected to name; the rest (`source`, `meta`, `punctuation`) looks like plain text.
const TELLING: [&str; 8] =
    ["comment", "string", "constant", "keyword", "storage", "entity", "support", "variable"];

/// Knows the syntax of Rust. Loading it takes a while, so one serves for all files.
pub struct Highlighter {
    syntaxes: SyntaxSet,
    rust: SyntaxReference,
}

impl Highlighter {
    pub fn new() -> Result<Self> {
        let syntaxes = SyntaxSet::load_defaults_newlines();
        let rust =
            syntaxes.find_syntax_by_extension("rs").context("syntect has lost its syntax of Rust")?.clone();
        Ok(Self { syntaxes, rust })
    }

    /// `<span class="line" data-line="1">…</span>` for each line, each with its newline inside.
    pub fn rust(&self, source: &str) -> Result<String> {
        let mut state = ParseState::new(&self.rust);
        let mut scopes = ScopeStack::new();
        let mut html = String::with_capacity(source.len() * 2);
        for (number, line) in source.split_inclusive('\n').enumerate() {
            write!(html, "<span class=\"line\" data-line=\"{}\">", number + 1)?;
            // A comment or a string goes on from the line before.
            let (mut class, mut text) = (classes(&scopes), String::new());
            let mut at = 0;
            for (next, op) in state.parse_line(line, &self.syntaxes)? {
                text.push_str(&line[at..next]);
                at = next;
                scopes.apply(&op)?;
                let now = classes(&scopes);
                if now != class {
                    span(&mut html, &class, &text)?;
                    (class, text) = (now, String::new());
                }
            }
            text.push_str(&line[at..]);
            span(&mut html, &class, &text)?;
            html.push_str("</span>");
        }
        Ok(html)
    }
}

fn classes(scopes: &ScopeStack) -> String {
    let telling = scopes
        .as_slice()
        .iter()
        .rev()
        .map(|scope| scope.build_string())
        .find(|scope| scope.split('.').next().is_some_and(|kind| TELLING.contains(&kind)));
    let atoms = telling.iter().flat_map(|scope| scope.split('.')).filter(|atom| *atom != "rust");
    atoms.map(|atom| format!("hl-{atom}")).collect::<Vec<_>>().join(" ")
}

fn span(html: &mut String, class: &str, text: &str) -> Result<()> {
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    match (class, text.trim()) {
        (_, "") | ("", _) => html.push_str(&escaped),
        _ => write!(html, "<span class=\"{class}\">{escaped}</span>")?,
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_is_closed_within_itself() {
        let html = Highlighter::new().expect("loads").rust("/* a\n b */ fn c() {}\n").expect("highlights");
        let lines: Vec<&str> = html.split_inclusive("\n").collect();
        assert_eq!(html.matches("<span").count(), html.matches("</span>").count());
        assert!(html.contains("data-line=\"2\""), "{lines:?}");
        assert!(html.contains("<span class=\"hl-comment hl-block\"> b */</span>"), "{html}");
    }

    #[test]
    fn the_text_is_that_of_the_source_and_escaped() {
        let source = "fn f<T>(s: &str) -> bool { s == \"<&>\" }\n";
        let html = Highlighter::new().expect("loads").rust(source).expect("highlights");
        assert!(!html.contains("<T>"));
        let mut text = String::new();
        let mut inside = false;
        for c in html.chars() {
            match c {
                '<' => inside = true,
                '>' => inside = false,
                c if !inside => text.push(c),
                _ => {}
            }
        }
        let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
        assert_eq!(text, source);
    }
}
