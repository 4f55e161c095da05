//! The static site: pages from templates and the registry, assets under a name made of their contents.

use std::{collections::BTreeMap, fs, iter, path::Path};

use anyhow::{Context as _, Result};
use minijinja::{
    Environment, UndefinedBehavior, context,
    value::{Serde, Value},
};

use crate::{
    highlight::Highlighter,
    minify::minify,
    picture,
    project::{Project, step},
    prose::Prose,
    publish::{File, collect, fingerprint, publish},
    registry::{self, Entry},
    sources::{patterns, source},
    wasm::{self, Modules},
};

/// Renders everything into `dist/`, around these modules.
pub fn build(project: &Project, modules: &Modules) -> Result<()> {
    step("rendering the site into dist", "", || {
        let assets = assets(project, modules)?;
        let base = format!("assets/{}/", fingerprint(&assets));
        let mut files: Vec<File> =
            assets.into_iter().map(|file| File { path: format!("{base}{}", file.path), ..file }).collect();
        files.push(File::new("favicon.svg", read(&project.root.join("www/favicon.svg"))?));
        // Two addresses that never change, for those who embed the playground.
        files.push(File::new("playground.d.ts", format!("export * from './{base}playground.js';\n")));
        files.push(File::new("playground.js", format!("export * from './{base}playground.js';\n")));
        files.extend(pages(project, modules, &registry::entries()?, &base)?);
        publish(&project.dist(), &files)?;
        eprintln!("    {} files, assets in {base}", files.len());
        Ok(())
    })
}

/// Everything in `www` that a page loads as it is, the modules, and the registry for scripts.
fn assets(project: &Project, modules: &Modules) -> Result<Vec<File>> {
    let www = project.root.join("www");
    let mut files = Vec::new();
    collect(&www, "", &mut files)?;
    files.retain(|file| {
        !file.path.starts_with("templates/")
            && !["favicon.svg", "tsconfig.json"].contains(&file.path.as_str())
    });
    let lean = modules.lean.iter().map(|slug| wasm::stem(slug));
    for stem in iter::once(wasm::FULL.to_owned()).chain(lean) {
        for name in [format!("{stem}.js"), format!("{stem}_bg.wasm")] {
            let path = modules.dir.join(&name);
            files.push(File::new(name, read(&path).context("build the module first: `cargo xtask build`")?));
        }
    }
    files.extend(registry::scripts(&modules.lean)?);
    minify(project, &mut files)?;
    Ok(files)
}

fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}

fn read_text(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

/// The catalogue, two pages for each exercise, and one for each pattern.
fn pages(project: &Project, modules: &Modules, entries: &[Entry], base: &str) -> Result<Vec<File>> {
    let site = Site { templates: templates(&project.root)?, base };
    let highlighter = Highlighter::new()?;
    let infos: Value = entries.iter().map(|entry| entry.info.clone()).collect();
    let neighbour = |at: Option<usize>| {
        let entry = entries.get(at?)?;
        Some(context! { slug => &entry.slug, title => &entry.title })
    };
    let mut pages = Vec::new();
    for (at, entry) in entries.iter().enumerate() {
        let directory = format!("src/exercises/{}", entry.directory);
        let prose = read_text(&project.root.join(&directory).join("prose.md"))?;
        let prose = Prose::parse(&prose).with_context(|| format!("{directory}/prose.md"))?;
        let file = |name: &str| source(&project.root, format!("{directory}/{name}"), &highlighter);
        let lean = modules.lean.contains(&entry.slug.as_str());
        pages.push(site.page(
            &format!("{}/", entry.slug),
            "exercise.html",
            context! {
                exercise => entry.info.clone(),
                exercises => infos.clone(),
                module => if lean { &entry.directory } else { wasm::FULL },
                prose => Value::from(Serde(prose)),
                program => Value::from(Serde(file("program.rs")?)),
                previous => neighbour(at.checked_sub(1)),
                next => neighbour(at.checked_add(1)),
            },
        )?);
        pages.push(site.page(
            &format!("{}/mistakes/", entry.slug),
            "mistakes.html",
            context! {
                exercise => entry.info.clone(),
                sources => Value::from(Serde([file("naive.rs")?])),
            },
        )?);
    }
    for pattern in patterns(&project.root, entries, &highlighter)? {
        let path = format!("patterns/{}/", pattern.stem);
        let context = context! { pattern => Value::from(Serde(pattern)), exercises => infos.clone() };
        pages.push(site.page(&path, "pattern.html", context)?);
    }
    let drawn = |entry: &Entry| Ok((entry.slug.clone(), Value::from_safe_string(picture::of(&entry.slug)?)));
    let pictures = entries.iter().map(drawn).collect::<Result<BTreeMap<_, _>>>()?;
    pages.push(site.page("", "catalogue.html", context! { exercises => infos, pictures => pictures })?);
    Ok(pages)
}

struct Site<'a> {
    templates: Environment<'static>,
    /// The directory of the assets.
    base: &'a str,
}

impl Site<'_> {
    /// The page at `path`, which is empty or ends with a slash, with relative addresses for all that it names.
    fn page(&self, path: &str, template: &str, context: Value) -> Result<File> {
        let depth = path.matches('/').count();
        let root = if depth == 0 { "./".to_owned() } else { "../".repeat(depth) };
        let addresses = context! {
            root => address(&root),
            assets => address(&format!("{root}{}", self.base)),
            ..context
        };
        let page = self.templates.get_template(template)?.render(addresses);
        Ok(File::new(format!("{path}index.html"), page.with_context(|| format!("the page {path}"))?))
    }
}

/// A part of an address, made here of letters and slashes: escaping would only make it hard to read.
fn address(text: &str) -> Value {
    Value::from_safe_string(text.to_owned())
}

/// `www/templates`, escaped by default; a name that the context does not have is an error, not an empty string.
fn templates(root: &Path) -> Result<Environment<'static>> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::SemiStrict);
    let mut files = Vec::new();
    collect(&root.join("www/templates"), "", &mut files)?;
    for file in files {
        let text = String::from_utf8(file.bytes).with_context(|| format!("{} is not UTF-8", file.path))?;
        environment.add_template_owned(file.path, text)?;
    }
    Ok(environment)
}
