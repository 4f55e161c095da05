//! The scripts of the page as self-contained bundles, for the npm package and the one file.
//!
//! `files.js` of `bundle/` replaces that of the site. It fetches nothing, so bundlers, Node.js and pages on a disk need no
//! configuration for WebAssembly, styles and data. Python is too large for that: the package looks for it elsewhere, and the
//! one file has none.

use std::{fs, path::Path};

use anyhow::{Context as _, Result};
use xshell::cmd;

use super::{compress::compress, minify::tool, registry, styles};
use crate::{
    files::{File, collect, replace},
    project::Project,
    wasm::FULL,
};

/// Style sheets that only pages use; scripts load the others.
const OF_PAGES: [&str; 3] = ["style/embed.css", styles::CATALOGUE, styles::PAGES];

/// Says where Python is, where there is any.
pub const ENGINE: &str = "python/engine.js";

/// Bundles `entries`, paths in the project, with the minified `assets` of a site. With `splitting`, dynamic imports stay in
/// files of their own.
pub fn bundle(project: &Project, assets: &[File], entries: &[&str], splitting: bool) -> Result<Vec<File>> {
    let esbuild = tool(project).context("bundles need esbuild, which `npm ci` in the root installs")?;
    let dir = project.root.join("target/bundle");
    if dir.exists() {
        fs::remove_dir_all(&dir).context("cannot clear target/bundle")?;
    }
    lay_out(project, assets, &dir)?;
    let (entries, out) = (entries.iter().map(|entry| dir.join(entry)), dir.join("out"));
    let splitting = splitting.then_some(["--splitting", "--chunk-names=chunks/[name]-[hash]"]);
    let splitting = splitting.iter().flatten();
    let shell = &project.shell;
    cmd!(
        shell,
        "{esbuild} {entries...} --bundle --format=esm --minify --charset=utf8 --target=es2022 --log-level=warning
        --loader:.gz=binary --loader:.css=text --loader:.json=text --entry-names=[name] {splitting...} --outdir={out}"
    )
    .quiet()
    .run()?;
    let mut files = Vec::new();
    collect(&out, "", &mut files)?;
    Ok(files)
}

/// Returns the assets without lean modules: in one file the full module is there as soon.
pub fn with_full_module_only(assets: &[File]) -> Result<Vec<File>> {
    let stems: Vec<&str> = module_stems(assets).filter(|stem| *stem != FULL).collect();
    let is_lean = |path: &str| {
        let stem = path.strip_suffix("_bg.wasm").or_else(|| path.strip_suffix(".js"));
        stem.is_some_and(|stem| stems.contains(&stem))
    };
    let mut kept: Vec<File> = assets.iter().filter(|file| !is_lean(&file.path)).cloned().collect();
    let scripts = registry::scripts(&[])?;
    kept.retain(|file| scripts.iter().all(|script| script.path != file.path));
    kept.extend(scripts);
    Ok(kept)
}

/// Returns the names of the modules among the assets.
fn module_stems(assets: &[File]) -> impl Iterator<Item = &str> {
    assets.iter().filter_map(|file| file.path.strip_suffix("_bg.wasm"))
}

/// Writes the files to bundle into `dir`, arranged as in the project.
fn lay_out(project: &Project, assets: &[File], dir: &Path) -> Result<()> {
    let www = dir.join("www");
    let modules: Vec<&str> = module_stems(assets).collect();
    let is_glue = |path: &str| path.strip_suffix(".js").is_some_and(|stem| modules.contains(&stem));
    let wasm: Vec<&File> = assets.iter().filter(|file| file.path.ends_with("_bg.wasm")).collect();
    for (stem, packed) in modules.iter().zip(compress(project, &wasm)?) {
        replace(&www.join(format!("modules/{stem}.wasm.gz")), &packed.gzip)?;
    }
    let is_of_pages = |path: &str| OF_PAGES.contains(&path) || path.ends_with("_bg.wasm");
    for file in assets.iter().filter(|file| !is_of_pages(&file.path)) {
        if is_glue(&file.path) {
            replace(&www.join(format!("modules/{}", file.path)), packed(file)?.as_bytes())?;
        } else {
            replace(&www.join(&file.path), &file.bytes)?;
        }
    }
    let bundle = project.root.join("bundle");
    fs::copy(bundle.join("files.js"), www.join("api/files.js")).context("cannot copy bundle/files.js")?;
    if !assets.iter().any(|file| file.path == ENGINE) {
        replace(&www.join(ENGINE), b"export const directory = null;\nexport const files = [];\n")?;
        replace(&www.join("python/programs.js"), b"export * from '../../bundle/python.js';\n")?;
        // Nor is there anything to type into its editor.
        replace(&www.join("editor/codemirror.js"), b"export const codeMirror = null;\n")?;
    }
    replace(&dir.join("bundle/python.js"), &fs::read(bundle.join("python.js"))?)?;
    replace(&dir.join("bundle/one-file.js"), &fs::read(bundle.join("one-file.js"))?)
}

/// Returns the glue of a module, with the module's bytes and its address.
fn packed(glue: &File) -> Result<String> {
    let text = str::from_utf8(&glue.bytes).context(glue.path.clone())?;
    let stem = glue.path.trim_end_matches(".js");
    Ok(format!(
        "import packed from './{stem}.wasm.gz';\nexport {{ packed }};\nexport const address = import.meta.url;\n{text}"
    ))
}
