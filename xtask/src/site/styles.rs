//! Joins style sheets that are always loaded together: one file compresses better.

use anyhow::{Context as _, Result};

use crate::files::File;

/// The style sheet that every page links.
pub const PAGES: &str = "style/pages.css";
/// The style sheet that the index links beside it.
pub const CATALOGUE: &str = "style/catalogue.css";

/// The style sheet of the page on the patterns.
pub const PATTERNS: &str = "style/patterns.css";

/// Each joined sheet with its files, in their order.
const SHEETS: [(&str, &[&str]); 7] = [
    (PAGES, &["tokens", "base", "page", "before", "source"]),
    // For a playground on a page of another site.
    ("style/tokens.css", &["tokens"]),
    ("style/playground.css", &["parts", "controls", "before"]),
    ("style/reading.css", &["base", "source", "around"]),
    ("style/player.css", &["picture", "opened", "player"]),
    ("style/editor.css", &["source", "editor"]),
    (CATALOGUE, &["catalogue", "picture"]),
];

/// Joins the sheets and removes the files that they were joined from.
pub fn join(files: &mut Vec<File>) -> Result<()> {
    let path = |name: &str| format!("style/{name}.css");
    let mut joined = Vec::new();
    for (sheet, names) in SHEETS {
        let mut bytes = Vec::new();
        for name in names {
            let found = files.iter().find(|file| file.path == path(name));
            bytes.extend(&found.with_context(|| format!("there is no {}", path(name)))?.bytes);
        }
        joined.push(File::new(sheet, bytes));
    }
    let parts: Vec<String> =
        SHEETS.iter().flat_map(|(_, names)| names.iter().map(|name| path(name))).collect();
    files.retain(|file| !parts.contains(&file.path));
    files.extend(joined);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sheet_is_its_files_in_order_and_they_are_gone() {
        let names = [
            "page",
            "before",
            "source",
            "base",
            "tokens",
            "parts",
            "controls",
            "around",
            "embed",
            "picture",
            "opened",
            "player",
            "catalogue",
            "editor",
        ];
        let mut files: Vec<File> =
            names.iter().map(|name| File::new(format!("style/{name}.css"), format!("{name};"))).collect();
        join(&mut files).expect("joined");
        let mut paths: Vec<&str> = files.iter().map(|file| file.path.as_str()).collect();
        paths.sort_unstable();
        let left = ["catalogue", "editor", "embed", "pages", "player", "playground", "reading", "tokens"]
            .map(|name| format!("style/{name}.css"));
        assert_eq!(paths, left);
        let pages = files.iter().find(|file| file.path == PAGES).expect("there");
        assert_eq!(pages.bytes, b"tokens;base;page;before;source;");
        assert!(join(&mut Vec::new()).is_err());
    }
}
