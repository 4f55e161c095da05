//! The static site: pages from templates and the registry, assets under a name made of their contents.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Context as _, Result};
use minijinja::{
    Environment, UndefinedBehavior, context,
    value::{Serde, Value},
};
use serde::Serialize;

use crate::{
    highlight::Highlighter,
    picture,
    project::{Project, step},
    prose::Prose,
    publish::{File, fingerprint, publish},
    registry::{self, Entry},
    wasm::MODULE,
};

/// Renders everything into `dist/`. `module` is where wasm-pack left its files.
pub fn build(project: &Project, module: &Path) -> Result<()> {
    step("rendering the site into dist", "", || {
        let assets = assets(&project.root, module)?;
        let base = format!("assets/{}/", fingerprint(&assets));
        let mut files: Vec<File> =
            assets.into_iter().map(|file| File { path: format!("{base}{}", file.path), ..file }).collect();
        files.push(File::new("favicon.svg", read(&project.root.join("www/favicon.svg"))?));
        // Two addresses that never change, for those who embed the playground.
        files.push(File::new("playground.d.ts", format!("export * from './{base}playground.js';\n")));
        files.push(File::new("playground.js", format!("export * from './{base}playground.js';\n")));
        files.extend(pages(project, &registry::entries()?, &base)?);
        publish(&project.dist(), &files)?;
        eprintln!("    {} files, assets in {base}", files.len());
        Ok(())
    })
}

/// Everything in `www` that a page loads as it is, and the module.
fn assets(root: &Path, module: &Path) -> Result<Vec<File>> {
    let www = root.join("www");
    let mut files = Vec::new();
    collect(&www, "", &mut files)?;
    files.retain(|file| {
        !file.path.starts_with("templates/")
            && !["favicon.svg", "tsconfig.json"].contains(&file.path.as_str())
    });
    for name in [format!("{MODULE}.js"), format!("{MODULE}_bg.wasm")] {
        let path = module.join(&name);
        files.push(File::new(name, read(&path).context("build the module first: `cargo xtask build`")?));
    }
    Ok(files)
}

fn collect(dir: &Path, prefix: &str, files: &mut Vec<File>) -> Result<()> {
    for entry in fs::read_dir(dir).with_context(|| format!("cannot list {}", dir.display()))? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        // What editors leave behind.
        if name.starts_with('.') || name.ends_with('~') {
            continue;
        }
        let path = format!("{prefix}{name}");
        if entry.file_type()?.is_dir() {
            collect(&entry.path(), &format!("{path}/"), files)?;
        } else {
            files.push(File::new(path, read(&entry.path())?));
        }
    }
    Ok(())
}

fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}

fn read_text(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

/// A file shown to the reader.
#[derive(Serialize)]
struct Source {
    title: String,
    html: Value,
    lines: usize,
}

/// The catalogue and one page for each exercise.
fn pages(project: &Project, entries: &[Entry], base: &str) -> Result<Vec<File>> {
    let templates = templates(&project.root)?;
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
        let sources = sources(&project.root, &directory, entry, &highlighter)?;
        let page = templates.get_template("exercise.html")?.render(context! {
            root => address("../"),
            assets => address(&format!("../{base}")),
            exercise => entry.info.clone(),
            exercises => infos.clone(),
            prose => Value::from(Serde(prose)),
            sources => Value::from(Serde(sources)),
            previous => neighbour(at.checked_sub(1)),
            next => neighbour(at.checked_add(1)),
        });
        let page = page.with_context(|| format!("the page of {}", entry.slug))?;
        pages.push(File::new(format!("{}/index.html", entry.slug), page));
    }
    let catalogue = templates.get_template("catalogue.html")?;
    let drawn = |entry: &Entry| Ok((entry.slug.clone(), Value::from_safe_string(picture::of(&entry.slug)?)));
    let pictures = entries.iter().map(drawn).collect::<Result<BTreeMap<_, _>>>()?;
    let page = catalogue.render(context! {
        root => address("./"),
        assets => address(base),
        exercises => infos,
        pictures => pictures,
    })?;
    pages.push(File::new("index.html", page));
    Ok(pages)
}

/// A part of an address, made here of letters and slashes: escaping would only make it hard to read.
fn address(text: &str) -> Value {
    Value::from_safe_string(text.to_owned())
}

/// The program and its patterns, from the files that are compiled, and the mistakes that go with them.
fn sources(root: &Path, directory: &str, entry: &Entry, highlighter: &Highlighter) -> Result<Vec<Source>> {
    let mut titles = vec![format!("{directory}/program.rs")];
    titles.extend(entry.patterns.iter().map(|stem| format!("src/patterns/{stem}.rs")));
    titles.extend(Some(format!("{directory}/naive.rs")).filter(|naive| root.join(naive).is_file()));
    let source = |title: String| {
        let text = read_text(&root.join(&title))?;
        let html = highlighter.rust(&text).with_context(|| format!("cannot highlight {title}"))?;
        Ok(Source { title, html: Value::from_safe_string(html), lines: text.lines().count() })
    };
    titles.into_iter().map(source).collect()
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
