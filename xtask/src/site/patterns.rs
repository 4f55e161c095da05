//! The patterns as the site shows them: what each promises, its peers and benchmarks, and its source.
//!
//! The table of `src/patterns/PATTERNS.md` is also the front page of the crate's documentation.

use std::{collections::BTreeMap, path::Path};

use anyhow::{Context as _, Result, ensure};
use minijinja::Value;
use pulldown_cmark::{CodeBlockKind, CowStr, Event, Tag, TagEnd};
use serde::Serialize;

use super::{
    assets::read_text,
    copying::files_to_copy,
    highlight::Highlighter,
    prose::{events, render},
    registry::Entry,
    sources::{Source, source},
};

const TABLE: &str = "src/patterns/PATTERNS.md";
const COLUMNS: usize = 6;

/// A pattern with a page of its own.
#[derive(Serialize)]
pub struct Pattern {
    /// The name of its file in `src/patterns`, without `.rs`, and of its directory on the site.
    pub stem: String,
    name: String,
    /// Its types and functions.
    types: Vec<String>,
    /// The contract in one line.
    promise: String,
    /// What one would use otherwise.
    peer: String,
    /// When that is the better choice.
    prefer_peer: String,
    /// Its rows in `docs/BENCHMARKS.md`.
    benchmarks: Vec<Benchmark>,
    /// The files that it needs, to be copied with it.
    files: Vec<String>,
    /// The documentation of its module, as HTML.
    contract: Value,
    /// The pattern's file, and the files in its folder.
    sources: Vec<Source>,
    /// The slugs of the exercises that are built on it.
    used_by: Vec<String>,
}

#[derive(Serialize)]
struct Benchmark {
    what: String,
    unit: String,
    ours: String,
    best: String,
    ratio: String,
}

/// Returns the patterns, in the order of the table.
pub fn patterns(root: &Path, entries: &[Entry], highlighter: &Highlighter) -> Result<Vec<Pattern>> {
    let mut users: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for entry in entries {
        for stem in &entry.patterns {
            users.entry(stem).or_default().push(entry.slug.clone());
        }
    }
    let benchmarks = read_text(&root.join("docs/BENCHMARKS.md"))?;
    let native = benchmarks.split("\nIn Chromium:").next().unwrap_or_default();
    let table = read_text(&root.join(TABLE))?;
    let pattern = |cells: Vec<&str>| -> Result<Pattern> {
        ensure!(
            cells.len() == COLUMNS,
            "a row of {TABLE} has {} cells, not {COLUMNS}: {cells:?}",
            cells.len()
        );
        let link = cells[0].strip_prefix('[').and_then(|cell| cell.strip_suffix(')'));
        let (name, path) = link.and_then(|cell| cell.split_once("](")).context("a pattern without a link")?;
        let stem = path.rsplit("::").next().unwrap_or(path).to_owned();
        let first = format!("src/patterns/{stem}.rs");
        let files = files_to_copy(root, &first)?;
        let shown = files.iter().map(|file| format!("`{}`", file.trim_start_matches("src/")));
        let shown = shown.collect::<Vec<_>>().join(", ");
        ensure!(cells[5] == shown, "the files to copy of {name} in {TABLE} are not {shown}");
        let parts = format!("src/patterns/{stem}/");
        let own = files.iter().filter(|file| **file == first || file.starts_with(&parts));
        let sources = own.map(|file| source(root, file.clone(), highlighter)).collect::<Result<_>>()?;
        Ok(Pattern {
            name: name.to_owned(),
            types: cells[1].split('`').skip(1).step_by(2).map(str::to_owned).collect(),
            promise: cells[2].to_owned(),
            peer: cells[3].to_owned(),
            prefer_peer: cells[4].to_owned(),
            benchmarks: rows(native).filter_map(|cells| benchmark(name, &cells)).collect(),
            contract: contract(&read_text(&root.join(&first))?, highlighter)?,
            used_by: users.get(stem.as_str()).cloned().unwrap_or_default(),
            stem,
            files,
            sources,
        })
    };
    rows(&table).map(pattern).collect()
}

