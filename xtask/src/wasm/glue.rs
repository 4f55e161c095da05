//! The glue of a module as a function that makes another one.
//!
//! wasm-bindgen keeps its instance in the script itself. A browser never forgets a script that it has evaluated, not even one
//! that was imported under another query for each instance, and the memory of the instance stays with it.

use anyhow::{Context as _, Result};

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
}
