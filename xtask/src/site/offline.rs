//! The service worker of readers who keep the site offline: `www/offline/sw.js` with the list of files to keep.

use std::fs;

use anyhow::{Context as _, Result};
use serde_json::json;

use super::{minify::minify, python};
use crate::{
    files::{File, fingerprint},
    project::Project,
};

/// Returns the service worker that keeps these files of a site, and those of the engine of Python if the reader asks for it.
pub fn worker(project: &Project, files: &[File], engine: &[File]) -> Result<File> {
    let script = fs::read_to_string(project.root.join("www/offline/sw.js"))
        .context("cannot read www/offline/sw.js")?;
    // A page is requested by its directory; type declarations are never requested.
    let mut paths: Vec<&str> = files
        .iter()
        .map(|file| file.path.as_str())
        .filter(|path| !path.ends_with(".d.ts"))
        .map(|path| path.strip_suffix("index.html").unwrap_or(path))
        .collect();
    // Sorted, so that the same files always give the same worker.
    paths.sort_unstable();
    let python: Vec<&str> = engine.iter().map(|file| file.path.as_str()).collect();
    let kept = json!({
        "version": fingerprint(files),
        "files": paths,
        "engine": python::directory(engine),
        "python": python,
    });
    let mut worker = [File::new("sw.js", format!("const KEPT = {kept};\n{script}"))];
    minify(project, &mut worker)?;
    let [worker] = worker;
    Ok(worker)
}
