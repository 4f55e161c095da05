//! Time and tasks: the ports that patterns are written against, and the simulation that implements them.
//!
//! Patterns know [`Clock`] and [`Spawn`] only. The rest is one executor in layers: [`Tasks`] takes steps in an
//! [`Order`], [`Timers`] is its clock, [`Host`] drives both as one future at some [`Pace`], and [`Simulation`] is the
//! host for simulated time. On top of it, [`explore()`] runs a program under every order of its tasks.
//! For tokio both ports are there behind the feature `tokio`; for another executor they are the ten lines that
//! [`Clock`] shows.

mod clock;
mod explore;
mod host;
mod labels;
mod name;
mod order;
mod random;
mod ready;
mod simulation;
mod slots;
mod spawn;
mod task;
mod tasks;
mod timers;
#[cfg(feature = "tokio")]
mod tokio;
mod waiting;

pub use clock::{Clock, Instant};
pub use explore::{
    Bounds, Counterexample, Diverged, Explored, Fault, Schedule, Schedules, explore, explore_seeds,
};
pub use host::{AtOnce, Deadlock, Host, Pace, SimulatedTime};
pub use name::Name;
pub use order::{Choice, Order};
pub use random::Random;
pub use simulation::Simulation;
pub use spawn::Spawn;
pub use task::{CancelOnDrop, Cancelled, Task};
pub use tasks::{Blocked, Observer, Phase, Source, TaskId, Tasks};
pub use timers::{Sleep, TimeSource, Timers, WeakTimers};
#[cfg(feature = "tokio")]
pub use tokio::{TokioClock, TokioSleep, TokioSpawner};
