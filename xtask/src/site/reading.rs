//! What there is to read about an exercise, for scripts: an element on somebody else's page has no page around it.
//!
//! A node is a text, or an array of its name, its attributes and its children: what is built of that needs no HTML
//! parser, which a page's policy may forbid, and can hold no markup that nobody meant.

use anyhow::{Context as _, Result};
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::{prose::Prose, sources::Source};
use crate::files::File;

/// One exercise's text and program, as `playground/playground-reading.js` takes it.
#[derive(Serialize)]
struct Reading {
    statement: Vec<Value>,
    hints: Vec<Vec<Value>>,
    notes: Vec<Value>,
    source: Program,
}

#[derive(Serialize)]
struct Program {
    title: String,
    lines: Vec<Value>,
}

pub const SUFFIX: &str = ".reading.json";

/// `exercises/ttl-cache.reading.json`.
pub fn file(slug: &str, prose: &Prose, program: &Source) -> Result<File> {
    let reading = Reading {
        statement: nodes(prose.statement())?,
        hints: prose.hints().map(nodes).collect::<Result<_>>()?,
        notes: nodes(prose.notes())?,
        source: Program {
            title: program.title.clone(),
            lines: nodes(program.html.as_str().unwrap_or_default())?,
        },
    };
    Ok(File::new(format!("exercises/{slug}{SUFFIX}"), serde_json::to_vec(&reading)?))
}

/// The nodes of some HTML as our own generators write it, which is XML too.
fn nodes(html: &str) -> Result<Vec<Value>> {
    let wrapped = format!("<root>{html}</root>");
    let document = roxmltree::Document::parse(&wrapped).context("a text is not well-formed")?;
    Ok(document.root_element().children().filter_map(node).collect())
}

fn node(node: roxmltree::Node<'_, '_>) -> Option<Value> {
    if node.is_text() {
        return Some(json!(node.text()?));
    }
    let attributes: Map<String, Value> =
        node.attributes().map(|attribute| (attribute.name().to_owned(), json!(attribute.value()))).collect();
    let mut parts = vec![json!(node.tag_name().name()), Value::Object(attributes)];
    parts.extend(node.children().filter_map(self::node));
    Some(Value::Array(parts))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_becomes_nodes_and_nothing_is_lost() {
        let found = nodes("<p>a &lt;b&gt; <a href=\"x\">c</a></p>\n<hr />d").expect("well-formed");
        let expected = json!([["p", {}, "a <b> ", ["a", {"href": "x"}, "c"]], "\n", ["hr", {}], "d"]);
        assert_eq!(Value::Array(found), expected);
    }
}
