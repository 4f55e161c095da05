//! Smaller scripts and styles: without comments, spaces and long names.
//!
//! esbuild treats each file by itself here; `join` joins the scripts of the site, and `bundle` makes bundles.

use std::{fs, path::PathBuf};

use anyhow::{Context as _, Result};
use xshell::cmd;

use crate::{files::File, project::Project, tools};

/// Minifies the scripts and style sheets among `files`. Without esbuild they are only larger, so that is no error.
pub fn minify(project: &Project, files: &mut [File]) -> Result<()> {
    let Some(esbuild) = tool(project) else {
        eprintln!("    esbuild is not in node_modules: scripts and styles stay as they are written");
        return Ok(());
    };
    let dir = project.root.join("target/minify");
    // Files of an earlier build must not be read back.
    if dir.exists() {
        fs::remove_dir_all(&dir).context("cannot clear target/minify")?;
    }
    let (source, small) = (dir.join("source"), dir.join("small"));
    let minified = |file: &&mut File| file.path.ends_with(".js") || file.path.ends_with(".css");
    let mut paths = Vec::new();
    for file in files.iter_mut().filter(minified) {
        let path = source.join(&file.path);
        fs::create_dir_all(path.parent().context("a file has a directory")?)?;
        fs::write(&path, &file.bytes)?;
        paths.push(path);
    }
    let shell = &project.shell;
    cmd!(
        shell,
        "{esbuild} --minify --charset=utf8 --target=es2022 --log-level=warning
        --outbase={source} --outdir={small} {paths...}"
    )
    .quiet()
    .run()?;
    for file in files.iter_mut().filter(minified) {
        file.bytes =
            fs::read(small.join(&file.path)).with_context(|| format!("esbuild left out {}", file.path))?;
    }
    Ok(())
}

/// Returns esbuild as npm installed it: the program itself, or a script that starts it.
pub fn tool(project: &Project) -> Option<PathBuf> {
    let name = if cfg!(windows) { "esbuild.cmd" } else { "esbuild" };
    let tool = project.root.join("node_modules/.bin").join(name);
    (tools::node_modules(project).is_ok() && tool.is_file()).then_some(tool)
}
