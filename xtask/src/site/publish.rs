//! Writes the site into `dist/`, so that a server that reads it meanwhile never sees half a site.
//!
//! Assets come first, under a name that no older page knows. The rest follows, each file replaced in one step. Files that
//! the new site does not have are removed last.

use std::{
    collections::BTreeSet,
    fs,
    io::{ErrorKind, Write as _},
    path::{Path, PathBuf},
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

use anyhow::{Context as _, Result, anyhow};

use crate::files::{File, beside, replace};

/// Whether files get compressed forms, for servers that send those.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compressed {
    Yes,
    /// It takes most of the time of a build, and saves none on the way from this machine to itself.
    No,
}

/// Makes `dist` hold exactly `files` and their compressed forms; `files` are written in the order given.
pub fn publish(dist: &Path, files: &[File], compressed: Compressed) -> Result<()> {
    let mut kept = BTreeSet::new();
    for (file, packed) in files.iter().zip(pack(dist, files, compressed)?) {
        let path = dist.join(&file.path);
        let beside = [beside(&path, "br"), beside(&path, "gz")];
        match packed {
            Some(packed) => {
                for (path, bytes) in beside.iter().zip(&packed) {
                    replace(path, bytes)?;
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

/// A file in brotli, and in gzip.
type Packed = [Vec<u8>; 2];

/// Compresses on all cores what has changed or has no compressed forms yet.
fn pack(dist: &Path, files: &[File], compressed: Compressed) -> Result<Vec<Option<Packed>>> {
    let is_stale = |file: &File| {
        let path = dist.join(&file.path);
        let packed = ["br", "gz"].iter().all(|extension| beside(&path, extension).is_file());
        is_compressible(&path) && !(packed && is_there(&path, file))
    };
    let next = AtomicUsize::new(0);
    let work = || -> Result<Vec<(usize, Packed)>> {
        let mut packed = Vec::new();
        while let at = next.fetch_add(1, Ordering::Relaxed)
            && let Some(file) = files.get(at)
        {
            if is_stale(file) {
                packed.push((at, [to_brotli(&file.bytes)?, to_gzip(&file.bytes)?]));
            }
        }
        Ok(packed)
    };
    let mut all = vec![None; files.len()];
    if compressed == Compressed::Yes {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        thread::scope(|scope| {
            let workers: Vec<_> = (0..cores).map(|_| scope.spawn(work)).collect();
            for worker in workers {
                let packed = worker.join().map_err(|_| anyhow!("compressing ended in a panic"))??;
                for (at, packed) in packed {
                    all[at] = Some(packed);
                }
            }
            anyhow::Ok(())
        })?;
    }
    Ok(all)
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

/// From this size on the last tenth is not worth its minute: Pyodide's module takes 70 s at the highest quality and 5 s at
/// the next but one.
const LARGE: usize = 4 << 20;

fn to_brotli(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut packed = Vec::new();
    let quality = if bytes.len() < LARGE { 11 } else { 9 };
    let params = brotli::enc::BrotliEncoderParams { quality, lgwin: 22, ..Default::default() };
    brotli::BrotliCompress(&mut &*bytes, &mut packed, &params)?;
    Ok(packed)
}

/// Compresses with gzip, at the highest level.
pub fn to_gzip(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packer.write_all(bytes)?;
    Ok(packer.finish()?)
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
        publish(
            &dist,
            &[File::new("assets/a/x.js", "1"), File::new("old/index.html", "old")],
            Compressed::Yes,
        )
        .expect("published");
        publish(&dist, &[File::new("assets/b/x.js", "2"), File::new("index.html", "new")], Compressed::Yes)
            .expect("published");
        assert_eq!(names(&dist), ["assets", "index.html", "index.html.br", "index.html.gz"]);
        assert_eq!(names(&dist.join("assets")), ["b"]);
        fs::remove_dir_all(dist).expect("removed");
    }

    #[test]
    fn without_compressing_nothing_old_is_beside_a_file_that_changed() {
        let dist = crate::scratch("publish-plain");
        let site = |page: &str| [File::new("index.html", page), File::new("style.css", "same")];
        publish(&dist, &site("old"), Compressed::Yes).expect("published");
        publish(&dist, &site("new"), Compressed::No).expect("published");
        assert_eq!(names(&dist), ["index.html", "style.css", "style.css.br", "style.css.gz"]);
        publish(&dist, &site("new"), Compressed::Yes).expect("published");
        assert_eq!(names(&dist).len(), 6);
        fs::remove_dir_all(dist).expect("removed");
    }
}
