//! `cargo xtask package`: the npm packages, as tarballs ready to be installed or published.
//!
//! One holds scripts, types, texts and licences. The other holds Python, which is five times as large, for those who want it.
//! Neither has an install script.

use std::{fs, path::PathBuf};

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;
use serde_json::json;
use xshell::cmd;

use crate::{
    files::{File, replace},
    project::{Project, step},
    site::{
        assets::{assets, read, text_of},
        bundle::{ENGINE, bundle},
        fragments, python,
        references::references,
    },
    tools,
    wasm::Modules,
};

/// The files that are copied into the package, and their names there.
const TEXTS: [(&str, &str); 6] = [
    ("bundle/README.md", "README.md"),
    ("LICENSE-MIT", "LICENSE-MIT"),
    ("LICENSE-APACHE", "LICENSE-APACHE"),
    ("www/api/playground.d.ts", "playground.d.ts"),
    ("bundle/embed-host.d.ts", "embed-host.d.ts"),
    ("bundle/python.d.ts", "python.d.ts"),
];

/// The same for the package with Python.
const TEXTS_OF_PYTHON: [(&str, &str); 3] = [
    ("bundle/python/README.md", "README.md"),
    ("LICENSE-MIT", "LICENSE-MIT"),
    ("LICENSE-APACHE", "LICENSE-APACHE"),
];

/// The script of the worker, which imports the others that it needs.
const WORKER: &str = "python/worker.js";

/// The tarballs.
pub struct Packages {
    pub playground: PathBuf,
    /// None where Pyodide is not in `node_modules`.
    pub python: Option<PathBuf>,
}

/// Makes the tarballs around these modules.
pub fn package(project: &Project, modules: &Modules) -> Result<Packages> {
    step("packing the npm packages into target/package", "", || {
        let out = project.root.join("target/package");
        if out.exists() {
            fs::remove_dir_all(&out).context("cannot clear target/package")?;
        }
        let manifest = Manifest::read(project)?;
        let mut assets = assets(project, modules)?;
        let engine = python::engine(project)?;
        assets.push(File::new(ENGINE, python::script(project, &engine, None)?));
        let mut files =
            bundle(project, &assets, &["www/api/playground.js", "www/python/python-at.js"], true)?;
        let host = bundle(project, &assets, &["www/embed/host.js"], false)?;
        files.extend(host.into_iter().map(|file| File { path: "embed-host.js".to_owned(), ..file }));
        files.extend(fragments::for_package(project)?);
        files.extend(texts(project, &TEXTS)?);
        files.push(File::new("package.json", manifest.for_npm()?));
        let playground = pack(project, &manifest.name, &manifest.version, &files)?;
        let python = if engine.is_empty() {
            None
        } else {
            let name = manifest.name_of_python();
            let mut files = with_python(project, assets, engine)?;
            files.extend(texts(project, &TEXTS_OF_PYTHON)?);
            files.push(File::new("package.json", manifest.for_python()?));
            Some(pack(project, &name, &manifest.version, &files)?)
        };
        Ok(Packages { playground, python })
    })
}

/// Returns the files with which programs in Python run, all in one folder but for the engine.
fn with_python(project: &Project, mut assets: Vec<File>, engine: Vec<File>) -> Result<Vec<File>> {
    assets.retain(|file| file.path != ENGINE);
    assets.extend(python::assets(project, &engine)?);
    let mut files = Vec::new();
    let mut wanted = vec![WORKER.to_owned()];
    while let Some(path) = wanted.pop() {
        let script = text_of(&assets, &path)?;
        let imported = references(&path, script).filter(|path| assets.iter().any(|file| file.path == *path));
        wanted.extend(imported.filter(|path| path.ends_with(".js")));
        files.push(File::new(path, script));
    }
    files.extend(
        assets.into_iter().filter(|file| file.path.starts_with("python/") && !file.path.ends_with(".js")),
    );
    let here = ["./".to_owned(), "./pyodide/".to_owned()];
    files.retain(|file| file.path != ENGINE);
    files.push(File::new(ENGINE, python::script(project, &engine, Some(here))?));
    let flat = |file: File| File { path: file.path.trim_start_matches("python/").to_owned(), ..file };
    let named = |file: File| {
        let name = file.path.rsplit('/').next().unwrap_or_default();
        File { path: format!("pyodide/{name}"), ..file }
    };
    Ok(files.into_iter().map(flat).chain(engine.into_iter().map(named)).collect())
}

fn texts(project: &Project, names: &[(&str, &str)]) -> Result<Vec<File>> {
    let read = |(from, to): &(&str, &str)| Ok(File::new(*to, read(&project.root.join(from))?));
    names.iter().map(read).collect()
}

