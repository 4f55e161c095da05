//! The paths of the project, and the announcement of steps on the terminal.

use std::{
    path::{Path, PathBuf},
    time::Instant,
};

use anyhow::{Context as _, Result};
use xshell::Shell;

use crate::config::Config;

/// The project that a command works on.
pub struct Project {
    pub root: PathBuf,
    pub config: Config,
    /// Its current directory is the root.
    pub shell: Shell,
}

/// Returns the project's root: the parent of the directory that xtask was compiled in.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map_or_else(PathBuf::new, Path::to_path_buf)
}

impl Project {
    pub fn open() -> Result<Self> {
        let root = root();
        let shell = Shell::new().context("the current directory is gone")?;
        shell.change_dir(&root);
        Ok(Self { config: Config::read(&root)?, root, shell })
    }

    /// Returns the directory of the finished site.
    pub fn dist(&self) -> PathBuf {
        self.root.join("dist")
    }
}

/// Announces a step and does it. The error of a failed step names the step and carries `advice`.
pub fn step<T>(name: &str, advice: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    eprintln!("\n==> {name}");
    let began = Instant::now();
    let result = work().with_context(|| match advice {
        "" => format!("failed: {name}"),
        advice => format!("failed: {name}\n    {advice}"),
    });
    if result.is_ok() {
        eprintln!("    {name}: done in {:.1} s", began.elapsed().as_secs_f64());
    }
    result
}

/// Prints an error with its causes and without a backtrace.
pub fn complain(error: &anyhow::Error) {
    eprintln!("\nerror: {error}");
    for cause in error.chain().skip(1) {
        eprintln!("    because: {cause}");
    }
}
