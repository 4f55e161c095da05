//! The search for a failing schedule: refused, stopped, slow, and what it finds.

use async_playground::web::search;
use js_sys::{Function, Reflect, eval};
use std::{cell::RefCell, rc::Rc};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test;

fn get(object: &JsValue, key: &str) -> JsValue {
    Reflect::get(object, &key.into()).unwrap()
}

async fn findings(slug: &str, options: &str) -> JsValue {
    let options = eval(&format!("({options})")).unwrap();
    let session = search(&slug.into(), &options, Function::default()).unwrap();
    JsFuture::from(session.findings()).await.unwrap()
}

#[wasm_bindgen_test]
async fn a_correct_program_holds_under_every_order_tried() {
    let found = findings("ttl-cache", "{seeds: 200}").await;
    assert_eq!((get(&found, "tried"), get(&found, "held")), (200.into(), 200.into()));
    assert!(get(&found, "failure").is_null());
}

#[wasm_bindgen_test]
async fn the_first_failing_seed_is_that_of_a_native_search() {
    let found = findings("ttl-cache", "{program: 'announced-first'}").await;
    let failure = get(&found, "failure");
    assert_eq!((get(&failure, "seed"), get(&found, "tried")), (5.into(), 6.into()));
}

#[wasm_bindgen_test]
async fn a_budget_ends_a_search_that_would_go_on() {
    let found = findings("full-service", "{seeds: 1000000, budget_ms: 400}").await;
    let tried = get(&found, "tried").as_f64().unwrap();
    assert!(tried > 0.0 && tried < 1e6, "{tried}");
    assert_eq!(get(&found, "held"), tried);
}

#[wasm_bindgen_test]
async fn progress_is_told_slice_by_slice_and_a_search_that_is_stopped_tells_no_more() {
    let told = Rc::new(RefCell::new(Vec::new()));
    let seen = told.clone();
    let progress = Closure::<dyn FnMut(u32, u32)>::new(move |tried, _| seen.borrow_mut().push(tried));
    let options = eval("({seeds: 1000000})").unwrap();
    let function = progress.into_js_value().unchecked_into();
    let session = search(&"full-service".into(), &options, function).unwrap();
    // Two slices take some milliseconds; a busy machine may take its time.
    for _ in 0..100 {
        gloo_timers::future::TimeoutFuture::new(50).await;
        if told.borrow().len() > 1 {
            break;
        }
    }
    session.stop();
    let so_far = told.borrow().clone();
    assert!(so_far.len() > 1 && so_far.is_sorted(), "{so_far:?}");
    gloo_timers::future::TimeoutFuture::new(50).await;
    assert_eq!(*told.borrow(), so_far);
}

#[wasm_bindgen_test]
fn what_is_wrong_with_a_request_is_said_before_anything_is_tried() {
    for (options, part) in [
        ("{seeds: 0}", "seeds must be a whole number from 1 to 1000000, not 0"),
        ("{seeds: 1.5}", "seeds must be"),
        ("{seeds: '5'}", "seeds must be"),
        ("{budget_ms: 0}", "budget_ms must be a number from 1 to 3600000 ms, not 0"),
        ("{budget_ms: NaN}", "budget_ms must be"),
        ("{seed: 1}", "unknown option \"seed\"; known: program, settings, seeds, budget_ms"),
        ("{settings: {callers: 0}}", "callers"),
        ("{program: 'perfect'}", "known: correct"),
        ("5", "options must be an object"),
    ] {
        let given = eval(&format!("({options})")).unwrap();
        let error = search(&"ttl-cache".into(), &given, Function::default()).expect_err("a refusal");
        let message = get(&error, "message").as_string().unwrap();
        assert!(message.contains(part), "{options}: {message}");
    }
}
