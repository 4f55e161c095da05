//! Joins the scripts of the site into few files: one for the first load of a page, and one for each part that is loaded
//! later.
//!
//! Pages without a playground have a bundle of their own. Among the scripts of pages with one, shared code gets a file of its
//! own, so that no script is evaluated twice. A script that HTML or a dynamic import names keeps its name.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use anyhow::{Context as _, Result};
use xshell::cmd;

use super::{
    minify::tool,
    references::{references, resolve},
};
use crate::{
    files::{File, collect, replace},
    project::Project,
};

/// The first script of a page without a playground.
const SITE: &str = "site/site.js";
/// The script of the index, beside that one.
const CATALOGUE: &str = "site/catalogue.js";
/// The first script of a page with a playground.
const EXERCISE: &str = "site/exercise.js";
const PLAYGROUND: &str = "api/playground.js";
const EMBED_FORM: &str = "embed/embed-form.js";
/// For the pages of other sites, so it has nothing in common with those of this one.
pub const EMBED_HOST: &str = "embed/host.js";
/// Runs in a worker, and is one file: a worker that a blob begins imports no others in Firefox.
const PYTHON: &str = "python/worker.js";
/// Stays separate, and is loaded before all others.
const FRAMED: &str = "embed/framed.js";

/// Returns the assets with their scripts joined. Without esbuild they are only more files, so that is no error.
pub fn join(project: &Project, assets: Vec<File>) -> Result<Vec<File>> {
    let Some(esbuild) = tool(project) else { return Ok(assets) };
    let glue: BTreeSet<String> = assets
        .iter()
        .filter_map(|file| file.path.strip_suffix("_bg.wasm"))
        .map(|stem| format!("{stem}.js"))
        .collect();
    let is_ours =
        |file: &File| file.path.ends_with(".js") && file.path != FRAMED && !glue.contains(&file.path);
    let (scripts, mut files): (Vec<File>, Vec<File>) = assets.into_iter().partition(is_ours);
    let dir = project.root.join("target/join");
    if dir.exists() {
        fs::remove_dir_all(&dir).context("cannot clear target/join")?;
    }
    let mut entries: BTreeSet<String> = [PLAYGROUND, EMBED_FORM].map(str::to_owned).into();
    for script in &scripts {
        entries.extend(later(&script.path, std::str::from_utf8(&script.bytes)?));
    }
    let (site, exercise) = (dir.join("site"), dir.join("exercise"));
    for mut script in scripts {
        replace(&site.join(&script.path), &script.bytes)?;
        // esbuild joins what is always loaded together. This import tells it that every entry comes with the playground.
        if script.path != PLAYGROUND && entries.contains(&script.path) {
            let up = "../".repeat(script.path.matches('/').count());
            script.bytes.extend(format!("import \"./{up}{PLAYGROUND}\";").into_bytes());
        }
        replace(&exercise.join(&script.path), &script.bytes)?;
    }
    entries.insert(EXERCISE.to_owned());
    let apart = [SITE, CATALOGUE, EMBED_HOST].map(str::to_owned).into();
    let worker = [PYTHON.to_owned()].into();
    for (source, name, entries) in
        [(&site, "site.out", apart), (&site, "worker.out", worker), (&exercise, "exercise.out", entries)]
    {
        let (out, shell) = (dir.join(name), &project.shell);
        let entries = entries.iter().map(|entry| source.join(entry));
        cmd!(
            shell,
            "{esbuild} {entries...} --bundle --splitting --format=esm --minify --charset=utf8 --target=es2022
            --log-level=warning --chunk-names=chunks/[name]-[hash] --outbase={source} --outdir={out}"
        )
        .quiet()
        .run()?;
        collect(&out, "", &mut files)?;
    }
    Ok(files)
}

/// Returns the targets of a script's dynamic imports.
fn later(path: &str, text: &str) -> Vec<String> {
    let imported = text.split("import(\"").skip(1).filter_map(|rest| rest.split('"').next());
    imported.filter_map(|to| resolve(path, to)).collect()
}

/// Returns, for each first script of a page, the scripts that it imports. HTML preloads them, so that they load side by
/// side.
pub fn beginnings(assets: &[File]) -> Result<BTreeMap<String, Vec<String>>> {
    let texts: BTreeMap<&str, &[u8]> =
        assets.iter().map(|file| (file.path.as_str(), file.bytes.as_slice())).collect();
    let mut beginnings = BTreeMap::new();
    for entry in [SITE, CATALOGUE, EXERCISE, PLAYGROUND] {
        let (mut found, mut left) = (BTreeSet::new(), vec![entry.to_owned()]);
        while let Some(path) = left.pop() {
            let Some(bytes) = texts.get(path.as_str()) else { continue };
            let imports = references(&path, std::str::from_utf8(bytes)?);
            left.extend(
                imports.filter(|to| {
                    to.ends_with(".js") && texts.contains_key(to.as_str()) && !found.contains(to)
                }),
            );
            found.insert(path);
        }
        found.remove(entry);
        let stem = entry.rsplit('/').next().unwrap_or(entry).trim_end_matches(".js");
        beginnings.insert(stem.to_owned(), found.into_iter().collect());
    }
    Ok(beginnings)
}
