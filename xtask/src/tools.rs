//! The tools that a build or a test needs: whether they are there, and how they are got.
//!
//! Nothing is changed outside the user's cache directory, rustup's own toolchains and `node_modules`, except for the
//! browser, which `apt-get` installs if it may.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, bail};
use xshell::{Shell, cmd};

use crate::project::{Project, step};

const WASM: &str = "wasm32-unknown-unknown";

/// The file that `name` stands for on the PATH.
pub fn find(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    // npm is a batch file on Windows, and only its full name is found there.
    let names = if cfg!(windows) {
        vec![format!("{name}.exe"), format!("{name}.cmd")]
    } else {
        vec![name.to_owned()]
    };
    env::split_paths(&path)
        .flat_map(|dir| names.iter().map(move |name| dir.join(name)))
        .find(|file| file.is_file())
}

/// Like [`find`], with what to do if it is not there.
pub fn need(name: &str, advice: &str) -> Result<PathBuf> {
    find(name).with_context(|| format!("{name} is not on the PATH: {advice}"))
}

/// Makes sure that Rust can compile to WebAssembly.
pub fn wasm_target(sh: &Shell) -> Result<()> {
    let sysroot = cmd!(sh, "rustc --print sysroot").quiet().read()?;
    if Path::new(&sysroot).join("lib/rustlib").join(WASM).is_dir() {
        return Ok(());
    }
    step(
        "adding the WebAssembly target to Rust",
        "without rustup, install your distribution's standard library for wasm32-unknown-unknown",
        || {
            need("rustup", "see https://rustup.rs")?;
            Ok(cmd!(sh, "rustup target add {WASM}").quiet().run()?)
        },
    )
}

/// wasm-pack at the pinned version: from the PATH, else from the user's cache, else installed there.
pub fn wasm_pack(project: &Project) -> Result<PathBuf> {
    let sh = &project.shell;
    let version = &project.config.wasm_pack.version;
    let is_pinned = |file: &Path| {
        let said = cmd!(sh, "{file} --version").quiet().ignore_stderr().read();
        said.is_ok_and(|said| said.split_whitespace().nth(1) == Some(version))
    };
    if let Some(file) = find("wasm-pack").filter(|file| is_pinned(file)) {
        return Ok(file);
    }
    let home = cache_dir()?.join(format!("async-playground/wasm-pack-{version}"));
    let file = home.join("bin").join(format!("wasm-pack{}", env::consts::EXE_SUFFIX));
    if !is_pinned(&file) {
        step(
            &format!("installing wasm-pack {version} into {} (some minutes, once)", home.display()),
            "it is compiled from crates.io: check the network and that a C compiler is there",
            || Ok(cmd!(sh, "cargo install --locked --root {home} wasm-pack@{version}").quiet().run()?),
        )?;
    }
    Ok(file)
}

fn cache_dir() -> Result<PathBuf> {
    let absolute = |name| env::var_os(name).map(PathBuf::from).filter(|dir| dir.is_absolute());
    absolute("XDG_CACHE_HOME")
        .or_else(|| absolute("LOCALAPPDATA"))
        .or_else(|| absolute("HOME").map(|home| home.join(".cache")))
        .context("neither XDG_CACHE_HOME nor HOME is set: there is no place to install tools in")
}

/// The tools of package.json, as the lock file has them.
pub fn node_modules(project: &Project) -> Result<()> {
    let modified = |file: &str| fs::metadata(project.root.join(file)).and_then(|meta| meta.modified());
    let installed = modified("node_modules/.package-lock.json");
    if installed.is_ok_and(|at| modified("package-lock.json").is_ok_and(|lock| lock <= at)) {
        return Ok(());
    }
    step(
        "installing the Node.js tools of package.json",
        "check the network; `npm ci` must work in the root",
        || {
            let npm = need("npm", "install Node.js 20 or later with npm, https://nodejs.org")?;
            Ok(cmd!(project.shell, "{npm} ci").quiet().run()?)
        },
    )
}

/// Chromium or Chrome, for the tests.
pub struct Browser {
    pub program: PathBuf,
}

impl Browser {
    fn installed() -> Option<Self> {
        find("chromedriver")?;
        let named = env::var_os("CHROMIUM").map(PathBuf::from).filter(|file| file.is_file());
        let names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];
        Some(Self { program: named.or_else(|| names.into_iter().find_map(find))? })
    }

    /// The installed one, or the distribution's, if it can be installed here.
    pub fn get(sh: &Shell) -> Result<Self> {
        const BY_HAND: &str = "install Chromium (or Chrome) and the chromedriver of the same version, both on the PATH: \
             `sudo apt-get install chromium chromium-driver` on Debian; on other systems the packages \
             chromium and chromedriver, or https://googlechromelabs.github.io/chrome-for-testing/. \
             CHROMIUM=/path/to/chromium names a browser that is not on the PATH";
        if let Some(browser) = Self::installed() {
            return Ok(browser);
        }
        if !may_use_apt(sh) {
            bail!("Chromium and chromedriver are needed for the browser tests: {BY_HAND}");
        }
        step("installing Chromium and its driver with apt-get", BY_HAND, || {
            let _quiet = sh.push_env("DEBIAN_FRONTEND", "noninteractive");
            cmd!(sh, "apt-get update").quiet().run()?;
            cmd!(sh, "apt-get install --yes --no-install-recommends chromium chromium-driver")
                .quiet()
                .run()?;
            Self::installed()
                .context("apt-get installed the packages, but chromium and chromedriver are not on the PATH")
        })
    }
}

/// Root on Debian, Ubuntu or one of their kin.
fn may_use_apt(sh: &Shell) -> bool {
    let release = fs::read_to_string("/etc/os-release").unwrap_or_default();
    let kin = release
        .lines()
        .filter_map(|line| line.strip_prefix("ID=").or_else(|| line.strip_prefix("ID_LIKE=")))
        .any(|ids| ids.trim_matches('"').split(' ').any(|id| id == "debian" || id == "ubuntu"));
    let root = cmd!(sh, "id -u").quiet().ignore_stderr().read().is_ok_and(|id| id == "0");
    kin && root && find("apt-get").is_some()
}
