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

/// A place for a task.
#[derive(Default)]
pub(super) enum Place {
    Task(Slot),
    /// What a task that has ended left for its handle. Its waker goes with it, since the two lie side by side: every
    /// other block freed, and later the rest, is much work for an allocator that puts free blocks together.
    Output(Body, Waker),
    /// Nobody asks for it any more.
    #[default]
    Gone,
}

/// All tasks of a set, by their ids. They are kept in chunks, and a chunk whose tasks are all gone is given back.
#[derive(Default)]
pub(super) struct Slots {
    chunks: Vec<Chunk>,
    admitted: u32,
    /// How many have not ended.
    unfinished: usize,
}

struct Chunk {
    places: Vec<Place>,
    gone: usize,
}

/// Large enough for glibc to put together, when it is given back, what was freed with it.
const CHUNK: usize = 1024;

impl Slots {
    pub(super) const fn admitted(&self) -> u32 {
        self.admitted
    }

    pub(super) const fn unfinished(&self) -> usize {
        self.unfinished
    }

    pub(super) fn admit(&mut self, task: Slot) -> TaskId {
        let id = self.admitted;
        self.admitted = id.saturating_add(1);
        self.unfinished += 1;
        if (id as usize).is_multiple_of(CHUNK) {
            // The first grows as it must: most sets are small.
            let room = if id == 0 { 0 } else { CHUNK };
            self.chunks.push(Chunk { places: Vec::with_capacity(room), gone: 0 });
        }
        if let Some(chunk) = self.chunks.last_mut() {
            chunk.places.push(Place::Task(task));
        }
        TaskId(id)
    }

    pub(super) fn get_mut(&mut self, id: TaskId) -> Option<&mut Slot> {
        let at = id.0 as usize;
        match self.chunks.get_mut(at / CHUNK)?.places.get_mut(at % CHUNK)? {
            Place::Task(slot) => Some(slot),
            _ => None,
        }
    }

    /// Takes out a task that has ended, or what it left. What it leaves now is there until it is taken out too.
    pub(super) fn take(&mut self, id: TaskId, left: Option<(Body, Waker)>) -> Option<Place> {
        let at = id.0 as usize;
        let chunk = self.chunks.get_mut(at / CHUNK)?;
        let place = chunk.places.get_mut(at % CHUNK)?;
        match place {
            Place::Task(_) => self.unfinished -= 1,
            Place::Output(..) => {}
            Place::Gone => return None,
        }
        let is_gone = left.is_none();
        let taken = mem::replace(place, left.map_or(Place::Gone, |(body, waker)| Place::Output(body, waker)));
        if is_gone {
            chunk.gone += 1;
            if chunk.gone == CHUNK {
                chunk.places = Vec::new();
            }
        }
        Some(taken)
    }

    /// Those that have not ended, in order of spawning.
    pub(super) fn ids(&self) -> Vec<TaskId> {
        let mut ids = Vec::with_capacity(self.unfinished);
        for (first, chunk) in (0..).step_by(CHUNK).zip(&self.chunks) {
            for (id, place) in (first..).zip(&chunk.places) {
                if matches!(place, Place::Task(_)) {
                    ids.push(TaskId(id));
                }
            }
        }
        ids
    }
}