/// The cells of each row of a Markdown table, without its head.
fn rows(table: &str) -> impl Iterator<Item = Vec<&str>> {
    let lines = table.lines().filter_map(|line| line.strip_prefix("| ")?.strip_suffix(" |"));
    lines.skip(1).map(|line| line.split(" | ").collect())
}

/// The row of a benchmark, if it measures the pattern of that name: `pool, get and put` measures the connection pool.
fn benchmark(pattern: &str, cells: &[&str]) -> Option<Benchmark> {
    let [what, unit, ours, best, ratio] = cells else { return None };
    let subject = what.split(',').next()?.to_lowercase();
    let [ours, best, ratio, unit] = [ours, best, ratio, unit].map(|cell| (*cell).to_owned());
    let measures = pattern.rsplit(' ').next().is_some_and(|word| word == subject);
    measures.then(|| Benchmark { what: (*what).to_owned(), unit, ours, best, ratio })
}

/// The documentation of a module as HTML: examples without the lines that only tests need, and links to other items as
/// plain code, since the crate's documentation is elsewhere.
fn contract(text: &str, highlighter: &Highlighter) -> Result<Value> {
    let lines = text.lines().map_while(|line| line.strip_prefix("//!"));
    let markdown: Vec<_> = lines.map(|line| line.strip_prefix(' ').unwrap_or(line)).collect();
    let markdown = without_short_links(&markdown.join("\n"));
    let mut out = Vec::new();
    let mut example: Option<String> = None;
    for event in events(&markdown) {
        match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(ref language))) if is_rust(language) => {
                example = Some(String::new());
            }
            Event::Text(ref text) if example.is_some() => {
                let shown = text.split_inclusive('\n').filter(|line| !is_hidden(line));
                example.get_or_insert_default().extend(shown);
            }
            Event::End(TagEnd::CodeBlock) if example.is_some() => {
                let html = highlighter.rust(&example.take().unwrap_or_default())?;
                out.push(Event::Html(format!("<pre><code>{html}</code></pre>\n").into()));
            }
            Event::Start(Tag::Link { ref dest_url, .. }) if !dest_url.contains("://") => {}
            Event::End(TagEnd::Link) if out.iter().rev().find_map(opens).is_none_or(|open| !open) => {}
            event => out.push(event),
        }
    }
    Ok(render(out.into_iter()))
}

/// Replaces links of the form [`Name`], which only rustdoc resolves, by the code alone.
fn without_short_links(markdown: &str) -> String {
    let mut parts = markdown.split("[`");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match part.split_once("`]") {
            Some((name, rest)) if !rest.starts_with(['(', '[']) => out.extend(["`", name, "`", rest]),
            _ => out.extend(["[`", part]),
        }
    }
    out
}

/// Whether a link begins or ends here; None for other events.
fn opens(event: &Event<'_>) -> Option<bool> {
    match event {
        Event::Start(Tag::Link { .. }) => Some(true),
        Event::End(TagEnd::Link) => Some(false),
        _ => None,
    }
}

/// As rustdoc reads the language of an example.
fn is_rust(language: &CowStr<'_>) -> bool {
    language.is_empty() || language.starts_with("rust") || language.starts_with("no_run")
}

fn is_hidden(line: &str) -> bool {
    let line = line.trim();
    line == "#" || line.starts_with("# ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_contract_has_no_hidden_lines_and_no_links_into_the_documentation() {
        let highlighter = Highlighter::new().expect("a highlighter");
        let text = "//! A [`Limit`], see [`gather`](super::gather()) and [a page](https://example.org).\n//!\n//! ```\n//! let a = 1;\n\
                    //! # let b = 2;\n//! ```\nuse std;\n";
        let html = contract(text, &highlighter).expect("HTML").to_string();
        assert!(
            html.contains("A <code>Limit</code>, see <code>gather</code> and <a href=\"https://example.org\">a page</a>."),
            "{html}"
        );
        assert!(html.contains("<span class=\"line\">") && !html.contains("2"), "{html}");
    }

    #[test]
    fn a_benchmark_belongs_to_the_pattern_that_its_label_begins_with() {
        let cells = ["pool, get and put", "ns", "42.2", "bb8 180", "0.24"];
        assert!(benchmark("connection pool", &cells).is_some());
        assert!(benchmark("semaphore", &cells).is_none());
    }
}
