//! The runtime: tasks, their order, timers, the simulation and the search.

mod clock;
mod depth;
mod host;
mod observer;
mod search;
mod send;
mod simulation;
mod tasks;
mod timers;

use std::{cell::RefCell, rc::Rc};

/// A log that tasks write and a test reads.
type Log = Rc<RefCell<Vec<String>>>;

fn lines(log: &Log) -> Vec<String> {
    log.borrow().clone()
}
