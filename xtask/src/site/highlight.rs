//! Rust source as HTML: one element a line, one span a token, no colours.
//!
//! syntect's own generator nests a span for every scope, and most of these have no style: a page would be several times as
//! large. Here a token has one class, that of its innermost scope with a style.

use std::fmt::Write as _;

use anyhow::{Context as _, Result};
use syntect::parsing::{ParseState, ScopeStack, SyntaxReference, SyntaxSet};

/// The class of a scope by the beginning of its name; the first entry that fits counts. Other scopes are plain text.
const LOOKS: [(&str, Option<&str>); 20] = [
    ("comment.line.documentation", Some("documentation")),
    ("comment.block.documentation", Some("documentation")),
    ("comment", Some("comment")),
    ("string", Some("string")),
    ("constant", Some("number")),
    ("keyword.operator", None),
    ("keyword", Some("keyword")),
    ("storage.type.rust", Some("type")),
    ("storage", Some("keyword")),
    ("entity.name.function", Some("function")),
    ("entity.name.macro", Some("function")),
    ("entity.name.struct", Some("type")),
    ("entity.name.enum", Some("type")),
    ("entity.name.trait", Some("type")),
    ("entity.name.type", Some("type")),
    ("entity.name.impl", Some("type")),
    ("support.function", Some("function")),
    ("support.macro", Some("function")),
    ("support.type", Some("type")),
    ("variable", None),
];

/// The loaded syntax of Rust. Loading takes a while, so all files share one.
pub struct Highlighter {
    syntaxes: SyntaxSet,
    rust: SyntaxReference,
}

impl Highlighter {
    pub fn new() -> Result<Self> {
        let syntaxes = SyntaxSet::load_defaults_newlines();
        let rust = syntaxes.find_syntax_by_extension("rs").context("syntect has no syntax for Rust")?.clone();
        Ok(Self { syntaxes, rust })
    }

    /// `<span class="line">…</span>` for each line, each with its newline inside.
    pub fn rust(&self, source: &str) -> Result<String> {
        let mut state = ParseState::new(&self.rust);
        let mut scopes = ScopeStack::new();
        let mut html = String::with_capacity(source.len() * 2);
        for line in source.split_inclusive('\n') {
            html.push_str("<span class=\"line\">");
            // A comment or a string may continue from the previous line.
            let (mut class, mut text) = (look(&scopes), String::new());
            let mut at = 0;
            for (next, op) in state.parse_line(line, &self.syntaxes)? {
                text.push_str(&line[at..next]);
                at = next;
                scopes.apply(&op)?;
                let now = look(&scopes);
                if now != class {
                    span(&mut html, class, &text)?;
                    (class, text) = (now, String::new());
                }
            }
            text.push_str(&line[at..]);
            span(&mut html, class, &text)?;
            html.push_str("</span>");
        }
        Ok(html)
    }
}

fn look(scopes: &ScopeStack) -> Option<&'static str> {
    let mut names = scopes.as_slice().iter().rev().map(|scope| scope.build_string());
    names.find_map(|name| LOOKS.iter().find(|(start, _)| name.starts_with(start)))?.1
}

fn span(html: &mut String, class: Option<&str>, text: &str) -> Result<()> {
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    match class {
        Some(class) if !text.trim().is_empty() => {
            write!(html, "<span class=\"hl-{class}\">{escaped}</span>")?;
        }
        _ => html.push_str(&escaped),
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
        assert_eq!(html.matches("<span class=\"line\">").count(), 2, "{lines:?}");
        assert!(html.contains("<span class=\"hl-comment\"> b */</span>"), "{html}");
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
