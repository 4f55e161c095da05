//! The tools that a build or a test needs: finds each, or installs it.
//!
//! Tools go into the user's cache directory, rustup's toolchains and `node_modules`. Browsers are installed with `apt-get`
//! where that is possible.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, bail};
use xshell::{Shell, cmd};

use crate::project::{Project, step};

const WASM: &str = "wasm32-unknown-unknown";

/// Returns the file of the program `name` on the PATH.
pub fn find(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    // On Windows npm is a batch file, which only its full name finds.
    let names = if cfg!(windows) {
        vec![format!("{name}.exe"), format!("{name}.cmd")]
    } else {
        vec![name.to_owned()]
    };
    env::split_paths(&path)
        .flat_map(|dir| names.iter().map(move |name| dir.join(name)))
        .find(|file| file.is_file())
}

/// Like [`find`]; the error of a missing program carries `advice`.
pub fn need(name: &str, advice: &str) -> Result<PathBuf> {
    find(name).with_context(|| format!("{name} is not on the PATH: {advice}"))
}

/// Installs Rust's WebAssembly target unless it is there.
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

/// Returns wasm-pack at the pinned version.
pub fn wasm_pack(project: &Project) -> Result<PathBuf> {
    from_crates_io(&project.shell, "wasm-pack", &project.config.wasm_pack.version)
}

/// Returns geckodriver at the pinned version.
pub fn geckodriver(project: &Project) -> Result<PathBuf> {
    from_crates_io(&project.shell, "geckodriver", &project.config.geckodriver.version)
}

/// Returns mdBook at the pinned version.
pub fn mdbook(project: &Project) -> Result<PathBuf> {
    from_crates_io(&project.shell, "mdbook", &project.config.mdbook.version)
}

/// Returns a program at a version: from the PATH, else from the user's cache, where it is installed if necessary.
fn from_crates_io(sh: &Shell, name: &str, version: &str) -> Result<PathBuf> {
    let is_pinned = |file: &Path| {
        let said = cmd!(sh, "{file} --version").quiet().ignore_stderr().read();
        // Some say `1.2.3`, others `v1.2.3`.
        said.is_ok_and(|said| {
            said.split_whitespace().nth(1).map(|said| said.trim_start_matches('v')) == Some(version)
        })
    };
    if let Some(file) = find(name).filter(|file| is_pinned(file)) {
        return Ok(file);
    }
    let home = cache_dir()?.join(format!("async-playground/{name}-{version}"));
    let file = home.join("bin").join(format!("{name}{}", env::consts::EXE_SUFFIX));
    if !is_pinned(&file) {
        step(
            &format!("installing {name} {version} into {} (some minutes, once)", home.display()),
            "it is compiled from crates.io: check the network and that a C compiler is there",
            || Ok(cmd!(sh, "cargo install --locked --root {home} {name}@{version}").quiet().run()?),
        )?;
    }
    Ok(file)
}

fn cache_dir() -> Result<PathBuf> {
    let absolute = |name| env::var_os(name).map(PathBuf::from).filter(|dir| dir.is_absolute());
    absolute("XDG_CACHE_HOME")
        .or_else(|| absolute("LOCALAPPDATA"))
        .or_else(|| absolute("HOME").map(|home| home.join(".cache")))
        .context("neither XDG_CACHE_HOME nor HOME is set: tools have no place to be installed in")
}

/// Installs the tools of package.json at the versions of its lock file.
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

/// A browser for the tests.
pub struct Browser {
    /// The name that the page tests use. In capitals it is the environment variable with the path of the program.
    pub name: &'static str,
    programs: &'static [&'static str],
    /// Its driver, if a separate program that must be on the PATH.
    driver: Option<&'static str>,
    packages: &'static [&'static str],
    by_hand: &'static str,
}

pub const CHROMIUM: Browser = Browser {
    name: "chromium",
    programs: &["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"],
    driver: Some("chromedriver"),
    packages: &["chromium", "chromium-driver"],
    by_hand: "install Chromium (or Chrome) and the chromedriver of the same version, both on the PATH: \
         `sudo apt-get install chromium chromium-driver` on Debian; on other systems the packages \
         chromium and chromedriver, or https://googlechromelabs.github.io/chrome-for-testing/. \
         CHROMIUM=/path/to/chromium names a browser that is not on the PATH",
};

pub const FIREFOX: Browser = Browser {
    name: "firefox",
    programs: &["firefox-esr", "firefox"],
    driver: None,
    packages: &["firefox-esr"],
    by_hand: "install Firefox, or its extended support release, on the PATH: `sudo apt-get install firefox-esr` on \
         Debian; on other systems the package firefox, or https://www.mozilla.org/firefox/. \
         FIREFOX=/path/to/firefox names a browser that is not on the PATH",
};

impl Browser {
    fn installed(&self) -> Option<PathBuf> {
        if let Some(driver) = self.driver {
            find(driver)?;
        }
        let named = env::var_os(self.variable()).map(PathBuf::from).filter(|file| file.is_file());
        named.or_else(|| self.programs.iter().find_map(|name| find(name)))
    }

    /// Returns the environment variable with the path of the program.
    pub fn variable(&self) -> String {
        self.name.to_uppercase()
    }

    /// Returns the installed program, after installing the distribution's package where that is possible.
    pub fn get(&self, sh: &Shell) -> Result<PathBuf> {
        if let Some(program) = self.installed() {
            return Ok(program);
        }
        let packages = self.packages;
        if !may_use_apt(sh) {
            bail!("the browser tests need {}: {}", packages.join(" and "), self.by_hand);
        }
        step(&format!("installing {} with apt-get", packages.join(" and ")), self.by_hand, || {
            let _quiet = sh.push_env("DEBIAN_FRONTEND", "noninteractive");
            cmd!(sh, "apt-get update").quiet().run()?;
            cmd!(sh, "apt-get install --yes --no-install-recommends {packages...}").quiet().run()?;
            self.installed().with_context(|| {
                format!("apt-get installed {}, but it is not on the PATH", packages.join(" and "))
            })
        })
    }
}

/// Whether this is root on Debian, Ubuntu or a derivative.
fn may_use_apt(sh: &Shell) -> bool {
    let release = fs::read_to_string("/etc/os-release").unwrap_or_default();
    let kin = release
        .lines()
        .filter_map(|line| line.strip_prefix("ID=").or_else(|| line.strip_prefix("ID_LIKE=")))
        .any(|ids| ids.trim_matches('"').split(' ').any(|id| id == "debian" || id == "ubuntu"));
    let root = cmd!(sh, "id -u").quiet().ignore_stderr().read().is_ok_and(|id| id == "0");
    kin && root && find("apt-get").is_some()
}
