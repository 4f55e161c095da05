//! The exports: what is refused, and how; rows of a output.

use async_playground::web::{compare, start};
use js_sys::{Array, Function, Object, Reflect, eval};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::wasm_bindgen_test;

fn get(object: &JsValue, key: &str) -> JsValue {
    Reflect::get(object, &key.into()).unwrap()
}

/// Even to ask whether it is a list throws.
const REVOKED: &str = "(({ proxy, revoke }) => (revoke(), proxy))(Proxy.revocable([], {}))";

/// The code and message with which a request is refused.
#[track_caller]
fn refused(slug: &JsValue, options: &str) -> (String, String) {
    let options = eval(&format!("({})", options.replace("REVOKED", REVOKED))).unwrap();
    let error = start(slug, &options, Function::default()).expect_err("a refusal");
    (get(&error, "code").as_string().unwrap(), get(&error, "message").as_string().unwrap())
}

#[wasm_bindgen_test]
fn what_is_wrong_with_a_request_is_said_before_anything_runs() {
    let slug = JsValue::from("request-handler");
    for (options, code, part) in [
        ("{clock: 'sundial'}", "bad-value", "clock must be live, instant or paced, not \"sundial\""),
        ("{clock: 1}", "bad-value", "clock must be"),
        ("{speed: 0}", "bad-value", "speed must be a number from 0.05 to 20, not 0"),
        ("{speed: NaN}", "bad-value", "not NaN"),
        ("{seed: -1}", "bad-value", "seed must be null or a whole number from 0 to 4294967295"),
        ("{seed: 1.5}", "bad-value", "seed must be"),
        ("{seed: '1'}", "bad-value", "seed must be"),
        ("{program: 'perfect'}", "unknown-program", "known: correct"),
        ("{program: {}}", "bad-value", "program must be the name of a program, not an object"),
        (
            "{sped: 1}",
            "unknown-option",
            "unknown option \"sped\"; known: clock, speed, settings, program, seed",
        ),
        ("{settings: {querry_ms: 1}}", "unknown-setting", "known: ids, query_ms"),
        (
            "{settings: {query_ms: NaN}}",
            "bad-value",
            "setting query_ms must be a whole number from 0 to 10000 ms",
        ),
        ("{settings: {query_ms: '50'}}", "bad-value", "not \"50\""),
        ("{settings: {query_ms: null}}", "bad-value", "not null"),
        ("{settings: {ids: [1, [2]]}}", "bad-value", "setting ids must be a list"),
        ("{settings: {ids: new Array(4294967295)}}", "bad-value", "setting ids must be a list"),
        ("{settings: []}", "bad-value", "settings must be an object"),
        ("{settings: JSON.parse('{\"__proto__\": 1}')}", "unknown-setting", "__proto__"),
        ("null", "bad-value", "options must be an object, not null"),
        ("7", "bad-value", "options must be an object, not 7"),
        ("() => {}", "bad-value", "options must be an object"),
        ("new Proxy({}, {ownKeys() { throw 1 }})", "bad-value", "that can be read"),
        ("{get clock() { throw 1 }}", "bad-value", "that can be read"),
        ("REVOKED", "bad-value", "options must be an object that can be read"),
        ("{settings: REVOKED}", "bad-value", "settings must be an object that can be read"),
        ("{settings: {ids: REVOKED}}", "bad-value", "setting ids must be a list"),
        ("{settings: {ids: [REVOKED]}}", "bad-value", "setting ids must be a list"),
        (
            "{settings: {ids: new Proxy([1], {get() { throw RangeError() }})}}",
            "bad-value",
            "setting ids must be",
        ),
        (
            "{settings: {ids: new Proxy([1], {get: (_, key) => key === 'length' ? 1e300 : {}})}}",
            "bad-value",
            "setting ids",
        ),
    ] {
        let (given, message) = refused(&slug, options);
        assert_eq!(given, code, "{options}: {message}");
        assert!(message.contains(part), "{options}: {message}");
    }
    for slug in [JsValue::from("ttl"), JsValue::from("__proto__"), JsValue::from("")] {
        assert_eq!(refused(&slug, "undefined").0, "unknown-exercise");
    }
    for slug in [JsValue::UNDEFINED, JsValue::NULL, JsValue::from(3), Object::new().into()] {
        let (code, message) = refused(&slug, "undefined");
        assert_eq!(code, "bad-value");
        assert!(message.starts_with("exercise must be the slug of an exercise"), "{message}");
    }
}

/// The rows that come of lines and options, each spelled in JavaScript.
fn compared(slug: &str, lines: &str, options: &str) -> Result<Array, JsValue> {
    let [lines, options] =
        [lines, options].map(|text| eval(&format!("({})", text.replace("REVOKED", REVOKED))).unwrap());
    compare(&slug.into(), &lines, &options).map(JsCast::unchecked_into)
}

#[wasm_bindgen_test]
fn rows_are_judged_as_far_as_lines_have_come() {
    let lines = "[\"{'id': 1, 'name': 'Alice'}\"]";
    for (options, last) in
        [("{finished: false}", "pending"), ("{clock: 'live'}", "missing"), ("undefined", "missing")]
    {
        let rows = compared("request-handler", lines, options).unwrap();
        let statuses: Vec<_> = rows.iter().map(|row| get(&row, "status").as_string().unwrap()).collect();
        assert_eq!(statuses, ["matched", last]);
    }
}

#[wasm_bindgen_test]
fn what_is_wrong_with_lines_to_be_judged_is_said() {
    let slug = "request-handler";
    for (slug, lines, options, part) in [
        ("nothing", "[]", "undefined", "unknown exercise \"nothing\""),
        (slug, "null", "undefined", "lines must be a list of texts, not null"),
        (slug, "'text'", "undefined", "lines must be a list of texts, not \"text\""),
        (slug, "['a', 1]", "undefined", "lines must be a list of texts, not 1"),
        (slug, "new Array(4294967295)", "undefined", "lines must be a list of texts, not undefined"),
        (slug, "REVOKED", "undefined", "lines must be a list of texts, not an object"),
        (
            slug,
            "new Proxy([1], {get() { throw RangeError() }})",
            "undefined",
            "lines must be a list of texts",
        ),
        (slug, "[]", "null", "options must be an object, not null"),
        (slug, "[]", "{clock: 'sundial'}", "clock must be live, instant or paced, not \"sundial\""),
        (slug, "[]", "{finished: 1}", "finished must be true or false, not 1"),
        (slug, "[]", "{finnished: true}", "unknown option \"finnished\"; known: clock, finished"),
    ] {
        let error = compared(slug, lines, options).expect_err("a refusal");
        let message = get(&error, "message").as_string().unwrap();
        assert!(message.contains(part), "{lines} {options}: {message}");
    }
}
