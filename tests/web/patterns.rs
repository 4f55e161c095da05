//! The scenarios of all patterns on the browser's clock, each task a promise of its own.

use std::time::Duration;

use async_playground::{
    runtime::{Spawn, Timers},
    web::browser_clock,
};
use futures::{FutureExt, future::join_all};
use wasm_bindgen_futures::spawn_local;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::scenarios::{self, Scenario, World, each_scenario};

#[derive(Clone)]
struct OnThePage;

impl<F: Future<Output = ()> + 'static> Spawn<F> for OnThePage {
    fn spawn(&self, task: F) {
        spawn_local(task);
    }
}

async fn run<F, Check>(scenario: impl FnOnce(World<Timers, OnThePage>) -> Scenario<F, Check>)
where
    F: Future<Output = ()> + 'static,
    Check: FnOnce(),
{
    let clock = browser_clock();
    // A browser may be busy with other pages.
    let slack = Duration::from_secs(10);
    let Scenario { tasks, check } = scenario(World { clock: clock.clone(), spawner: OnThePage, slack });
    let ends = tasks.into_iter().map(|task| {
        let (task, end) = task.remote_handle();
        spawn_local(task);
        end
    });
    join_all(ends).await;
    check();
    assert_eq!(clock.pending(), 0, "no timer is left behind");
}

macro_rules! tests {
    ($($scenario:ident)+) => {$(
        #[wasm_bindgen_test]
        async fn $scenario() {
            run(scenarios::$scenario).await;
        }
    )+};
}

each_scenario!(tests);
