//! The WebAssembly modules: compiled by cargo, given their glue by wasm-bindgen, made smaller by wasm-opt.
//!
//! The full module has every exercise with its rules and mistakes, and is what `wasm-pack build` gives. A lean one has
//! one exercise without rules or mistakes, and is all that its page loads before anything runs.

pub mod glue;

use std::{
    env, fs, iter,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::mpsc,
    thread,
};

use anyhow::{Context as _, Result, anyhow};
use async_playground::exercises;
use wasm_bindgen_cli_support::Bindgen;
use xshell::{Shell, cmd};

use crate::{
    files::{File, collect, fingerprint},
    project::{Project, step},
    tools,
};

/// The directory of the finished modules, from the project's root.
const BUILT: &str = "target/modules/built";

const TARGET: &str = "wasm32-unknown-unknown";

/// The name of the files of the full module, after the crate.
pub const FULL: &str = "async_playground";

/// The built modules: their directory, and which lean ones there are.
pub struct Modules {
    pub dir: PathBuf,
    /// The exercises that have a lean module, by slug.
    pub lean: Vec<&'static str>,
}

/// Which modules a site is built with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    All,
    /// Only the full one, as it is compiled, which every page then loads first: for quick builds.
    Full,
}

impl Modules {
    /// Returns the modules of the last build.
    pub fn built(project: &Project, which: Which) -> Self {
        let dir = project.root.join(BUILT);
        let lean = exercises::catalogue().iter().map(|exercise| exercise.slug);
        let lean = lean.filter(|slug| which == Which::All && wasm(&dir, &stem(slug)).is_file()).collect();
        Self { dir, lean }
    }

    /// Builds the modules whose inputs have changed.
    pub fn build(project: &Project, which: Which) -> Result<Self> {
        tools::wasm_target(&project.shell)?;
        let modules = Self::built(project, Which::Full);
        let inputs = inputs(project)?;
        let lean = exercises::catalogue().iter().filter(|_| which == Which::All);
        let wanted = iter::once(None).chain(lean.map(|exercise| Some(exercise.slug)));
        let stale: Vec<Option<&str>> =
            wanted.filter(|slug| !modules.is_fresh(&name(*slug), &inputs, which)).collect();
        let optimizer = if stale.is_empty() || which == Which::Full { None } else { optimizer(project) };
        // wasm-opt takes one core and about as long as the compiler, so the next module is compiled meanwhile.
        thread::scope(|scope| {
            let (compiled, names) = mpsc::channel::<String>();
            let (modules, inputs, flags) = (&modules, &inputs, &project.config.wasm_opt.flags);
            let shrinking = scope.spawn(move || -> Result<()> {
                for name in names {
                    if let Some(optimizer) = &optimizer
                        && modules.shrink(&name, optimizer, flags)?
                    {
                        fs::write(modules.stamp(&name), inputs)?;
                    }
                }
                Ok(())
            });
            for (done, slug) in stale.iter().enumerate() {
                let what = slug.map_or_else(|| "full".to_owned(), |slug| format!("lean, {slug}"));
                let name = format!("building WebAssembly module {} of {} ({what})", done + 1, stale.len());
                step(&name, "the compiler's message is above", || modules.compile(project, *slug))?;
                if which == Which::Full {
                    fs::write(modules.stamp(&self::name(*slug)), as_compiled(inputs))?;
                }
                // The receiver is gone if wasm-opt failed; its error is returned below.
                if compiled.send(self::name(*slug)).is_err() {
                    break;
                }
            }
            drop(compiled);
            shrinking.join().map_err(|_| anyhow!("making the modules smaller ended in a panic"))?
        })?;
        Ok(Self::built(project, which))
    }

    /// Compiles the library for the browser and has wasm-bindgen write the module and its glue.
    fn compile(&self, project: &Project, slug: Option<&str>) -> Result<()> {
        let name = name(slug);
        // From here on the stamp no longer describes the module.
        let _ = fs::remove_file(self.stamp(&name));
        let features = slug.map(|slug| ["--no-default-features", "--features", slug]);
        let features = features.iter().flatten();
        let (sh, target_dir) = (&project.shell, project.root.join("target/modules"));
        cmd!(sh, "cargo build --quiet --release --lib --target {TARGET} --target-dir {target_dir}")
            .args(features)
            .env("CARGO_ENCODED_RUSTFLAGS", rust_flags(sh)?)
            .quiet()
            .run()?;
        let compiled = target_dir.join(TARGET).join("release").join(format!("{FULL}.wasm"));
        Bindgen::new().input_path(compiled).out_name(&name).web(true)?.typescript(false).generate(&self.dir)
    }

