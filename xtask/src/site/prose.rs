//! The text of an exercise: `prose.md`, cut into statement, hints and notes.
//!
//! ```text
//! ## Benefit           one sentence, for the index
//! ## Situation         two sentences; a number that is a setting is a link to it, and words after it that are others at one
//!                      are a link to those: `[Five](setting:callers) [callers ask](<one:caller asks>)`
//! ## Your task         bullets that a learner can tick off
//! ## Why it matters    one sentence
//! ## Hints             an ordered list of three
//! ## Notes             with headings of the third level
//! ```

use anyhow::{Result, bail, ensure};
use minijinja::Value;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd, html};
use serde::Serialize;

/// The parts as HTML. Texts are written by hand and hold no HTML of their own.
#[derive(Debug, Serialize)]
pub struct Prose {
    /// What a reader gains by the exercise: what the index says of it.
    pub benefit: Value,
    /// The situation alone: what the page begins with. Its numbers that are settings are buttons.
    situation: Value,
    /// Situation, task and reason, each with its heading.
    statement: Value,
    /// Task and reason.
    task: Value,
    hints: Vec<Value>,
    notes: Value,
}

impl Prose {
    pub fn parse(markdown: &str) -> Result<Self> {
        let text = format!("\n{markdown}");
        let mut sections =
            text.split("\n## ").skip(1).map(|section| section.split_once('\n').unwrap_or((section, "")));
        let benefit = expect(&mut sections, "Benefit")?;
        let situation = expect(&mut sections, "Situation")?;
        let mut task = String::new();
        for title in ["Your task", "Why it matters"] {
            task.push_str(&format!("## {title}\n{}\n", expect(&mut sections, title)?));
        }
        let statement = format!("## Situation\n{situation}\n{task}");
        let hints = items(expect(&mut sections, "Hints")?);
        ensure!(hints.len() == 3, "there must be 3 hints in an ordered list, not {}", hints.len());
        let notes = to_html(expect(&mut sections, "Notes")?);
        if let Some((extra, _)) = sections.next() {
            bail!("the section `{extra}` comes after Notes, which is the last");
        }
        let situation = render(settings(situation, true));
        let [benefit, statement, task] = [benefit, &statement, &task].map(to_html);
        Ok(Self { benefit, situation, statement, task, hints, notes })
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

/// The text of the next section, which must have that title.
fn expect<'a>(sections: &mut impl Iterator<Item = (&'a str, &'a str)>, title: &str) -> Result<&'a str> {
    match sections.next() {
        Some((found, body)) if found.trim() == title => Ok(body),
        Some((found, _)) => bail!("the section `{found}` stands where `{title}` should be"),
        None => bail!("the section `{title}` is missing"),
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
    render(settings(markdown, false))
}

/// Makes the links to settings buttons, which a script of the page brings to life with the words after them, or plain text.
fn settings(markdown: &str, buttons: bool) -> impl Iterator<Item = Event<'_>> {
    let mut end = None;
    events(markdown).filter_map(move |event| {
        let html = match &event {
            Event::Start(Tag::Link { dest_url, .. }) => {
                let (begin, tag) = match dest_url.split_once(':') {
                    Some(("setting", name)) => {
                        (format!("<button class=\"setting\" value=\"{name}\">"), "</button>")
                    }
                    Some(("one", words)) => (format!("<span data-one=\"{words}\">"), "</span>"),
                    _ => return Some(event),
                };
                end = Some(tag.to_owned());
                Some(begin)
            }
            Event::End(TagEnd::Link) => end.take(),
            _ => None,
        };
        match html {
            None => Some(event),
            Some(html) if buttons => Some(Event::InlineHtml(html.into())),
            Some(_) => None,
        }
    })
}

/// Raw HTML in a text is shown as it is written, so that nothing but Markdown shapes the page.
pub fn events(markdown: &str) -> impl Iterator<Item = Event<'_>> {
    Parser::new_ext(markdown, Options::ENABLE_TABLES).map(|event| match event {
        Event::Html(text) | Event::InlineHtml(text) => Event::Text(text),
        event => event,
    })
}

/// Markdown as HTML.
pub fn render<'a>(events: impl Iterator<Item = Event<'a>>) -> Value {
    let mut out = String::new();
    html::push_html(&mut out, events);
    // What scrolls sideways must be reachable by keyboard.
    Value::from_safe_string(out.replace("<pre>", "<pre tabindex=\"0\">"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const STATEMENT: &str =
        "## Benefit\nIt helps.\n## Situation\nIt *is*.\n## Your task\n- do\n## Why it matters\nIt does.\n";

    #[test]
    fn a_text_is_cut_at_its_headings() {
        let rest = "## Hints\n\n1. a\n2. b\n   - c\n3. d `<x>` <y>\n\n## Notes\nn\n### More\nm\n";
        let prose = Prose::parse(&format!("{STATEMENT}{rest}")).expect("parsed");
        let statement = "<h2>Situation</h2>\n<p>It <em>is</em>.</p>\n<h2>Your task</h2>\n<ul>\n<li>do</li>\n</ul>\n\
                         <h2>Why it matters</h2>\n<p>It does.</p>\n";
        assert_eq!(prose.statement.to_string(), statement);
        assert_eq!(prose.benefit.to_string(), "<p>It helps.</p>\n");
        let hints: Vec<String> = prose.hints.iter().map(ToString::to_string).collect();
        assert_eq!(hints, ["a", "b\n<ul>\n<li>c</li>\n</ul>\n", "d <code>&lt;x&gt;</code> &lt;y&gt;"]);
        assert!(prose.notes.to_string().contains("<h3>More</h3>"));
    }

    #[test]
    fn a_number_that_is_a_setting_is_a_button_on_the_page_and_text_elsewhere() {
        let text = STATEMENT
            .replace("It *is*.", "[Five](setting:callers) [callers ask](<one:caller asks>) of [them](x).");
        let prose = Prose::parse(&format!("{text}## Hints\n1. a\n2. b\n3. c\n## Notes\nn")).expect("parsed");
        let situation = "<p><button class=\"setting\" value=\"callers\">Five</button> <span data-one=\"caller asks\">callers ask</span> of <a href=\"x\">them</a>.</p>\n";
        assert_eq!(prose.situation.to_string(), situation);
        assert!(prose.statement().contains("<p>Five callers ask of <a href=\"x\">them</a>.</p>"));
    }

    #[test]
    fn missing_and_misplaced_parts_are_refused() {
        let error =
            |rest: &str| Prose::parse(&format!("{STATEMENT}{rest}")).expect_err("refused").to_string();
        assert_eq!(error("## Hints\n1. a\n2. b\n"), "there must be 3 hints in an ordered list, not 2");
        assert_eq!(error("## Notes\nn"), "the section `Notes` stands where `Hints` should be");
        assert_eq!(error(""), "the section `Hints` is missing");
        let hints = "## Hints\n1. a\n2. b\n3. c\n## Notes\nn\n";
        assert_eq!(
            error(&format!("{hints}## More\n")),
            "the section `More` comes after Notes, which is the last"
        );
    }
}
