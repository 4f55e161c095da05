//! `async-playground.html`: the whole site in one file that works from a disk, without a server or a network.
//!
//! Its policy allows its own script and style by their hashes, and no request.

use std::{collections::BTreeMap, fmt::Write as _};

use anyhow::{Context as _, Result};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use minijinja::{Value, context};
use sha2::{Digest as _, Sha256};

use super::{
    assets::text_of,
    bundle::{self, bundle},
    minify,
    pages::{EMBEDDING, NOT_FOUND, Page},
    reading, styles,
    templates::{Look, templates},
};
use crate::{files::File, project::Project};

/// Its path on the site.
const PATH: &str = "async-playground.html";

/// Puts pages and minified assets into one file. Returns None where esbuild, which bundles the scripts, is missing.
pub fn render(project: &Project, assets: &[File], pages: &[Page]) -> Result<Option<File>> {
    if minify::tool(project).is_none() {
        eprintln!("    esbuild is not in node_modules: {PATH} is left out");
        return Ok(None);
    }
    let mut needed = bundle::with_full_module_only(assets)?;
    // Its pages have the text around their benches.
    needed.retain(|file| !file.path.ends_with(reading::SUFFIX));
    let scripts = bundle(project, &needed, &["bundle/one-file.js"], false)?;
    let script = scripts.first().context("esbuild made no script")?;
    let script = String::from_utf8(script.bytes.clone())?;
    let mut style = String::new();
    for path in [styles::PAGES, styles::CATALOGUE, styles::PATTERNS] {
        style.push_str(text_of(assets, path)?);
    }
    // Says that styles and scripts are refused, so it shows where they are.
    style.push_str(".kept-out{display:none}");
    let templates = templates(&project.root)?;
    let look = Look {
        templates,
        layout: "view.html",
        at: "",
        base: "",
        beginnings: BTreeMap::new(),
        playground_sheet: String::new(),
    };
    let mut views = String::new();
    for page in pages.iter().filter(|page| ![EMBEDDING, NOT_FOUND].contains(&page.path.as_str())) {
        writeln!(views, "{}", look.render(page)?.trim())?;
    }
    let policy = format!(
        "default-src 'none'; img-src data:; script-src '{}' 'wasm-unsafe-eval'; style-src '{}'",
        hash(&script),
        hash(&style)
    );
    let icon = std::fs::read(project.root.join("www/favicon.svg")).context("cannot read www/favicon.svg")?;
    let icon = format!("data:image/svg+xml;base64,{}", BASE64_STANDARD.encode(icon));
    let context = context! {
        policy => Value::from_safe_string(policy),
        icon => Value::from_safe_string(icon),
        style => Value::from_safe_string(style),
        views => Value::from_safe_string(views),
        script => Value::from_safe_string(script),
    };
    Ok(Some(File::new(PATH, look.templates.get_template("one-file.html")?.render(context)?)))
}

/// Returns the hash of a script or a style as a policy spells it.
fn hash(text: &str) -> String {
    format!("sha256-{}", BASE64_STANDARD.encode(Sha256::digest(text)))
}
