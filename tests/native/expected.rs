//! The annotated format and the alignment.

use async_playground::expected::{Expected, Row, Status, Times, align};
use proptest::prelude::*;

/// The rows while more lines may come.
fn so_far(expected: &str, actual: &[&str]) -> Vec<Row> {
    align(&Expected::parse(expected).unwrap(), actual, false, Times::Exact)
}

/// The rows of an output that is complete.
fn finished(expected: &str, actual: &[&str]) -> Vec<Row> {
    align(&Expected::parse(expected).unwrap(), actual, true, Times::Exact)
}

fn is_matched(rows: &[Row]) -> bool {
    rows.iter().all(|row| row.status == Status::Matched)
}

/// A row as `mark expected|actual`, with `.` before what belongs to an ellipsis.
fn brief(row: &Row) -> String {
    let mark = match row.status {
        Status::Matched => '=',
        Status::Mismatched => '!',
        Status::Missing => '-',
        Status::Extra => '+',
        Status::Pending => '?',
    };
    let side = |text: &Option<String>| text.clone().unwrap_or_default();
    let dot = if row.ellipsis { "." } else { "" };
    format!("{mark}{dot}{}|{}", side(&row.expected), side(&row.actual))
}

fn briefs(rows: &[Row]) -> Vec<String> {
    rows.iter().map(brief).collect()
}

/// Lines of one letter each: `"AB.C"` is A, B, an ellipsis, C.
fn lines(letters: &str) -> Vec<&str> {
    let all = letters.split("").filter(|letter| !letter.is_empty());
    all.map(|letter| if letter == "." { "..." } else { letter }).collect()
}

#[track_caller]
fn check(expected: &str, actual: &str, expect: &str) {
    let rows = finished(&lines(expected).join("\n"), &lines(actual));
    assert_eq!(briefs(&rows).join(" "), expect);
    assert_eq!(is_matched(&rows), !expect.contains(['!', '-', '+']));
}

#[track_caller]
fn fits(annotated: &str, line: &str, times: Times) -> bool {
    is_matched(&align(&Expected::parse(annotated).unwrap(), &[line], true, times))
}

#[track_caller]
fn refused(annotated: &str, problem: &str) {
    let error = Expected::parse(&format!("fine\n{annotated}\n")).unwrap_err();
    assert_eq!((error.line, error.problem.as_str()), (2, problem));
    assert_eq!(error.to_string(), format!("expected output, line 2: {problem}"));
}

#[test]
fn a_reader_sees_placeholders() {
    let text = "[req-{XXXX:hex}] {'id': 1}\n\n  ...\n...\ntook {X.XX:number} of {1.00:±0.05}s\n";
    let expected = Expected::parse(text).unwrap();
    let shown: Vec<_> = expected.shown().collect();
    assert_eq!(shown, ["[req-XXXX] {'id': 1}", "", "  ...", "...", "took X.XX of 1.00s"]);
}

#[test]
fn other_braces_are_plain_text() {
    for text in
        ["{'id': 1, 'name': 'Alice'}", "{", "{}", "{:", "{x:hexa}", "{a b:hex}", "{{'a': {}}}", "{1.00:0.05}"]
    {
        assert!(fits(text, text, Times::Real), "{text}");
        assert!(!fits(text, &text.replace('{', "["), Times::Real), "{text}");
    }
    assert!(fits("{{AB:hex}}", "{0f}", Times::Exact));
}

#[test]
fn hex_is_one_or_more_hex_digits() {
    for (line, expect) in [
        ("id-0", true),
        ("id-aF09", true),
        ("id-", false),
        ("id-g", false),
        ("id-0g", false),
        ("id-0 ", false),
    ] {
        assert_eq!(fits("id-{XXXX:hex}", line, Times::Exact), expect, "{line}");
    }
}

#[test]
fn number_is_a_decimal_number() {
    for (number, expect) in [
        ("50.12", true),
        ("0", true),
        ("-1.5", true),
        ("", false),
        ("-", false),
        (".5", false),
        ("5.", false),
        ("1e5", false),
        ("nan", false),
        ("1.2.3", false),
        ("٣", false),
    ] {
        assert_eq!(fits("<{X.XX:number}>", &format!("<{number}>"), Times::Exact), expect, "{number}");
    }
    assert!(fits("took {1:number}.", "took 12.", Times::Exact));
}

