//! The glue of a module as a function that makes another one.
//!
//! wasm-bindgen keeps its instance in the script itself. A script is evaluated once and never forgotten, and with it
//! neither is the memory of the instance, which only grows.

use anyhow::{Context as _, Result};

/// What wasm-bindgen ends a glue with.
const END: &str = "export { initSync, __wbg_init as default };";

/// A script that exports `create`. What that gives has all that the glue exports, and `compiled`, which is the module
/// from which the instance was made.
pub fn factory(glue: &str) -> Result<String> {
    let (glue, _) = glue.rsplit_once(END).context("wasm-bindgen's glue does not end as it did")?;
    let name = |line: &str| {
        let mut words = line.strip_prefix("export ")?.split([' ', '(']);
        matches!(words.next(), Some("class" | "function")).then(|| words.next().map(str::to_owned))?
    };
    let names: Vec<String> = glue.lines().filter_map(name).collect();
    let inside = glue.replace("\nexport ", "\n");
    let inside = inside.strip_prefix("export ").unwrap_or(&inside);
    Ok(format!(
        "export function create() {{\n{inside}\nreturn {{ {}, default: __wbg_init, compiled: () => wasmModule }};\n}}\n",
        names.join(", ")
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_glue_exports_is_given_back() {
        let glue = format!(
            "export class Run {{\n}}\n\nexport function start(slug) {{\n}}\nfunction inner() {{}}\n{END}\n"
        );
        assert_eq!(
            factory(&glue).unwrap(),
            "export function create() {\nclass Run {\n}\n\nfunction start(slug) {\n}\nfunction inner() {}\n\n\
             return { Run, start, default: __wbg_init, compiled: () => wasmModule };\n}\n"
        );
        assert!(factory("export default 1;").is_err());
    }
}
