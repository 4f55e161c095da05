//! The static site: pages from templates and the registry, assets under a name made of their contents.

use std::{collections::BTreeMap, fs, iter, path::Path};

use anyhow::{Context as _, Result};
use minijinja::{
    Environment, HtmlEscape, UndefinedBehavior, context,
    value::{Serde, Value},
};

use crate::{
    glue::factory,
    highlight::Highlighter,
    join::{beginnings, join},
    minify::minify,
    offline, one_file, picture,
    project::{Project, step},
    prose::Prose,
    publish::{File, collect, fingerprint, publish},
    reading,
    registry::{self, Entry},
    sources::{patterns, source},
    styles,
    wasm::{self, Modules},
};

/// Renders everything into `dist/`, around these modules.
pub fn build(project: &Project, modules: &Modules) -> Result<()> {
    step("rendering the site into dist", "", || {
        let assets = assets(project, modules)?;
        let pages = pages(project, modules, &registry::entries()?)?;
        let one_file = one_file::render(project, &assets, &pages)?;
        let bench_sheet = text_of(&assets, "style/bench.css")?.to_owned();
        let assets = join(project, assets)?;
        let beginnings = beginnings(&assets)?;
        let base = format!("assets/{}/", fingerprint(&assets));
        let mut files: Vec<File> =
            assets.into_iter().map(|file| File { path: format!("{base}{}", file.path), ..file }).collect();
        files.push(File::new("favicon.svg", read(&project.root.join("www/favicon.svg"))?));
        // Three addresses that never change, for those who embed the playground.
        files.push(File::new("embed-host.js", read(&project.root.join("www/embed-host.js"))?));
        files.push(File::new("playground.d.ts", format!("export * from './{base}playground.js';\n")));
        files.push(File::new("playground.js", format!("export * from './{base}playground.js';\n")));
        let templates = templates(&project.root)?;
        let look = Look { templates, layout: "layout.html", base: &base, beginnings, bench_sheet };
        for page in &pages {
            files.push(File::new(format!("{}index.html", page.path), look.render(page)?));
        }
        // What is kept is kept page by page; the one file would be all of it again.
        files.push(offline::worker(project, &files)?);
        files.extend(one_file);
        publish(&project.dist(), &files)?;
        eprintln!("    {} files, assets in {base}", files.len());
        Ok(())
    })
}

/// Everything in `www` that a page loads as it is, the modules, and the registry for scripts.
pub fn assets(project: &Project, modules: &Modules) -> Result<Vec<File>> {
    let www = project.root.join("www");
    let mut files = Vec::new();
    collect(&www, "", &mut files)?;
    files.retain(|file| {
        !file.path.starts_with("templates/")
            && !file.path.starts_with("offline/")
            && !["embed-host.js", "favicon.svg", "tsconfig.json"].contains(&file.path.as_str())
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
    let highlighter = Highlighter::new()?;
    for entry in registry::entries()? {
        let program = source(&project.root, format!("{}/program.rs", entry.sources()), &highlighter)?;
        files.push(reading::file(&entry.slug, &prose(project, &entry)?, &program)?);
    }
    styles::join(&mut files)?;
    minify(project, &mut files)?;
    Ok(files)
}

/// The text of an asset.
pub fn text_of<'a>(assets: &'a [File], path: &str) -> Result<&'a str> {
    let file = assets.iter().find(|file| file.path == path).with_context(|| format!("no {path}"))?;
    Ok(std::str::from_utf8(&file.bytes)?)
}

fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}

