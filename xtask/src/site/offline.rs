//! The service worker of the site, for those who want to keep it: `www/offline/sw.js`, told what there is to keep.

use std::fs;

use anyhow::{Context as _, Result};
use serde_json::json;

use super::minify::minify;
use crate::{
    files::{File, fingerprint},
    project::Project,
};

/// The service worker that keeps these files of a site.
pub fn worker(project: &Project, files: &[File]) -> Result<File> {
    let script = fs::read_to_string(project.root.join("www/offline/sw.js"))
        .context("cannot read www/offline/sw.js")?;
    // Who asks for a page asks for its directory; nobody asks for types.
    let mut paths: Vec<&str> = files
        .iter()
        .map(|file| file.path.as_str())
        .filter(|path| !path.ends_with(".d.ts"))
        .map(|path| path.strip_suffix("index.html").unwrap_or(path))
        .collect();
    // The same build is the same worker, in whatever order its files were found.
    paths.sort_unstable();
    let kept = json!({ "version": fingerprint(files), "files": paths });
    let mut worker = [File::new("sw.js", format!("const KEPT = {kept};\n{script}"))];
    minify(project, &mut worker)?;
    let [worker] = worker;
    Ok(worker)
}
