//! How pages become HTML: the templates and what every page gets beside its own context.

use std::{collections::BTreeMap, path::Path};

use anyhow::{Context as _, Result};
use minijinja::{Environment, HtmlEscape, UndefinedBehavior, context, value::Value};

use super::{assets::read_text, pages::Page};
use crate::files::collect;

/// How pages come to be HTML.
pub struct Look<'a> {
    pub templates: Environment<'static>,
    /// The template around what a page has of its own.
    pub layout: &'a str,
    /// The directory of the assets.
    pub base: &'a str,
    /// Of each script, what it begins with.
    pub beginnings: BTreeMap<String, Vec<String>>,
    /// What a bench looks like, for the pages that have it in themselves.
    pub playground_sheet: String,
}

impl Look<'_> {
    /// A page as HTML, with relative addresses for all that it names.
    pub fn render(&self, page: &Page) -> Result<String> {
        let depth = page.path.matches('/').count();
        let root = if depth == 0 { "./".to_owned() } else { "../".repeat(depth) };
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
        html.with_context(|| format!("the page {}", page.path))
    }
}

/// A part of an address, made here of letters and slashes: escaping would only make it hard to read.
fn address(text: &str) -> Value {
    Value::from_safe_string(text.to_owned())
}

/// `www/templates`, escaped by default; a name that the context does not have is an error, not an empty string.
pub fn templates(root: &Path) -> Result<Environment<'static>> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::SemiStrict);
    environment.add_global("mark", Value::from_safe_string(mark(&read_text(&root.join("www/favicon.svg"))?)));
    environment.add_filter("coded", |text: String| Value::from_safe_string(coded(&text)));
    let mut files = Vec::new();
    collect(&root.join("www/templates"), "", &mut files)?;
    for file in files {
        let text = String::from_utf8(file.bytes).with_context(|| format!("{} is not UTF-8", file.path))?;
        environment.add_template_owned(file.path, text)?;
    }
    Ok(environment)
}

/// The icon as a part of the page, which needs neither a request nor a document of its own.
fn mark(icon: &str) -> String {
    let lines: String = icon.lines().map(str::trim).collect();
    lines.replacen(
        "<svg xmlns=\"http://www.w3.org/2000/svg\"",
        "<svg width=\"24\" height=\"24\" aria-hidden=\"true\"",
        1,
    )
}

/// A text in which code stands between backticks, as HTML.
fn coded(text: &str) -> String {
    let parts = text.split('`').map(|part| HtmlEscape(part).to_string());
    let mark = |(place, part)| if place % 2 == 1 { format!("<code>{part}</code>") } else { part };
    (0..).zip(parts).map(mark).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_stands_between_backticks() {
        assert_eq!(coded("a `b < c` d"), "a <code>b &lt; c</code> d");
        assert_eq!(coded("`_` & more"), "<code>_</code> &amp; more");
    }
}