#[test]
fn tolerance_is_inclusive_live_and_text_in_simulated_time() {
    for (time, live, exact) in [
        ("1.00", true, true),
        ("1.05", true, false),
        ("0.95", true, false),
        ("1", true, false),
        ("1.000", true, false),
        ("1.051", false, false),
        ("0.949", false, false),
        ("-1.00", false, false),
        ("x", false, false),
        ("99999999999999999999", false, false),
    ] {
        let line = format!("Serial: {time}s");
        assert_eq!(fits("Serial: {1.00:±0.05}s", &line, Times::Real), live, "{time}");
        assert_eq!(fits("Serial: {1.00:±0.05}s", &line, Times::Exact), exact, "{time}");
    }
}

#[test]
fn a_bad_wildcard_is_named_with_its_line() {
    refused("{1.00:±}", "tolerance `` of `{1.00:±}` must be a decimal number below 9e9");
    refused("{1.00:±x}", "tolerance `x` of `{1.00:±x}` must be a decimal number below 9e9");
    refused("{X.XX:±0.05}", "value `X.XX` of `{X.XX:±0.05}` must be a decimal number below 9e9");
    refused("{1.00:±-1}", "tolerance `-1` must not be negative");
    refused("{1.00:±0.05s", "`{1.00:±` has no closing brace");
    refused("{:hex}", "`{:hex}` shows the reader nothing");
    refused("{X:hex}f", "`{X:hex}` is followed by `f`, which it would match itself");
    refused("{X:hex}{Y:number}!", "`{X:hex}` is followed by `{Y:number}`, which it would match itself");
    refused("{X:number}0", "`{X:number}` is followed by `0`, which it would match itself");
    refused("{X:number}.5", "`{X:number}` is followed by `.5`, which it would match itself");
}

#[test]
fn every_row_is_pending_at_first_and_missing_at_the_end() {
    assert_eq!(briefs(&so_far("A\n...\nB", &[])), ["?A|", "?....|", "?B|"]);
    assert_eq!(briefs(&finished("A\n...\nB", &[])), ["-A|", "=....|", "-B|"]);
}

#[test]
fn rows_are_those_of_the_lines_so_far() {
    for (actual, expect) in [
        ("A", "=A|A ?B|"),
        ("Ax", "=A|A !B|x"),
        ("Axy", "=A|A !B|x +|y"),
        ("x", "!A|x ?B|"),
        // One fault, as a missing A would be; the next line decides.
        ("B", "!A|B ?B|"),
        ("BB", "!A|B =B|B"),
    ] {
        assert_eq!(briefs(&so_far("A\nB", &lines(actual))).join(" "), expect);
    }
}

#[test]
fn one_fault_is_one_row() {
    check("ABC", "ABC", "=A|A =B|B =C|C");
    check("ABC", "AxC", "=A|A !B|x =C|C");
    check("ABCD", "ACD", "=A|A -B| =C|C =D|D");
    check("ABCDE", "ADE", "=A|A -B| -C| =D|D =E|E");
    check("ABC", "AxBC", "=A|A +|x =B|B =C|C");
    check("ABC", "AxyBC", "=A|A +|x +|y =B|B =C|C");
    check("ABC", "xBC", "!A|x =B|B =C|C");
    check("ABC", "BC", "-A| =B|B =C|C");
    check("ABC", "AB", "=A|A =B|B -C|");
    check("ABC", "AC", "=A|A -B| =C|C");
    check("ABC", "ABCx", "=A|A =B|B =C|C +|x");
    check("ABCD", "AxyD", "=A|A !B|x !C|y =D|D");
    check("ABCDEF", "ABDEFx", "=A|A =B|B -C| =D|D =E|E =F|F +|x");
}

#[test]
fn a_wrong_line_that_looks_like_a_later_one_is_still_one_fault() {
    check("ABC", "BBC", "!A|B =B|B =C|C");
    check("AABB", "ABBB", "=A|A !A|B =B|B =B|B");
}

#[test]
fn an_ellipsis_takes_any_run_of_lines_zero_included() {
    check(".", "", "=....|");
    check(".", "xy", "=....|x =.|y");
    check("A.", "A", "=A|A =....|");
    check("A.B", "AB", "=A|A =....| =B|B");
    check("A.B", "AxyB", "=A|A =....|x =.|y =B|B");
    check("..B", "xB", "=....| =....|x =B|B");
}

