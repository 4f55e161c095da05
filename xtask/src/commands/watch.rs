//! Rebuilds the site when a source file changes. A build that fails leaves the last good site as it was.

use std::{
    env,
    path::Path,
    process::Command,
    sync::mpsc::{self, Receiver, RecvTimeoutError},
    time::Duration,
};

use anyhow::Result;
use notify::{Event, RecursiveMode, Watcher as _};

use crate::project;

const DIRECTORIES: [&str; 4] = ["python", "src", "www", "xtask"];
const FILES: [&str; 3] = ["Cargo.toml", "Cargo.lock", "wasm-pack.toml"];

/// One save in an editor is several events, and a checkout is many: the build waits for this long a pause.
const QUIET: Duration = Duration::from_millis(200);

/// Watches and rebuilds until the watcher ends.
pub fn rebuild_on_change() -> Result<()> {
    let root = project::root();
    let (sender, events) = mpsc::channel();
    let mut watcher = notify::recommended_watcher(sender)?;
    for directory in DIRECTORIES {
        watcher.watch(&root.join(directory), RecursiveMode::Recursive)?;
    }
    // The directory and not the files, because editors replace a file by renaming another.
    watcher.watch(&root, RecursiveMode::NonRecursive)?;
    while let Some(reach) = next_change(&root, &events)? {
        rebuild(&root, reach);
    }
    Ok(())
}

/// What a change makes necessary to rebuild.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Reach {
    /// Only files in `www` and `python`: the modules stay as they are.
    Page,
    Everything,
}

/// Waits for a change and then for a pause. Returns None when the watcher has ended.
fn next_change(root: &Path, events: &Receiver<notify::Result<Event>>) -> Result<Option<Reach>> {
    let mut found = None;
    loop {
        let event = match found {
            None => events.recv().map_err(|_| RecvTimeoutError::Disconnected),
            Some(_) => events.recv_timeout(QUIET),
        };
        match event {
            Ok(event) => found = found.max(reach(root, &event?)),
            Err(RecvTimeoutError::Timeout) => return Ok(found),
            Err(RecvTimeoutError::Disconnected) => return Ok(None),
        }
    }
}

fn reach(root: &Path, event: &Event) -> Option<Reach> {
    // Reading is reported as an event too, and a build reads every file.
    if event.kind.is_access() {
        return None;
    }
    let paths = event.paths.iter().filter_map(|path| path.strip_prefix(root).ok());
    paths
        .filter_map(|path| {
            if path.starts_with("www") || path.starts_with("python") {
                return Some(Reach::Page);
            }
            let watched = DIRECTORIES.iter().any(|dir| path.starts_with(dir))
                || FILES.iter().any(|file| path == Path::new(file));
            watched.then_some(Reach::Everything)
        })
        .max()
}

/// Builds in another process: the registry is compiled into xtask, so this process only knows the old one.
fn rebuild(root: &Path, reach: Reach) {
    eprintln!("\nA file changed.");
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.current_dir(root).args(["xtask", "build", "--quick"]);
    if reach == Reach::Page {
        command.arg("--reuse-modules");
    }
    let outcome = match command.status() {
        Ok(status) if status.success() => "The site is up to date: reload the page.".to_owned(),
        Ok(_) => "The build failed (its message is above); the last good site is still served.".to_owned(),
        Err(error) => format!("cargo cannot be started: {error}"),
    };
    eprintln!("\n{outcome}\n");
}

#[cfg(test)]
mod tests {
    use notify::{
        EventKind,
        event::{AccessKind, ModifyKind},
    };

    use super::*;

    #[track_caller]
    fn check(kind: EventKind, path: &str, expect: Option<Reach>) {
        let root = Path::new("/project");
        assert_eq!(reach(root, &Event::new(kind).add_path(root.join(path))), expect, "{path}");
    }

    #[test]
    fn only_sources_are_rebuilt_and_reading_is_no_change() {
        let changed = EventKind::Modify(ModifyKind::Any);
        check(changed, "www/api/engine.js", Some(Reach::Page));
        check(changed, "src/lib.rs", Some(Reach::Everything));
        check(changed, "wasm-pack.toml", Some(Reach::Everything));
        check(changed, "README.md", None);
        check(changed, "dist/index.html", None);
        check(EventKind::Access(AccessKind::Read), "src/lib.rs", None);
    }
}
