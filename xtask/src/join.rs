//! The scripts of the site in few files: those that a page begins with together, and what it loads later by itself.
//!
//! What two of them have in common is in a file of its own, so that no script is evaluated twice. Scripts that HTML
//! names or another loads later keep their names.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use anyhow::{Context as _, Result};
use xshell::cmd;

use crate::{
    budget::{references, resolve},
    minify::tool,
    project::Project,
    publish::{File, collect, replace},
};

const SITE: &str = "site.js";
const PLAYGROUND: &str = "playground.js";
const EMBED_FORM: &str = "elements/embed-form.js";
/// What HTML names as modules.
const ENTRIES: [&str; 3] = [SITE, PLAYGROUND, EMBED_FORM];
/// It finds what is beside it by its own address, and so stays where it is.
const FILES: &str = "files.js";
/// Not a module.
const CLASSIC: &str = "framed.js";

/// The assets with their scripts joined. Without esbuild they are only more files, so that is no error.
pub fn join(project: &Project, assets: Vec<File>) -> Result<Vec<File>> {
    let Some(esbuild) = tool(project) else { return Ok(assets) };
    let glue: BTreeSet<String> = assets
        .iter()
        .filter_map(|file| file.path.strip_suffix("_bg.wasm"))
        .map(|stem| format!("{stem}.js"))
        .collect();
    let is_ours =
        |file: &File| file.path.ends_with(".js") && file.path != CLASSIC && !glue.contains(&file.path);
    let (scripts, mut files): (Vec<File>, Vec<File>) = assets.into_iter().partition(is_ours);
    let dir = project.root.join("target/join");
    if dir.exists() {
        fs::remove_dir_all(&dir).context("cannot clear target/join")?;
    }
    let (source, out) = (dir.join("source"), dir.join("out"));
    let mut entries: BTreeSet<String> = ENTRIES.into_iter().chain([FILES]).map(str::to_owned).collect();
    // What comes when the bench is there; pages without one load other things later.
    let mut after_playground = BTreeSet::from([EMBED_FORM.to_owned()]);
    for script in &scripts {
        let later = later(&script.path, std::str::from_utf8(&script.bytes)?);
        if script.path != SITE {
            after_playground.extend(later.iter().cloned());
        }
        entries.extend(later);
    }
    for mut script in scripts {
        // esbuild puts together what always comes together, and has to be told that this does.
        if after_playground.contains(&script.path) {
            let up = "../".repeat(script.path.matches('/').count());
            script.bytes.extend(format!("import \"./{up}{PLAYGROUND}\";").into_bytes());
        }
        replace(&source.join(&script.path), &script.bytes)?;
    }
    let entries = entries.iter().map(|entry| source.join(entry));
    let shell = &project.shell;
    cmd!(
        shell,
        "{esbuild} {entries...} --bundle --splitting --format=esm --minify --charset=utf8 --target=es2022
        --log-level=warning --chunk-names=[name]-[hash] --outbase={source} --outdir={out}"
    )
    .quiet()
    .run()?;
    collect(&out, "", &mut files)?;
    Ok(files)
}

/// What a script imports when it is asked to.
fn later(path: &str, text: &str) -> Vec<String> {
    let imported = text.split("import(\"").skip(1).filter_map(|rest| rest.split('"').next());
    imported.filter_map(|to| resolve(path, to)).collect()
}

/// For each script that HTML names, by its stem, what it begins with beside itself: named in HTML too, these need not
/// wait for one another.
pub fn beginnings(assets: &[File]) -> Result<BTreeMap<String, Vec<String>>> {
    let texts: BTreeMap<&str, &[u8]> =
        assets.iter().map(|file| (file.path.as_str(), file.bytes.as_slice())).collect();
    let mut beginnings = BTreeMap::new();
    for entry in ENTRIES {
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
        let stem = entry.trim_end_matches(".js").to_owned();
        beginnings.insert(stem, found.into_iter().collect());
    }
    Ok(beginnings)
}
