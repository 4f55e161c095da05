use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
    thread,
};

use async_playground::patterns::semaphore::{
    Acquire, AcquireError, AcquireOwned, OwnedPermit, Permit, Semaphore, TryAcquireError,
};
use futures::{FutureExt, executor::block_on, future::join_all};

use super::support::{Wakes, poll_once, send_and_sync, turn};

#[test]
fn semaphore_futures_and_permits_are_send_and_sync() {
    send_and_sync::<Semaphore>();
    send_and_sync::<Acquire<'_>>();
    send_and_sync::<AcquireOwned>();
    send_and_sync::<Permit<'_>>();
    send_and_sync::<OwnedPermit>();
}

/// async-lock lets a newcomer overtake a waiter that was woken and has not run yet.
#[test]
fn a_released_permit_belongs_to_the_first_waiter_before_it_runs() {
    let semaphore = Semaphore::new(1);
    let held = semaphore.try_acquire().unwrap();
    let mut waiter = semaphore.acquire();
    assert!(poll_once(&mut waiter).is_pending());
    drop(held);
    assert_eq!(semaphore.try_acquire().unwrap_err(), TryAcquireError::NoPermits);
    let mut newcomer = semaphore.acquire();
    assert!(poll_once(&mut newcomer).is_pending());
    assert!(poll_once(&mut waiter).is_ready());
    assert!(poll_once(&mut newcomer).is_ready(), "the waiter's permit was dropped");
}

/// asyncio lost the wake-up of a waiter that was cancelled after it had been woken: cpython#90155.
#[test]
fn a_waiter_dropped_after_it_was_woken_passes_its_permit_on() {
    let semaphore = Semaphore::new(1);
    let held = semaphore.try_acquire().unwrap();
    let mut first = semaphore.acquire();
    let mut second = semaphore.acquire();
    let wakes = Arc::new(Wakes::default());
    assert!(poll_once(&mut first).is_pending());
    assert!(second.poll_unpin(&mut Context::from_waker(&Waker::from(wakes.clone()))).is_pending());
    drop(held);
    assert_eq!(wakes.count(), 0, "only the first waiter is woken");
    drop(first);
    assert_eq!(wakes.count(), 1);
    assert!(poll_once(&mut second).is_ready());
    assert_eq!(semaphore.status().available, 1);
}

#[test]
fn a_dropped_waiter_no_longer_holds_up_smaller_requests() {
    let semaphore = Semaphore::new(2);
    let _held = semaphore.try_acquire().unwrap();
    let mut both = semaphore.acquire_many(2);
    let mut one = semaphore.acquire();
    assert!(poll_once(&mut both).is_pending());
    assert!(poll_once(&mut one).is_pending(), "one is available, but kept for the first waiter");
    assert_eq!((semaphore.status().available, semaphore.status().waiting), (1, 2));
    drop(both);
    assert!(poll_once(&mut one).is_ready());
}

#[test]
fn requests_for_more_permits_than_exist_are_refused_immediately() {
    let semaphore = Semaphore::new(3);
    let _held = semaphore.try_acquire().unwrap();
    let Poll::Ready(Err(error)) = poll_once(&mut semaphore.acquire_many(4)) else { panic!("it waits") };
    assert_eq!(error, AcquireError::TooMany { requested: 4, permits: 3 });
    assert_eq!(error.to_string(), "permits requested must be at most 3, not 4");
    assert_eq!(
        Semaphore::new(0).try_acquire().unwrap_err(),
        TryAcquireError::Refused(AcquireError::TooMany { requested: 1, permits: 0 })
    );
    let Poll::Ready(Ok(none)) = poll_once(&mut semaphore.acquire_many(0)) else {
        panic!("zero permits need no wait")
    };
    assert_eq!((none.count(), semaphore.status().available), (0, 2));
}

#[test]
fn close_refuses_waiters_and_newcomers_and_revokes_no_permit() {
    let semaphore = Semaphore::new(1);
    let held = semaphore.try_acquire().unwrap();
    let (mut owner, mut waiter) = (semaphore.acquire(), semaphore.acquire());
    let wakes = Arc::new(Wakes::default());
    assert!(poll_once(&mut owner).is_pending());
    assert!(waiter.poll_unpin(&mut Context::from_waker(&Waker::from(wakes.clone()))).is_pending());
    drop(held);
    semaphore.close();
    assert_eq!(wakes.count(), 1);
    assert!(matches!(poll_once(&mut waiter), Poll::Ready(Err(AcquireError::Closed))));
    assert!(matches!(poll_once(&mut owner), Poll::Ready(Ok(_))), "the permit was granted before the close");
    assert!(matches!(poll_once(&mut semaphore.acquire()), Poll::Ready(Err(AcquireError::Closed))));
    let status = semaphore.status();
    assert_eq!((status.available, status.waiting, status.closed), (1, 0, true));
}

#[test]
fn try_acquire_many_takes_all_or_none() {
    let semaphore = Arc::new(Semaphore::new(3));
    let two = semaphore.try_acquire_many(2).unwrap();
    assert_eq!((two.count(), semaphore.status().available), (2, 1));
    assert_eq!(semaphore.try_acquire_many(2).unwrap_err(), TryAcquireError::NoPermits);
    assert_eq!(semaphore.status().available, 1);
    drop(two);
    let three = semaphore.try_acquire_many_owned(3).unwrap();
    assert_eq!((three.count(), semaphore.status().available), (3, 0));
    let too_many = TryAcquireError::Refused(AcquireError::TooMany { requested: 4, permits: 3 });
    assert_eq!(semaphore.try_acquire_many(4).unwrap_err(), too_many);
}

