//! The assets of the site: everything that pages load under a name made of the contents.

use std::{fs, iter, path::Path};

use anyhow::{Context as _, Result};

use super::{
    highlight::Highlighter, minify::minify, pages::prose, picture, reading, registry, sources::source, styles,
};
use crate::{
    files::{File, collect},
    project::Project,
    wasm::{self, Modules, glue::factory},
};

/// Returns the scripts and style sheets of `www`, the modules, and the registry for scripts.
pub fn assets(project: &Project, modules: &Modules) -> Result<Vec<File>> {
    let www = project.root.join("www");
    let mut files = Vec::new();
    collect(&www, "", &mut files)?;
    files.retain(|file| {
        !file.path.starts_with("templates/")
            && !file.path.starts_with("offline/")
            && !["favicon.svg", "tsconfig.json"].contains(&file.path.as_str())
    });
    let lean = modules.lean.iter().map(|slug| wasm::stem(slug));
    for stem in iter::once(wasm::FULL.to_owned()).chain(lean) {
        let (script, module) = (format!("{stem}.js"), format!("{stem}_bg.wasm"));
        let hint = "build the module first: `cargo xtask build`";
        let glue = read_text(&modules.dir.join(&script)).context(hint)?;
        files.push(File::new(script, factory(&glue)?));
        files.push(File::new(&module, read(&modules.dir.join(&module)).context(hint)?));
    }
    files.extend(registry::scripts(&modules.lean)?);
    for (slug, picture) in picture::trees(project)? {
        files.push(File::new(format!("exercises/{slug}.before.json"), picture));
    }
    files.extend(picture::recorded()?);
    let highlighter = Highlighter::new()?;
    for entry in registry::entries()? {
        let program = source(&project.root, format!("{}/program.rs", entry.sources()), &highlighter)?;
        files.push(reading::file(&entry.slug, &prose(project, &entry)?, &program)?);
    }
    styles::join(&mut files)?;
    minify(project, &mut files)?;
    Ok(files)
}

/// Returns the text of an asset.
pub fn text_of<'a>(assets: &'a [File], path: &str) -> Result<&'a str> {
    let file = assets.iter().find(|file| file.path == path).with_context(|| format!("no {path}"))?;
    Ok(std::str::from_utf8(&file.bytes)?)
}

/// Reads a file; the error names it.
pub fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}

/// Reads a text file; the error names it.
pub fn read_text(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}
