//! Rules that the compiler does not know: which module may import which, and what every source file looks like.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// The modules of the library and the other modules that each may import.
const IMPORTS: [(&str, &[&str]); 10] = [
    ("runtime", &[]),
    ("patterns", &["runtime"]),
    ("trace", &["runtime", "json", "walk"]),
    ("walk", &[]),
    ("spelling", &["walk"]),
    ("python", &["json", "spelling", "walk"]),
    ("json", &["spelling", "walk"]),
    ("expected", &[]),
    ("exercises", &["patterns", "runtime", "trace", "python", "json", "expected"]),
    ("web", &["exercises", "patterns", "runtime", "trace", "python", "json", "expected"]),
];

/// Names that belong to the browser, and so to `src/web`.
const BROWSER: [&str; 5] = ["wasm_bindgen", "web_sys", "js_sys", "gloo", "serde_wasm_bindgen"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the root").to_path_buf()
}

/// Every file under `dir` with this extension: its path relative to the root, with `/`, and its text.
fn files(dir: &str, extension: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut left = vec![root().join(dir)];
    while let Some(dir) = left.pop() {
        let Ok(entries) = fs::read_dir(&dir) else { continue };
        for entry in entries {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                left.push(path);
            } else if path.extension().is_some_and(|found| found == extension) {
                let name =
                    path.strip_prefix(root()).expect("under the root").to_string_lossy().replace('\\', "/");
                found.push((name, fs::read_to_string(&path).expect("readable")));
            }
        }
    }
    found.sort();
    found
}

fn rust() -> Vec<(String, String)> {
    ["src", "tests", "xtask/src", "xtask/tests", "bench"]
        .into_iter()
        .flat_map(|dir| files(dir, "rs"))
        .collect()
}

/// The text without comments and documentation: they may speak of anything.
fn code(text: &str) -> String {
    text.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

/// Which module of the library a file belongs to: `src/trace.rs` and `src/trace/x.rs` are `trace`.
fn module(path: &str) -> Option<&str> {
    let name = path.strip_prefix("src/")?.split('/').next()?.trim_end_matches(".rs");
    (name != "lib").then_some(name)
}

/// The first parts of all `crate::` paths, also of those in braces.
fn imported(code: &str) -> Vec<String> {
    let name =
        |text: &str| -> String { text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect() };
    let mut found = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        if !rest.starts_with('{') {
            found.push(name(rest));
            continue;
        }
        let mut depth = 0;
        let mut start = 1;
        for (place, c) in rest.char_indices() {
            match c {
                '{' => depth += 1,
                '}' => depth -= 1,
                ',' if depth == 1 => {
                    found.push(name(rest[start..place].trim()));
                    start = place + 1;
                }
                _ => {}
            }
            if depth == 0 {
                found.push(name(rest[start..place].trim()));
                break;
            }
        }
    }
    found.retain(|name| !name.is_empty());
    found
}

#[test]
fn imports_run_one_way() {
    for (path, text) in files("src", "rs") {
        let Some(module) = module(&path) else { continue };
        let (_, allowed) = IMPORTS
            .iter()
            .find(|(name, _)| *name == module)
            .unwrap_or_else(|| panic!("{path}: `{module}` has no rule"));
        for import in imported(&code(&text)) {
            // Exported macros stand in the crate's root, wherever they are written.
            let import = if import == "context_var" { "patterns" } else { &import };
            let fine = import == module || allowed.contains(&import);
            assert!(fine, "{path} imports crate::{import}; {module} may import {allowed:?}");
        }
    }
}

#[test]
fn only_web_knows_the_browser() {
    for (path, text) in files("src", "rs") {
        if module(&path) == Some("web") {
            continue;
        }
        let code = code(&text);
        for name in BROWSER {
            assert!(!code.contains(name), "{path} names {name}, which belongs to src/web");
        }
    }
}

