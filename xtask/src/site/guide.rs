//! A document of `docs/` as a part of a page.

use minijinja::Value;
use pulldown_cmark::{Event, Tag, TagEnd};

use super::prose::{events, render};

/// The document as HTML, without its title. A table scrolls sideways where it is too wide, under the name of its section.
pub fn guide(markdown: &str) -> Value {
    let body = markdown
        .split_once("\n")
        .filter(|(title, _)| title.starts_with("# "))
        .map_or(markdown, |(_, body)| body);
    let (mut section, mut in_heading) = (String::new(), false);
    let mut out = Vec::new();
    for event in events(body) {
        match &event {
            Event::Start(Tag::Heading { .. }) => {
                section.clear();
                in_heading = true;
            }
            Event::End(TagEnd::Heading(_)) => in_heading = false,
            Event::Text(text) | Event::Code(text) if in_heading => section.push_str(text),
            _ => {}
        }
        let ends_table = matches!(event, Event::End(TagEnd::Table));
        if matches!(event, Event::Start(Tag::Table(_))) {
            let label = minijinja::HtmlEscape(&section);
            let region =
                format!("<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"{label}\">");
            out.push(Event::Html(region.into()));
        }
        out.push(event);
        if ends_table {
            out.push(Event::Html("</div>".into()));
        }
    }
    render(out.into_iter())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_a_region_named_by_its_section_and_the_title_is_left_out() {
        let html =
            guide("# Title\n\n## Some `options`\n\n| a |\n|---|\n| b |\n\n```sh\nx\n```\n").to_string();
        assert!(!html.contains("Title"), "{html}");
        assert!(html.contains("role=\"region\" aria-label=\"Some options\"><table>"), "{html}");
        assert!(html.contains("</table>\n</div>"), "{html}");
        assert!(html.contains("<pre tabindex=\"0\"><code class=\"language-sh\">"), "{html}");
    }
}
