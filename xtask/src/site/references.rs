//! Which files a file of the site names: found by reading its text, not by loading it.

/// Everything between quotes (or in `url()`) that could be a path relative to `from`, but for that of an `import()`:
/// that is loaded later, and in comments names a type.
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

/// `a/b.js` and `../c.js` give `c.js`; nothing above the site.
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
