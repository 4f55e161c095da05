//! Static forms of the exercises for other sites: statement, picture and expected output as HTML without scripts and
//! without files of its own. Integrations put them between the tags of the element.

use std::{collections::BTreeMap, fmt::Write as _};

use anyhow::{Context as _, Result};
use async_playground::{exercises::catalogue, expected::Expected};
use minijinja::HtmlEscape;
use serde::Serialize;
use serde_json::json;

use super::{pages::prose, picture, registry::entries};
use crate::{
    files::{File, collect},
    project::Project,
};

/// An exercise as another site shows it without scripts.
#[derive(Serialize)]
struct Fragment {
    title: String,
    html: String,
}

/// Returns the fragments by slug.
fn fragments(project: &Project) -> Result<BTreeMap<String, Fragment>> {
    let mut pictures = picture::files(project)?;
    let mut fragments = BTreeMap::new();
    for (entry, exercise) in entries()?.iter().zip(catalogue()) {
        let picture = pictures.remove(&entry.slug).context("a picture is missing")?;
        let expected: Vec<String> =
            Expected::parse(exercise.expected)?.shown().map(|line| line.to_string()).collect();
        let html = html(prose(project, entry)?.statement(), &picture, &expected);
        fragments.insert(entry.slug.clone(), Fragment { title: entry.title.clone(), html });
    }
    Ok(fragments)
}

fn html(statement: &str, picture: &str, expected: &[String]) -> String {
    // Headings would be entries in the contents of the page around.
    let statement = statement.replace("<h2>", "<p><strong>").replace("</h2>", "</strong></p>");
    let mut html = format!("<div lang=\"en\">{}", statement.replace("<code", "<code translate=\"no\""));
    let _ = write!(
        html,
        "<p><img alt=\"The tasks of the run over time\" style=\"max-width: 100%\" src=\"data:image/svg+xml,{}\"></p>",
        encoded(picture)
    );
    let _ = write!(
        html,
        "<p><strong>Expected output</strong></p><pre translate=\"no\">{}</pre></div>",
        HtmlEscape(&expected.join("\n"))
    );
    html
}

/// Escapes a text for an address in an attribute.
fn encoded(svg: &str) -> String {
    let escape = |c: char| match c {
        '%' | '#' | '<' | '>' | '"' | '\'' | '&' | '{' | '}' | '\n' => format!("%{:02X}", u32::from(c)),
        _ => c.to_string(),
    };
    svg.trim().chars().map(escape).collect()
}

/// The files for sites that copy an integration from this one: the fragments, and each script.
pub fn for_site(project: &Project) -> Result<Vec<File>> {
    let mut files = vec![File::new("integrations/fragments.json", serde_json::to_vec(&fragments(project)?)?)];
    for name in ["mkdocs", "sphinx", "hugo", "mdbook"] {
        let dir = project.root.join("integrations").join(name);
        collect(&dir, &format!("integrations/{name}/"), &mut files)?;
    }
    Ok(files)
}

/// The files for the npm package: a module for each fragment, one with all of them, and the integrations for scripts.
pub fn for_package(project: &Project) -> Result<Vec<File>> {
    let mut files =
        vec![File::new("fragments/type.d.ts", "declare const html: string;\nexport default html;\n")];
    let (mut imports, mut all) = (String::new(), String::new());
    for (slug, fragment) in fragments(project)? {
        let (text, name) = (json!(fragment.html), slug.replace('-', "_"));
        files.push(File::new(format!("fragments/{slug}.js"), format!("export default {text};\n")));
        let _ = writeln!(imports, "import {name} from './fragments/{slug}.js';");
        let _ = writeln!(all, "  '{slug}': {name},");
    }
    files.push(File::new("fragments.js", format!("{imports}\nexport default {{\n{all}}};\n")));
    for name in ["astro", "docusaurus", "fragment", "react", "types", "vitepress", "vue"] {
        collect(&project.root.join("integrations").join(name), &format!("{name}/"), &mut files)?;
    }
    Ok(files)
}