#[test]
fn what_follows_an_ellipsis_is_found_at_its_first_place() {
    check(".B.C", "xByBC", "=....|x =B|B =....|y =.|B =C|C");
    check(".AB.", "AAABA", "=....|A =.|A =A|A =B|B =....|A");
    check(".AAB.C", "AAABC", "=....|A =A|A =A|A =B|B =....| =C|C");
}

#[test]
fn the_tail_after_an_ellipsis_is_found_at_the_end() {
    check("A.B", "ABxB", "=A|A =....|B =.|x =B|B");
    check("A.B", "ABBB", "=A|A =....|B =.|B =B|B");
    check(".AB", "ABAAB", "=....|A =.|B =.|A =A|A =B|B");
    check(".ABA", "ABABA", "=....|A =.|B =A|A =B|B =A|A");
}

#[test]
fn a_tail_that_seemed_to_match_is_taken_back() {
    let expected = "A\n...\nDone";
    let rows = so_far(expected, &["A", "x", "Done"]);
    assert_eq!(briefs(&rows), ["=A|A", "=....|x", "=Done|Done"]);
    let rows = so_far(expected, &["A", "x", "Done", "y"]);
    assert_eq!(briefs(&rows), ["=A|A", "=....|x", "=.|Done", "=.|y", "?Done|"]);
    assert!(is_matched(&finished(expected, &["A", "x", "Done", "y", "Done"])));
}

#[test]
fn a_fault_after_an_ellipsis_is_shown_where_most_of_it_fits() {
    check("A.B", "Axyz", "=A|A =....|x =.|y !B|z");
    check("A.B", "A", "=A|A =....| -B|");
    check("A.B", "AxBy", "=A|A =....|x =B|B +|y");
    check(".BCD", "xyBzD", "=....|x =.|y =B|B !C|z =D|D");
    check(".BCD", "xyBC", "=....|x =.|y =B|B =C|C -D|");
    check(".BCD.E", "xBzDyE", "=....|x =B|B !C|z =D|D =....|y =E|E");
    check(".B.E", "xyE", "=....| -B| =....|x =.|y =E|E");
    check("AB.E", "xByE", "!A|x =B|B =....|y =E|E");
    check("AB.E", "ByE", "-A| =B|B =....|y =E|E");
    check("A.", "xyz", "!A|x =....|y =.|z");
}

#[test]
fn differing_blanks_are_made_visible_and_only_these() {
    let blanks = |expected: &str, actual: &str| {
        let blanks = finished(expected, &[actual])[0].blanks.clone();
        blanks.map(|blanks| (blanks.expected, blanks.actual))
    };
    let pair = |expected: &str, actual: &str| Some((expected.to_owned(), actual.to_owned()));
    assert_eq!(
        blanks("  >> /users/1 start", ">> /users/1 start"),
        pair("··>> /users/1 start", ">> /users/1 start")
    );
    assert_eq!(blanks("a b c", "a  b c"), pair("a·b c", "a··b c"));
    assert_eq!(blanks("a b", "a\tb"), pair("a·b", "a→b"));
    assert_eq!(blanks("a b", "a b "), pair("a b¶", "a b·¶"));
    assert_eq!(blanks("a b", "a b\r\n"), pair("a b¶", "a b␍↵¶"));
    assert_eq!(blanks("a", "  a\u{a0}"), pair("a¶", "··a⍽¶"));
    assert_eq!(blanks("one two", "ein Wort mehr"), None);
    assert_eq!(blanks(" one", " two three"), None);
    assert_eq!(blanks("a b", "a b"), None);
    assert_eq!(blanks("\n", " "), pair("¶", "·¶"));
}

#[test]
fn rows_go_to_javascript_by_their_names() {
    assert_eq!(
        serde_json::to_string(&finished("a", &[" a"])).unwrap(),
        r#"[{"status":"mismatched","expected":"a","actual":" a","ellipsis":false,"blanks":{"expected":"a","actual":"·a"}}]"#
    );
}

#[test]
fn a_long_output_is_aligned_in_linear_time() {
    let many: Vec<&str> = (0..100_000).map(|n| ["A", "B", "x"][n % 3]).collect();
    let started = std::time::Instant::now();
    for expected in ["...\nA\nB\nB\nC", "A\nB\nC", "A\n...", "...\nA\nB\n...\nB\nC", "", "...\nA\nB\nx"] {
        assert!(finished(expected, &many).len() >= many.len());
    }
    // Quadratic time would be minutes.
    assert!(started.elapsed().as_secs() < 20);
}

