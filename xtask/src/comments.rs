//! Scripts and styles without their comments, which are for who reads the repository: a third of their bytes.
//!
//! Not a minifier. It knows the two places where this project puts comments, lines of their own and the types before
//! an expression, and leaves everything else as it is.

/// The text of a script or a style sheet without its comments.
pub fn without(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut inside = false;
    for line in text.lines() {
        let trimmed = line.trim();
        if inside || (trimmed.starts_with("/*") && !trimmed.contains("*/")) {
            inside = !trimmed.ends_with("*/");
        } else if !(trimmed.is_empty() || trimmed.starts_with("//") || is_block(trimmed)) {
            kept.push_str(&untyped(line));
            kept.push('\n');
        }
    }
    kept
}

/// `/* all of the line */`
fn is_block(line: &str) -> bool {
    line.starts_with("/*") && line.find("*/").is_some_and(|end| end + 2 == line.len())
}

/// `/** @type {X} */ (x)` becomes `(x)`.
fn untyped(line: &str) -> String {
    let mut parts = line.split("/** @");
    let mut kept = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let rest = part.split_once("*/").map_or("", |(_, rest)| rest);
        kept.push_str(rest.strip_prefix(' ').unwrap_or(rest));
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expect: &str) {
        assert_eq!(without(text), expect);
    }

    #[test]
    fn comments_are_left_out_and_code_is_left_alone() {
        check("// Why.\n\nlet a = 1; // kept\n", "let a = 1; // kept\n");
        check("/**\n * @param {x} y\n */\nfunction f(y) {}\n", "function f(y) {}\n");
        check("/** @type {X} */\nlet a;\n", "let a;\n");
        check("/* One. */\na {\n  /* Two,\n     three. */\n  b: c;\n}\n", "a {\n  b: c;\n}\n");
        check("const url = 'https://x/*';\n", "const url = 'https://x/*';\n");
    }

    #[test]
    fn types_before_an_expression_are_left_out() {
        check("f(/** @type {A} */ (a), /** @type {B} */ b);\n", "f((a), b);\n");
        check("/** @type {A} */ (a).b();\n", "(a).b();\n");
    }
}
