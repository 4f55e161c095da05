//! Writes a trace as it happens.
//!
//! A large one is mostly what becomes of tasks, some five events each. These are kept in few words without a name of
//! their own, and made an [`Event`] when somebody reads them.

use std::{cell::RefCell, ptr, rc::Rc};

use super::{Edge, Event, Line, What};
use crate::runtime::{Clock, Instant, Name, Observer, Phase, Source, TaskId, Timers};

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
    /// What is no task's life or wait.
    others: Vec<What>,
}

/// An event in 32 bytes.
#[derive(Clone, Copy, Debug)]
struct Entry {
    at: Instant,
    source: Option<Source>,
    kind: Kind,
    task: u32,
    /// A task that has none is its own.
    parent: u32,
    /// The number of the name, or the place among the others.
    number: u32,
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    Task(Phase),
    Wait(Edge),
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
        self.add(Kind::Other, source, 0, 0, number);
    }

    /// The events from the one numbered `from` on, at most so many.
    pub fn events(&self, from: usize, most: usize) -> Vec<Event> {
        let kept = self.kept.borrow();
        (from..kept.entries.len()).take(most).filter_map(|seq| kept.event(seq)).collect()
    }

    /// Looks through the events, the latest first.
    pub fn latest<T>(&self, look: impl FnMut(Event) -> Option<T>) -> Option<T> {
        let kept = self.kept.borrow();
        (0..kept.entries.len()).rev().filter_map(|seq| kept.event(seq)).find_map(look)
    }

    fn add(&self, kind: Kind, source: Option<Source>, task: u32, parent: u32, number: u32) {
        let at = self.clock.now();
        self.kept.borrow_mut().entries.push(Entry { at, source, kind, task, parent, number });
    }

    fn number(&self, name: &Name) -> u32 {
        self.kept.borrow_mut().names.number(name)
    }
}

impl Observer for Recorder {
    fn task(&self, id: TaskId, parent: Option<TaskId>, name: &Name, phase: Phase, source: Option<Source>) {
        self.add(Kind::Task(phase), source, id.0, parent.unwrap_or(id).0, self.number(name));
    }

    fn wait(&self, id: TaskId, on: &Name, source: Option<Source>) {
        let edge = if source.is_some() { Edge::Begin } else { Edge::End };
        self.add(Kind::Wait(edge), source, id.0, id.0, self.number(on));
    }
}

impl Kept {
    fn event(&self, seq: usize) -> Option<Event> {
        let Entry { at, source, kind, task, parent, number } = *self.entries.get(seq)?;
        let name = || self.names.known.get(number as usize).cloned();
        let what = match kind {
            Kind::Task(phase) => {
                let parent = (parent != task).then_some(parent);
                What::Task { id: task, parent, name: name()?, phase }
            }
            Kind::Wait(phase) => What::Wait { task, on: name()?, phase },
            Kind::Other => self.others.get(number as usize)?.clone(),
        };
        Some(Event { seq: u32::try_from(seq).unwrap_or(u32::MAX), at, what, source: source.map(Line) })
    }
}

/// Names by number. One that was not met lately has another number then, which is as good.
#[derive(Debug, Default)]
struct Names {
    known: Vec<Name>,
    /// The numbers of those met lately, by the hash of where the text is.
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
