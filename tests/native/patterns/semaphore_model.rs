//! Compares the semaphore with tokio's, in everything that both promise.
//!
//! They differ on purpose in three points. tokio sets permits aside for the first waiter, so the available permits are
//! compared only while nobody waits. A closed tokio semaphore refuses a waiter whose permits had been set aside and that
//! has not run since. And tokio waits for more permits than there are.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, Waker},
};

use async_playground::patterns::{AcquireOwned, Semaphore, semaphore::OwnedPermit};
use proptest::prelude::*;
use tokio::sync::{self, AcquireError, OwnedSemaphorePermit};

use super::support::{Wakes, often};

#[derive(Clone, Copy, Debug)]
enum Step {
    Acquire(usize),
    TryAcquire,
    Poll(usize),
    DropWaiter(usize),
    Release(usize),
    Close,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (0..=4_usize).prop_map(Step::Acquire),
        2 => Just(Step::TryAcquire),
        6 => any::<usize>().prop_map(Step::Poll),
        3 => any::<usize>().prop_map(Step::DropWaiter),
        6 => any::<usize>().prop_map(Step::Release),
        1 => Just(Step::Close),
    ]
}

type Theirs = Pin<Box<dyn Future<Output = Result<OwnedSemaphorePermit, AcquireError>>>>;

/// A waiter at both semaphores.
struct Waiter {
    ours: AcquireOwned,
    theirs: Theirs,
    woken: [Arc<Wakes>; 2],
}

struct Pair {
    ours: Arc<Semaphore>,
    theirs: Arc<sync::Semaphore>,
    waiters: Vec<Waiter>,
    held: Vec<(OwnedPermit, OwnedSemaphorePermit)>,
}

impl Pair {
    fn new(permits: usize) -> Self {
        let (ours, theirs) = (Arc::new(Semaphore::new(permits)), Arc::new(sync::Semaphore::new(permits)));
        Self { ours, theirs, waiters: Vec::new(), held: Vec::new() }
    }

    fn acquire(&mut self, count: usize) -> Result<(), TestCaseError> {
        self.waiters.push(Waiter {
            ours: self.ours.acquire_many_owned(count),
            theirs: Box::pin(self.theirs.clone().acquire_many_owned(u32::try_from(count).unwrap())),
            woken: Default::default(),
        });
        self.poll(self.waiters.len() - 1).map(drop)
    }

    /// Returns whether it is still waiting.
    fn poll(&mut self, index: usize) -> Result<bool, TestCaseError> {
        let waiter = &mut self.waiters[index];
        let [own, their] = waiter.woken.clone().map(Waker::from);
        let ours = Pin::new(&mut waiter.ours).poll(&mut Context::from_waker(&own));
        let theirs = waiter.theirs.as_mut().poll(&mut Context::from_waker(&their));
        match (ours, theirs) {
            (Poll::Pending, Poll::Pending) => return Ok(true),
            (Poll::Ready(Ok(ours)), Poll::Ready(Ok(theirs))) => self.held.push((ours, theirs)),
            (Poll::Ready(Err(_)), Poll::Ready(Err(_))) => {}
            (ours, theirs) => prop_assert!(false, "ours: {ours:?}, theirs: {theirs:?}"),
        }
        self.waiters.remove(index);
        Ok(false)
    }

    fn poll_all(&mut self) -> Result<(), TestCaseError> {
        let mut index = 0;
        while index < self.waiters.len() {
            index += usize::from(self.poll(index)?);
        }
        Ok(())
    }

    fn apply(&mut self, step: Step, permits: usize) -> Result<(), TestCaseError> {
        match step {
            Step::Acquire(count) => self.acquire(count.min(permits))?,
            Step::TryAcquire => {
                match (self.ours.try_acquire_owned(), self.theirs.clone().try_acquire_owned()) {
                    (Ok(ours), Ok(theirs)) => self.held.push((ours, theirs)),
                    (Err(_), Err(_)) => {}
                    (ours, theirs) => prop_assert!(false, "ours: {ours:?}, theirs: {theirs:?}"),
                }
            }
            Step::Poll(pick) if !self.waiters.is_empty() => drop(self.poll(pick % self.waiters.len())?),
            Step::DropWaiter(pick) if !self.waiters.is_empty() => {
                drop(self.waiters.remove(pick % self.waiters.len()));
            }
            Step::Release(pick) if !self.held.is_empty() => {
                drop(self.held.swap_remove(pick % self.held.len()));
            }
            Step::Close => {
                self.poll_all()?;
                self.ours.close();
                self.theirs.close();
            }
            Step::Poll(_) | Step::DropWaiter(_) | Step::Release(_) => {}
        }
        let status = self.ours.status();
        prop_assert_eq!(status.closed, self.theirs.is_closed());
        if self.waiters.is_empty() {
            prop_assert_eq!(status.available, self.theirs.available_permits());
        }
        for (index, waiter) in self.waiters.iter().enumerate() {
            let [ours, theirs] = [&waiter.woken[0], &waiter.woken[1]].map(|wakes| wakes.count());
            prop_assert_eq!(ours, theirs, "wake-ups of waiter {}", index);
        }
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(often(1000, 10)))]
    #[test]
    fn it_agrees_with_tokios_semaphore(permits in 0..5_usize, steps in proptest::collection::vec(step(), 1..60)) {
        let mut pair = Pair::new(permits);
        for step in steps {
            pair.apply(step, permits)?;
        }
        pair.held.clear();
        pair.poll_all()?;
    }
}
