//! The text of an exercise: `prose.md`, cut into statement, hints and notes.
//!
//! ```text
//! ## Statement
//! ## Hint 1
//! ## Hint 2
//! ## Hint 3
//! ## Notes
//! ```

use anyhow::{Result, bail, ensure};
use minijinja::Value;
use pulldown_cmark::{Event, Options, Parser, html};
use serde::Serialize;

/// The parts as HTML. Texts are written by hand and hold no HTML of their own.
#[derive(Debug, Serialize)]
pub struct Prose {
    statement: Value,
    hints: Vec<Value>,
    notes: Value,
}

impl Prose {
    pub fn parse(markdown: &str) -> Result<Self> {
        let (mut statement, mut hints, mut notes) = (None, Vec::new(), None);
        for section in format!("\n{markdown}").split("\n## ").skip(1) {
            let (heading, body) = section.split_once('\n').unwrap_or((section, ""));
            ensure!(!body.trim().is_empty(), "the section `{heading}` is empty");
            match heading.trim().to_lowercase().as_str() {
                "statement" => statement = Some(to_html(body)),
                "notes" => notes = Some(to_html(body)),
                hint if hint.starts_with("hint") => hints.push(to_html(body)),
                _ => bail!("the section `{heading}` is none of Statement, Hint 1 to Hint 3, Notes"),
            }
        }
        ensure!(hints.len() == 3, "there are {} hints instead of 3", hints.len());
        match (statement, notes) {
            (Some(statement), Some(notes)) => Ok(Self { statement, hints, notes }),
            _ => bail!("the sections Statement and Notes must both be there"),
        }
    }
}

/// Raw HTML in a text is shown as it is written, so that nothing but Markdown shapes the page.
fn to_html(markdown: &str) -> Value {
    let parser = Parser::new_ext(markdown, Options::ENABLE_TABLES).map(|event| match event {
        Event::Html(text) | Event::InlineHtml(text) => Event::Text(text),
        event => event,
    });
    let mut out = String::new();
    html::push_html(&mut out, parser);
    Value::from_safe_string(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_at_its_headings() {
        let text = "## Statement\nDo *it*.\n## Hint 1\na\n## Hint 2\nb\n## Hint 3\nc `<x>` <y>\n## Notes\nn\n### More\nm\n";
        let prose = Prose::parse(text).expect("parsed");
        assert_eq!(prose.statement.to_string(), "<p>Do <em>it</em>.</p>\n");
        assert_eq!(prose.hints[2].to_string(), "<p>c <code>&lt;x&gt;</code> &lt;y&gt;</p>\n");
        assert!(prose.notes.to_string().contains("<h3>More</h3>"));
    }

    #[test]
    fn a_missing_hint_is_refused() {
        let error = Prose::parse("## Statement\na\n## Hint 1\na\n## Notes\nn").expect_err("refused");
        assert_eq!(error.to_string(), "there are 1 hints instead of 3");
    }
}
