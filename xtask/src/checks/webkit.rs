//! WebKitGTK, by the driver of the distribution, on a display of its own: it has no mode without one.

use std::{
    io::{BufRead as _, BufReader},
    num::NonZeroUsize,
    process::{Child, Command, Stdio},
};

use anyhow::{Context as _, Result, ensure};
use xshell::cmd;

use super::{foundation, in_node, tests};
use crate::{project::Project, tools};

const INSTALL: &str = "install webkit2gtk-driver and xvfb";

/// No machine for tests has a graphics card, and in a container the browser may not make a sandbox.
const ENVIRONMENT: [&str; 4] = [
    "WEBKIT_DISABLE_COMPOSITING_MODE",
    "WEBKIT_DISABLE_DMABUF_RENDERER",
    "WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS",
    "LIBGL_ALWAYS_SOFTWARE",
];

/// How long all of `tests/web` may take, in seconds. They are not optimised, and on a busy machine take minutes here.
const TIMEOUT: &str = "600";

/// Runs `tests/web`, `tests/webkit`, and the part of `tests/page` that is for every browser.
pub fn check(project: &Project) -> Result<()> {
    tools::node_modules(project)?;
    tools::wasm_target(&project.shell)?;
    let driver = tools::need("WebKitWebDriver", INSTALL)?;
    let wasm_pack = tools::wasm_pack(project)?;
    let display = Display::open()?;
    let _display = project.shell.push_env("DISPLAY", &display.name);
    let _environment = ENVIRONMENT.map(|name| project.shell.push_env(name, "1"));
    let _timeout = project.shell.push_env("WASM_BINDGEN_TEST_TIMEOUT", TIMEOUT);
    // The protocol of Safari's driver is that of WebKit's.
    cmd!(project.shell, "{wasm_pack} test --headless --safari --safaridriver {driver}").run()?;
    let _browser = project.shell.push_env("BROWSER", "webkit");
    // Only one window on a display has the keyboard.
    in_node(project, NonZeroUsize::MIN, &[foundation(project), tests(project, "tests/webkit")?].concat())
}

/// A virtual display, which ends with this value.
struct Display {
    name: String,
    server: Child,
}

impl Display {
    fn open() -> Result<Self> {
        let xvfb = tools::need("Xvfb", INSTALL)?;
        let mut server = Command::new(xvfb)
            // It chooses a free number and writes it out.
            .args(["-displayfd", "1", "-screen", "0", "1440x1200x24"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("cannot start Xvfb")?;
        let mut number = String::new();
        let out = server.stdout.take().context("Xvfb has no output")?;
        let mut display = Self { name: String::new(), server };
        BufReader::new(out).read_line(&mut number).context("Xvfb has not written its number")?;
        ensure!(!number.trim().is_empty(), "Xvfb has found no free display");
        display.name = format!(":{}", number.trim());
        Ok(display)
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        // It has ended by itself if this fails.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}
