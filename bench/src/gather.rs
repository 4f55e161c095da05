//! Many futures at the same time: `join_all`, FuturesUnordered, buffered streams, tokio's JoinSet.
//!
//! FuturesUnordered and JoinSet return the results in the order in which they came, the others in input order. JoinSet spawns
//! a task for each future, on a runtime of one thread.

use std::{hint::black_box, num::NonZeroUsize, rc::Rc};

use async_playground::patterns::{gather, gather_limited};
use futures::{
    StreamExt,
    future::join_all,
    stream::{self, FuturesUnordered},
};
use tokio::{
    runtime::{Builder, Runtime},
    task::JoinSet,
};

use crate::{
    drive::{Crowd, a_turn},
    harness::{MANY, Row, timed},
};

const CHILDREN: u32 = 1000;
const AT_A_TIME: NonZeroUsize = NonZeroUsize::new(10).expect("not zero");

pub(crate) fn rows() -> Vec<Row> {
    let runtime = Rc::new(Builder::new_current_thread().build().expect("a runtime"));
    vec![
        all("gather, 1 000 ready", "a future that is ready at once", Rc::clone(&runtime), async |index| {
            black_box(index)
        }),
        all("gather, 1 000 that wait once", "a future that waits once", runtime, waits_once),
        limited(),
    ]
}

async fn waits_once(index: u32) -> u32 {
    a_turn().await;
    black_box(index)
}

fn finish(future: impl Future<Output = Vec<u32>>) {
    let checked = async { assert_eq!(future.await.len(), CHILDREN as usize) };
    Crowd::new(std::iter::once(checked)).finish();
}

fn all<F: Future<Output = u32> + Send + 'static>(
    bench: &str,
    work: &'static str,
    runtime: Rc<Runtime>,
    child: impl Fn(u32) -> F + Copy + 'static,
) -> Row {
    let children = move || (0..CHILDREN).map(child);
    Row::measure(
        bench,
        work,
        "ns",
        MANY,
        vec![
            timed("ours", CHILDREN, move || finish(gather(children()))),
            timed("join_all", CHILDREN, move || finish(join_all(children()))),
            timed("FuturesUnordered", CHILDREN, move || {
                finish(children().collect::<FuturesUnordered<_>>().collect());
            }),
            timed("tokio, JoinSet", CHILDREN, move || {
                let joined = runtime.block_on(async { children().collect::<JoinSet<_>>().join_all().await });
                assert_eq!(joined.len(), CHILDREN as usize);
            }),
        ],
    )
}

fn limited() -> Row {
    let children = || (0..CHILDREN).map(waits_once);
    Row::measure(
        "gather, 1 000, ten at a time",
        "a future that waits once, ten at a time",
        "ns",
        MANY,
        vec![
            timed("ours", CHILDREN, move || finish(gather_limited(AT_A_TIME, children()))),
            timed("buffered", CHILDREN, move || {
                finish(stream::iter(children()).buffered(AT_A_TIME.get()).collect());
            }),
            timed("buffer_unordered", CHILDREN, move || {
                finish(stream::iter(children()).buffer_unordered(AT_A_TIME.get()).collect());
            }),
        ],
    )
}