fn read_text(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

/// The page on how to embed the site, which needs an address to embed it from.
pub const EMBEDDING: &str = "embed/";

/// A page of the site: what it is made of, but for the looks.
pub struct Page {
    /// Empty, or ends with a slash.
    pub path: String,
    template: &'static str,
    context: Value,
}

fn prose(project: &Project, entry: &Entry) -> Result<Prose> {
    let path = format!("{}/prose.md", entry.sources());
    Prose::parse(&read_text(&project.root.join(&path))?).context(path)
}

/// The catalogue, two pages for each exercise, one for each pattern, and the one on embedding.
fn pages(project: &Project, modules: &Modules, entries: &[Entry]) -> Result<Vec<Page>> {
    let highlighter = Highlighter::new()?;
    let infos: Value = entries.iter().map(|entry| entry.info.clone()).collect();
    let neighbour = |at: Option<usize>| {
        let entry = entries.get(at?)?;
        Some(context! { slug => &entry.slug, title => &entry.title })
    };
    let mut pages = Vec::new();
    for (at, entry) in entries.iter().enumerate() {
        let directory = entry.sources();
        let file = |name: &str| source(&project.root, format!("{directory}/{name}"), &highlighter);
        let others = other_sources(&project.root.join(&directory))?;
        let lean = modules.lean.contains(&entry.slug.as_str());
        pages.push(Page {
            path: format!("{}/", entry.slug),
            template: "exercise.html",
            context: context! {
                exercise => entry.info.clone(),
                exercises => infos.clone(),
                // In HTML nothing in it must look like a tag.
                brief => Value::from_safe_string(entry.brief.replace('<', "\\u003c")),
                module => if lean { &entry.directory } else { wasm::FULL },
                prose => Value::from(Serde(prose(project, entry)?)),
                program => Value::from(Serde(file("program.rs")?)),
                files => iter::once("program.rs").chain(others.iter().map(String::as_str)).collect::<Value>(),
                previous => neighbour(at.checked_sub(1)),
                next => neighbour(at.checked_add(1)),
            },
        });
        pages.push(Page {
            path: format!("{}/mistakes/", entry.slug),
            template: "mistakes.html",
            context: context! {
                exercise => entry.info.clone(),
                sources => Value::from(Serde(others.iter().map(|name| file(name)).collect::<Result<Vec<_>>>()?)),
            },
        });
    }
    for pattern in patterns(&project.root, entries, &highlighter)? {
        let path = format!("patterns/{}/", pattern.stem);
        let context = context! { pattern => Value::from(Serde(pattern)), exercises => infos.clone() };
        pages.push(Page { path, template: "pattern.html", context });
    }
    let drawn = |entry: &Entry| Ok((entry.slug.clone(), Value::from_safe_string(picture::of(&entry.slug)?)));
    let pictures = entries.iter().map(drawn).collect::<Result<BTreeMap<_, _>>>()?;
    let context = context! { exercises => infos.clone() };
    pages.push(Page { path: EMBEDDING.to_owned(), template: "embed.html", context });
    let context = context! { exercises => infos, pictures => pictures };
    pages.push(Page { path: String::new(), template: "catalogue.html", context });
    Ok(pages)
}

/// What an exercise runs beside its program: the mistakes, and what both are built on.
fn other_sources(directory: &Path) -> Result<Vec<String>> {
    const NOT_RUN: [&str; 4] = ["program.rs", "mod.rs", "rules.rs", "facts.rs"];
    let mut files = Vec::new();
    collect(directory, "", &mut files)?;
    let mut names: Vec<_> = files.into_iter().map(|file| file.path).collect();
    names.retain(|name| name.ends_with(".rs") && !NOT_RUN.contains(&name.as_str()));
    names.sort();
    Ok(names)
}

/// How pages come to be HTML.
pub struct Look<'a> {
    pub templates: Environment<'static>,
    /// The template around what a page has of its own.
    pub layout: &'a str,
    /// The directory of the assets.
    pub base: &'a str,
    /// Of each script, what it begins with.
    pub beginnings: BTreeMap<String, Vec<String>>,
    /// What a bench looks like, for the pages that have it in themselves.
    pub bench_sheet: String,
}

impl Look<'_> {
    /// A page as HTML, with relative addresses for all that it names.
    pub fn render(&self, page: &Page) -> Result<String> {
        let depth = page.path.matches('/').count();
        let root = if depth == 0 { "./".to_owned() } else { "../".repeat(depth) };
        let context = context! {
            layout => self.layout,
            path => &page.path,
            root => address(&root),
            assets => address(&format!("{root}{}", self.base)),
            beginnings => &self.beginnings,
            bench_sheet => Value::from_safe_string(self.bench_sheet.clone()),
            ..page.context.clone()
        };
        let html = self.templates.get_template(page.template)?.render(context);
        html.with_context(|| format!("the page {}", page.path))
    }
}

/// A part of an address, made here of letters and slashes: escaping would only make it hard to read.
fn address(text: &str) -> Value {
    Value::from_safe_string(text.to_owned())
}

/// `www/templates`, escaped by default; a name that the context does not have is an error, not an empty string.
pub fn templates(root: &Path) -> Result<Environment<'static>> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::SemiStrict);
    environment.add_global("mark", Value::from_safe_string(mark(&read_text(&root.join("www/favicon.svg"))?)));
    environment.add_filter("coded", |text: String| Value::from_safe_string(coded(&text)));
    let mut files = Vec::new();
    collect(&root.join("www/templates"), "", &mut files)?;
    for file in files {
        let text = String::from_utf8(file.bytes).with_context(|| format!("{} is not UTF-8", file.path))?;
        environment.add_template_owned(file.path, text)?;
    }
    Ok(environment)
}

/// The icon as a part of the page, which needs neither a request nor a document of its own.
fn mark(icon: &str) -> String {
    let lines: String = icon.lines().map(str::trim).collect();
    lines.replacen(
        "<svg xmlns=\"http://www.w3.org/2000/svg\"",
        "<svg width=\"24\" height=\"24\" aria-hidden=\"true\"",
        1,
    )
}

/// A text in which code stands between backticks, as HTML.
fn coded(text: &str) -> String {
    let parts = text.split('`').map(|part| HtmlEscape(part).to_string());
    let mark = |(place, part)| if place % 2 == 1 { format!("<code>{part}</code>") } else { part };
    (0..).zip(parts).map(mark).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_stands_between_backticks() {
        assert_eq!(coded("a `b < c` d"), "a <code>b &lt; c</code> d");
        assert_eq!(coded("`_` & more"), "<code>_</code> &amp; more");
    }
}
