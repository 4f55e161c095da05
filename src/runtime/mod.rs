//! Time and tasks: the ports that patterns are written against, and the simulation that implements them.
//!
//! Patterns know [`Clock`] and [`Spawn`] only. The rest is one executor in layers: [`Tasks`] takes steps in an
//! [`Order`], [`Timers`] is its clock, [`Host`] drives both as one future at some [`Pace`], and [`Simulation`] is the
//! host for simulated time.

mod clock;
mod host;
mod order;
mod random;
mod simulation;
mod spawn;
mod task;
mod tasks;
mod timers;

pub use clock::{Clock, Instant};
pub use host::{AtOnce, Deadlock, Host, Pace, SimulatedTime};
pub use order::{Choice, Order};
pub use random::Random;
pub use simulation::Simulation;
pub use spawn::Spawn;
pub use task::{CancelOnDrop, Cancelled, Task};
pub use tasks::{Blocked, Name, Observer, Phase, Source, TaskId, Tasks};
pub use timers::{Sleep, TimeSource, Timers, WeakTimers};
