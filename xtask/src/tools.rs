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

/// wasm-pack at the pinned version.
pub fn wasm_pack(project: &Project) -> Result<PathBuf> {
    from_crates_io(&project.shell, "wasm-pack", &project.config.wasm_pack.version)
}

/// geckodriver at the pinned version.
pub fn geckodriver(project: &Project) -> Result<PathBuf> {
    from_crates_io(&project.shell, "geckodriver", &project.config.geckodriver.version)
}

/// A program at a version: from the PATH, else from the user's cache, else installed there.
fn from_crates_io(sh: &Shell, name: &str, version: &str) -> Result<PathBuf> {
    let is_pinned = |file: &Path| {
        let said = cmd!(sh, "{file} --version").quiet().ignore_stderr().read();
        said.is_ok_and(|said| said.split_whitespace().nth(1) == Some(version))
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

/// A browser for the tests.
pub struct Browser {
    /// As the page tests call it. In capitals it is the variable that says where the program is.
    pub name: &'static str,
    programs: &'static [&'static str],
    /// A driver that comes with it, and has to be on the PATH.
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

    /// The variable that names the program.
    pub fn variable(&self) -> String {
        self.name.to_uppercase()
    }

    /// The installed one, or the distribution's, if it can be installed here.
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
