//! `cargo xtask package`: the npm package, as a tarball ready to be installed or published.
//!
//! It holds scripts, types, texts and licences, and has no install script.

use std::{fs, path::PathBuf};

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;
use serde_json::json;
use xshell::cmd;

use crate::{
    files::{File, replace},
    project::{Project, step},
    site::{assets::assets, bundle::bundle, fragments},
    tools,
    wasm::Modules,
};

/// The files that are copied into the package, and their names there.
const TEXTS: [(&str, &str); 5] = [
    ("bundle/README.md", "README.md"),
    ("LICENSE-MIT", "LICENSE-MIT"),
    ("LICENSE-APACHE", "LICENSE-APACHE"),
    ("www/api/playground.d.ts", "playground.d.ts"),
    ("bundle/embed-host.d.ts", "embed-host.d.ts"),
];

/// Makes the tarball around these modules and returns its path.
pub fn package(project: &Project, modules: &Modules) -> Result<PathBuf> {
    step("packing the npm package into target/package", "", || {
        let assets = assets(project, modules)?;
        let mut files = bundle(project, &assets, "www/api/playground.js", true)?;
        let host = bundle(project, &assets, "www/embed/host.js", false)?;
        files.extend(host.into_iter().map(|file| File { path: "embed-host.js".to_owned(), ..file }));
        files.extend(fragments::for_package(project)?);
        for (from, to) in TEXTS {
            files.push(File::new(
                to,
                fs::read(project.root.join(from)).with_context(|| format!("cannot read {from}"))?,
            ));
        }
        let manifest = Manifest::read(project)?;
        files.push(File::new("package.json", manifest.for_npm()?));
        let out = project.root.join("target/package");
        let dir = out.join("contents");
        if dir.exists() {
            fs::remove_dir_all(&dir).context("cannot clear target/package")?;
        }
        for file in &files {
            replace(&dir.join(&file.path), &file.bytes)?;
        }
        let npm = tools::need("npm", "install Node.js 20 or later with npm, https://nodejs.org")?;
        cmd!(project.shell, "{npm} pack {dir} --pack-destination {out} --silent")
            .quiet()
            .ignore_stdout()
            .run()?;
        let tarball = out.join(format!("{}-{}.tgz", manifest.name, manifest.version));
        ensure!(tarball.is_file(), "npm has not made {}", tarball.display());
        eprintln!(
            "    {} files in {}, {} bytes",
            files.len(),
            tarball.display(),
            fs::metadata(&tarball)?.len()
        );
        Ok(tarball)
    })
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
                "./embed-host": { "types": "./embed-host.d.ts", "default": "./embed-host.js" },
                "./astro": { "types": "./astro/index.d.ts", "default": "./astro/index.js" },
                "./docusaurus": { "types": "./docusaurus/index.d.ts", "default": "./docusaurus/index.js" },
                "./docusaurus/client": { "types": "./docusaurus/client.d.ts", "default": "./docusaurus/client.js" },
                "./react": { "types": "./react/index.d.ts", "default": "./react/index.js" },
                "./vue": { "types": "./vue/index.d.ts", "default": "./vue/index.js" },
                "./fragments/*": { "types": "./fragments/type.d.ts", "default": "./fragments/*.js" },
                "./types/*": { "types": "./types/*.d.ts" },
                "./package.json": "./package.json",
            },
            // A server render has the static fragments; browsers have no use for them.
            "imports": { "#fragment": { "browser": "./fragment/browser.js", "default": "./fragment/server.js" } },
            "peerDependencies": { "react": ">=18", "vue": ">=3" },
            "peerDependenciesMeta": { "react": { "optional": true }, "vue": { "optional": true } },
            "sideEffects": ["./playground.js", "./embed-host.js", "./docusaurus/client.js", "./chunks/*.js"],
            "engines": { "node": ">=20" },
        });
        Ok(serde_json::to_vec_pretty(&manifest)?)
    }
}
