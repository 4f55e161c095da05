//! The exports: what is refused, and how; rows of an output.

use async_playground::web::{compare, start};
use js_sys::{Array, Function, Reflect, eval};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::wasm_bindgen_test;

fn get(object: &JsValue, key: &str) -> JsValue {
    Reflect::get(object, &key.into()).unwrap()
}

/// Even to ask whether it is a list throws.
const REVOKED: &str = "(({ proxy, revoke }) => (revoke(), proxy))(Proxy.revocable([], {}))";

/// A value spelled in JavaScript.
fn js(spelled: &str) -> JsValue {
    eval(&format!("({})", spelled.replace("REVOKED", REVOKED))).unwrap()
}

/// The code and message with which a request is refused.
#[track_caller]
fn refused(request: &JsValue) -> (String, String) {
    let error = start(request, Function::default()).expect_err("a refusal");
    (get(&error, "code").as_string().unwrap(), get(&error, "message").as_string().unwrap())
}

#[wasm_bindgen_test]
fn a_wrong_request_is_refused_before_anything_runs() {
    for (fields, code, part) in [
        ("clock: 'sundial'", "bad-value", "clock must be simulated or real, not \"sundial\""),
        ("clock: 1", "bad-value", "clock must be"),
        ("seed: -1", "bad-value", "seed must be null or a whole number from 0 to 4294967295"),
        ("seed: 1.5", "bad-value", "seed must be"),
        ("seed: '1'", "bad-value", "seed must be"),
        ("seed: 1, order: [0]", "bad-value", "order must be null where there is a seed, not [0]"),
        ("order: 'fifo'", "bad-value", "order must be null or a list of at most 100000 whole numbers"),
        ("order: [0, -1]", "bad-value", "order must be"),
        (
            "interfere: {}",
            "bad-value",
            "interfere must be a list of objects with at, what and task, not an object",
        ),
        ("interfere: [7]", "bad-value", "interfere must be an object, not 7"),
        (
            "interfere: [{at: '1'}]",
            "bad-value",
            "interfere.at must be a number from 0 to 1000000000 ms, not \"1\"",
        ),
        ("interfere: [{at: 1, what: 'panic'}]", "bad-value", "interfere.what must be cancel with a task"),
        ("interfere: [{at: 1, what: 'cancel'}]", "bad-value", "interfere.task must be the id of a task"),
        ("interfere: [{at: 1, who: 'me'}]", "unknown-option", "known: at, what, task"),
        (
            "interfere: [{at: 1, what: 'backend down'}]",
            "unknown-interference",
            "unknown interference with request-handler \"backend down\"; known: there are none",
        ),
        ("interfere: REVOKED", "bad-value", "interfere must be a list"),
        ("interfere: [REVOKED]", "bad-value", "interfere must be an object that can be read"),
        ("program: 'perfect'", "unknown-program", "known: correct"),
        ("program: {}", "bad-value", "program must be the name of a program, not an object"),
        (
            "sped: 1",
            "unknown-option",
            "unknown option \"sped\"; known: exercise, program, settings, seed, order, interfere, clock",
        ),
        ("settings: {querry_ms: 1}", "unknown-setting", "known: ids, query_ms"),
        (
            "settings: {query_ms: NaN}",
            "bad-value",
            "setting query_ms must be a whole number from 0 to 10000 ms",
        ),
        ("settings: {query_ms: '50'}", "bad-value", "not \"50\""),
        ("settings: {query_ms: null}", "bad-value", "not null"),
        ("settings: {ids: [1, [2]]}", "bad-value", "setting ids must be a list"),
        ("settings: {ids: new Array(4294967295)}", "bad-value", "setting ids must be a list"),
        ("settings: []", "bad-value", "settings must be an object"),
        ("settings: JSON.parse('{\"__proto__\": 1}')", "unknown-setting", "__proto__"),
        ("get clock() { throw 1 }", "bad-value", "that can be read"),
        ("settings: REVOKED", "bad-value", "settings must be an object that can be read"),
        ("settings: {ids: REVOKED}", "bad-value", "setting ids must be a list"),
        ("settings: {ids: [REVOKED]}", "bad-value", "setting ids must be a list"),
        (
            "settings: {ids: new Proxy([1], {get() { throw RangeError() }})}",
            "bad-value",
            "setting ids must be",
        ),
        (
            "settings: {ids: new Proxy([1], {get: (_, key) => key === 'length' ? 1e300 : {}})}",
            "bad-value",
            "setting ids",
        ),
    ] {
        let (given, message) = refused(&js(&format!("{{exercise: 'request-handler', {fields}}}")));
        assert_eq!(given, code, "{fields}: {message}");
        assert!(message.contains(part), "{fields}: {message}");
    }
    for (request, part) in [
        ("null", "request must be an object, not null"),
        ("7", "request must be an object, not 7"),
        ("() => {}", "request must be an object"),
        ("new Proxy({}, {ownKeys() { throw 1 }})", "that can be read"),
        ("REVOKED", "request must be an object that can be read"),
    ] {
        let (code, message) = refused(&js(request));
        assert_eq!(code, "bad-value");
        assert!(message.contains(part), "{request}: {message}");
    }
    for slug in ["ttl", "__proto__", ""] {
        assert_eq!(refused(&js(&format!("{{exercise: '{slug}'}}"))).0, "unknown-exercise");
    }
    for request in ["undefined", "{}", "{exercise: null}", "{exercise: 3}", "{exercise: {}}"] {
        let (code, message) = refused(&js(request));
        assert_eq!(code, "bad-value");
        assert!(message.starts_with("exercise must be the slug of an exercise"), "{message}");
    }
}

/// The rows that come of lines and options, each spelled in JavaScript.
fn compared(slug: &str, lines: &str, options: &str) -> Result<Array, JsValue> {
    let [lines, options] = [lines, options].map(js);
    compare(&slug.into(), &lines, &options).map(JsCast::unchecked_into)
}

#[wasm_bindgen_test]
fn rows_without_a_line_are_pending_until_the_output_is_finished() {
    let lines = "[\"{'id': 1, 'name': 'Alice'}\"]";
    for (options, last) in
        [("{finished: false}", "pending"), ("{clock: 'real'}", "missing"), ("undefined", "missing")]
    {
        let rows = compared("request-handler", lines, options).unwrap();
        let statuses: Vec<_> = rows.iter().map(|row| get(&row, "status").as_string().unwrap()).collect();
        assert_eq!(statuses, ["matched", last]);
    }
}

#[wasm_bindgen_test]
fn wrong_lines_and_options_are_refused() {
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
        (slug, "[]", "{clock: 'sundial'}", "clock must be simulated or real, not \"sundial\""),
        (slug, "[]", "{finished: 1}", "finished must be true or false, not 1"),
        (slug, "[]", "{finnished: true}", "unknown option \"finnished\"; known: clock, finished"),
    ] {
        let error = compared(slug, lines, options).expect_err("a refusal");
        let message = get(&error, "message").as_string().unwrap();
        assert!(message.contains(part), "{lines} {options}: {message}");
    }
}
