//! What the site needs to know of the library's registry: the one place where pages meet exercises.

use anyhow::Result;
use async_playground::exercises;
use minijinja::value::{Serde, Value};

/// An exercise as the templates and the renderer see it.
pub struct Entry {
    pub slug: String,
    pub title: String,
    /// Its directory in `src/exercises`.
    pub directory: String,
    /// The files in `src/patterns` that it is built on, without `.rs`.
    pub patterns: Vec<String>,
    /// All that the library says about it, in the shape that JavaScript gets.
    pub info: Value,
}

/// All exercises in order of number.
pub fn entries() -> Result<Vec<Entry>> {
    let entry = |exercise: &&exercises::Exercise| {
        Ok(Entry {
            slug: exercise.slug.to_owned(),
            title: exercise.title.to_owned(),
            directory: exercise.directory(),
            patterns: exercise.patterns.iter().map(|stem| (*stem).to_owned()).collect(),
            info: Value::from(Serde(exercise)),
        })
    };
    exercises::catalogue().iter().map(entry).collect()
}

/// The registry as a module for scripts: all that the library says about each exercise, and which have lean modules.
pub fn script(lean: &[&str]) -> Result<String> {
    let exercises = serde_json::to_string(exercises::catalogue())?;
    Ok(format!("export default {exercises};\nexport const lean = {};\n", serde_json::to_string(lean)?))
}
