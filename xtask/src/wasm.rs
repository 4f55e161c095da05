//! The module: built by wasm-pack, made smaller by wasm-opt.

use std::{fs, path::PathBuf};

use anyhow::{Context as _, Result};
use xshell::cmd;

use crate::{
    project::{Project, step},
    tools,
};

/// The name that wasm-pack gives the files, after the crate.
pub const MODULE: &str = "async_playground";

/// Where wasm-pack leaves the module.
pub fn out_dir(project: &Project) -> PathBuf {
    project.root.join(&project.config.wasm_pack.out_dir)
}

/// Builds the module and returns the directory that holds it.
pub fn build(project: &Project) -> Result<PathBuf> {
    let sh = &project.shell;
    tools::wasm_target(sh)?;
    let wasm_pack = tools::wasm_pack(project)?;
    let (target, out_dir) = (&project.config.wasm_pack.target, out_dir(project));
    step("building the WebAssembly module", "the compiler's message is above", || {
        Ok(cmd!(sh, "{wasm_pack} build --release --target {target} --out-dir {out_dir} --no-pack")
            .quiet()
            .run()?)
    })?;
    shrink(project, &out_dir.join(format!("{MODULE}_bg.wasm")))?;
    Ok(out_dir)
}

/// Runs wasm-opt: the one on the PATH, else the pinned one from npm. Without either the module is larger, no more.
fn shrink(project: &Project, file: &PathBuf) -> Result<()> {
    let small = file.with_extension("opt.wasm");
    let flags = &project.config.wasm_opt.flags;
    let sh = &project.shell;
    step("making the module smaller with wasm-opt", "", || {
        let before = size(file)?;
        let on_path = tools::find("wasm-opt");
        let done = on_path
            .is_some_and(|tool| cmd!(sh, "{tool} {flags...} {file} -o {small}").quiet().run().is_ok())
            || pinned(project).is_some_and(|(node, script)| {
                cmd!(sh, "{node} {script} {flags...} {file} -o {small}").quiet().run().is_ok()
            });
        if !done {
            eprintln!(
                "    there is no wasm-opt that works, neither on the PATH nor from npm: going on without"
            );
            return Ok(());
        }
        fs::rename(&small, file)?;
        eprintln!("    {before} bytes before, {} after", size(file)?);
        Ok(())
    })
}

/// binaryen's wasm-opt from npm is a script for Node.js.
fn pinned(project: &Project) -> Option<(PathBuf, PathBuf)> {
    if let Err(error) = tools::node_modules(project) {
        eprintln!("    {error:#}");
        return None;
    }
    let script = project.root.join("node_modules/binaryen/bin/wasm-opt");
    Some((tools::find("node")?, script)).filter(|(_, script)| script.is_file())
}

fn size(file: &PathBuf) -> Result<u64> {
    Ok(fs::metadata(file).with_context(|| format!("cannot read {}", file.display()))?.len())
}
