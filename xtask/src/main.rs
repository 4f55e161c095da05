//! `cargo xtask`: builds, serves, tests and runs the playground.
//!
//! It knows the registry and no exercise. What the library can do does not belong here.

mod checks;
mod commands;
mod config;
mod files;
mod project;
mod site;
mod speed;
mod tools;
mod wasm;

use std::{iter, process::ExitCode};

use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::{
    checks::Check,
    commands::{bench, picture, run, search, serve, test},
    project::Project,
    site::publish::Compressed,
    wasm::{Modules, Which},
};

/// Builds, serves and tests the playground.
#[derive(Parser)]
#[command(name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Builds the static site into dist/, for any file server
    Build {
        /// Builds no lean modules, so that every page loads the full one, and makes nothing smaller: quicker to build, slower
        /// to load
        #[arg(long)]
        quick: bool,
        /// Renders the pages around the modules as they were built last
        #[arg(long)]
        reuse_modules: bool,
        /// The path of the site on its host, for the page that says that an address does not exist
        #[arg(long, value_name = "PATH", default_value = "/", value_parser = site::path)]
        at: String,
    },
    /// Packs the npm packages into target/package, ready to be installed or published
    Package,
    /// Builds the site, serves it on 127.0.0.1 and rebuilds it when a source changes
    Serve {
        /// The port; without it 8080, or a free one if 8080 is taken
        #[arg(long)]
        port: Option<u16>,
    },
    /// Runs every check, or those named
    Test {
        #[arg(value_enum)]
        only: Vec<Check>,
    },
    /// Measures the patterns beside their peers, and prints tables
    Bench {
        #[arg(value_enum, default_value = "all")]
        kind: bench::Kind,
    },
    /// Runs one exercise and shows its output beside the expected one
    Run(run::Options),
    /// Prints a picture of a run as an SVG file
    Picture(picture::Options),
    /// Looks for an order of tasks under which an exercise breaks a rule
    Search(search::Options),
}

fn main() -> ExitCode {
    match execute(Arguments::parse().command) {
        Ok(code) => code,
        // The reader of a pipe has ended: `cargo xtask run ttl-cache --trace | head`.
        Err(error) if is_broken_pipe(&error) => ExitCode::FAILURE,
        Err(error) => {
            project::complain(&error);
            ExitCode::FAILURE
        }
    }
}

fn execute(command: Command) -> Result<ExitCode> {
    match command {
        Command::Build { quick, reuse_modules, at } => {
            let project = Project::open()?;
            let (which, compressed) =
                if quick { (Which::Full, Compressed::No) } else { (Which::All, Compressed::Yes) };
            let modules = if reuse_modules {
                Modules::built(&project, which)
            } else {
                Modules::build(&project, which)?
            };
            site::build(&project, &modules, &at, compressed)?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Package => {
            let project = Project::open()?;
            let packages = site::package::package(&project, &Modules::build(&project, Which::All)?)?;
            for tarball in iter::once(packages.playground).chain(packages.python) {
                println!("{}", tarball.display());
            }
            Ok(ExitCode::SUCCESS)
        }
        Command::Serve { port } => serve::serve(port).map(|()| ExitCode::SUCCESS),
        Command::Test { only } => test::run(&only),
        Command::Bench { kind } => bench::bench(kind).map(|()| ExitCode::SUCCESS),
        Command::Run(options) => run::run(&options),
        Command::Picture(options) => picture::picture(&options),
        Command::Search(options) => search::search(&options),
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.downcast_ref::<std::io::Error>().is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
}

/// Creates a temporary directory for one test.
#[cfg(test)]
fn scratch(name: &str) -> std::path::PathBuf {
    let dir = std::env::temp_dir().join(format!("async-playground-{name}-{}", std::process::id()));
    std::fs::create_dir_all(&dir).expect("a temporary directory");
    dir
}