#[test]
fn one_script_loads_the_modules_and_only_the_engine_imports_it() {
    for (path, text) in files("www", "js") {
        let imports = text.lines().filter(|line| !line.trim_start().starts_with(['*', '/']));
        for line in imports {
            let names = line.contains("async_playground");
            assert!(
                !names || path == "www/api/modules.js",
                "{path} names the full module; www/api/modules.js may"
            );
            let names = line.contains("_bg.wasm");
            let may = ["www/api/files.js", "www/api/modules.js"].contains(&path.as_str());
            assert!(!names || may, "{path} names a module's file; files.js and modules.js may");
            let imports = line.contains("modules.js");
            assert!(
                !imports || path == "www/api/engine.js",
                "{path} imports modules.js; www/api/engine.js may"
            );
        }
    }
}

#[test]
fn every_file_says_what_it_is_for() {
    // Native tests mirror `src` file by file, and are for what they are named after.
    for (path, text) in rust().into_iter().filter(|(path, _)| !path.starts_with("tests/native/")) {
        assert!(text.starts_with("//!"), "{path} does not open with //!");
    }
}

#[test]
fn nothing_is_put_off() {
    // Spelt in two parts, for this file is looked at too.
    let words = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("#[ig", "nore")];
    let scripts =
        ["www", "bundle", "tests/page", "tests/package"].into_iter().flat_map(|dir| files(dir, "js"));
    for (path, text) in rust().into_iter().chain(scripts) {
        for word in words {
            assert!(!text.contains(word), "{path} contains {word}");
        }
    }
}

#[test]
fn paths_in_braces_are_found() {
    let code = "use crate::{a::{b, c}, d, super_::e};\nfn f() -> crate::g::H {}";
    assert_eq!(imported(code), ["a", "d", "super_", "g"]);
}

#[test]
fn a_name_without_its_pattern_means_one_thing() {
    let sources = files("src/patterns", "rs");
    let (_, exports) = sources.iter().find(|(path, _)| path == "src/patterns/mod.rs").expect("the exports");
    let exports = code(exports);
    let names = exports.split("pub use ").skip(1).flat_map(|group| {
        let names = group.split(';').next().unwrap_or_default().split_once("::").expect("a path").1;
        names.split(['{', '}', ',', ' ', '\n']).filter(|name| name.starts_with(char::is_uppercase))
    });
    let mut found = 0;
    for name in names {
        let is_defined = |text: &str| {
            ["struct", "enum", "trait", "type"].into_iter().any(|kind| {
                text.lines()
                    .filter_map(|line| line.strip_prefix(&format!("pub {kind} {name}")))
                    .any(|rest| rest.starts_with(|next: char| !next.is_alphanumeric() && next != '_'))
            })
        };
        let mut patterns: Vec<_> = sources
            .iter()
            .filter(|(_, text)| is_defined(text))
            .filter_map(|(path, _)| path.split('/').nth(2))
            .map(|name| name.trim_end_matches(".rs"))
            .collect();
        patterns.dedup();
        assert!(patterns.len() <= 1, "patterns::{name} is exported, and {patterns:?} each have one");
        found += patterns.len();
    }
    assert!(found > 30, "only {found} definitions were found");
}

#[test]
fn each_pattern_opens_with_its_contract() {
    let sources = files("src/patterns", "rs");
    let text = |name: &str| &sources.iter().find(|(path, _)| path == name).expect("the file").1;
    let patterns = text("src/patterns/mod.rs").lines().filter_map(|line| line.strip_prefix("pub mod "));
    for pattern in patterns.map(|line| line.trim_end_matches(';')) {
        let path = format!("src/patterns/{pattern}.rs");
        for part in ["Promise", "Cancel", "Fairness", "Cost", "Not for"] {
            let says = text(&path).contains(&format!("\n//! - **{part}**"));
            assert!(
                says,
                "the documentation of {path} has no point **{part}**, which the site shows above the source"
            );
        }
    }
}
