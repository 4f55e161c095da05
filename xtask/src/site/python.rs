//! Python for the page: Pyodide with the part of the standard library that programs need, and what the exercises have in
//! Python.
//!
//! The engine, which is large and rarely changes, has a directory and a fingerprint of its own: browsers keep it when only the
//! site has changed, and so does `dist/`.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use xshell::cmd;

use super::{
    assets::{read, read_text},
    registry,
};
use crate::{
    files::{File, collect, fingerprint},
    project::Project,
    tools,
};

/// How the name of the engine's directory in `assets` begins.
pub const ENGINE: &str = "pyodide-";

/// Where the files of the engine come from.
const NOTICE_FILE: &str = "NOTICE.txt";

const NOTICE: &str = "\
Pyodide (https://github.com/pyodide/pyodide), under the Mozilla Public License 2.0, with CPython
(https://github.com/python/cpython), under the Python Software Foundation License 2. The modules of
library.zip are CPython's and Pyodide's, compiled. Nothing is changed.
";

/// Pyodide's files, and their names on the site. Not every server knows what `.mjs` is.
const PYODIDE: [(&str, &str); 3] = [
    ("pyodide.mjs", "pyodide.js"),
    ("pyodide.asm.js", "pyodide.asm.js"),
    ("pyodide.asm.wasm", "pyodide.asm.wasm"),
];

/// The modules of the standard library.
const LIBRARY: &str = "library.zip";

/// The inputs of `python.js`, from the root.
const INPUTS: [&str; 3] = ["xtask/src/site/python.js", "xtask/src/site/pack.py", "package-lock.json"];

/// Returns the files of the engine, with their paths on the site. Without Pyodide in `node_modules` the site has no Python,
/// which is no error.
pub fn engine(project: &Project) -> Result<Vec<File>> {
    let modules = project.root.join("node_modules/pyodide");
    if tools::node_modules(project).is_err() || !modules.is_dir() {
        eprintln!("    Pyodide is not in node_modules: the site does not run programs in Python");
        return Ok(Vec::new());
    }
    let mut files = vec![File::new(NOTICE_FILE, NOTICE)];
    for (file, name) in PYODIDE {
        files.push(File::new(name, read(&modules.join(file))?));
    }
    files.push(File::new(LIBRARY, read(&packed(project)?.join(LIBRARY))?));
    let directory = format!("assets/{ENGINE}{}", fingerprint(&files));
    Ok(files.into_iter().map(|file| File { path: format!("{directory}/{}", file.path), ..file }).collect())
}

/// Returns what scripts need beside the engine: where it is, the package `playground`, and a JSON file for each exercise.
pub fn assets(project: &Project, engine: &[File]) -> Result<Vec<File>> {
    // From a script in a directory of the assets, as all are.
    let places = directory(engine).map(|directory| ["../python/".to_owned(), format!("../../{directory}/")]);
    let mut files = vec![File::new("python/engine.js", script(project, engine, places)?)];
    if !engine.is_empty() {
        files.push(File::new("python/playground.zip", read(&packed(project)?.join("playground.zip"))?));
    }
    for entry in registry::entries()? {
        let folder = project.root.join(entry.sources());
        files.push(File::new(format!("python/{}.json", entry.slug), exercise(&folder)?));
    }
    Ok(files)
}

/// Returns `engine.js`: where the folder of `assets` and the engine are from there, and what the engine is.
pub fn script(project: &Project, engine: &[File], places: Option<[String; 2]>) -> Result<String> {
    let fetched = engine.iter().filter(|file| file.path.ends_with(".wasm") || file.path.ends_with(".zip"));
    let size: usize = fetched.map(|file| file.bytes.len()).sum();
    let names: Vec<&str> = engine.iter().filter_map(|file| file.path.split('/').nth(2)).collect();
    let [folder, at] = match places {
        Some(places) => places.map(|path| format!("new URL({}, import.meta.url).href", json!(path))),
        None => ["null".to_owned(), "null".to_owned()],
    };
    Ok(format!(
        "export const folder = {folder};\nexport const engine = {at};\nexport const directory = {};\n\
         export const files = {};\nexport const size = {size};\nexport const info = {};\n",
        json!(directory(engine)),
        json!(names),
        info(project)?
    ))
}

/// Returns the directory of the engine within that of all assets.
pub fn directory(engine: &[File]) -> Option<&str> {
    engine.first()?.path.split('/').nth(1)
}

/// Returns what Pyodide was built for, as its lock file says.
fn info(project: &Project) -> Result<Value> {
    let path = project.root.join("node_modules/pyodide/pyodide-lock.json");
    if !path.is_file() {
        return Ok(Value::Null);
    }
    let mut lock: Value = serde_json::from_slice(&read(&path)?)?;
    Ok(lock["info"].take())
}

/// Returns what an exercise has in Python, as JSON.
fn exercise(folder: &Path) -> Result<String> {
    let source = |name: &str| read_text(&folder.join(name));
    let mut mistakes = BTreeMap::new();
    if folder.join("mistakes").is_dir() {
        let mut files = Vec::new();
        collect(&folder.join("mistakes"), "", &mut files)?;
        for file in files {
            if let Some(slug) = file.path.strip_suffix(".py") {
                mistakes.insert(slug.to_owned(), String::from_utf8(file.bytes)?);
            }
        }
    }
    let scenario = source("scenario.py")?;
    let exercise = json!({
        "starter": source("starter.py")?,
        "answer": source("answer.py")?,
        "fixed": fixed(&scenario)?,
        "scenario": scenario,
        "mistakes": mistakes,
    });
    Ok(exercise.to_string())
}

/// Returns the settings that programs in Python do not have: the list `FIXED` of a scenario, on a line of its own.
fn fixed(scenario: &str) -> Result<Value> {
    let list = scenario.lines().find_map(|line| line.strip_prefix("FIXED = ")).unwrap_or("[]");
    serde_json::from_str(&list.replace('\'', "\""))
        .with_context(|| format!("FIXED must be a list of names, not {list}"))
}

/// Returns the directory with the packed modules, after packing them where an input has changed.
fn packed(project: &Project) -> Result<PathBuf> {
    let directory = project.root.join("target/python");
    let stamp = directory.join("stamp");
    let mut inputs = Vec::new();
    collect(&project.root.join("python/playground"), "python/playground/", &mut inputs)?;
    inputs.retain(|file| file.path.ends_with(".py"));
    for path in INPUTS {
        inputs.push(File::new(path, read(&project.root.join(path))?));
    }
    let inputs = fingerprint(&inputs);
    if fs::read_to_string(&stamp).is_ok_and(|stamp| stamp == inputs) {
        return Ok(directory);
    }
    let node = tools::need("node", "install Node.js 20 or later, https://nodejs.org")?;
    let script = project.root.join("xtask/src/site/python.js");
    fs::create_dir_all(&directory).context("cannot make target/python")?;
    cmd!(project.shell, "{node} {script} {directory}").quiet().run()?;
    fs::write(&stamp, inputs).context("cannot write target/python/stamp")?;
    Ok(directory)
}
