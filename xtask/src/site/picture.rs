//! Pictures of runs, drawn while the site is built by the page's own module in Node.js.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use async_playground::{
    exercises::{Input, Report, Request, Session, Settings, catalogue, judge},
    trace::Event,
};
use serde::Serialize;
use xshell::cmd;

use super::registry::brief;
use crate::{files::File, project::Project, tools};

/// What Node.js is asked to draw.
#[derive(Serialize)]
struct Job {
    kind: Kind,
    /// In pixels; without it that of its kind.
    #[serde(skip_serializing_if = "Option::is_none")]
    width: Option<u32>,
    runs: Vec<Drawn>,
}

impl Job {
    fn new(kind: Kind, runs: Vec<Drawn>) -> Self {
        Self { kind, width: None, runs }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    /// Small and without words, for the page that it is a part of.
    Card,
    /// In one colour and without styles, for a page before the first run.
    Pale,
    /// The same as nodes, for an element on a page without it.
    Tree,
    /// With its words, for a page that has the styles of pictures.
    Still,
    /// With its words, styles and both sides of the colours, for a file.
    File,
}

#[derive(Serialize)]
struct Drawn {
    name: String,
    title: String,
    /// The exercise, as its page has it.
    about: serde_json::Value,
    settings: Settings,
    events: Vec<Event>,
    report: Report,
}

/// The default run of each exercise as the picture on its card, by slug.
pub fn cards(project: &Project) -> Result<BTreeMap<String, String>> {
    draw(project, &Job::new(Kind::Card, default_runs()?))
}

/// The default run of each exercise as its page shows it before the first run, by slug.
pub fn pale(project: &Project) -> Result<BTreeMap<String, String>> {
    draw(project, &Job::new(Kind::Pale, default_runs()?))
}

/// The default run of each exercise as an SVG file, by slug.
pub fn files(project: &Project) -> Result<BTreeMap<String, String>> {
    draw(project, &Job::new(Kind::File, default_runs()?))
}

/// The same as [`pale`], as the JSON of its nodes.
pub fn trees(project: &Project) -> Result<BTreeMap<String, String>> {
    draw(project, &Job::new(Kind::Tree, default_runs()?))
}

fn default_runs() -> Result<Vec<Drawn>> {
    let run = |slug: &str| {
        let request = Request::of(slug).with_context(|| format!("the request of {slug}"))?;
        drawn(slug, &request)
    };
    catalogue().iter().map(|exercise| run(exercise.slug)).collect()
}

/// A run as an SVG file that needs nothing else.
pub fn file(project: &Project, request: &Request) -> Result<String> {
    one(project, Kind::File, None, request)
}

/// The widths in which the index has its picture, for wide and for narrow screens.
const STAMPEDE_WIDTHS: [u32; 2] = [640, 330];

/// The run that the index shows beside its headline.
fn stampede_request() -> Result<Request> {
    Ok(Request::new("ttl-cache", Some("check-then-fetch"), [], None)?)
}

/// The picture of that run, in both widths.
pub fn stampede(project: &Project) -> Result<[String; 2]> {
    let request = stampede_request()?;
    let [wide, narrow] = STAMPEDE_WIDTHS.map(|width| one(project, Kind::Still, Some(width), &request));
    Ok([wide?, narrow?])
}

/// Runs as data: that one, for the script that plays it, and a small one, by which the page explains pictures.
pub fn recorded() -> Result<Vec<File>> {
    let settings =
        [("size", 1.0), ("queries", 2.0)].map(|(name, value)| (name.to_owned(), Input::Number(value)));
    let sample = Request::new("connection-pool", None, settings, None)?;
    let runs = [("stampede", stampede_request()?), ("sample", sample)];
    let file = |(name, request): &(&str, Request)| {
        Ok(File::new(format!("exercises/{name}.json"), serde_json::to_vec(&drawn(name, request)?)?))
    };
    runs.iter().map(file).collect()
}

fn one(project: &Project, kind: Kind, width: Option<u32>, request: &Request) -> Result<String> {
    let job = Job { kind, width, runs: vec![drawn("run", request)?] };
    draw(project, &job)?.remove("run").context("the picture is missing")
}

fn drawn(name: &str, request: &Request) -> Result<Drawn> {
    let title = format!("{}, {}: what its tasks do over time", request.exercise.title, request.program.title);
    let mut session = Session::simulated(request);
    let ended = session.to_end();
    let events = session.events();
    let report = judge(request, &events, &ended);
    let about = serde_json::from_str(&brief(request.exercise)?)?;
    Ok(Drawn { name: name.to_owned(), title, about, settings: request.settings.clone(), events, report })
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
