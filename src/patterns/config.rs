//! The error of a setting outside its range.

use std::{error::Error, fmt};

/// The error of a constructor: a setting is outside its allowed range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ConfigError {
    /// The name of the setting, as it is spelled in the configuration.
    pub setting: &'static str,
    /// The allowed range, in words, with its unit.
    pub allowed: &'static str,
}

impl ConfigError {
    /// Refuses `setting` unless it `holds`.
    pub(super) const fn check(holds: bool, setting: &'static str, allowed: &'static str) -> Result<(), Self> {
        if holds { Ok(()) } else { Err(Self { setting, allowed }) }
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} must be {}", self.setting, self.allowed)
    }
}

impl Error for ConfigError {}
