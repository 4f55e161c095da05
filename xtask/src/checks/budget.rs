//! The first load of each page: the page and every file that it loads without the reader's doing, in brotli.
//!
//! And what is loaded once before the first program in Python runs.
//!
//! References are found by reading the files. What a script imports later, after an action of the reader, does not count.
//! A test in tests/page compares this with the requests of a browser.

use std::{collections::BTreeSet, fs, path::Path};

use anyhow::{Context as _, Result, ensure};

use crate::{
    files::{beside, collect},
    project::Project,
    site::{python, references::references},
};

/// Checks every page of the built site against the budget.
pub fn check(project: &Project) -> Result<()> {
    let dist = project.dist();
    let budget = &project.config.budget;
    let mut over = Vec::new();
    for page in pages(&dist)? {
        let exercise = page.strip_suffix("/index.html").unwrap_or_default();
        let limit = budget.over.get(exercise).unwrap_or(&budget.first_load_kib) * 1024;
        let Load { files, bytes, wasm } = first_load(&dist, &page)?;
        eprintln!(
            "    {page:<32} {bytes:>7} bytes in {:>2} files (limit {limit}), {wasm:>6} of WebAssembly",
            files.len()
        );
        if bytes > limit {
            over.push(page);
        }
    }
    ensure!(over.is_empty(), "over the first-load budget of wasm-pack.toml: {}", over.join(", "));
    let (bytes, limit) = (python_load(&dist)?, budget.python_kib * 1024);
    eprintln!("    {:<32} {bytes:>7} bytes (limit {limit})", "Python");
    ensure!(bytes > 0, "the site has no Python: `npm ci` and `cargo xtask build`");
    ensure!(bytes <= limit, "over the budget of wasm-pack.toml: Python");
    Ok(())
}

/// Returns the size of what is loaded before the first program in Python runs: the engine and the package `playground`.
fn python_load(dist: &Path) -> Result<u64> {
    let mut files = Vec::new();
    collect(&dist.join("assets"), "", &mut files).context("dist has no assets")?;
    let is_python = |path: &str| path.starts_with(python::ENGINE) || path.ends_with("/python/playground.zip");
    let loaded = files.iter().filter(|file| {
        is_python(&file.path)
            && !file.path.ends_with(".br")
            && !file.path.ends_with(".gz")
            && !file.path.ends_with(".txt")
    });
    loaded.map(|file| size_on_the_way(&dist.join("assets").join(&file.path))).sum()
}

/// Returns how many bytes of a file are sent.
fn size_on_the_way(file: &Path) -> Result<u64> {
    let packed = beside(file, "br");
    Ok(fs::metadata(if packed.is_file() { &packed } else { file })?.len())
}

struct Load {
    files: BTreeSet<String>,
    bytes: u64,
    /// The part of `bytes` that is WebAssembly.
    wasm: u64,
}

fn pages(dist: &Path) -> Result<Vec<String>> {
    let mut files = Vec::new();
    collect(dist, "", &mut files).context("dist is not there: run `cargo xtask build`")?;
    let pages = files.into_iter().map(|file| file.path).filter(|path| path.ends_with("index.html"));
    let mut pages: Vec<String> = pages.collect();
    ensure!(!pages.is_empty(), "dist has no page: run `cargo xtask build`");
    pages.sort();
    Ok(pages)
}

fn first_load(dist: &Path, page: &str) -> Result<Load> {
    let mut load = Load { files: BTreeSet::new(), bytes: 0, wasm: 0 };
    let mut left = vec![page.to_owned()];
    while let Some(path) = left.pop() {
        if !load.files.insert(path.clone()) {
            continue;
        }
        let file = dist.join(&path);
        let bytes = size_on_the_way(&file)?;
        let extension = file.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
        load.bytes += bytes;
        load.wasm += if extension == "wasm" { bytes } else { 0 };
        if ["html", "js", "css", "svg"].contains(&extension) {
            let text = fs::read_to_string(&file)?;
            // Links to other pages are not loaded. Scripts fetch data later; a page preloads the data that it needs
            // at once.
            let later = |to: &String| to.ends_with(".html") || extension == "js" && to.ends_with(".json");
            let top = beside_scripts(&path);
            let found = references(&path, &text).chain(references(&top, &text));
            left.extend(found.filter(|to| !later(to) && dist.join(to).is_file()));
        }
    }
    Ok(load)
}

/// Returns the path that scripts resolve the files of `files.js` from: the top of the assets.
fn beside_scripts(path: &str) -> String {
    let parts: Vec<&str> = path.split('/').collect();
    parts.get(..2).map_or_else(|| path.to_owned(), |base| format!("{}/files.js", base.join("/")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        files::File,
        site::publish::{Compressed, publish},
    };

    #[test]
    fn a_page_costs_what_it_loads_and_what_that_loads() {
        let dist = crate::scratch("budget");
        let site = [
            File::new(
                "assets/1/a.js",
                "import './b.js'; import('./later.js'); new URL('c.wasm', import.meta.url)",
            ),
            File::new("assets/1/b.js", "import './deep/d.js'"),
            File::new("assets/1/c.wasm", "wasm"),
            File::new("assets/1/deep/d.js", "read('style/d.css')"),
            File::new("assets/1/style/d.css", "x"),
            File::new("assets/1/later.js", "export {}"),
            File::new("assets/1/unused.css", "x"),
            File::new("other/index.html", "x"),
            File::new(
                "x/index.html",
                "<script src=\"../assets/1/a.js\"></script><a href=\"../other/index.html\">",
            ),
        ];
        publish(&Project::open().expect("the project"), &dist, &site, Compressed::Yes).expect("published");
        let load = first_load(&dist, "x/index.html").expect("counted");
        let files: Vec<&str> = load.files.iter().map(String::as_str).collect();
        let expected =
            ["a.js", "b.js", "c.wasm", "deep/d.js", "style/d.css"].map(|file| format!("assets/1/{file}"));
        assert_eq!(files[..5], expected);
        assert_eq!(files[5..], ["x/index.html"]);
        assert!(load.wasm > 0 && load.wasm < load.bytes);
        fs::remove_dir_all(dist).expect("removed");
    }
}
