//! The text and program of an exercise as data, for the element on a page of another site.
//!
//! A node is a text, or an array of its name, its attributes and its children. So the element needs no HTML parser, which a
//! policy may forbid, and a text cannot become markup.

use anyhow::{Context as _, Result};
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::{prose::Prose, sources::Source};
use crate::files::File;

/// One exercise's text and program, in the form that `www/playground/playground-reading.js` reads.
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

/// Returns the file of one exercise, such as `exercises/ttl-cache.reading.json`.
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

/// Returns the nodes of HTML from our own generators, which is also well-formed XML.
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
