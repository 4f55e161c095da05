//! The glue of a module: as a function that makes another one, and with the short names of its module.
//!
//! wasm-bindgen keeps its instance in the script itself. A script is evaluated once and never forgotten, and with it
//! neither is the memory of the instance, which only grows.

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;

/// Where wasm-bindgen's own loader begins, one in each glue. `files.js` has one for all.
const LOADER: &str = "\nasync function __wbg_load(";

/// A script that exports `create`. What that gives has all that the glue exports, `imports`, which the module is to be
/// instantiated with, and `finish`, which takes the instance and its module and gives the exports of the instance.
pub fn factory(glue: &str) -> Result<String> {
    let (glue, _) = glue.split_once(LOADER).context("wasm-bindgen's glue is not as it was")?;
    let name = |line: &str| {
        let mut words = line.strip_prefix("export ")?.split([' ', '(']);
        matches!(words.next(), Some("class" | "function")).then(|| words.next().map(str::to_owned))?
    };
    let names: Vec<String> = glue.lines().filter_map(name).collect();
    let inside = glue.replace("\nexport ", "\n");
    let inside = inside.strip_prefix("export ").unwrap_or(&inside);
    Ok(format!(
        "export function create() {{\n{inside}\n\
         const memory = (exports) => Object.values(exports).find((one) => one instanceof WebAssembly.Memory);\n\
         const finish = (instance, module) => memory(__wbg_finalize_init(instance, module));\n\
         return {{ {}, imports: __wbg_get_imports, finish }};\n}}\n",
        names.join(", ")
    ))
}

/// What wasm-opt calls the one script that a module imports from.
const SCRIPT: &str = "a";

/// What wasm-opt tells of the names that it has made short: of what a module imports and exports.
#[derive(Deserialize)]
pub struct Short {
    /// From which script, under which name, and what that is now.
    imports: Vec<(String, String, String)>,
    /// The name, and what it is now.
    exports: Vec<(String, String)>,
}

impl Short {
    /// A glue for the module with these names.
    pub fn rename(&self, glue: &str) -> Result<String> {
        let mut renamed = glue.to_owned();
        for (script, name, short) in &self.imports {
            renamed = renamed.replace(&format!("\"{script}\":"), &format!("{SCRIPT}:"));
            let (long, short) = (format!(" {name}: function"), format!(" {short}: function"));
            ensure!(renamed.contains(&long), "the glue of wasm-bindgen does not give {name} as it did");
            renamed = renamed.replace(&long, &short);
        }
        let mut parts = renamed.split("wasm.");
        let mut renamed = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let end = part.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(part.len());
            let (name, rest) = part.split_at(end);
            let short = self.exports.iter().find(|(long, _)| long == name).map_or(name, |(_, short)| short);
            renamed.extend(["wasm.", short, rest]);
        }
        Ok(renamed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_glue_exports_is_given_back() {
        let glue = format!(
            "export class Run {{\n}}\n\nexport function start(slug) {{\n}}\nfunction inner() {{}}\n{LOADER}module) {{\n}}\n"
        );
        assert_eq!(
            factory(&glue).unwrap(),
            "export function create() {\nclass Run {\n}\n\nfunction start(slug) {\n}\nfunction inner() {}\n\n\
             const memory = (exports) => Object.values(exports).find((one) => one instanceof WebAssembly.Memory);\n\
             const finish = (instance, module) => memory(__wbg_finalize_init(instance, module));\n\
             return { Run, start, imports: __wbg_get_imports, finish };\n}\n"
        );
        assert!(factory("export default 1;").is_err());
    }

    #[test]
    fn names_are_short_where_the_module_has_them_short() {
        let told = r#"{"imports": [["./x_bg.js", "__wbg_now_1", "a"]], "exports": [["run", "b"], ["run_free", "c"]]}"#;
        let short: Short = serde_json::from_str(told).unwrap();
        let glue = "{ __wbg_now_1: function() {} }; { \"./x_bg.js\": x }; wasm.run(1); wasm.run_free; wasm.memory; run";
        let renamed = "{ a: function() {} }; { a: x }; wasm.b(1); wasm.c; wasm.memory; run";
        assert_eq!(short.rename(glue).unwrap(), renamed);
        assert!(short.rename("{}").is_err(), "an import that is not there");
    }
}
