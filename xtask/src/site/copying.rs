//! The files that a pattern needs, for readers who copy it instead of depending on the crate.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use anyhow::Result;

use super::assets::read_text;

/// What a pattern takes of the runtime: the ports alone, or all of it.
const PORTS: [&str; 2] = ["src/runtime/clock.rs", "src/runtime/spawn.rs"];
const RUNTIME: &str = "src/runtime/";

/// Returns the file itself and the files that it imports, directly or not, sorted by path. A pattern that needs more of
/// the runtime than its ports needs all of it, which is then one entry: `src/runtime/`.
pub fn files_to_copy(root: &Path, file: &str) -> Result<Vec<String>> {
    let (mut found, mut open) = (BTreeSet::new(), vec![file.to_owned()]);
    while let Some(file) = open.pop() {
        if file.starts_with(RUNTIME) && !PORTS.contains(&file.as_str()) {
            found.insert(RUNTIME.to_owned());
        } else if found.insert(file.clone()) {
            open.extend(imports(root, &file)?);
        }
    }
    if found.contains(RUNTIME) {
        found.retain(|file| file == RUNTIME || !file.starts_with(RUNTIME));
    }
    Ok(found.into_iter().collect())
}

/// The files in `src/patterns` and `src/runtime` that a file imports, and those of its own folder.
fn imports(root: &Path, file: &str) -> Result<Vec<String>> {
    let text = read_text(&root.join(file))?;
    let code = text.split("#[cfg(test)]").next().unwrap_or_default();
    let inside: Vec<&str> = file.trim_start_matches("src/").split('/').collect();
    let room = inside.first().copied().unwrap_or_default();
    let mut files = Vec::new();
    for path in used_paths(code) {
        let names: Vec<&str> = path.split("::").collect();
        let ups = names.iter().take_while(|name| **name == "super").count();
        let (room, name) = match names.as_slice() {
            ["crate", room @ ("runtime" | "patterns"), name, ..] => (*room, *name),
            // A path that leaves the file's own folder.
            names if ups > 0 && ups + 1 >= inside.len() => match names.get(ups) {
                Some(name) => (room, *name),
                None => continue,
            },
            _ => continue,
        };
        let exported = exports(root, room)?;
        let stem = exported.get(name).map_or(name, String::as_str);
        let file = format!("src/{room}/{stem}.rs");
        if root.join(&file).is_file() {
            files.push(file);
        }
    }
    let folder = file.trim_end_matches(".rs");
    if root.join(folder).is_dir() {
        for entry in std::fs::read_dir(root.join(folder))? {
            files.push(format!("{folder}/{}", entry?.file_name().to_string_lossy()));
        }
    }
    Ok(files)
}

/// The module of each name that `mod.rs` exports.
fn exports(root: &Path, room: &str) -> Result<BTreeMap<String, String>> {
    let text = read_text(&root.join(format!("src/{room}/mod.rs")))?;
    let pair = |path: String| {
        let (module, name) = path.split_once("::")?;
        Some((name.rsplit("::").next()?.to_owned(), module.to_owned()))
    };
    Ok(used_paths(&text).into_iter().filter_map(pair).collect())
}

/// The paths of all `use` declarations, with their braces taken apart.
fn used_paths(code: &str) -> Vec<String> {
    let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
    let code: String = lines.flat_map(|line| [line, "\n"]).collect();
    let mut paths = Vec::new();
    for declaration in code.split("use ").skip(1) {
        if let Some((tree, _)) = declaration.split_once(';') {
            flatten("", tree, &mut paths);
        }
    }
    paths
}

