//! Source files as pages show them: the compiled files themselves, highlighted.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Context as _, Result};
use minijinja::Value;
use serde::Serialize;

use super::{highlight::Highlighter, registry::Entry};

/// A file shown to the reader.
#[derive(Serialize)]
pub struct Source {
    /// Its path from the project's root.
    pub title: String,
    pub html: Value,
    lines: usize,
}

/// A pattern with a page of its own.
#[derive(Serialize)]
pub struct Pattern {
    /// The name of its file in `src/patterns`, without `.rs`, and of its directory on the site.
    pub stem: String,
    /// The first paragraph of its file's documentation.
    about: String,
    /// The pattern's file, and the files in its folder.
    sources: Vec<Source>,
    /// The slugs of the exercises that are built on it.
    used_by: Vec<String>,
}

/// Reads and highlights one file.
pub fn source(root: &Path, title: String, highlighter: &Highlighter) -> Result<Source> {
    let text = read(root, &title)?;
    let html = highlighter.rust(&text).with_context(|| format!("cannot highlight {title}"))?;
    Ok(Source { title, html: Value::from_safe_string(html), lines: text.lines().count() })
}

/// Returns the patterns that exercises name, sorted by name.
pub fn patterns(root: &Path, entries: &[Entry], highlighter: &Highlighter) -> Result<Vec<Pattern>> {
    let mut users: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for entry in entries {
        for stem in &entry.patterns {
            users.entry(stem).or_default().push(entry.slug.clone());
        }
    }
    let pattern = |(stem, used_by): (&str, Vec<String>)| {
        let first = format!("src/patterns/{stem}.rs");
        let mut titles = vec![first.clone()];
        let parts = format!("src/patterns/{stem}");
        if root.join(&parts).is_dir() {
            let mut names = Vec::new();
            for entry in fs::read_dir(root.join(&parts))? {
                names.push(format!("{parts}/{}", entry?.file_name().to_string_lossy()));
            }
            names.retain(|name| name.ends_with(".rs"));
            names.sort();
            titles.extend(names);
        }
        let sources = titles.into_iter().map(|title| source(root, title, highlighter));
        let about = about(&read(root, &first)?);
        Ok(Pattern { stem: stem.to_owned(), about, sources: sources.collect::<Result<_>>()?, used_by })
    };
    users.into_iter().map(pattern).collect()
}

/// Returns the first paragraph of a file's `//!` documentation.
fn about(text: &str) -> String {
    let lines = text.lines().map_while(|line| line.strip_prefix("//! "));
    lines.collect::<Vec<_>>().join(" ")
}

fn read(root: &Path, path: &str) -> Result<String> {
    fs::read_to_string(root.join(path)).with_context(|| format!("cannot read {path}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_file_is_for_is_its_first_paragraph() {
        assert_eq!(
            about("//! A limit on\n//! time.\n//!\n//! Not for more.\nuse std;\n"),
            "A limit on time."
        );
    }
}
