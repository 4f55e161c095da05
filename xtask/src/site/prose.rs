//! The text of an exercise: `prose.md`, cut into statement, hints and notes.
//!
//! ```text
//! ## Statement
//! ## Hints        an ordered list of three
//! ## Notes        with headings of the third level
//! ```

use anyhow::{Result, bail, ensure};
use minijinja::Value;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd, html};
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
        let (mut statement, mut hints, mut notes) = (None, None, None);
        for section in format!("\n{markdown}").split("\n## ").skip(1) {
            let (heading, body) = section.split_once('\n').unwrap_or((section, ""));
            match heading.trim() {
                "Statement" => statement = Some(to_html(body)),
                "Hints" => hints = Some(items(body)),
                "Notes" => notes = Some(to_html(body)),
                other => bail!("the section `{other}` is none of Statement, Hints and Notes"),
            }
        }
        let (Some(statement), Some(hints), Some(notes)) = (statement, hints, notes) else {
            bail!("the sections Statement, Hints and Notes must all be there");
        };
        ensure!(hints.len() == 3, "there must be 3 hints in an ordered list, not {}", hints.len());
        Ok(Self { statement, hints, notes })
    }

    pub fn statement(&self) -> &str {
        self.statement.as_str().unwrap_or_default()
    }

    pub fn hints(&self) -> impl Iterator<Item = &str> {
        self.hints.iter().map(|hint| hint.as_str().unwrap_or_default())
    }

    pub fn notes(&self) -> &str {
        self.notes.as_str().unwrap_or_default()
    }
}

/// The items of the first ordered list, each on its own.
fn items(markdown: &str) -> Vec<Value> {
    let mut items = Vec::new();
    let mut depth = 0;
    let mut item = Vec::new();
    for event in events(markdown) {
        match event {
            Event::Start(Tag::Item) if depth == 0 => depth = 1,
            Event::End(TagEnd::Item) if depth == 1 => {
                depth = 0;
                items.push(render(item.drain(..)));
            }
            event if depth > 0 => {
                match event {
                    Event::Start(Tag::Item) => depth += 1,
                    Event::End(TagEnd::Item) => depth -= 1,
                    _ => {}
                }
                item.push(event);
            }
            _ => {}
        }
    }
    items
}

fn to_html(markdown: &str) -> Value {
    render(events(markdown))
}

/// Raw HTML in a text is shown as it is written, so that nothing but Markdown shapes the page.
fn events(markdown: &str) -> impl Iterator<Item = Event<'_>> {
    Parser::new_ext(markdown, Options::ENABLE_TABLES).map(|event| match event {
        Event::Html(text) | Event::InlineHtml(text) => Event::Text(text),
        event => event,
    })
}

fn render<'a>(events: impl Iterator<Item = Event<'a>>) -> Value {
    let mut out = String::new();
    html::push_html(&mut out, events);
    // What scrolls sideways must be reachable by keyboard.
    Value::from_safe_string(out.replace("<pre>", "<pre tabindex=\"0\">"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_at_its_headings() {
        let text = "## Statement\nDo *it*.\n## Hints\n\n1. a\n2. b\n   - c\n3. d `<x>` <y>\n\n## Notes\nn\n### More\nm\n";
        let prose = Prose::parse(text).expect("parsed");
        assert_eq!(prose.statement.to_string(), "<p>Do <em>it</em>.</p>\n");
        let hints: Vec<String> = prose.hints.iter().map(ToString::to_string).collect();
        assert_eq!(hints, ["a", "b\n<ul>\n<li>c</li>\n</ul>\n", "d <code>&lt;x&gt;</code> &lt;y&gt;"]);
        assert!(prose.notes.to_string().contains("<h3>More</h3>"));
    }

    #[test]
    fn a_missing_hint_is_refused() {
        let error =
            Prose::parse("## Statement\na\n## Hints\n1. a\n2. b\n\n## Notes\nn").expect_err("refused");
        assert_eq!(error.to_string(), "there must be 3 hints in an ordered list, not 2");
    }
}
