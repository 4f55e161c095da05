//! How fast a simulated run is played, in the terminal and on the page.

use std::time::Duration;

use clap::ValueEnum;

/// A speed, which says how long a whole run is played, whatever its length.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Speed {
    Slow,
    Normal,
    Once,
}

impl Speed {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Slow, Self::Normal, Self::Once];

    /// The name on the command line, in attributes and in addresses.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Slow => "slow",
            Self::Normal => "normal",
            Self::Once => "once",
        }
    }

    /// What the page calls it.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Slow => "Slow",
            Self::Normal => "Normal",
            Self::Once => "At once",
        }
    }

    /// How long a whole run is played.
    pub const fn duration(self) -> Duration {
        match self {
            Self::Slow => Duration::from_secs(12),
            Self::Normal => Duration::from_secs(3),
            Self::Once => Duration::ZERO,
        }
    }
}