    /// Runs wasm-opt and returns whether it succeeded. A module without it is only larger, so failing is no error.
    fn shrink(&self, name: &str, optimizer: &[PathBuf], flags: &[String]) -> Result<bool> {
        let file = wasm(&self.dir, name);
        let small = file.with_extension("opt.wasm");
        let before = size(&file)?;
        let (program, script) = optimizer.split_first().context("no wasm-opt is named")?;
        let mut command = Command::new(program);
        command.args(script).args(flags).arg(&file).arg("-o").arg(&small);
        let status = command.stderr(Stdio::inherit()).status()?;
        if status.success() {
            fs::rename(&small, &file)?;
            eprintln!("    {name}: {before} bytes, {} after wasm-opt", size(&file)?);
        } else {
            eprintln!("    wasm-opt failed, so {name} stays at {before} bytes");
        }
        Ok(status.success())
    }

    fn is_fresh(&self, name: &str, inputs: &str, which: Which) -> bool {
        let built = wasm(&self.dir, name).is_file() && self.dir.join(format!("{name}.js")).is_file();
        let enough = |stamp: &str| stamp == inputs || (which == Which::Full && stamp == as_compiled(inputs));
        built && fs::read_to_string(self.stamp(name)).is_ok_and(|stamp| enough(&stamp))
    }

    /// Returns the file with the fingerprint of a finished module's inputs.
    fn stamp(&self, name: &str) -> PathBuf {
        self.dir.join(format!("{name}.stamp"))
    }
}

/// Returns the stamp of a module that wasm-opt has not made smaller.
fn as_compiled(inputs: &str) -> String {
    format!("{inputs}, as compiled")
}

/// Returns the file name of an exercise, without an extension.
pub fn stem(slug: &str) -> String {
    slug.replace('-', "_")
}

fn name(slug: Option<&str>) -> String {
    slug.map_or_else(|| FULL.to_owned(), stem)
}

fn wasm(dir: &Path, name: &str) -> PathBuf {
    dir.join(format!("{name}_bg.wasm"))
}

/// Returns flags that cut this machine's paths out of panic messages.
fn rust_flags(sh: &Shell) -> Result<String> {
    let sysroot = PathBuf::from(cmd!(sh, "rustc --print sysroot").quiet().read()?);
    let mut prefixes = vec![sysroot.join("lib/rustlib/src/rust/library")];
    let cargo = env::var_os("CARGO_HOME").map(PathBuf::from);
    if let Some(cargo) = cargo.or_else(|| env::home_dir().map(|home| home.join(".cargo"))) {
        prefixes.extend(sh.read_dir(cargo.join("registry/src")).unwrap_or_default());
    }
    let flags = prefixes.iter().map(|prefix| format!("--remap-path-prefix={}=", prefix.display()));
    let given = env::var("RUSTFLAGS").unwrap_or_default();
    // Cargo's separator for flags that may contain spaces.
    Ok(given.split_whitespace().map(str::to_owned).chain(flags).collect::<Vec<_>>().join("\u{1f}"))
}

/// Returns a fingerprint of all inputs of the modules.
fn inputs(project: &Project) -> Result<String> {
    let mut files = Vec::new();
    collect(&project.root.join("src"), "src/", &mut files)?;
    // Texts of pages and programs in Python are not compiled.
    files.retain(|file| !file.path.ends_with(".md") && !file.path.ends_with(".py"));
    for name in ["Cargo.toml", "Cargo.lock"] {
        files.push(File::new(name, fs::read(project.root.join(name))?));
    }
    let config = &project.config;
    files.push(File::new("wasm-pack.toml", format!("{:?}", config.wasm_opt)));
    // The one tool of package.json that works on modules.
    let tools: serde_json::Value = serde_json::from_slice(&fs::read(project.root.join("package.json"))?)?;
    files.push(File::new("wasm-opt", tools["devDependencies"]["binaryen"].to_string()));
    files.push(File::new("rustc", cmd!(project.shell, "rustc --version --verbose").quiet().read()?));
    files.push(File::new("flags", rust_flags(&project.shell)?));
    Ok(fingerprint(&files))
}

/// Returns wasm-opt as a command: the pinned one from npm, which is a script for Node.js, else the one on the PATH.
fn optimizer(project: &Project) -> Option<Vec<PathBuf>> {
    let script = project.root.join("node_modules/binaryen/bin/wasm-opt");
    let pinned = tools::node_modules(project).and_then(|()| tools::need("node", "see https://nodejs.org"));
    match pinned {
        Ok(node) if script.is_file() => return Some(vec![node, script]),
        Ok(_) => {}
        Err(error) => eprintln!("    {error:#}"),
    }
    let found = tools::find("wasm-opt").map(|tool| vec![tool]);
    if found.is_none() {
        eprintln!("    wasm-opt was found neither in node_modules nor on the PATH: the modules stay larger");
    }
    found
}

fn size(file: &Path) -> Result<u64> {
    Ok(fs::metadata(file).with_context(|| format!("cannot read {}", file.display()))?.len())
}
