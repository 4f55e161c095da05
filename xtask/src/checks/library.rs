//! The library as its users get it: packed as for publishing, then built in an empty project, natively and for
//! WebAssembly, without features and with each feature alone.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;
use xshell::cmd;

use crate::{project::Project, tools};

/// The part of the library's manifest that this check reads.
#[derive(Deserialize)]
struct Manifest {
    package: Package,
    features: BTreeMap<String, Vec<String>>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
}

/// Packs the library and builds the packed one.
pub fn check(project: &Project) -> Result<()> {
    let shell = &project.shell;
    tools::wasm_target(shell)?;
    let manifest =
        fs::read_to_string(project.root.join("Cargo.toml")).context("Cargo.toml cannot be read")?;
    let Manifest { package: Package { name, version }, features } =
        toml::from_str(&manifest).context("Cargo.toml has an unexpected form")?;

    // `--allow-dirty` packs the files as they are, committed or not. Cargo unpacks and builds the result once.
    let _apart = shell.push_env("CARGO_TARGET_DIR", project.root.join("target/library"));
    let said = cmd!(shell, "cargo package --package {name} --allow-dirty").read_stderr()?;
    eprintln!("{said}");
    ensure!(!said.contains("warning"), "`cargo package` is not clean");

    let packed = project.root.join("target/library/package");
    let empty = packed.join("empty");
    write_empty(&empty, &format!("{name}-{version}"), &name, features.keys())?;
    let manifest = empty.join("Cargo.toml");
    let mut choices: Vec<Vec<&str>> = vec![vec![]];
    choices.extend(features.keys().map(|feature| vec!["--features", feature]));
    let _denied = shell.push_env("RUSTFLAGS", "-D warnings");
    for choice in choices {
        let targets = ["--target", "host-tuple", "--target", "wasm32-unknown-unknown"];
        cmd!(shell, "cargo check --quiet --manifest-path {manifest} {targets...} {choice...}").run()?;
    }
    Ok(())
}

/// Writes a project whose only dependency is the packed library, with the library's features.
fn write_empty<'a>(
    empty: &Path,
    packed: &str,
    name: &str,
    features: impl Iterator<Item = &'a String>,
) -> Result<()> {
    let features: String = features.map(|feature| format!("{feature} = [\"{name}/{feature}\"]\n")).collect();
    let manifest = format!(
        "[package]\nname = \"empty\"\nedition = \"2024\"\n\n[workspace]\n\n\
         [dependencies]\n{name} = {{ path = \"../{packed}\", default-features = false }}\n\n[features]\n{features}"
    );
    let written = fs::create_dir_all(empty.join("src"))
        .and_then(|()| fs::write(empty.join("Cargo.toml"), manifest))
        .and_then(|()| fs::write(empty.join("src/lib.rs"), ""));
    written.context("target/library cannot be written to")
}
