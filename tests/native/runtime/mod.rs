//! The runtime: tasks, their order, timers and the simulation.

mod clock;
mod host;
mod search;
mod simulation;
mod tasks;
mod timers;

use std::{cell::RefCell, rc::Rc};

/// A log that tasks write and the test reads.
type Log = Rc<RefCell<Vec<String>>>;

fn lines(log: &Log) -> Vec<String> {
    log.borrow().clone()
}
