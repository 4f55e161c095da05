//! Writes the site into `dist/`, so that a server that reads it meanwhile never sees half a site.
//!
//! Assets come first, under a name that no older page knows. The rest follows, each file replaced in one step. Files that
//! the new site does not have are removed last.

use std::{
    collections::BTreeSet,
    fs,
    io::ErrorKind,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};

use super::compress::{Packed, compress};
use crate::{
    files::{File, beside, replace},
    project::Project,
};

/// Whether files get compressed forms, for servers that send those.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compressed {
    Yes,
    /// It takes most of the time of a build, and saves none on the way from this machine to itself.
    No,
}

/// Makes `dist` hold exactly `files` and their compressed forms; `files` are written in the order given.
pub fn publish(project: &Project, dist: &Path, files: &[File], compressed: Compressed) -> Result<()> {
    let mut kept = BTreeSet::new();
    for (file, packed) in files.iter().zip(pack(project, dist, files, compressed)?) {
        let path = dist.join(&file.path);
        let beside = [beside(&path, "br"), beside(&path, "gz")];
        match packed {
            Some(Packed { brotli, gzip }) => {
                for (path, bytes) in beside.iter().zip([brotli, gzip]) {
                    replace(path, &bytes)?;
                }
            }
            // A server would send what is beside a file instead of it.
            None if !is_there(&path, file) => {
                for path in &beside {
                    remove(path)?;
                }
            }
            None => {}
        }
        if !is_there(&path, file) {
            replace(&path, &file.bytes)?;
        }
        kept.extend(beside.into_iter().filter(|path| path.is_file()));
        kept.insert(path);
    }
    remove_others(dist, &kept)?;
    Ok(())
}

fn is_there(path: &Path, file: &File) -> bool {
    fs::read(path).ok().as_deref() == Some(&file.bytes)
}

/// Compresses what has changed or has no compressed forms yet.
fn pack(
    project: &Project,
    dist: &Path,
    files: &[File],
    compressed: Compressed,
) -> Result<Vec<Option<Packed>>> {
    let is_stale = |file: &File| {
        let path = dist.join(&file.path);
        let packed = ["br", "gz"].iter().all(|extension| beside(&path, extension).is_file());
        compressed == Compressed::Yes && is_compressible(&path) && !(packed && is_there(&path, file))
    };
    let stale: Vec<&File> = files.iter().filter(|file| is_stale(file)).collect();
    let mut packed = compress(project, &stale)?.into_iter();
    let stale: BTreeSet<&str> = stale.iter().map(|file| &*file.path).collect();
    Ok(files.iter().map(|file| stale.contains(&*file.path).then(|| packed.next()).flatten()).collect())
}

fn remove(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", path.display()))
        }
        _ => Ok(()),
    }
}

fn is_compressible(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    ["html", "css", "js", "ts", "json", "svg", "wasm", "txt", "zip"].contains(&extension)
}

/// Removes every file under `dir` that is not kept, and every empty directory. Returns whether `dir` is empty now.
fn remove_others(dir: &Path, kept: &BTreeSet<PathBuf>) -> Result<bool> {
    let mut empty = true;
    for entry in fs::read_dir(dir).with_context(|| format!("cannot list {}", dir.display()))? {
        let entry = entry?;
        let path = entry.path();
        let removed = if entry.file_type()?.is_dir() {
            let empty = remove_others(&path, kept)?;
            if empty {
                fs::remove_dir(&path)?;
            }
            empty
        } else if kept.contains(&path) {
            false
        } else {
            fs::remove_file(&path)?;
            true
        };
        empty &= removed;
    }
    Ok(empty)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(dir: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(dir)
            .expect("listed")
            .map(|entry| entry.expect("entry").file_name().into_string().expect("utf-8"))
            .collect();
        names.sort();
        names
    }

    #[test]
    fn what_the_new_site_does_not_have_is_gone() {
        let dist = crate::scratch("publish");
        let project = Project::open().expect("the project");
        let publish = |site: [File; 2]| publish(&project, &dist, &site, Compressed::Yes).expect("published");
        publish([File::new("assets/a/x.js", "1"), File::new("old/index.html", "old")]);
        publish([File::new("assets/b/x.js", "2"), File::new("index.html", "new")]);
        assert_eq!(names(&dist), ["assets", "index.html", "index.html.br", "index.html.gz"]);
        assert_eq!(names(&dist.join("assets")), ["b"]);
        fs::remove_dir_all(dist).expect("removed");
    }

    #[test]
    fn without_compressing_nothing_old_is_beside_a_file_that_changed() {
        let dist = crate::scratch("publish-plain");
        let project = Project::open().expect("the project");
        let publish = |page: &str, compressed| {
            let site = [File::new("index.html", page), File::new("style.css", "same")];
            publish(&project, &dist, &site, compressed).expect("published");
        };
        publish("old", Compressed::Yes);
        publish("new", Compressed::No);
        assert_eq!(names(&dist), ["index.html", "style.css", "style.css.br", "style.css.gz"]);
        publish("new", Compressed::Yes);
        assert_eq!(names(&dist).len(), 6);
        fs::remove_dir_all(dist).expect("removed");
    }
}
