//! Runs as promises: streamed, stopped, judged, side by side.

use async_playground::{
    exercises::{self, Request, catalogue},
    runtime::Clock,
    web::{Session, browser_clock, judge, start},
};
use futures::future::{Either, join_all, select};
use js_sys::{Array, Function, JSON, Reflect, eval};
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

/// A request spelled in JavaScript.
fn request(fields: &str) -> JsValue {
    eval(&format!("({{{fields}}})")).unwrap()
}

fn begin(slug: &str, clock: &str, sink: &Sink) -> Session {
    start(&request(&format!("exercise: '{slug}', clock: '{clock}'")), sink.function()).unwrap()
}

/// The report of a run, when it has ended.
async fn report(session: &Session) -> JsValue {
    JsFuture::from(session.outcome()).await.unwrap();
    JsFuture::from(session.judge()).await.unwrap()
}

fn get(object: &JsValue, key: &str) -> JsValue {
    Reflect::get(object, &key.into()).unwrap()
}

#[wasm_bindgen_test]
async fn every_exercise_passes_on_both_clocks() {
    // A machine that stalls for longer than a tolerance only adds to the times, so one run without that is enough.
    for (clock, tries) in [("simulated", 1), ("real", 5)] {
        // All at the same time: runs share nothing but the module.
        let runs = catalogue().iter().map(|exercise| async move {
            let mut last = String::new();
            for _ in 0..tries {
                let report = report(&begin(exercise.slug, clock, &Sink::default())).await;
                if get(&report, "verdict") == "passed" {
                    return;
                }
                last = JSON::stringify(&report).unwrap().into();
            }
            panic!("{} {clock}: {last}", exercise.slug);
        });
        join_all(runs).await;
    }
}

#[wasm_bindgen_test]
async fn a_trace_that_comes_back_from_javascript_gets_the_same_report() {
    for exercise in catalogue() {
        let interfere = if exercise.interference.backend { "[{at: 20, what: 'backend down'}]" } else { "[]" };
        let request = request(&format!("exercise: '{}', seed: 5, interfere: {interfere}", exercise.slug));
        let sink = Sink::default();
        let session = start(&request, sink.function()).unwrap();
        let ended = JsFuture::from(session.outcome()).await.unwrap();
        let own = report(&session).await;
        let events = sink.0.take().into_iter().map(|event| JSON::parse(&event).unwrap()).collect::<Array>();
        let again = judge(request, events, ended).await.unwrap();
        let [own, again] = [own, again].map(|report| String::from(JSON::stringify(&report).unwrap()));
        assert_eq!(own, again, "{}", exercise.slug);
    }
}

#[wasm_bindgen_test]
async fn what_no_run_gives_is_not_judged() {
    let ended = || request("error: null, stuck: [], elapsed: 1, tasks: 1");
    let plain = || request("exercise: 'request-handler'");
    assert!(judge(plain(), Array::new(), request("elapsed: 'long'")).await.is_err());
    assert!(judge(plain(), Array::of1(&request("kind: 'dance'")), ended()).await.is_err());
    assert!(judge(request("exercise: 'ttl'"), Array::new(), ended()).await.is_err());
    let report = judge(plain(), Array::new(), ended()).await.unwrap();
    assert_eq!(get(&report, "verdict"), "failed", "nothing was written");
    let session = begin("request-handler", "real", &Sink::default());
    assert!(JsFuture::from(session.judge()).await.is_err(), "it has not ended");
}

#[wasm_bindgen_test]
async fn the_stream_of_events_is_the_trace() {
    let sink = Sink::default();
    let session = begin("request-handler", "simulated", &sink);
    JsFuture::from(session.outcome()).await.unwrap();
    let mut native = exercises::Session::simulated(&Request::of("request-handler").unwrap());
    native.to_end();
    let events = native.events();
    assert_eq!(sink.len(), events.len());
    for (seq, event) in sink.0.borrow().iter().enumerate() {
        assert!(event.starts_with(&format!("{{\"seq\":{seq},\"at\":")), "{event}");
    }
}

#[wasm_bindgen_test]
async fn a_stopped_run_gives_no_more_events_and_its_promise_does_not_settle() {
    let clock = browser_clock();
    for exercise in catalogue() {
        let sink = Sink::default();
        let session = begin(exercise.slug, "real", &sink);
        clock.sleep(Duration::from_millis(15)).await;
        session.stop();
        let seen = sink.len();
        let outcome = pin!(JsFuture::from(session.outcome()));
        let later = pin!(clock.sleep(Duration::from_millis(60)));
        assert!(matches!(select(later, outcome).await, Either::Left(_)), "{}", exercise.slug);
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
    let request = request("exercise: 'ttl-cache', clock: 'real'");
    let session = start(&request, sink.into_js_value().unchecked_into());
    *slot.borrow_mut() = Some(session.unwrap());
    browser_clock().sleep(Duration::from_millis(200)).await;
    assert_eq!(*calls.borrow(), 1, "it was stopped by its first batch");
}

#[wasm_bindgen_test]
async fn a_sink_that_throws_does_not_stop_the_run() {
    let session =
        start(&request("exercise: 'request-handler'"), Function::new_no_args("throw new Error('no')"));
    assert_eq!(get(&report(&session.unwrap()).await, "verdict"), "passed");
}
