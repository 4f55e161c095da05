//! What is said about a setting outside its range.

use std::{error::Error, fmt};

use crate::BEGINS_ONLY;

/// A setting was outside its allowed range; nothing has been built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ConfigError {
    /// The name of the setting, as it is spelled in the configuration.
    pub setting: &'static str,
    /// What it must be, in words, with unit.
    pub allowed: &'static str,
}

impl ConfigError {
    /// Refuses `setting` unless it `holds`.
    pub(super) const fn check(holds: bool, setting: &'static str, allowed: &'static str) -> Result<(), Self> {
        // The one run of a module that a page begins with has settings of ours, all in range.
        if holds || BEGINS_ONLY { Ok(()) } else { Err(Self { setting, allowed }) }
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} must be {}", self.setting, self.allowed)
    }
}

impl Error for ConfigError {}
