//! The store of tasks: each future has a box of its own, which later holds its output until the handle collects it.

use std::{
    any::Any,
    mem,
    pin::Pin,
    task::{Context, Poll, Waker, ready},
};

use futures::future::MaybeDone;

use super::{Name, Phase, TaskId, labels::Labels};

/// A future, and after its end its output in the same place.
pub(super) type Body = Pin<Box<dyn Job>>;

/// What a slot needs of a future of any type.
pub(super) trait Job {
    /// Polls the future, which must not have ended. At its end the future is dropped and the result is its phase.
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
    pub(super) labels: Labels,
    pub(super) started: bool,
    /// Whether the task has been cancelled; its future is dropped when the poll under way returns, or soon.
    pub(super) doomed: bool,
    /// Whether the handle is gone, so that nothing will collect the output.
    pub(super) detached: bool,
    /// Waits for the output.
    pub(super) joiner: Option<Waker>,
    /// Taken out while it is polled or dropped.
    pub(super) body: Option<Body>,
}

/// What is kept of one task.
#[derive(Default)]
pub(super) enum Place {
    Task(Slot),
    /// The output of a task that has ended, for its handle. The task's waker is kept with it because the two were
    /// allocated side by side: freeing every other block, and later the rest, is slow in allocators that merge free
    /// blocks.
    Output(Body, Waker),
    /// The task has ended and its output is gone.
    #[default]
    Gone,
}

/// All tasks of a run, by their ids. They are kept in chunks, and a chunk whose tasks are all gone is freed.
#[derive(Default)]
pub(super) struct Slots {
    chunks: Vec<Chunk>,
    admitted: u32,
    unfinished: usize,
}

struct Chunk {
    places: Vec<Place>,
    gone: usize,
}

/// Large enough that glibc merges what was freed with a chunk.
const CHUNK: usize = 1024;

impl Slots {
    /// How many tasks have been admitted so far.
    pub(super) const fn admitted(&self) -> u32 {
        self.admitted
    }

    /// How many tasks have not ended.
    pub(super) const fn unfinished(&self) -> usize {
        self.unfinished
    }

    pub(super) fn admit(&mut self, task: Slot) -> TaskId {
        let id = self.admitted;
        self.admitted = id.saturating_add(1);
        self.unfinished += 1;
        if (id as usize).is_multiple_of(CHUNK) {
            // The first chunk grows as needed: most runs are small.
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

    /// Takes out a task that has ended, or its output. `left` is the output that it leaves until this is called again.
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

    /// The tasks that have not ended, in order of spawning.
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