#[test]
fn try_acquire_many_does_not_overtake() {
    let semaphore = Semaphore::new(3);
    let _held = semaphore.try_acquire().unwrap();
    let mut all = semaphore.acquire_many(3);
    assert!(poll_once(&mut all).is_pending());
    assert_eq!(semaphore.try_acquire_many(2).unwrap_err(), TryAcquireError::NoPermits);
}

#[test]
fn the_waker_of_the_last_poll_is_woken() {
    let semaphore = Semaphore::new(1);
    let held = semaphore.try_acquire().unwrap();
    let mut waiter = semaphore.acquire();
    let wakes = [0, 1].map(|_| Arc::new(Wakes::default()));
    for wakes in &wakes {
        assert!(waiter.poll_unpin(&mut Context::from_waker(&Waker::from(wakes.clone()))).is_pending());
    }
    drop(held);
    assert_eq!(wakes.map(|wakes| wakes.count()), [0, 1]);
}

/// Dropping the last waker of a task may drop the task, and with it a permit of the same semaphore.
#[test]
fn dropping_a_waker_that_holds_a_permit_does_not_deadlock() {
    struct Holds(#[expect(dead_code, reason = "held to be dropped")] Mutex<Option<OwnedPermit>>);
    impl Wake for Holds {
        fn wake(self: Arc<Self>) {}
    }
    let semaphore = Arc::new(Semaphore::new(2));
    let _held = semaphore.try_acquire().unwrap();
    let waker = || {
        let permit = semaphore.try_acquire_owned().unwrap();
        Waker::from(Arc::new(Holds(Mutex::new(Some(permit)))))
    };
    let mut waiter = semaphore.acquire_many(2);
    assert!(waiter.poll_unpin(&mut Context::from_waker(&waker())).is_pending());
    assert!(poll_once(&mut waiter).is_pending(), "replacing the waker gave its permit back");
    assert_eq!(semaphore.status().available, 1);
    drop(waiter);
    let mut waiter = semaphore.acquire_many(2);
    assert!(waiter.poll_unpin(&mut Context::from_waker(&waker())).is_pending());
    drop(waiter);
    assert_eq!(semaphore.status().available, 1);
}

#[test]
fn eight_tasks_on_four_threads_share_a_semaphore() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(4).build().unwrap();
    let (semaphore, active) = (Arc::new(Semaphore::new(3)), Arc::new(AtomicUsize::new(0)));
    let task = |task: usize| {
        let (semaphore, active) = (semaphore.clone(), active.clone());
        async move {
            for round in 0..500 {
                let count = 1 + (task + round) % 3;
                if round % 2 == 1 {
                    // Some futures are dropped while they wait.
                    drop(semaphore.acquire_many_owned(count).now_or_never());
                }
                let permit = semaphore.acquire_many_owned(count).await.unwrap();
                assert!(active.fetch_add(count, Ordering::SeqCst) + count <= 3);
                turn().await;
                active.fetch_sub(count, Ordering::SeqCst);
                drop(permit);
            }
        }
    };
    let tasks: Vec<_> = (0..8).map(|index| runtime.spawn(task(index))).collect();
    runtime.block_on(join_all(tasks)).into_iter().for_each(|end| end.unwrap());
    assert_eq!((semaphore.status().available, semaphore.status().waiting), (3, 0));
}

/// Mostly nobody waits, so that permits take the fast path; now and then somebody does.
#[test]
fn no_permit_is_lost_or_doubled_between_lock_and_fast_path() {
    let rounds = if cfg!(miri) { 20 } else { 50_000 };
    let (semaphore, active) = (Semaphore::new(3), AtomicUsize::new(0));
    let in_use = |permit: Permit<'_>| {
        assert!(active.fetch_add(permit.count(), Ordering::SeqCst) + permit.count() <= 3);
        active.fetch_sub(permit.count(), Ordering::SeqCst);
    };
    thread::scope(|scope| {
        for id in 0..3 {
            let (semaphore, in_use) = (&semaphore, &in_use);
            scope.spawn(move || {
                for round in 0..rounds {
                    match (id + round) % 16 {
                        0 => in_use(block_on(semaphore.acquire_many(3)).unwrap()),
                        1 => drop(semaphore.acquire_many(2).now_or_never()),
                        2 => assert!(semaphore.status().available <= 3),
                        3..8 => drop(semaphore.try_acquire().map(in_use)),
                        _ => in_use(block_on(semaphore.acquire()).unwrap()),
                    }
                }
            });
        }
    });
    assert_eq!((semaphore.status().available, semaphore.status().waiting), (3, 0));
}

#[test]
fn a_wait_polled_after_it_was_ready_stays_pending() {
    let semaphore = Arc::new(Semaphore::new(2));
    let mut waiter = semaphore.acquire_owned();
    let Poll::Ready(Ok(permit)) = poll_once(&mut waiter) else { panic!("a permit is available") };
    assert!(poll_once(&mut waiter).is_pending());
    drop(waiter);
    assert_eq!(semaphore.status().available, 1);
    drop(permit);
    assert_eq!(semaphore.status().available, 2);
}
