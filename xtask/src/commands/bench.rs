//! `cargo xtask bench`: runs the benchmarks and makes their tables.
//!
//! Each kind of benchmark is a program in `bench/`, which writes its rows as JSON into `target/bench`. The tables are made of
//! the files there. No benchmark is a test.

use std::{fmt::Write as _, fs, path::Path};

use anyhow::{Context as _, Result};
use clap::ValueEnum;
use serde::Deserialize;
use xshell::cmd;

use crate::{
    project::{Project, step},
    site::{self, publish::Compressed},
    tools,
    wasm::{Modules, Which},
};

/// What to measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    /// The patterns and the simulation beside other crates
    Native,
    /// The patterns inside wasm beside JavaScript's libraries, in Chromium
    Web,
    /// How soon a page is ready, in Chromium
    Load,
    /// All of it
    All,
}

/// One line of a table; the first result is ours.
#[derive(Deserialize)]
struct Row {
    bench: String,
    work: String,
    unit: String,
    results: Vec<Measured>,
}

/// A median between two quartiles.
#[derive(Deserialize)]
struct Measured {
    who: String,
    median: f64,
    low: f64,
    high: f64,
}

/// Measures, then prints the tables of all results so far and writes them as Markdown.
pub fn bench(kind: Kind) -> Result<()> {
    let project = Project::open()?;
    let dir = project.root.join("target/bench");
    fs::create_dir_all(&dir)?;
    if matches!(kind, Kind::Native | Kind::All) {
        native(&project, &dir)?;
    }
    if matches!(kind, Kind::Web | Kind::All) {
        modules(&project, &dir)?;
        browser(&project, "loops", &dir.join("web.json"))?;
    }
    if matches!(kind, Kind::Load | Kind::All) {
        modules(&project, &dir)?;
        site::build(&project, &Modules::build(&project, Which::All)?, "/", Compressed::Yes)?;
        browser(&project, "load", &dir.join("load.json"))?;
    }
    let mut tables = format!("{}\n", machine(&project)?);
    for name in ["native", "web", "load"] {
        let Ok(text) = fs::read_to_string(dir.join(name).with_extension("json")) else { continue };
        let rows: Vec<Row> = serde_json::from_str(&text).with_context(|| format!("{name}.json"))?;
        table(&rows, &mut tables)?;
    }
    fs::write(dir.join("tables.md"), &tables)?;
    println!("{tables}");
    Ok(())
}

fn native(project: &Project, dir: &Path) -> Result<()> {
    let file = dir.join("native.json");
    let build = ["run", "--quiet", "--profile", "bench", "--package", "bench", "--"];
    step("measuring natively", "close other programs: figures of a busy machine mean nothing", || {
        Ok(cmd!(project.shell, "cargo {build...} {file}").quiet().run()?)
    })
}

/// Builds the module of loops, and an almost empty one to compare with.
fn modules(project: &Project, dir: &Path) -> Result<()> {
    tools::wasm_target(&project.shell)?;
    let (sh, wasm_pack, page) = (&project.shell, tools::wasm_pack(project)?, dir.join("page"));
    let build = ["--no-pack", "--no-typescript", "--release", "--target", "web"];
    step("building the modules to measure", "the compiler's message is above", || {
        for (name, features) in [("empty_wasm", None), ("loops_wasm", Some(["--", "--features", "loops"]))] {
            let out = ["--out-name", name];
            let command =
                cmd!(sh, "{wasm_pack} --quiet build bench/web {build...} --out-dir {page} {out...}");
            command.args(features.into_iter().flatten()).quiet().run()?;
        }
        Ok(())
    })
}

fn browser(project: &Project, kind: &str, file: &Path) -> Result<()> {
    tools::node_modules(project)?;
    let sh = &project.shell;
    if !project.root.join("bench/node_modules").is_dir() {
        step("installing the peers of bench/package.json", "check the network", || {
            let npm = tools::need("npm", "install Node.js 20 or later with npm, https://nodejs.org")?;
            Ok(cmd!(sh, "{npm} ci --prefix bench").quiet().run()?)
        })?;
    }
    let chromium = tools::CHROMIUM.get(sh)?;
    let node = tools::need("node", "install Node.js 20 or later, https://nodejs.org")?;
    let _browser = sh.push_env("CHROMIUM", chromium);
    step(&format!("measuring in Chromium: {kind}"), "close other programs", || {
        Ok(cmd!(sh, "{node} bench/web/measure.js {kind} {file}").quiet().run()?)
    })
}

/// Returns the machine and the date.
fn machine(project: &Project) -> Result<String> {
    let sh = &project.shell;
    let cpu = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let cpu = cpu.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let cpu = cpu.map_or(std::env::consts::ARCH, |(_, name)| name);
    let cores = std::thread::available_parallelism()?;
    let (rustc, date) =
        (cmd!(sh, "rustc --version").quiet().read()?, cmd!(sh, "date -u +%F").quiet().read()?);
    Ok(format!("Measured on {date}: {cpu}, {cores} cores, {rustc}.\n"))
}

fn table(rows: &[Row], to: &mut String) -> Result<()> {
    writeln!(to, "| bench | unit | ours | best peer | ours / best | others |\n|---|---|--:|--:|--:|---|")?;
    for Row { bench, unit, results, .. } in rows {
        // Results in brackets and other forms of ours are shown but not compared. A row without ours compares nothing.
        let (ours, rest) = match results.split_first() {
            Some((first, rest)) if first.who.starts_with("ours") => (Some(first), rest),
            _ => (None, results.as_slice()),
        };
        let (mut peers, mut others): (Vec<_>, Vec<_>) = rest
            .iter()
            .partition(|result| ours.is_some() && !["(", "ours"].iter().any(|no| result.who.starts_with(no)));
        peers.sort_by(|a, b| a.median.total_cmp(&b.median));
        let mut peers = peers.into_iter();
        let best = peers.next();
        others.splice(0..0, peers);
        let shown = |result: &Measured| format!("{} {}", result.who, result.spread());
        let ratio = ours.zip(best).map(|(ours, best)| format!("{:.2}", ours.median / best.median));
        let (ratio, ours) = (ratio.unwrap_or_default(), ours.map_or_else(String::new, Measured::spread));
        let (best, others) = (best.map_or_else(String::new, shown), others.into_iter().map(shown));
        let others = others.collect::<Vec<_>>().join("; ");
        writeln!(to, "| {bench} | {unit} | {ours} | {best} | {ratio} | {others} |")?;
    }
    writeln!(to, "\nA median (quartiles of the rounds in brackets); on all sides the same work:\n")?;
    for Row { bench, work, .. } in rows {
        writeln!(to, "- {bench}: {work}")?;
    }
    Ok(writeln!(to)?)
}

impl Measured {
    fn spread(&self) -> String {
        let Self { median, low, high, .. } = self;
        let digits = if *high < 100.0 { 1 } else { 0 };
        if low == high {
            return format!("{median:.digits$}");
        }
        format!("{median:.digits$} ({low:.digits$}–{high:.digits$})")
    }
}
