//! Where tasks are kept: each future in a box of its own, which has its output later, until the handle collects it.

use std::{
    any::Any,
    mem,
    pin::Pin,
    task::{Context, Poll, Waker, ready},
};

use futures::future::MaybeDone;

use super::{
    Name,
    labels::Labels,
    tasks::{Phase, TaskId},
};

/// A future, and when it has ended its output in the same place.
pub(super) type Body = Pin<Box<dyn Job>>;

/// What a slot knows of a future, whatever its type.
pub(super) trait Job {
    /// Polls the future, which must not have ended; at its end it is dropped, and this tells how it ended.
    fn step(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Phase>;

    /// Moves the output to `to`, which is an `Option` of it.
    fn collect(self: Pin<&mut Self>, to: &mut dyn Any);
}

impl<F: Future<Output = (Phase, T)>, T: 'static> Job for MaybeDone<F> {
    fn step(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Phase> {
        ready!(self.as_mut().poll(cx));
        Poll::Ready(self.output_mut().map_or(Phase::Cancelled, |(phase, _)| *phase))
    }

    fn collect(self: Pin<&mut Self>, to: &mut dyn Any) {
        if let Some(to) = to.downcast_mut() {
            *to = self.take_output().map(|(_, output): (Phase, T)| output);
        }
    }
}

/// A task that has not ended.
pub(super) struct Slot {
    pub(super) id: TaskId,
    pub(super) parent: Option<TaskId>,
    pub(super) name: Name,
    pub(super) waits: Labels,
    pub(super) started: bool,
    /// Set when the task is cancelled during its own poll; it is dropped when that poll returns.
    pub(super) doomed: bool,
    /// Whether nobody will ask for the output: there is no handle any more.
    pub(super) detached: bool,
    /// Who waits for the output.
    pub(super) joiner: Option<Waker>,
    /// Out of the slot while it is polled.
    pub(super) body: Option<Body>,
}

/// Slots are used again, ids are not: a late wake-up for a slot's former tenant finds the wrong id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) id: TaskId,
    slot: u32,
}

/// A place for a task.
pub(super) enum Place {
    Task(Slot),
    /// What a task that has ended left for its handle.
    Output(TaskId, Body),
    /// And the next vacant one.
    Vacant(Option<u32>),
}

/// All slots of a set of tasks.
#[derive(Default)]
pub(super) struct Slots {
    places: Vec<Place>,
    vacant: Option<u32>,
    /// How many have not ended.
    unfinished: usize,
}

impl Slots {
    pub(super) const fn unfinished(&self) -> usize {
        self.unfinished
    }

    pub(super) fn admit(&mut self, task: Slot) -> Key {
        self.unfinished += 1;
        let id = task.id;
        let slot = self.vacant.unwrap_or(u32::try_from(self.places.len()).unwrap_or(u32::MAX));
        match self.places.get_mut(slot as usize) {
            Some(place) => {
                if let Place::Vacant(next) = mem::replace(place, Place::Task(task)) {
                    self.vacant = next;
                }
            }
            None => self.places.push(Place::Task(task)),
        }
        Key { id, slot }
    }

    pub(super) fn get_mut(&mut self, key: Key) -> Option<&mut Slot> {
        match self.places.get_mut(key.slot as usize)? {
            Place::Task(slot) if slot.id == key.id => Some(slot),
            _ => None,
        }
    }

    /// Takes out a task that has ended, or what it left. What it leaves now is there until it is taken out too.
    pub(super) fn take(&mut self, key: Key, left: Option<Body>) -> Option<Place> {
        let place = self.places.get_mut(key.slot as usize)?;
        let (id, unfinished) = match place {
            Place::Task(slot) => (slot.id, 1),
            Place::Output(id, _) => (*id, 0),
            Place::Vacant(_) => return None,
        };
        if id != key.id {
            return None;
        }
        self.unfinished -= unfinished;
        let next = match left {
            Some(body) => Place::Output(id, body),
            None => Place::Vacant(self.vacant.replace(key.slot)),
        };
        Some(mem::replace(place, next))
    }

    /// Those that have not ended.
    pub(super) fn iter(&self) -> impl Iterator<Item = (Key, &Slot)> {
        (0..).zip(&self.places).filter_map(|(slot, place)| match place {
            Place::Task(task) => Some((Key { id: task.id, slot }, task)),
            _ => None,
        })
    }
}
