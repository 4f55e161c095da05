//! The integrations in sites of others: each is installed at pinned versions, built for production, and driven in Chromium.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use xshell::cmd;

use super::{in_browser, tests};
use crate::{
    project::Project,
    site::package,
    tools::{self, CHROMIUM},
    wasm::{Modules, Which},
};

/// Where the tools of the hosts are installed; npm and pip keep what is up to date.
const INSTALLED: &str = "target/hosts";

/// Installs the hosts and runs `tests/hosts`.
pub fn check(project: &Project) -> Result<()> {
    let tarball = package::package(project, &Modules::built(project, Which::All))?.playground;
    let installed = project.root.join(INSTALLED);
    let python = python(project, &installed)?;
    let mdbook = tools::mdbook(project)?;
    let _mdbook = project.shell.push_env("MDBOOK", mdbook);
    let _tarball = project.shell.push_env("TARBALL", tarball);
    let _installed = project.shell.push_env("HOSTS", &installed);
    let _python = project.shell.push_env("HOSTS_PYTHON", python);
    in_browser(project, &CHROMIUM, &tests(project, "tests/hosts")?)
}

/// Returns the `bin` of an environment with MkDocs and Sphinx.
fn python(project: &Project, installed: &Path) -> Result<PathBuf> {
    let python = tools::need("python3", "install Python 3.11 or later, https://www.python.org")?;
    let environment = installed.join("python");
    let pinned = project.root.join("tests/hosts/requirements.txt");
    cmd!(project.shell, "{python} -m venv {environment}").quiet().run()?;
    let bin = environment.join("bin");
    let pip = bin.join("pip");
    cmd!(project.shell, "{pip} install --quiet --disable-pip-version-check --require-virtualenv -r {pinned}")
        .quiet()
        .run()
        .context("MkDocs and Sphinx were not installed")?;
    Ok(bin)
}
