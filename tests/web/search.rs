//! The search for an unlucky order: refused, stopped, slow, and what it finds.

use async_playground::{
    runtime::Clock,
    web::{browser_clock, search},
};
use js_sys::{Function, Reflect, eval};
use std::{cell::RefCell, rc::Rc, time::Duration};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test;

fn get(object: &JsValue, key: &str) -> JsValue {
    Reflect::get(object, &key.into()).unwrap()
}

async fn findings(request: &str) -> JsValue {
    let request = eval(&format!("({request})")).unwrap();
    let session = search(&request, Function::default()).unwrap();
    JsFuture::from(session.findings()).await.unwrap()
}

#[wasm_bindgen_test]
async fn a_correct_program_holds_under_every_order_tried() {
    let found = findings("{exercise: 'ttl-cache', seeds: 200}").await;
    assert_eq!((get(&found, "tried"), get(&found, "held")), (200.into(), 200.into()));
    assert!(get(&found, "failure").is_null());
}

#[wasm_bindgen_test]
async fn the_first_failing_seed_is_that_of_a_native_search() {
    let found = findings("{exercise: 'ttl-cache', program: 'announced-first'}").await;
    let failure = get(&found, "failure");
    assert_eq!((get(&failure, "seed"), get(&found, "tried")), (5.into(), 6.into()));
}

#[wasm_bindgen_test]
async fn a_budget_ends_a_search_that_would_go_on() {
    let found = findings("{exercise: 'full-service', seeds: 1000000, budget_ms: 400}").await;
    let tried = get(&found, "tried").as_f64().unwrap();
    assert!(tried > 0.0 && tried < 1e6, "{tried}");
    assert_eq!(get(&found, "held"), tried);
}

#[wasm_bindgen_test]
async fn progress_is_reported_slice_by_slice_until_the_search_is_stopped() {
    let told = Rc::new(RefCell::new(Vec::new()));
    let seen = told.clone();
    let progress = Closure::<dyn FnMut(u32, u32)>::new(move |tried, _| seen.borrow_mut().push(tried));
    let request = eval("({exercise: 'full-service', seeds: 1000000})").unwrap();
    let function = progress.into_js_value().unchecked_into();
    let session = search(&request, function).unwrap();
    // Two slices take some milliseconds; a busy machine may take its time.
    for _ in 0..100 {
        browser_clock().sleep(Duration::from_millis(50)).await;
        if told.borrow().len() > 1 {
            break;
        }
    }
    session.stop();
    let so_far = told.borrow().clone();
    assert!(so_far.len() > 1 && so_far.is_sorted(), "{so_far:?}");
    browser_clock().sleep(Duration::from_millis(50)).await;
    assert_eq!(*told.borrow(), so_far);
}

#[wasm_bindgen_test]
fn a_wrong_request_is_refused_before_anything_is_tried() {
    for (options, part) in [
        ("{seeds: 0}", "seeds must be a whole number from 1 to 1000000, not 0"),
        ("{seeds: 1.5}", "seeds must be"),
        ("{seeds: '5'}", "seeds must be"),
        ("{budget_ms: 0}", "budget_ms must be a number from 1 to 3600000 ms, not 0"),
        ("{budget_ms: NaN}", "budget_ms must be"),
        (
            "{seedz: 1}",
            "unknown option \"seedz\"; known: exercise, program, settings, seed, order, interfere, clock, seeds, budget_ms",
        ),
        ("{settings: {callers: 0}}", "callers"),
        ("{program: 'perfect'}", "known: correct"),
    ] {
        let request = eval(&format!("Object.assign({options}, {{exercise: 'ttl-cache'}})")).unwrap();
        let error = search(&request, Function::default()).expect_err("a refusal");
        let message = get(&error, "message").as_string().unwrap();
        assert!(message.contains(part), "{options}: {message}");
    }
}
