//! The error of a run that cannot go on.

use std::{error::Error, fmt};

use super::{Instant, Name, Wait};

/// Nothing is ready and no timer is left, but not all tasks have ended: they wait for each other, or for something
/// that will never happen.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Deadlock {
    /// When the run stopped.
    pub at: Instant,
    /// The tasks that have not ended, in order of spawning.
    pub blocked: Vec<Blocked>,
}

impl fmt::Display for Deadlock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN: usize = 8;
        write!(f, "deadlock at {}: nothing is ready and no timer is left", self.at)?;
        for blocked in self.blocked.iter().take(SHOWN) {
            write!(f, "; {blocked}")?;
        }
        match self.blocked.len().saturating_sub(SHOWN) {
            0 => Ok(()),
            more => write!(f, "; and {more} more"),
        }
    }
}

impl Error for Deadlock {}

/// A task that has not ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blocked {
    /// Its name.
    pub task: Name,
    /// Its labelled waits, the oldest first; empty if it waits for something unlabelled.
    pub waits: Vec<Wait>,
}

impl fmt::Display for Blocked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} waits for ", self.task)?;
        if self.waits.is_empty() {
            return f.write_str("something unnamed");
        }
        for (place, wait) in self.waits.iter().enumerate() {
            let and = if place > 0 { " and " } else { "" };
            write!(f, "{and}{}", wait.on)?;
            if let Some(target) = &wait.target {
                write!(f, " ({target})")?;
            }
        }
        Ok(())
    }
}
