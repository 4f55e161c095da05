//! The checks of the project: what each runs, and what it needs.

mod budget;
mod hosts;
mod library;
mod webkit;

use std::{env, fs, num::NonZeroUsize, path::PathBuf, process::Command, thread};

use anyhow::{Context as _, Result, ensure};
use clap::ValueEnum;
use xshell::cmd;

use crate::{
    project::{self, Project},
    site::{
        self,
        package::{self, Packages},
        publish::Compressed,
    },
    tools::{self, Browser, CHROMIUM, FIREFOX},
    wasm::{Modules, Which},
};

/// The checks, in the order in which they run: quick ones first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Check {
    /// cargo fmt
    Format,
    /// clippy and rustdoc, natively and for WebAssembly, warnings denied
    Lint,
    /// Unit, integration and documentation tests, natively
    Native,
    /// The library packs cleanly, and builds in an empty project with each feature alone
    Library,
    /// The site in dist/ can be built
    Build,
    /// First load of each page against wasm-pack.toml
    Budget,
    /// tests/web in headless Chrome, by wasm-pack
    Web,
    /// The JavaScript's types, by tsc
    Types,
    /// tests/python: the Python side of the exercises beside the Rust side, in Node.js
    Python,
    /// tests/page against the built site, in Chromium
    Page,
    /// The npm package, in a fresh project with Vite and TypeScript and in Node.js
    Package,
    /// tests/hosts: the integrations in sites of Docusaurus, React, MkDocs, Sphinx and others
    Hosts,
    /// tests/web and a part of tests/page, in Firefox
    Firefox,
    /// tests/web, tests/webkit and a part of tests/page, in WebKitGTK
    Webkit,
}

impl Check {
    pub fn run(self, project: &Project) -> Result<()> {
        match self {
            Self::Format => cargo(&["fmt", "--all", "--check"], "cargo fmt --all writes it as it should be"),
            Self::Lint => lint(),
            Self::Native => cargo(&["test", "--workspace", "--no-fail-fast"], ""),
            Self::Library => library::check(project),
            Self::Build => site::build(project, &Modules::build(project, Which::All)?, "/", Compressed::Yes),
            Self::Budget => budget::check(project),
            Self::Web => web(project),
            Self::Types => types(project),
            Self::Python => python(project),
            Self::Page => page(project),
            Self::Package => packages(project),
            Self::Hosts => hosts::check(project),
            Self::Firefox => firefox(project),
            Self::Webkit => webkit::check(project),
        }
    }

    /// Whether the check runs only when it is named: it installs whole site generators, or another browser.
    pub fn is_separate(self) -> bool {
        matches!(self, Self::Hosts | Self::Webkit)
    }

    /// Whether the check works on the built site.
    pub fn needs_build(self) -> bool {
        matches!(self, Self::Budget | Self::Page | Self::Package | Self::Hosts | Self::Firefox | Self::Webkit)
    }

    pub fn name(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }
}

/// Runs cargo and leaves its output as it is.
fn cargo(arguments: &[&str], advice: &str) -> Result<()> {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    let status = cargo.args(arguments).current_dir(project::root()).status().context("cannot start cargo")?;
    ensure!(
        status.success(),
        "`cargo {}` failed{}{advice}",
        arguments.join(" "),
        if advice.is_empty() { "" } else { ": " }
    );
    Ok(())
}

