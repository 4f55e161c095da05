//! The files that a file of the site refers to, found by reading its text.

/// Returns every quoted text (or text in `url()`) that could be a path relative to `from`. The argument of an `import()` is
/// left out: it is loaded later, or is a type in a comment.
pub fn references<'a>(from: &'a str, text: &'a str) -> impl Iterator<Item = String> + 'a {
    let mut before = ["", ""];
    text.split(['"', '\'', '`', '(', ')']).filter_map(move |word| {
        let [verb, gap] = before;
        before = [gap, word];
        let later = verb.ends_with("import") && gap.is_empty();
        let path = word.len() < 200 && word.contains('.') && !word.contains([' ', '\n', ':', '<']);
        if path && !later { resolve(from, word) } else { None }
    })
}

/// Resolves a relative path: `a/b.js` and `../c.js` give `c.js`. Returns None above the site.
pub fn resolve(from: &str, to: &str) -> Option<String> {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in to.split(['?', '#']).next()?.split('/') {
        match part {
            "." | "" => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}
