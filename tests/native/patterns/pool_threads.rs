use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use async_playground::patterns::pool::{Config, Pool};
use futures::{FutureExt, future::join_all};

use super::{
    pool::{NEVER, Plain},
    support::{Manual, turn},
};

#[test]
fn eight_tasks_on_four_threads_share_a_pool() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(4).build().unwrap();
    let config = Config { max_size: 3, wait_timeout: NEVER, connect_timeout: NEVER };
    let pool = Pool::new(Plain, Manual::default(), config).unwrap();
    let active = Arc::new(AtomicUsize::new(0));
    let task = || {
        let (pool, active) = (pool.clone(), active.clone());
        async move {
            for round in 0..500 {
                if round % 3 == 1 {
                    // Some futures are dropped while they wait, connect or check.
                    drop(pool.get().now_or_never());
                }
                let mut connection = pool.get().await.unwrap();
                *connection += 1;
                assert!(active.fetch_add(1, Ordering::SeqCst) < 3);
                turn().await;
                active.fetch_sub(1, Ordering::SeqCst);
            }
        }
    };
    let tasks: Vec<_> = (0..8).map(|_| runtime.spawn(task())).collect();
    runtime.block_on(join_all(tasks)).into_iter().for_each(|end| end.unwrap());
    let status = pool.status();
    assert_eq!((status.in_use, status.waiting), (0, 0));
    assert!(status.idle <= 3);
}
