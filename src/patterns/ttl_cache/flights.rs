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

/// One fetch. It is removed with its last waiter.
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
    pub(super) heir: Option<Waker>,
    /// The flight, if it was the last waiter, to be dropped with all it holds.
    flight: Option<Flight<K, V, E, F>>,
    /// Its own waker, to be dropped.
    _own: Option<Waker>,
}

impl<K, V, E, F> Left<K, V, E, F> {
    /// The key of a flight that ended with it while it was current.
    pub(super) fn current_key(&self) -> Option<&K> {
        self.flight.as_ref().filter(|flight| flight.current).map(|flight| &*flight.key)
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

    /// Joins a flight that is current. It is under way, and another drives it: `waker` is woken.
    pub(super) fn join(&mut self, flight: Key, waker: &Waker) -> Option<Seat> {
        let waiter = self.all.get_mut(flight)?.waiters.push_back(Some(waker.clone()));
        self.waiting += 1;
        Some(Seat { flight, waiter })
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
        let turn = match &mut flight.phase {
            Phase::Landed(outcome) => return (Turn::Landed(outcome.clone()), None),
            Phase::Lost => return (Turn::Lost, None),
            Phase::UnderWay(fetch) if flight.waiters.front() == Some(seat.waiter) => {
                fetch.take().map_or(Turn::Wait, Turn::Drive)
            }
            Phase::UnderWay(_) => Turn::Wait,
        };
        let own = flight.waiters.get_mut(seat.waiter);
        let own = own.filter(|own| !own.as_ref().is_some_and(|own| own.will_wake(waker)));
        let replaced = own.and_then(|own| own.replace(waker.clone()));
        (turn, replaced)
    }

    /// The driver has made or polled the future, which is pending.
    pub(super) fn put_back(&mut self, seat: Seat, fetch: Pin<Box<F>>) {
        if let Some(flight) = self.all.get_mut(seat.flight) {
            flight.phase = Phase::UnderWay(Some(fetch));
        }
    }

    /// The future is done, or lost if there is no outcome. Gives all the wakers, and the key if the flight was current.
    pub(super) fn land(
        &mut self,
        seat: Seat,
        outcome: Option<Outcome<V, E>>,
    ) -> (Vec<Waker>, Option<Arc<K>>) {
        let Some(flight) = self.all.get_mut(seat.flight) else { return (Vec::new(), None) };
        flight.phase = outcome.map_or(Phase::Lost, Phase::Landed);
        let wakers = flight.waiters.iter_mut().filter_map(Option::take).collect();
        let key = std::mem::take(&mut flight.current).then(|| Arc::clone(&flight.key));
        (wakers, key)
    }

    /// From now on nobody joins the flight, and its value is not stored; those who wait still get it.
    pub(super) fn detach(&mut self, flight: Key) {
        if let Some(flight) = self.all.get_mut(flight) {
            flight.current = false;
        }
    }

    /// A waiter goes: served, or dropped.
    pub(super) fn leave(&mut self, seat: Seat) -> Option<Left<K, V, E, F>> {
        let flight = self.all.get_mut(seat.flight)?;
        let drove = flight.waiters.front() == Some(seat.waiter);
        let own = flight.waiters.remove(seat.waiter).flatten();
        self.waiting -= 1;
        if let Some(next) = flight.waiters.front() {
            let heir = if drove { flight.waiters.get_mut(next).and_then(Option::take) } else { None };
            return Some(Left { heir, flight: None, _own: own });
        }
        Some(Left { heir: None, flight: self.all.remove(seat.flight), _own: own })
    }
}