fn flatten(before: &str, tree: &str, paths: &mut Vec<String>) {
    let tree = tree.trim();
    let Some((head, rest)) = tree.split_once('{') else {
        let path = tree.split(" as ").next().unwrap_or(tree);
        paths.push(format!("{before}{path}"));
        return;
    };
    let before = format!("{before}{head}");
    let body = rest.rsplit_once('}').map_or(rest, |(body, _)| body);
    let (mut depth, mut start) = (0, 0);
    for (at, c) in body.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                flatten(&before, &body[start..at], paths);
                start = at + 1;
            }
            _ => {}
        }
    }
    if !body[start..].trim().is_empty() {
        flatten(&before, &body[start..], paths);
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use xshell::cmd;

    use super::*;
    use crate::project::Project;

    #[test]
    fn braces_are_taken_apart() {
        let code = "// use nothing;\nuse a::{b, c::{d, e as f}};\npub use g;";
        assert_eq!(used_paths(code), ["a::b", "a::c::d", "a::c::e", "g"]);
    }

    /// A crate for each pattern, of its files alone, with the lines of `mod.rs` that are about them.
    #[test]
    fn the_files_to_copy_of_each_pattern_compile_by_themselves() {
        let project = Project::open().expect("the project");
        let root = &project.root;
        let folder = root.join("target/copied-patterns");
        drop(fs::remove_dir_all(&folder));
        let table = read_text(&root.join("src/patterns/PATTERNS.md")).expect("the table");
        let stems: Vec<&str> = table
            .lines()
            .filter_map(|line| line.split_once("(mod@patterns::")?.1.split(')').next())
            .collect();
        assert!(stems.len() > 10, "{stems:?}");
        for stem in &stems {
            let member = folder.join(stem);
            let mut rooms = BTreeMap::from(["patterns", "runtime"].map(|room| (room.to_owned(), Vec::new())));
            for file in files_to_copy(root, &format!("src/patterns/{stem}.rs")).expect("the files") {
                let files = if file == RUNTIME { all_of_the_runtime(root) } else { vec![file] };
                for file in files {
                    let to = member.join(&file);
                    fs::create_dir_all(to.parent().expect("a folder")).expect("a folder");
                    fs::copy(root.join(&file), to).expect("a copy");
                    let names: Vec<&str> = file.trim_end_matches(".rs").split('/').collect();
                    if let [_, room, name] = names.as_slice() {
                        rooms.entry((*room).to_owned()).or_default().push((*name).to_owned());
                    }
                }
            }
            for (room, names) in &rooms {
                let text = read_text(&root.join(format!("src/{room}/mod.rs"))).expect("the modules");
                let kept = kept(&text, names);
                fs::create_dir_all(member.join("src").join(room.as_str())).expect("a folder");
                fs::write(member.join(format!("src/{room}/mod.rs")), kept).expect("written");
            }
            fs::write(member.join("src/lib.rs"), "pub mod patterns;\npub mod runtime;\n").expect("written");
            let manifest = format!(
                "[package]\nname = \"copied-{stem}\"\nedition = \"2024\"\n[dependencies]\nfutures = \"0.3\"\n\
                 pin-project-lite = \"0.2\"\n[features]\ntower = []\ntokio = []\n"
            );
            fs::write(member.join("Cargo.toml"), manifest).expect("written");
        }
        fs::write(folder.join("Cargo.toml"), "[workspace]\nmembers = [\"*\"]\nresolver = \"3\"\n")
            .expect("written");
        fs::copy(root.join("Cargo.lock"), folder.join("Cargo.lock")).expect("the versions");
        let shell = &project.shell;
        let _in = shell.push_dir(&folder);
        // What only other patterns use is unused here.
        let check = cmd!(shell, "cargo check --quiet --workspace --offline").env("RUSTFLAGS", "-Awarnings");
        check.run().expect("every pattern compiles");
    }

    fn all_of_the_runtime(root: &Path) -> Vec<String> {
        let mut files = Vec::new();
        crate::files::collect(&root.join("src/runtime"), "src/runtime/", &mut files).expect("the files");
        files.into_iter().map(|file| file.path).filter(|path| path != "src/runtime/mod.rs").collect()
    }

    /// The declarations of `mod.rs` that are about the modules of these names.
    fn kept(text: &str, names: &[String]) -> String {
        let code: String =
            text.lines().filter(|line| !line.starts_with("//")).flat_map(|line| [line, "\n"]).collect();
        let is_kept = |declaration: &&str| {
            let words = declaration.rsplit_once(']').map_or(*declaration, |(_, words)| words).trim();
            let module =
                words.trim_start_matches("pub ").trim_start_matches("mod ").trim_start_matches("use ");
            names.iter().any(|name| {
                module
                    .strip_prefix(name.as_str())
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
            })
        };
        code.split(';').filter(is_kept).flat_map(|declaration| [declaration, ";"]).collect()
    }
}
