//! Values are spelled as CPython 3.11 prints them.

use std::collections::BTreeMap;

use async_playground::python::repr;
use serde::Serialize;
use serde::ser::{Error as _, SerializeMap, Serializer};

#[track_caller]
fn check(value: impl Serialize, expect: &str) {
    assert_eq!(repr(&value).unwrap(), expect);
}

#[derive(Serialize)]
struct User {
    id: u32,
    name: &'static str,
}

#[derive(Serialize)]
struct Marker;

#[derive(Serialize)]
struct Wrapped(u8);

#[derive(Serialize)]
struct Pair(u8, &'static str);

#[derive(Serialize)]
enum State {
    #[serde(rename = "HALF_OPEN")]
    HalfOpen,
    After(u32),
    Between(u32, u32),
    Alone((u8,)),
    At {
        ms: u32,
    },
}

struct Bytes(&'static [u8]);

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(self.0)
    }
}

#[test]
fn structs_and_maps_are_dicts_in_the_order_given() {
    check(User { id: 1, name: "Alice" }, "{'id': 1, 'name': 'Alice'}");
    check(BTreeMap::from([(2, "b"), (1, "a")]), "{1: 'a', 2: 'b'}");
    check(BTreeMap::<u8, u8>::new(), "{}");

    struct Unsorted;
    impl Serialize for Unsorted {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let mut map = serializer.serialize_map(None)?;
            map.serialize_entry("z", &true)?;
            map.serialize_entry(&(1, 2), &None::<u8>)?;
            map.end()
        }
    }
    check(Unsorted, "{'z': True, (1, 2): None}");
}

#[test]
fn sequences_are_lists_and_tuples_are_tuples() {
    check(vec!["widget", "gadget"], "['widget', 'gadget']");
    check(Vec::<u8>::new(), "[]");
    check(("error", "Circuit OPEN", "OPEN"), "('error', 'Circuit OPEN', 'OPEN')");
    check((1,), "(1,)");
    check(((1,), vec![(2,)]), "((1,), [(2,)])");
    check([1, 2], "(1, 2)");
    check([0_u8; 0], "()");
    check(Pair(1, "x"), "(1, 'x')");
    check(Wrapped(7), "7");
}

#[test]
fn words_are_pythons() {
    check(true, "True");
    check(false, "False");
    check((), "None");
    check(Marker, "None");
    check(None::<u8>, "None");
    check(Some("x"), "'x'");
    check('x', "'x'");
}

#[test]
fn variants_are_strings_or_dicts_of_one_entry() {
    check(State::HalfOpen, "'HALF_OPEN'");
    check(State::After(3), "{'After': 3}");
    check(State::Between(1, 2), "{'Between': (1, 2)}");
    check(State::Alone((1,)), "{'Alone': (1,)}");
    check(State::At { ms: 5 }, "{'At': {'ms': 5}}");
}

#[test]
fn integers_are_whole_at_their_bounds() {
    check(i64::MIN, "-9223372036854775808");
    check(u64::MAX, "18446744073709551615");
    check(i128::MIN, "-170141183460469231731687303715884105728");
    check((-1_i8, 0_u8), "(-1, 0)");
}

#[test]
fn floats_have_six_places_and_turn_to_exponents_where_python_does() {
    for (value, expect) in [
        (1.0, "1.0"),
        (0.1, "0.1"),
        (0.1 + 0.2, "0.3"),
        (-12.5, "-12.5"),
        (-0.0, "0.0"),
        (0.000_001, "0.000001"),
        (1e-7, "0.0"),
        (1e15, "1000000000000000.0"),
        (9_999_999_999_999_998.0, "9999999999999998.0"),
        (1e16, "1e+16"),
        (-1e22, "-1e+22"),
        (123_456_789_012_345_680.0, "1.234568e+17"),
        (f64::MAX, "1.797693e+308"),
        (f64::INFINITY, "inf"),
        (f64::NEG_INFINITY, "-inf"),
        (f64::NAN, "nan"),
    ] {
        check(value, expect);
    }
    check(0.5_f32, "0.5");
}

#[test]
fn strings_are_quoted_as_python_quotes_them() {
    check("", "''");
    check("it's", "\"it's\"");
    check("say \"hi\"", "'say \"hi\"'");
    check("it's \"both\"", "'it\\'s \"both\"'");
    check("a\\b", "'a\\\\b'");
    check("a\nb\rc\td", "'a\\nb\\rc\\td'");
    check("\0\x1b\x7f", "'\\x00\\x1b\\x7f'");
    check('\'', "\"'\"");
}

#[test]
fn printable_unicode_stays_and_the_rest_is_escaped() {
    check("naïve ✓ 日本 🦀", "'naïve ✓ 日本 🦀'");
    check("\u{85}\u{a0}\u{ad}", "'\\x85\\xa0\\xad'");
    check("\u{2028}\u{200b}\u{feff}\u{3000}", "'\\u2028\\u200b\\ufeff\\u3000'");
    check("\u{e000}\u{e0001}\u{10ffff}", "'\\ue000\\U000e0001\\U0010ffff'");
    check("\u{301}e\u{301}", "'\u{301}e\u{301}'");
}

#[test]
fn bytes_have_their_prefix_and_only_ascii() {
    check(Bytes(b"GET /\r\n"), "b'GET /\\r\\n'");
    check(Bytes(b"it's"), "b\"it's\"");
    check(Bytes(&[0, 9, 0x7f, 0x80, 0xe9, 0xff, b'\\']), "b'\\x00\\t\\x7f\\x80\\xe9\\xff\\\\'");
}

#[test]
fn a_refusal_names_its_reason() {
    struct Refuses;
    impl Serialize for Refuses {
        fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
            Err(S::Error::custom("socket is open"))
        }
    }
    let error = repr(&vec![Refuses]).unwrap_err();
    assert_eq!(error.to_string(), "value cannot be spelled: socket is open");
}
