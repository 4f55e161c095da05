//! Source files as pages show them: the compiled files themselves, highlighted.

use std::{fs, path::Path};

use anyhow::{Context as _, Result};
use minijinja::Value;
use serde::Serialize;

use super::highlight::Highlighter;

/// A file shown to the reader.
#[derive(Serialize)]
pub struct Source {
    /// Its path from the project's root.
    pub title: String,
    pub html: Value,
    lines: usize,
}

/// Reads and highlights one file.
pub fn source(root: &Path, title: String, highlighter: &Highlighter) -> Result<Source> {
    let text = read(root, &title)?;
    let html = highlighter.rust(&text).with_context(|| format!("cannot highlight {title}"))?;
    Ok(Source { title, html: Value::from_safe_string(html), lines: text.lines().count() })
}

fn read(root: &Path, path: &str) -> Result<String> {
    fs::read_to_string(root.join(path)).with_context(|| format!("cannot read {path}"))
}
