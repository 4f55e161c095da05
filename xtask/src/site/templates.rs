//! Renders pages: the templates, and the context that every page has in common.

use std::{collections::BTreeMap, path::Path};

use anyhow::{Context as _, Result};
use minijinja::{Environment, HtmlEscape, UndefinedBehavior, context, value::Value};

use super::{
    assets::read_text,
    pages::{NOT_FOUND, Page},
};
use crate::files::collect;

/// The templates and the context that all pages share.
pub struct Look<'a> {
    pub templates: Environment<'static>,
    /// The template around the page's own content.
    pub layout: &'a str,
    /// The path of the site on its host, for the page that has absolute addresses.
    pub at: &'a str,
    /// The directory of the assets.
    pub base: &'a str,
    /// The scripts that each first script imports.
    pub beginnings: BTreeMap<String, Vec<String>>,
    /// The style sheet of the playground, which its pages have inside them.
    pub playground_sheet: String,
}

impl Look<'_> {
    /// Renders a page, with relative addresses where the depth of the page is known.
    pub fn render(&self, page: &Page) -> Result<String> {
        let root = match page.path.matches('/').count() {
            0 if page.path == NOT_FOUND => self.at.to_owned(),
            0 => "./".to_owned(),
            depth => "../".repeat(depth),
        };
        let context = context! {
            layout => self.layout,
            path => &page.path,
            root => address(&root),
            assets => address(&format!("{root}{}", self.base)),
            beginnings => &self.beginnings,
            playground_sheet => Value::from_safe_string(self.playground_sheet.clone()),
            ..page.context.clone()
        };
        let html = self.templates.get_template(page.template)?.render(context);
        html.map(|html| untranslated(&html)).with_context(|| format!("the page {}", page.path))
    }
}

/// Tells translators of pages to leave code and output as they are.
fn untranslated(html: &str) -> String {
    html.replace("<code", "<code translate=\"no\"").replace("<pre", "<pre translate=\"no\"")
}

/// Marks a part of an address as safe: it is made here, of letters and slashes.
fn address(text: &str) -> Value {
    Value::from_safe_string(text.to_owned())
}

/// Loads `www/templates`. Values are escaped by default, and a name that the context does not have is an error.
pub fn templates(root: &Path) -> Result<Environment<'static>> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::SemiStrict);
    environment.add_global("mark", Value::from_safe_string(mark(&read_text(&root.join("www/favicon.svg"))?)));
    environment.add_filter("coded", |text: String| Value::from_safe_string(coded(&text)));
    environment.add_filter("in_words", in_words);
    let mut files = Vec::new();
    collect(&root.join("www/templates"), "", &mut files)?;
    for file in files {
        let text = String::from_utf8(file.bytes).with_context(|| format!("{} is not UTF-8", file.path))?;
        environment.add_template_owned(file.path, text)?;
    }
    Ok(environment)
}

/// Returns the icon as an inline SVG element.
fn mark(icon: &str) -> String {
    let lines: String = icon.lines().map(str::trim).collect();
    lines.replacen(
        "<svg xmlns=\"http://www.w3.org/2000/svg\"",
        "<svg width=\"24\" height=\"24\" aria-hidden=\"true\"",
        1,
    )
}

/// Returns HTML of a text with code between backticks.
fn coded(text: &str) -> String {
    let parts = text.split('`').map(|part| HtmlEscape(part).to_string());
    let mark = |(place, part)| if place % 2 == 1 { format!("<code>{part}</code>") } else { part };
    (0..).zip(parts).map(mark).collect()
}

/// Returns a small number in words, as a sentence has it.
fn in_words(number: usize) -> String {
    const WORDS: [&str; 13] = [
        "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
        "twelve",
    ];
    WORDS.get(number).map_or_else(|| number.to_string(), ToString::to_string)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_numbers_are_words() {
        assert_eq!([0, 1, 11, 12, 13].map(in_words), ["no", "one", "eleven", "twelve", "13"]);
    }

    #[test]
    fn code_stands_between_backticks() {
        assert_eq!(coded("a `b < c` d"), "a <code>b &lt; c</code> d");
        assert_eq!(coded("`_` & more"), "<code>_</code> &amp; more");
    }
}
