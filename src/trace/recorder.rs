//! Writes a trace as it happens.
//!
//! Most events of a large trace are about tasks, some five for each task. They are stored compactly, with the number of a
//! name instead of the name, and become an [`Event`] when they are read.

use std::{cell::RefCell, ptr, rc::Rc};

use super::{Edge, Event, Line, What};
use crate::runtime::{Clock, Instant, Name, Observer, Phase, Source, TaskId, Timers, Wait};

/// Writes a run's trace. Clones write the same one.
#[derive(Clone, Debug)]
pub struct Recorder {
    clock: Timers,
    kept: Rc<RefCell<Kept>>,
}

#[derive(Debug, Default)]
struct Kept {
    entries: Vec<Entry>,
    names: Names,
    /// Events that are not stored compactly.
    others: Vec<What>,
}

/// An event in 32 bytes.
#[derive(Clone, Copy, Debug)]
struct Entry {
    at: Instant,
    source: Option<Source>,
    kind: Kind,
    task: u32,
    /// The parent of a task, the number of the name of what it waits for, or the task that woke it; or [`NONE`].
    other: u32,
    /// The number of the name, or the place among the others.
    number: u32,
}

const NONE: u32 = u32::MAX;

#[derive(Clone, Copy, Debug)]
enum Kind {
    Task(Phase),
    Wait(Edge),
    Wake,
    Other,
}

impl Recorder {
    /// An empty trace, stamped by `clock`.
    pub fn new(clock: Timers) -> Self {
        Self { clock, kept: Rc::default() }
    }

    /// Adds an event that happens now.
    pub fn record(&self, what: What) {
        self.record_from(None, what);
    }

    /// Adds an event that happens now, and whose line in the program is worth knowing.
    pub fn record_from(&self, source: Option<Source>, what: What) {
        let number = place(&self.kept.borrow().others);
        self.kept.borrow_mut().others.push(what);
        self.add(Kind::Other, source, 0, NONE, number);
    }

    /// Returns the events from the one numbered `from` on, at most `most`.
    pub fn events(&self, from: usize, most: usize) -> Vec<Event> {
        let kept = self.kept.borrow();
        (from..kept.entries.len()).take(most).filter_map(|seq| kept.event(seq)).collect()
    }

    /// How many events there are.
    pub fn len(&self) -> usize {
        self.kept.borrow().entries.len()
    }

    /// Whether there are no events.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Looks through the events, the latest first.
    pub fn latest<T>(&self, look: impl FnMut(Event) -> Option<T>) -> Option<T> {
        let kept = self.kept.borrow();
        (0..kept.entries.len()).rev().filter_map(|seq| kept.event(seq)).find_map(look)
    }

    fn add(&self, kind: Kind, source: Option<Source>, task: u32, other: u32, number: u32) {
        let at = self.clock.now();
        self.kept.borrow_mut().entries.push(Entry { at, source, kind, task, other, number });
    }

    fn number(&self, name: &Name) -> u32 {
        self.kept.borrow_mut().names.number(name)
    }

    fn add_wait(&self, edge: Edge, id: TaskId, wait: &Wait, source: Option<Source>) {
        let target = wait.target.as_ref().map_or(NONE, |target| self.number(target));
        self.add(Kind::Wait(edge), source, id.0, target, self.number(&wait.on));
    }
}

impl Observer for Recorder {
    fn task(&self, id: TaskId, parent: Option<TaskId>, name: &Name, phase: Phase, source: Option<Source>) {
        let parent = parent.map_or(NONE, |parent| parent.0);
        self.add(Kind::Task(phase), source, id.0, parent, self.number(name));
    }

    fn wait_begins(&self, id: TaskId, wait: &Wait, source: Source) {
        self.add_wait(Edge::Begin, id, wait, Some(source));
    }

    fn wake(&self, id: TaskId, by: Option<TaskId>) {
        self.add(Kind::Wake, None, id.0, by.map_or(NONE, |by| by.0), NONE);
    }

    fn wait_ends(&self, id: TaskId, wait: &Wait) {
        self.add_wait(Edge::End, id, wait, None);
    }
}

impl Kept {
    fn event(&self, seq: usize) -> Option<Event> {
        let Entry { at, source, kind, task, other, number } = *self.entries.get(seq)?;
        let known = |number: u32| self.names.known.get(number as usize).cloned();
        let name = || known(number);
        let other_task = (other != NONE).then_some(other);
        let what = match kind {
            Kind::Task(phase) => What::Task { id: task, parent: other_task, name: name()?, phase },
            Kind::Wait(phase) => What::Wait { task, on: name()?, for_: known(other), phase },
            Kind::Wake => What::Wake { task, by: other_task },
            Kind::Other => self.others.get(number as usize)?.clone(),
        };
        Some(Event { seq: u32::try_from(seq).unwrap_or(u32::MAX), at, what, source: source.map(Line) })
    }
}

/// Names by number. A name that was not seen recently gets a new number, which does no harm.
#[derive(Debug, Default)]
struct Names {
    known: Vec<Name>,
    /// The numbers of recently seen names, by the hash of the address of the text.
    recent: [u32; 1 << RECENT_BITS],
}

const RECENT_BITS: u32 = 5;

impl Names {
    fn number(&mut self, name: &Name) -> u32 {
        let next = place(&self.known);
        let hash = (name.as_ptr().addr() as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> (64 - RECENT_BITS);
        let Some(recent) = self.recent.get_mut(hash as usize) else { return next };
        if !self.known.get(*recent as usize).is_some_and(|known| ptr::eq(&**known, &**name)) {
            *recent = next;
            self.known.push(name.clone());
        }
        *recent
    }
}

/// Where the next one will be.
fn place<T>(among: &[T]) -> u32 {
    u32::try_from(among.len()).unwrap_or(u32::MAX)
}
