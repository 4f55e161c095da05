//! Pictures of runs, drawn while the site is built by the page's own module in Node.js.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use async_playground::{
    exercises::{Request, Session, catalogue},
    trace::Event,
};
use serde::Serialize;
use xshell::cmd;

use crate::{project::Project, tools};

/// What Node.js is asked to draw.
#[derive(Serialize)]
struct Job {
    kind: Kind,
    runs: Vec<Drawn>,
}

#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    /// Small and without words, for the page that it is a part of.
    Card,
    /// With its words, styles and both sides of the colours, for a file.
    File,
}

#[derive(Serialize)]
struct Drawn {
    name: String,
    title: String,
    events: Vec<Event>,
}

/// The default run of each exercise as the picture on its card, by slug.
pub fn cards(project: &Project) -> Result<BTreeMap<String, String>> {
    let run = |slug: &str| {
        let request = Request::of(slug).with_context(|| format!("the request of {slug}"))?;
        Ok(drawn(slug, &request))
    };
    let runs = catalogue().iter().map(|exercise| run(exercise.slug)).collect::<Result<_>>()?;
    draw(project, &Job { kind: Kind::Card, runs })
}

/// A run as an SVG file that needs nothing else.
pub fn file(project: &Project, request: &Request) -> Result<String> {
    let runs = vec![drawn("run", request)];
    draw(project, &Job { kind: Kind::File, runs })?.remove("run").context("the picture is missing")
}

fn drawn(name: &str, request: &Request) -> Drawn {
    let title = format!("{}, {}: what its tasks do over time", request.exercise.title, request.program.title);
    let mut session = Session::simulated(request);
    session.to_end();
    Drawn { name: name.to_owned(), title, events: session.events() }
}

fn draw(project: &Project, job: &Job) -> Result<BTreeMap<String, String>> {
    let node = tools::need("node", "install Node.js 20 or later, https://nodejs.org")?;
    let script = project.root.join("xtask/src/site/pictures.js");
    let job = serde_json::to_string(job)?;
    let pictures = cmd!(project.shell, "{node} {script}").quiet().stdin(job).read()?;
    serde_json::from_str(&pictures).context("the pictures are not JSON")
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    /// The commands by which pictures in the repository were made, with where they are.
    const FILES: [(&str, &str); 1] =
        [("cargo xtask picture ttl-cache > docs/picture.svg", "docs/picture.svg")];

    #[test]
    fn every_exercise_has_a_picture_of_its_own_without_inline_style() {
        let cards = cards(&Project::open().expect("the project")).expect("drawn");
        assert_eq!(cards.len(), catalogue().len());
        let mut pictures: Vec<&String> = cards.values().collect();
        for picture in &pictures {
            assert!(picture.contains("<path") && !picture.contains("style"), "{picture}");
        }
        pictures.sort();
        pictures.dedup();
        assert_eq!(pictures.len(), cards.len(), "two exercises look the same");
    }

    #[test]
    fn the_picture_of_the_readme_is_up_to_date() {
        let project = Project::open().expect("the project");
        for (command, path) in FILES {
            let slug = command.split(' ').nth(3).expect("a slug");
            let fresh = file(&project, &Request::of(slug).expect("a request")).expect("drawn");
            let kept = fs::read_to_string(project.root.join(path)).expect("the picture");
            assert!(kept == fresh, "{path} is out of date: run `{command}`");
        }
    }
}