fn lint() -> Result<()> {
    let project = Project::open()?;
    tools::wasm_target(&project.shell)?;
    cargo(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"], "")?;
    let wasm =
        ["clippy", "--target", "wasm32-unknown-unknown", "--lib", "--test", "web", "--", "-D", "warnings"];
    cargo(&wasm, "")?;
    let bench = ["clippy", "--target", "wasm32-unknown-unknown", "--package", "bench-web", "--all-features"];
    cargo(&[&bench[..], &["--", "-D", "warnings"]].concat(), "")?;
    let _denied = project.shell.push_env("RUSTDOCFLAGS", "-D warnings");
    Ok(cmd!(project.shell, "cargo doc --no-deps --document-private-items").run()?)
}

fn web(project: &Project) -> Result<()> {
    tools::wasm_target(&project.shell)?;
    let wasm_pack = tools::wasm_pack(project)?;
    CHROMIUM.get(&project.shell)?;
    Ok(cmd!(project.shell, "{wasm_pack} test --headless --chrome").run()?)
}

fn types(project: &Project) -> Result<()> {
    tools::node_modules(project)?;
    let npm = tools::need("npm", "install Node.js 20 or later with npm, https://nodejs.org")?;
    Ok(cmd!(project.shell, "{npm} run --silent check").run()?)
}

fn python(project: &Project) -> Result<()> {
    tools::node_modules(project)?;
    in_node(project, cores(), &tests(project, "tests/python")?)
}

fn page(project: &Project) -> Result<()> {
    in_browser(project, &CHROMIUM, &tests(project, "tests/page")?)
}

/// The page tests for every browser: runs, Stop, settings, and reading by keyboard and on a narrow screen.
const FOUNDATION: [&str; 5] = ["keys", "settings", "reading", "runs", "stop"];

fn foundation(project: &Project) -> Vec<PathBuf> {
    FOUNDATION.iter().map(|name| project.root.join(format!("tests/page/{name}.test.js"))).collect()
}

fn firefox(project: &Project) -> Result<()> {
    tools::wasm_target(&project.shell)?;
    let (wasm_pack, geckodriver) = (tools::wasm_pack(project)?, tools::geckodriver(project)?);
    FIREFOX.get(&project.shell)?;
    cmd!(project.shell, "{wasm_pack} test --headless --firefox --geckodriver {geckodriver}").run()?;
    // Another interpreter of WebAssembly, another worker.
    let python = project.root.join("tests/page/python.test.js");
    in_browser(project, &FIREFOX, &[foundation(project), vec![python]].concat())
}

fn packages(project: &Project) -> Result<()> {
    let Packages { playground, python } = package::package(project, &Modules::built(project, Which::All))?;
    let python = python.context("the package with Python needs Pyodide, which `npm ci` installs")?;
    let _playground = project.shell.push_env("TARBALL", playground);
    let _python = project.shell.push_env("TARBALL_PYTHON", python);
    in_browser(project, &CHROMIUM, &tests(project, "tests/package")?)
}

/// Returns every `*.test.js` in a directory.
fn tests(project: &Project, dir: &str) -> Result<Vec<PathBuf>> {
    let mut tests = Vec::new();
    for entry in fs::read_dir(project.root.join(dir)).with_context(|| format!("{dir} is not there"))? {
        let path = entry?.path();
        if path.to_string_lossy().ends_with(".test.js") {
            tests.push(path);
        }
    }
    tests.sort();
    ensure!(!tests.is_empty(), "{dir} holds no *.test.js");
    Ok(tests)
}

/// Runs tests that drive a browser. The files are named one by one, because releases of Node.js treat a directory
/// differently.
fn in_browser(project: &Project, browser: &Browser, tests: &[PathBuf]) -> Result<()> {
    tools::node_modules(project)?;
    let program = browser.get(&project.shell)?;
    let _browser = project.shell.push_env("BROWSER", browser.name);
    let _program = project.shell.push_env(browser.variable(), program);
    in_node(project, cores(), tests)
}

/// By itself Node.js leaves one core free, which on two cores means one file after another.
fn cores() -> NonZeroUsize {
    thread::available_parallelism().unwrap_or(NonZeroUsize::MIN)
}

/// Runs tests with Node.js, `files` test files at the same time.
fn in_node(project: &Project, files: NonZeroUsize, tests: &[PathBuf]) -> Result<()> {
    let node = tools::need("node", "install Node.js 20.10 or later, https://nodejs.org")?;
    let files = files.to_string();
    Ok(cmd!(project.shell, "{node} --test --test-concurrency={files} --test-reporter=spec {tests...}")
        .run()?)
}
