//! The static site: pages from templates and the registry, assets under a name made of their contents.

pub mod assets;
pub mod bundle;
mod compress;
mod copying;
pub mod fragments;
mod guide;
mod highlight;
mod join;
mod minify;
mod offline;
mod one_file;
pub mod package;
mod pages;
mod patterns;
pub mod picture;
mod picture_info;
mod prose;
pub mod publish;
pub mod python;
mod reading;
pub mod references;
mod registry;
mod sources;
mod styles;
mod templates;

use anyhow::Result;

use self::{
    assets::{assets, read, text_of},
    join::{EMBED_HOST, beginnings, join},
    pages::pages,
    publish::{Compressed, publish},
    references::references,
    templates::{Look, templates},
};
use crate::{
    files::{File, fingerprint},
    project::{Project, step},
    wasm::Modules,
};

/// Renders everything into `dist/`, around these modules.
///
/// `at` is the path of the site on its host.
pub fn build(project: &Project, modules: &Modules, at: &str, compressed: Compressed) -> Result<()> {
    step("rendering the site into dist", "", || {
        let mut assets = assets(project, modules)?;
        let pages = pages(project, modules, &registry::entries()?)?;
        let one_file = one_file::render(project, &assets, &pages)?;
        let playground_sheet = text_of(&assets, "style/playground.css")?.to_owned();
        let engine = python::engine(project)?;
        assets.extend(python::assets(project, &engine)?);
        let mut assets = join(project, assets)?;
        let beginnings = beginnings(&assets)?;
        // Whole, so that a copy of it works in the folder of another site. Without esbuild it imports others.
        let host = text_of(&assets, EMBED_HOST)?.to_owned();
        let whole = !references(EMBED_HOST, &host).any(|path| assets.iter().any(|file| file.path == path));
        if whole {
            assets.retain(|file| file.path != EMBED_HOST);
        }
        let base = format!("assets/{}/", fingerprint(&assets));
        let mut files: Vec<File> =
            assets.into_iter().map(|file| File { path: format!("{base}{}", file.path), ..file }).collect();
        files.push(File::new("favicon.svg", read(&project.root.join("www/favicon.svg"))?));
        // Addresses that never change, for sites that embed the playground.
        let elsewhere = format!("export * from './{base}{EMBED_HOST}';\n");
        files.push(File::new("embed-host.js", if whole { host } else { elsewhere }));
        files.push(File::new("playground.d.ts", format!("export * from './{base}api/playground.js';\n")));
        files.push(File::new("playground.js", format!("export * from './{base}api/playground.js';\n")));
        files.extend(fragments::for_site(project)?);
        let templates = templates(&project.root)?;
        let look = Look { templates, layout: "layout.html", at, base: &base, beginnings, playground_sheet };
        for page in &pages {
            files.push(File::new(page.file(), look.render(page)?));
        }
        // Before the one file and the engine of Python are added: offline use keeps pages one by one, and Python apart.
        files.push(offline::worker(project, &files, &engine)?);
        files.extend(one_file);
        files.extend(engine);
        publish(project, &project.dist(), &files, compressed)?;
        eprintln!("    {} files, assets in {base}", files.len());
        Ok(())
    })
}

/// Checks the path of a site on its host.
pub fn path(text: &str) -> Result<String, String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/-_.~".contains(c);
    if text.starts_with('/') && text.ends_with('/') && text.chars().all(plain) {
        Ok(text.to_owned())
    } else {
        Err("it must begin and end with a slash and hold letters, digits, `-`, `_`, `.` and `~`".to_owned())
    }
}
