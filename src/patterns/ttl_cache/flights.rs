//! Fetches under way and those who wait for them: who drives, who follows, who takes over.

use std::{pin::Pin, sync::Arc, task::Waker};

use super::super::list::{Key, List};

/// What a fetch gave, shared by all who waited for it.
pub(super) type Outcome<V, E> = Result<Arc<V>, Arc<E>>;

/// All flights: for each key at most one that newcomers join, and those from before an invalidation.
#[derive(Debug)]
pub(super) struct Flights<K, V, E, F> {
    all: List<Flight<K, V, E, F>>,
    waiting: usize,
}

/// One fetch. It is removed with its last waiter, or is the next caller's if that failed.
#[derive(Debug)]
pub(super) struct Flight<K, V, E, F> {
    key: Arc<K>,
    /// Whether newcomers join it and its value is stored: no longer after an invalidation.
    current: bool,
    phase: Phase<V, E, F>,
    /// In order of arrival; the first drives.
    waiters: List<Option<Waker>>,
}

#[derive(Debug)]
enum Phase<V, E, F> {
    /// The future is absent while the driver makes or polls it, without the lock.
    UnderWay(Option<Pin<Box<F>>>),
    Landed(Outcome<V, E>),
    /// Making or polling the future panicked.
    Lost,
}

/// A waiter's place in a flight.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seat {
    pub(super) flight: Key,
    waiter: Key,
}

/// What a waiter leaves behind, for the caller to deal with without the lock.
#[derive(Debug)]
pub(super) struct Left<K, V, E, F> {
    /// Whoever is to drive now, to be woken.
    heir: Option<Waker>,
    /// The flight, if it was the last waiter, to be dropped with all it holds.
    pub(super) flight: Option<Flight<K, V, E, F>>,
    /// Its own waker, to be dropped.
    own: Option<Waker>,
}

impl<K, V, E, F> Left<K, V, E, F> {
    pub(super) fn wake_heir(&mut self) {
        if let Some(heir) = self.heir.take() {
            heir.wake();
        }
    }
}

impl<K, V, E, F> Default for Left<K, V, E, F> {
    fn default() -> Self {
        Self { heir: None, flight: None, own: None }
    }
}

/// What a waiter that is polled has to do.
#[derive(Debug)]
pub(super) enum Turn<V, E, F> {
    /// Nothing, until it is woken.
    Wait,
    /// Poll this and put it back.
    Drive(Pin<Box<F>>),
    Landed(Outcome<V, E>),
    /// Begin anew.
    Lost,
}

impl<K, V, E, F> Flights<K, V, E, F> {
    pub(super) const fn new() -> Self {
        Self { all: List::new(), waiting: 0 }
    }

    pub(super) const fn len(&self) -> usize {
        self.all.len()
    }

    pub(super) const fn waiting(&self) -> usize {
        self.waiting
    }

    /// Joins a flight that is current, and so under way. Says whether another drives it: then `waker` is woken.
    pub(super) fn join(&mut self, flight: Key, waker: &Waker) -> Option<(Seat, bool)> {
        let waiters = &mut self.all.get_mut(flight)?.waiters;
        let driven = waiters.front().is_some();
        let waiter = waiters.push_back(Some(waker.clone()));
        self.waiting += 1;
        Some((Seat { flight, waiter }, driven))
    }

    /// Starts a flight, which is current, without a future.
    pub(super) fn start(&mut self, key: Arc<K>) -> Seat {
        let mut waiters = List::new();
        let waiter = waiters.push_back(None);
        let phase = Phase::UnderWay(None);
        let flight = self.all.push_back(Flight { key, current: true, phase, waiters });
        self.waiting += 1;
        Seat { flight, waiter }
    }

    /// A waiter is polled. The waker that its own replaces is for the caller to drop.
    pub(super) fn turn(&mut self, seat: Seat, waker: &Waker) -> (Turn<V, E, F>, Option<Waker>) {
        let Some(flight) = self.all.get_mut(seat.flight) else { return (Turn::Lost, None) };
        let fetch = match &mut flight.phase {
            Phase::Landed(outcome) => return (Turn::Landed(outcome.clone()), None),
            Phase::Lost => return (Turn::Lost, None),
            Phase::UnderWay(fetch) => fetch,
        };
        let drives = flight.waiters.front() == Some(seat.waiter);
        let own = flight.waiters.get_mut(seat.waiter);
        let own = own.filter(|own| !own.as_ref().is_some_and(|own| own.will_wake(waker)));
        let replaced = own.and_then(|own| own.replace(waker.clone()));
        let fetch = if drives { fetch.take() } else { None };
        (fetch.map_or(Turn::Wait, Turn::Drive), replaced)
    }

    /// The driver has made or polled the future, which is pending.
    pub(super) fn put_back(&mut self, seat: Seat, fetch: Pin<Box<F>>) {
        if let Some(flight) = self.all.get_mut(seat.flight) {
            flight.phase = Phase::UnderWay(Some(fetch));
        }
    }

    /// The key of a flight, if it is current.
    pub(super) fn current_key(&self, flight: Key) -> Option<&Arc<K>> {
        self.all.get(flight).filter(|flight| flight.current).map(|flight| &flight.key)
    }

    /// The future is done, or lost if there is no outcome, and nobody joins the flight any more. Gives all the wakers.
    pub(super) fn land(&mut self, seat: Seat, outcome: Option<Outcome<V, E>>) -> Vec<Waker> {
        let Some(flight) = self.all.get_mut(seat.flight) else { return Vec::new() };
        flight.phase = outcome.map_or(Phase::Lost, Phase::Landed);
        flight.current = false;
        flight.waiters.iter_mut().filter_map(Option::take).collect()
    }

    /// From now on nobody joins the flight, and its value is not stored; those who wait still get it.
    pub(super) fn detach(&mut self, flight: Key) {
        if let Some(flight) = self.all.get_mut(flight) {
            flight.current = false;
        }
    }

    /// A waiter goes: served, or dropped. Says whether it was the last: then the flight is to be removed.
    pub(super) fn leave(&mut self, seat: Seat, left: &mut Left<K, V, E, F>) -> bool {
        let Some(flight) = self.all.get_mut(seat.flight) else { return false };
        let drove = flight.waiters.front() == Some(seat.waiter);
        left.own = flight.waiters.remove(seat.waiter).flatten();
        self.waiting -= 1;
        let Some(next) = flight.waiters.front() else { return true };
        if drove {
            left.heir = flight.waiters.get_mut(next).and_then(Option::take);
        }
        false
    }

    pub(super) fn remove(&mut self, flight: Key) -> Option<Flight<K, V, E, F>> {
        self.all.remove(flight)
    }
}
