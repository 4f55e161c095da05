//! Every exercise has its prose, in the one structure that the pages are made from.

use std::fs;
use std::path::Path;

use async_playground::exercises::{Exercise, Kind, catalogue};

/// A heading of one level and all that follows up to the next of that level.
#[derive(Debug)]
struct Section {
    title: String,
    body: String,
}

/// Splits at headings of `level`; fenced code is no place for headings. The text before the first one must
/// be blank.
fn sections(text: &str, level: usize) -> Vec<Section> {
    let mark = format!("{} ", "#".repeat(level));
    let (mut sections, mut fenced) = (Vec::<Section>::new(), false);
    for line in text.lines() {
        fenced ^= line.starts_with("```");
        if let (false, Some(title)) = (fenced, line.strip_prefix(&mark)) {
            sections.push(Section { title: title.to_owned(), body: String::new() });
        } else if let Some(section) = sections.last_mut() {
            section.body.push_str(line);
            section.body.push('\n');
        } else {
            assert!(line.trim().is_empty(), "text before the first heading: {line}");
        }
    }
    assert!(!fenced, "a code block has no end");
    sections
}

fn titles(sections: &[Section]) -> Vec<&str> {
    sections.iter().map(|section| section.title.as_str()).collect()
}

fn sentences(text: &str) -> usize {
    text.split_whitespace().filter(|word| word.ends_with(['.', '?', '!'])).count()
}

/// The one paragraph of a section.
#[track_caller]
fn paragraph(section: &Section) -> &str {
    let text = section.body.trim();
    assert_eq!(text.lines().count(), 1, "{} is one paragraph: {text}", section.title);
    text
}

/// The numbers in a text that are settings, with the names of these.
fn linked_settings(text: &str) -> Vec<(&str, &str)> {
    let links = text.split('[').skip(1).filter_map(|rest| rest.split_once("](setting:"));
    links.filter_map(|(text, rest)| Some((text, rest.split_once(')')?.0))).collect()
}

/// The default of a setting that is a number.
fn number_setting(exercise: &Exercise, name: &str) -> Option<i64> {
    let setting = exercise.settings.iter().find(|setting| setting.name == name)?;
    if let Kind::Int { default, .. } = setting.kind { Some(default) } else { None }
}

fn in_digits(text: &str) -> i64 {
    const WORDS: [&str; 13] = [
        "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
        "twelve",
    ];
    let word = text.to_lowercase();
    let place = WORDS.iter().position(|known| *known == word);
    place.map_or_else(|| text.parse().expect("a number"), |place| i64::try_from(place).expect("small"))
}

#[test]
fn every_exercise_has_the_same_parts() {
    for exercise in catalogue() {
        let path = format!("src/exercises/{}/prose.md", exercise.directory());
        let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(&path)).expect(&path);
        let parts = sections(&text, 2);
        assert_eq!(
            titles(&parts),
            ["Benefit", "Situation", "Your task", "Why it matters", "Hints", "Notes"],
            "{path}"
        );
        let [benefit, situation, task, reason, hints, notes] = &parts[..] else { panic!("{path}") };

        assert_eq!(sentences(paragraph(benefit)), 1, "{path}: {benefit:?}");
        assert!(benefit.body.trim().len() < 90, "{path}: too long for a card: {benefit:?}");
        assert_eq!(sentences(paragraph(situation)), 2, "{path}: {situation:?}");
        let linked = linked_settings(paragraph(situation));
        assert!(!linked.is_empty(), "{path}: {situation:?}");
        for (text, name) in linked {
            let default = number_setting(exercise, name);
            assert_eq!(Some(in_digits(text)), default, "{path}: {text} is {name}");
        }
        let bullets: Vec<&str> = task.body.trim().lines().collect();
        assert!((2..=7).contains(&bullets.len()), "{path}: {bullets:?}");
        assert!(
            bullets.iter().all(|line| line.starts_with("- ") && line.ends_with('.')),
            "{path}: {bullets:?}"
        );
        assert_eq!(sentences(paragraph(reason)), 1, "{path}: {reason:?}");

        let items: Vec<&str> = hints.body.trim().lines().collect();
        assert_eq!(items.len(), 3, "{path}: {items:?}");
        for (item, number) in items.iter().zip(1..) {
            assert!(item.starts_with(&format!("{number}. ")), "{path}: {item}");
        }

        let notes = sections(&notes.body, 3);
        let expect = ["In FastAPI and asyncio", "In Rust services", "Seen in the wild"];
        assert_eq!(titles(&notes), expect, "{path}");
        for note in notes {
            assert!(sentences(&note.body) >= 2, "{path}: {} says little", note.title);
            let fences = note.body.lines().filter(|line| line.starts_with("```"));
            let opened: Vec<&str> = fences.step_by(2).collect();
            let known = opened.iter().all(|fence| ["```python", "```rust"].contains(fence));
            assert!(known, "{path}: {opened:?}");
        }
    }
}
