//! Writes the site into `dist/`, so that a server that reads it meanwhile never sees half a site.
//!
//! Assets come first, under a name that no older page knows. The rest follows, each file replaced in one step. Files that
//! the new site does not have are removed last.

use std::{
    collections::BTreeSet,
    fs,
    io::Write as _,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};

use crate::files::{File, beside, replace};

/// Makes `dist` hold exactly `files` and their compressed forms; `files` are written in the order given.
pub fn publish(dist: &Path, files: &[File]) -> Result<()> {
    let mut kept = BTreeSet::new();
    for file in files {
        let path = dist.join(&file.path);
        let (brotli, gzip) = (beside(&path, "br"), beside(&path, "gz"));
        let compressed = is_compressible(&path);
        if fs::read(&path).ok().as_deref() != Some(&file.bytes)
            || (compressed && !(brotli.is_file() && gzip.is_file()))
        {
            if compressed {
                replace(&brotli, &to_brotli(&file.bytes)?)?;
                replace(&gzip, &to_gzip(&file.bytes)?)?;
            }
            replace(&path, &file.bytes)?;
        }
        if compressed {
            kept.extend([brotli, gzip]);
        }
        kept.insert(path);
    }
    remove_others(dist, &kept)?;
    Ok(())
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
        publish(&dist, &[File::new("assets/a/x.js", "1"), File::new("old/index.html", "old")])
            .expect("published");
        publish(&dist, &[File::new("assets/b/x.js", "2"), File::new("index.html", "new")])
            .expect("published");
        assert_eq!(names(&dist), ["assets", "index.html", "index.html.br", "index.html.gz"]);
        assert_eq!(names(&dist.join("assets")), ["b"]);
        fs::remove_dir_all(dist).expect("removed");
    }
}
