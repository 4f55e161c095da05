//! The pages of the site, and the context that each is rendered from.

use std::{collections::BTreeMap, iter, path::Path};

use anyhow::{Context as _, Result};
use minijinja::{
    context,
    value::{Serde, Value},
};

use super::{
    assets::read_text, guide::guide, highlight::Highlighter, patterns::patterns, picture, prose::Prose,
    registry::Entry, sources::source,
};
use crate::{
    files::collect,
    project::Project,
    wasm::{self, Modules},
};

/// The path of the page on embedding, which the one file leaves out: it has no address to embed from.
pub const EMBEDDING: &str = "embed/";

/// The path of the page on the patterns.
const PATTERNS: &str = "patterns/";

/// The page for addresses that do not exist. Hosts answer with it at any depth, so its own addresses are absolute.
pub const NOT_FOUND: &str = "404.html";

/// A page of the site before it is rendered.
pub struct Page {
    /// Empty, or ends with a slash; or the name of a file.
    pub path: String,
    pub template: &'static str,
    pub context: Value,
}

impl Page {
    /// Returns the path of its file.
    pub fn file(&self) -> String {
        if self.path == NOT_FOUND { NOT_FOUND.to_owned() } else { format!("{}index.html", self.path) }
    }
}

/// Returns the text of an exercise.
pub fn prose(project: &Project, entry: &Entry) -> Result<Prose> {
    let path = format!("{}/prose.md", entry.sources());
    Prose::parse(&read_text(&project.root.join(&path))?).context(path)
}

/// Returns all pages: the index, two for each exercise, one on the patterns and one for each, and the one
/// on embedding.
pub fn pages(project: &Project, modules: &Modules, entries: &[Entry]) -> Result<Vec<Page>> {
    let highlighter = Highlighter::new()?;
    let infos: Value = entries.iter().map(|entry| entry.info.clone()).collect();
    let neighbour = |at: Option<usize>| {
        let entry = entries.get(at?)?;
        Some(context! { slug => &entry.slug, title => &entry.title })
    };
    let (mut pages, mut benefits) = (Vec::new(), BTreeMap::new());
    let mut pale = picture::pale(project)?;
    for (at, entry) in entries.iter().enumerate() {
        let directory = entry.sources();
        let file = |name: &str| source(&project.root, format!("{directory}/{name}"), &highlighter);
        let others = other_sources(&project.root.join(&directory))?;
        let prose = prose(project, entry)?;
        benefits.insert(entry.slug.clone(), prose.benefit.clone());
        let lean = modules.lean.contains(&entry.slug.as_str());
        pages.push(Page {
            path: format!("{}/", entry.slug),
            template: "exercise.html",
            context: context! {
                exercise => entry.info.clone(),
                exercises => infos.clone(),
                // Nothing in it may look like a tag in HTML.
                brief => Value::from_safe_string(entry.brief.replace('<', "\\u003c")),
                module => if lean { &entry.directory } else { wasm::FULL },
                pale => pale.remove(&entry.slug).map(Value::from_safe_string),
                invitation => &entry.invitation,
                prose => Value::from(Serde(prose)),
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
    let patterns = patterns(&project.root, entries, &highlighter)?;
    let all: Value = patterns.iter().map(|pattern| Value::from(Serde(pattern))).collect();
    for pattern in &patterns {
        let path = format!("{PATTERNS}{}/", pattern.stem);
        let context = context! { pattern => Value::from(Serde(pattern)), exercises => infos.clone() };
        pages.push(Page { path, template: "pattern.html", context });
    }
    pages.push(Page {
        path: PATTERNS.to_owned(),
        template: "patterns.html",
        context: context! { patterns => all },
    });
    let cards = picture::cards(project)?.into_iter();
    let pictures: BTreeMap<_, _> = cards.map(|(slug, svg)| (slug, Value::from_safe_string(svg))).collect();
    let embedding = read_text(&project.root.join("docs/EMBEDDING.md"))?;
    let context = context! { exercises => infos.clone(), guide => guide(&embedding) };
    pages.push(Page { path: EMBEDDING.to_owned(), template: "embed.html", context });
    pages.push(Page { path: NOT_FOUND.to_owned(), template: "not-found.html", context: context! {} });
    let context = context! {
        exercises => infos,
        pictures => pictures,
        benefits => benefits,
        stampede => picture::stampede(project)?.map(Value::from_safe_string).to_vec(),
    };
    pages.push(Page { path: String::new(), template: "catalogue.html", context });
    Ok(pages)
}

/// Returns the sources of an exercise beside its correct program: the mistakes and shared files.
fn other_sources(directory: &Path) -> Result<Vec<String>> {
    const NOT_RUN: [&str; 4] = ["program.rs", "mod.rs", "rules.rs", "facts.rs"];
    let mut files = Vec::new();
    collect(directory, "", &mut files)?;
    let mut names: Vec<_> = files.into_iter().map(|file| file.path).collect();
    names.retain(|name| name.ends_with(".rs") && !NOT_RUN.contains(&name.as_str()));
    names.sort();
    Ok(names)
}
