//! The library's registry in the forms that pages and scripts use. No other file of xtask reads it for the site.

use anyhow::Result;
use async_playground::exercises;
use minijinja::value::{Serde, Value};
use serde_json::json;

use super::picture_info::PictureInfo;
use crate::{files::File, speed::Speed};

/// An exercise as the templates and the renderer see it.
pub struct Entry {
    pub slug: String,
    pub title: String,
    /// Its directory in `src/exercises`.
    pub directory: String,
    /// The patterns that it uses: names of files in `src/patterns`, without `.rs`.
    pub patterns: Vec<String>,
    /// Its entry in the catalogue, as JavaScript gets it.
    pub info: Value,
    /// The part of its entry that its page needs for the first load, as JSON.
    pub brief: String,
    /// The sentence across its picture before the first run.
    pub invitation: String,
}

impl Entry {
    /// Returns its folder, from the project's root.
    pub fn sources(&self) -> String {
        format!("src/exercises/{}", self.directory)
    }
}

/// Returns all exercises in order of number.
pub fn entries() -> Result<Vec<Entry>> {
    let entry = |exercise: &&exercises::Exercise| {
        Ok(Entry {
            slug: exercise.slug.to_owned(),
            title: exercise.title.to_owned(),
            directory: exercise.directory(),
            patterns: exercise.patterns.iter().map(|stem| (*stem).to_owned()).collect(),
            info: Value::from(Serde(exercise)),
            brief: brief(exercise)?,
            invitation: PictureInfo::of(exercise)?.invitation,
        })
    };
    exercises::catalogue().iter().map(entry).collect()
}

/// Returns the registry for scripts: a small module with the exercises, their lean modules, the clocks and the speeds, the
/// catalogue as JSON, and one JSON file for each exercise with what its page needs for the first load.
pub fn scripts(lean: &[&str]) -> Result<Vec<File>> {
    let all = exercises::catalogue();
    let slugs: Vec<&str> = all.iter().map(|exercise| exercise.slug).collect();
    let (slugs, lean) = (serde_json::to_string(&slugs)?, serde_json::to_string(lean)?);
    let clocks = exercises::ClockKind::ALL
        .map(|clock| json!({"clock": clock.name(), "label": clock.title(), "hint": clock.description()}));
    let speeds = Speed::ALL.map(
        |speed| json!({"speed": speed.name(), "label": speed.title(), "ms": speed.duration().as_millis()}),
    );
    let (clocks, speeds) = (serde_json::to_string(&clocks)?, serde_json::to_string(&speeds)?);
    let registry = format!(
        "export const slugs = {slugs};\nexport const lean = {lean};\nexport const clocks = {clocks};\n\
         export const speeds = {speeds};\n"
    );
    let mut files = vec![
        File::new("api/registry.js", registry),
        File::new("exercises/all.json", serde_json::to_vec(all)?),
    ];
    for exercise in all {
        files.push(File::new(format!("exercises/{}.json", exercise.slug), brief(exercise)?));
    }
    Ok(files)
}

/// Returns an exercise's entry without the fields of the index, and without the texts on its mistakes, which are loaded when
/// a mistake is chosen; with what its picture is drawn from.
pub fn brief(exercise: &exercises::Exercise) -> Result<String> {
    let mut info = serde_json::to_value(exercise)?;
    if let Some(info) = info.as_object_mut() {
        info.retain(|field, _| !["number", "level", "topics", "patterns"].contains(&field.as_str()));
        info.insert("picture".to_owned(), serde_json::to_value(PictureInfo::of(exercise)?)?);
    }
    for program in info["programs"].as_array_mut().into_iter().flatten() {
        if let Some(program) = program.as_object_mut() {
            program.remove("mistake");
        }
    }
    Ok(serde_json::to_string(&info)?)
}
