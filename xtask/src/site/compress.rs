//! Compresses files, with what Node.js has for it.

use std::{
    fs, process,
    sync::atomic::{AtomicU32, Ordering},
};

use anyhow::{Context as _, Result};
use xshell::cmd;

use crate::{
    files::{File, beside},
    project::Project,
    tools,
};

/// A file in its compressed forms.
#[derive(Debug, Clone)]
pub struct Packed {
    pub brotli: Vec<u8>,
    pub gzip: Vec<u8>,
}

/// Compresses all files at once, in order.
pub fn compress(project: &Project, files: &[&File]) -> Result<Vec<Packed>> {
    // Tests compress at the same time.
    static NEXT: AtomicU32 = AtomicU32::new(0);
    if files.is_empty() {
        return Ok(Vec::new());
    }
    let node = tools::need("node", "install Node.js 20 or later, https://nodejs.org")?;
    let script = project.root.join("xtask/src/site/compress.js");
    let name = format!("compress-{}-{}", process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    let directory = project.root.join("target").join(name);
    fs::create_dir_all(&directory).context("cannot make a directory for compressed files")?;
    let paths: Vec<_> = (0..files.len()).map(|number| directory.join(number.to_string())).collect();
    for (path, file) in paths.iter().zip(files) {
        fs::write(path, &file.bytes)?;
    }
    cmd!(project.shell, "{node} {script} {directory}").quiet().run()?;
    let packed = paths.iter().map(|path| {
        Ok(Packed { brotli: fs::read(beside(path, "br"))?, gzip: fs::read(beside(path, "gz"))? })
    });
    let packed = packed.collect::<Result<_>>().context("a compressed form is missing")?;
    fs::remove_dir_all(&directory)?;
    Ok(packed)
}
