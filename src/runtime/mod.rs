//! Time and tasks: the ports that patterns are written against, and the simulation that implements them.

mod clock;
mod spawn;

pub use clock::{Clock, Instant};
pub use spawn::Spawn;