/// Has npm make a tarball, and returns its path.
fn pack(project: &Project, name: &str, version: &str, files: &[File]) -> Result<PathBuf> {
    let out = project.root.join("target/package");
    let dir = out.join(name);
    for file in files {
        replace(&dir.join(&file.path), &file.bytes)?;
    }
    let npm = tools::need("npm", "install Node.js 20 or later with npm, https://nodejs.org")?;
    cmd!(project.shell, "{npm} pack {dir} --pack-destination {out} --silent")
        .quiet()
        .ignore_stdout()
        .run()?;
    let tarball = out.join(format!("{name}-{version}.tgz"));
    ensure!(tarball.is_file(), "npm has not made {}", tarball.display());
    let size = fs::metadata(&tarball)?.len();
    eprintln!("    {} files in {}, {size} bytes", files.len(), tarball.display());
    Ok(tarball)
}

/// The fields of Cargo.toml that the package repeats.
#[derive(Deserialize)]
struct Manifest {
    name: String,
    version: String,
    description: String,
    license: String,
    keywords: Vec<String>,
}

impl Manifest {
    fn read(project: &Project) -> Result<Self> {
        #[derive(Deserialize)]
        struct Cargo {
            package: Manifest,
        }
        let text = fs::read_to_string(project.root.join("Cargo.toml")).context("cannot read Cargo.toml")?;
        Ok(toml::from_str::<Cargo>(&text)?.package)
    }

    /// Returns package.json. Scripts count as having side effects, because loading them defines the elements.
    fn for_npm(&self) -> Result<Vec<u8>> {
        let manifest = json!({
            "name": self.name,
            "version": self.version,
            "description": self.description,
            "license": self.license,
            "keywords": self.keywords,
            "type": "module",
            "main": "./playground.js",
            "types": "./playground.d.ts",
            "exports": {
                ".": { "types": "./playground.d.ts", "default": "./playground.js" },
                "./python": { "types": "./python.d.ts", "default": "./python-at.js" },
                "./embed-host": { "types": "./embed-host.d.ts", "default": "./embed-host.js" },
                "./astro": { "types": "./astro/index.d.ts", "default": "./astro/index.js" },
                "./docusaurus": { "types": "./docusaurus/index.d.ts", "default": "./docusaurus/index.js" },
                "./docusaurus/client": { "types": "./docusaurus/client.d.ts", "default": "./docusaurus/client.js" },
                "./react": { "types": "./react/index.d.ts", "default": "./react/index.js" },
                "./react/jsx-runtime": { "types": "./react/jsx-runtime.d.ts", "default": "./react/jsx-runtime.js" },
                "./react/jsx-dev-runtime": { "types": "./react/jsx-dev-runtime.d.ts", "default": "./react/jsx-dev-runtime.js" },
                "./vitepress": { "types": "./vitepress/index.d.ts", "default": "./vitepress/index.js" },
                "./vue": { "types": "./vue/index.d.ts", "default": "./vue/index.js" },
                "./fragments/*": { "types": "./fragments/type.d.ts", "default": "./fragments/*.js" },
                "./types/*": { "types": "./types/*.d.ts" },
                "./package.json": "./package.json",
            },
            // A server render has the static fragments; browsers have no use for them.
            "imports": { "#fragment": { "browser": "./fragment/browser.js", "default": "./fragment/server.js" } },
            "peerDependencies": { "react": ">=18", "vue": ">=3" },
            "peerDependenciesMeta": { "react": { "optional": true }, "vue": { "optional": true } },
            "sideEffects": ["./playground.js", "./python-at.js", "./embed-host.js", "./docusaurus/client.js", "./chunks/*.js"],
            "engines": { "node": ">=20" },
        });
        Ok(serde_json::to_vec_pretty(&manifest)?)
    }

    fn name_of_python(&self) -> String {
        format!("{}-python", self.name)
    }

    /// Returns package.json of the package with Python, whose files are not imported but served.
    fn for_python(&self) -> Result<Vec<u8>> {
        let manifest = json!({
            "name": self.name_of_python(),
            "version": self.version,
            "description": format!("Python for {}: Pyodide, and what its exercises have in Python", self.name),
            "license": format!("({}) AND MPL-2.0 AND Python-2.0", self.license),
            "keywords": ["asyncio", "pyodide", "python"],
            "type": "module",
            "exports": { "./*": "./*" },
        });
        Ok(serde_json::to_vec_pretty(&manifest)?)
    }
}
