//! What the first visit of a page costs: the page and every file it can load, in brotli.
//!
//! References are found by reading, not by loading: a module that is only imported later counts too.

use std::{collections::BTreeSet, fs, path::Path};

use anyhow::{Context as _, Result, ensure};

use crate::{project::Project, publish::beside};

/// Holds every page of the built site to the budget.
pub fn check(project: &Project) -> Result<()> {
    let dist = project.dist();
    let limit = project.config.budget.first_load_kib * 1024;
    let mut over = Vec::new();
    for page in pages(&dist)? {
        let load = first_load(&dist, &page)?;
        eprintln!("    {:<32} {:>7} bytes in {} files (limit {limit})", page, load.bytes, load.files.len());
        if load.bytes > limit {
            over.push(page);
        }
    }
    ensure!(over.is_empty(), "over the first-load budget of wasm-pack.toml: {}", over.join(", "));
    Ok(())
}

struct Load {
    files: BTreeSet<String>,
    bytes: u64,
}

fn pages(dist: &Path) -> Result<Vec<String>> {
    let mut pages = Vec::new();
    for entry in fs::read_dir(dist).context("dist is not there: run `cargo xtask build`")? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if dist.join(&name).join("index.html").is_file() {
            pages.push(format!("{name}/index.html"));
        }
    }
    ensure!(!pages.is_empty(), "dist has no exercise page: run `cargo xtask build`");
    pages.sort();
    Ok(pages)
}

fn first_load(dist: &Path, page: &str) -> Result<Load> {
    let mut load = Load { files: BTreeSet::new(), bytes: 0 };
    let mut left = vec![page.to_owned()];
    while let Some(path) = left.pop() {
        if !load.files.insert(path.clone()) {
            continue;
        }
        let file = dist.join(&path);
        let packed = beside(&file, "br");
        load.bytes += fs::metadata(if packed.is_file() { &packed } else { &file })?.len();
        let extension = file.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
        if ["html", "js", "css", "svg"].contains(&extension) {
            let text = fs::read_to_string(&file)?;
            // Links between pages are not loaded with them, and types only by compilers.
            left.extend(
                references(&path, &text).filter(|to| !to.ends_with(".html") && dist.join(to).is_file()),
            );
        }
    }
    Ok(load)
}

/// Everything between quotes (or in `url()`) that could be a path relative to `from`.
fn references<'a>(from: &'a str, text: &'a str) -> impl Iterator<Item = String> + 'a {
    text.split(['"', '\'', '`', '(', ')'])
        .filter(|word| word.len() < 200 && word.contains('.') && !word.contains([' ', '\n', ':', '<']))
        .filter_map(|word| resolve(from, word))
}

/// `a/b.js` and `../c.js` give `c.js`; nothing above the site.
fn resolve(from: &str, to: &str) -> Option<String> {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in to.split(['?', '#']).next()?.split('/') {
        match part {
            "." | "" => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::publish::{File, publish};

    #[test]
    fn a_page_costs_what_it_loads_and_what_that_loads() {
        let dist = crate::scratch("budget");
        let site = [
            File::new("assets/1/a.js", "import './b.js'; new URL('c.wasm', import.meta.url)"),
            File::new("assets/1/b.js", "export {}"),
            File::new("assets/1/c.wasm", "wasm"),
            File::new("assets/1/unused.css", "x"),
            File::new("other/index.html", "x"),
            File::new(
                "x/index.html",
                "<script src=\"../assets/1/a.js\"></script><a href=\"../other/index.html\">",
            ),
        ];
        publish(&dist, &site).expect("published");
        let load = first_load(&dist, "x/index.html").expect("counted");
        let files: Vec<&str> = load.files.iter().map(String::as_str).collect();
        assert_eq!(files, ["assets/1/a.js", "assets/1/b.js", "assets/1/c.wasm", "x/index.html"]);
        fs::remove_dir_all(dist).expect("removed");
    }
}
