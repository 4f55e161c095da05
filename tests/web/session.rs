//! Runs as promises: streamed, stopped, paced, side by side.

use async_playground::{
    exercises::{Request, Run, catalogue},
    runtime::Clock,
    web::{Session, browser_clock, start},
};
use futures::future::{Either, join_all, select};
use js_sys::{Array, Function, JSON, Object, Reflect};
use std::{cell::RefCell, pin::pin, rc::Rc, time::Duration};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test;

/// Collects the events of a run, as JSON each.
#[derive(Clone, Default)]
struct Sink(Rc<RefCell<Vec<String>>>);

impl Sink {
    fn function(&self) -> Function {
        let events = self.0.clone();
        let sink = Closure::<dyn FnMut(Array)>::new(move |batch: Array| {
            let batch = batch.iter().map(|event| JSON::stringify(&event).unwrap().into());
            events.borrow_mut().extend(batch.collect::<Vec<String>>());
        });
        sink.into_js_value().unchecked_into()
    }

    fn len(&self) -> usize {
        self.0.borrow().len()
    }
}

fn options(pairs: &[(&str, JsValue)]) -> JsValue {
    let options = Object::new();
    for (key, value) in pairs {
        Reflect::set(&options, &(*key).into(), value).unwrap();
    }
    options.into()
}

fn begin(slug: &str, clock: &str, sink: &Sink) -> Session {
    start(&slug.into(), &options(&[("clock", clock.into())]), sink.function()).unwrap()
}

fn get(object: &JsValue, key: &str) -> JsValue {
    Reflect::get(object, &key.into()).unwrap()
}

#[wasm_bindgen_test]
async fn every_exercise_passes_at_once_and_live() {
    // A machine that stalls for longer than a tolerance only adds to the times, so one live run without that is enough.
    for (clock, tries) in [("instant", 1), ("live", 5)] {
        // All at the same time: runs share nothing but the module.
        let runs = catalogue().iter().map(|exercise| async move {
            let mut told = String::new();
            for _ in 0..tries {
                let session = begin(exercise.slug, clock, &Sink::default());
                let report = JsFuture::from(session.outcome()).await.unwrap();
                if get(&report, "verdict") == "passed" {
                    return;
                }
                told = JSON::stringify(&report).unwrap().into();
            }
            panic!("{} {clock}: {told}", exercise.slug);
        });
        join_all(runs).await;
    }
}

#[wasm_bindgen_test]
async fn paced_and_instant_runs_have_the_same_trace() {
    for exercise in catalogue() {
        let traces = join_all([("instant", 1.0), ("paced", 20.0)].map(|(clock, speed)| async move {
            let sink = Sink::default();
            let options = options(&[("clock", clock.into()), ("speed", speed.into()), ("seed", 5.into())]);
            let session = start(&exercise.slug.into(), &options, sink.function()).unwrap();
            JsFuture::from(session.outcome()).await.unwrap();
            sink.0.take()
        }))
        .await;
        assert!(!traces[0].is_empty());
        assert_eq!(traces[0], traces[1], "{}", exercise.slug);
    }
}

#[wasm_bindgen_test]
async fn the_stream_of_events_is_the_trace() {
    let sink = Sink::default();
    let session = begin("request-handler", "instant", &sink);
    JsFuture::from(session.outcome()).await.unwrap();
    let mut run = Run::simulated(Request::of("request-handler").unwrap());
    run.to_end();
    let events = run.new_events();
    assert_eq!(sink.len(), events.len());
    for (seq, event) in sink.0.borrow().iter().enumerate() {
        assert!(event.starts_with(&format!("{{\"seq\":{seq},\"at\":")), "{event}");
    }
}

#[wasm_bindgen_test]
async fn a_stopped_run_says_nothing_more_and_its_promise_does_not_settle() {
    let clock = browser_clock();
    for exercise in catalogue() {
        let sink = Sink::default();
        let session = begin(exercise.slug, "live", &sink);
        clock.sleep(Duration::from_millis(15)).await;
        session.stop();
        let seen = sink.len();
        let report = pin!(JsFuture::from(session.outcome()));
        let later = pin!(clock.sleep(Duration::from_millis(60)));
        assert!(matches!(select(later, report).await, Either::Left(_)), "{}", exercise.slug);
        assert_eq!(sink.len(), seen, "{}: a late event", exercise.slug);
        session.stop();
    }
}

#[wasm_bindgen_test]
async fn a_run_may_be_stopped_by_its_own_events() {
    let slot: Rc<RefCell<Option<Session>>> = Rc::default();
    let calls = Rc::new(RefCell::new(0));
    let (own, counted) = (slot.clone(), calls.clone());
    let sink = Closure::<dyn FnMut(JsValue)>::new(move |_| {
        *counted.borrow_mut() += 1;
        if let Some(session) = &*own.borrow() {
            session.stop();
        }
    });
    let session = start(
        &"ttl-cache".into(),
        &options(&[("clock", "live".into())]),
        sink.into_js_value().unchecked_into(),
    );
    *slot.borrow_mut() = Some(session.unwrap());
    browser_clock().sleep(Duration::from_millis(200)).await;
    assert_eq!(*calls.borrow(), 1, "it was stopped by its first batch");
}

#[wasm_bindgen_test]
async fn a_sink_that_throws_does_not_stop_the_run() {
    let session =
        start(&"request-handler".into(), &JsValue::UNDEFINED, Function::new_no_args("throw new Error('no')"));
    let report = JsFuture::from(session.unwrap().outcome()).await.unwrap();
    assert_eq!(get(&report, "verdict"), "passed");
}

#[wasm_bindgen_test]
async fn the_speed_of_a_paced_run_can_be_changed_on_the_way() {
    let clock = browser_clock();
    let options = options(&[("clock", "paced".into()), ("speed", 0.05.into())]);
    let session = start(&"request-handler".into(), &options, Function::default()).unwrap();
    // 100 ms at this speed would take two seconds.
    clock.sleep(Duration::from_millis(50)).await;
    session.set_speed(20.0);
    // As slow as nothing may be, or at no speed at all: nothing changes.
    session.set_speed(0.001);
    session.set_speed(f64::NAN);
    JsFuture::from(session.outcome()).await.unwrap();
    let took = clock.now().as_millis();
    assert!((50.0..1000.0).contains(&took), "took {took} ms");
}