/// A reference for lines of one letter: textbook recursion over the two lists.
fn globs(expected: &[&str], actual: &[&str]) -> bool {
    match (expected, actual) {
        ([], []) => true,
        (["...", rest @ ..], _) => (0..=actual.len()).any(|skipped| globs(rest, &actual[skipped..])),
        ([first, expected @ ..], [line, actual @ ..]) => first == line && globs(expected, actual),
        _ => false,
    }
}

proptest! {
    #[test]
    fn a_pass_is_what_the_textbook_says(expected in "[AB.]{0,7}", actual in "[AB]{0,10}") {
        let (expected, actual) = (lines(&expected), lines(&actual));
        let rows = finished(&expected.join("\n"), &actual);
        prop_assert_eq!(is_matched(&rows), globs(&expected, &actual));
    }

    #[test]
    fn rows_hold_every_line_in_order_and_say_which_are_equal(
        expected in "[ABC.]{0,8}",
        actual in "[ABCx]{0,14}",
        is_finished in any::<bool>(),
    ) {
        let (expected, actual) = (lines(&expected), lines(&actual));
        let rows = if is_finished { finished } else { so_far }(&expected.join("\n"), &actual);
        let shown: Vec<_> = rows.iter().filter_map(|row| row.expected.as_deref()).collect();
        prop_assert_eq!(&shown, &expected);
        let lines: Vec<_> = rows.iter().filter_map(|row| row.actual.as_deref()).collect();
        prop_assert_eq!(&lines, &actual);
        for row in &rows {
            if row.ellipsis {
                prop_assert!(matches!(row.status, Status::Matched | Status::Pending));
            } else {
                prop_assert_eq!(row.status == Status::Matched, row.expected == row.actual);
            }
        }
        let pending = rows.iter().skip_while(|row| row.status != Status::Pending);
        prop_assert!(pending.clone().all(|row| row.status == Status::Pending), "only the last rows are pending");
        prop_assert!(!is_finished || pending.count() == 0);
    }

    /// The textbook's edit distance, in which an ellipsis takes lines for nothing.
    #[test]
    fn there_are_as_few_faults_as_can_be(expected in "[AB.]{0,5}", actual in "[ABx]{0,6}") {
        fn distance(expected: &[&str], actual: &[&str]) -> usize {
            match (expected, actual) {
                ([], rest) => rest.len(),
                (["...", rest @ ..], []) => distance(rest, &[]),
                (["...", rest @ ..], [_, others @ ..]) => distance(rest, actual).min(distance(expected, others)),
                ([_, rest @ ..], []) => 1 + distance(rest, &[]),
                ([line, rest @ ..], [other, others @ ..]) => (usize::from(line != other) + distance(rest, others))
                    .min(1 + distance(rest, actual))
                    .min(1 + distance(expected, others)),
            }
        }
        let (expected, actual) = (lines(&expected), lines(&actual));
        let rows = finished(&expected.join("\n"), &actual);
        let faults = rows.iter().filter(|row| row.status != Status::Matched).count();
        prop_assert_eq!(faults, distance(&expected, &actual));
    }

    #[test]
    fn filled_wildcards_pass_and_any_changed_plain_character_fails(
        parts in proptest::collection::vec(
            ("[ g-z{}:'.]{0,4}[ g-z{}:']", prop_oneof![
                "[0-9a-fA-F]{1,9}".prop_map(|id| ("{XXXX:hex}", id)),
                (0_u32..100, 0_u32..100).prop_map(|(a, b)| ("{X.XX:number}", format!("{a}.{b:02}"))),
                (95_u32..=105).prop_map(|n| ("{1.00:±0.05}", format!("{}.{:02}", n / 100, n % 100))),
            ]),
            1..5,
        ),
        place in any::<prop::sample::Index>(),
    ) {
        let (mut annotated, mut filled, mut plain) = (String::new(), String::new(), Vec::new());
        for (text, (wildcard, value)) in &parts {
            plain.extend(filled.len()..filled.len() + text.len());
            annotated.extend([text.as_str(), *wildcard]);
            filled.extend([text.as_str(), value]);
        }
        prop_assert!(fits(&annotated, &filled, Times::Real));
        let at = plain[place.index(plain.len())];
        let mut removed = filled.clone();
        removed.remove(at);
        prop_assert!(!fits(&annotated, &removed, Times::Real));
        let mut changed = filled.clone();
        changed.replace_range(at..=at, "#");
        prop_assert!(!fits(&annotated, &changed, Times::Real));
    }
}
