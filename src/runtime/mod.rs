//! Time and tasks: the ports that patterns are written against, and the simulation that implements them.
//!
//! Patterns use [`Clock`] and [`Spawn`], and [`WaitLabel`] for a deadlock that they know of. The rest is one executor
//! in layers: [`Tasks`] polls tasks in an [`Order`], [`Timers`] is its clock, [`Host`] drives both as one future at
//! some [`Pace`], and [`Simulation`] is the host for simulated time. On top of it, [`search_orders`] runs a program in
//! every order of its tasks. The feature `tokio` implements both ports for tokio; [`Clock`] shows the ten lines that
//! another executor needs.

mod clock;
mod deadlock;
mod here;
mod host;
mod labels;
mod name;
mod observer;
mod order;
mod random;
mod ready;
mod search;
mod send_tasks;
mod simulation;
mod slots;
mod spawn;
mod task;
mod tasks;
mod time;
mod timers;
#[cfg(feature = "tokio")]
mod tokio;
mod waiting;

pub use clock::{Clock, Instant};
pub use deadlock::{Blocked, Deadlock};
pub use here::WaitLabel;
pub use host::{AtOnce, Host, Pace};
pub use name::Name;
pub use observer::{Observer, Phase, Source, TaskId, Wait};
pub use order::{Choice, Order};
pub use random::Random;
pub use search::{Bounds, Counterexample, Diverged, Fault, Orders, Searched, search_orders, search_seeds};
pub use send_tasks::SendTasks;
pub use simulation::Simulation;
pub use spawn::Spawn;
pub use task::{CancelOnDrop, Cancelled, Task};
pub use tasks::Tasks;
pub use time::{SimulatedTime, TimeSource};
pub use timers::{SendClock, SendSleep, Sleep, Timers, WeakTimers};
#[cfg(feature = "tokio")]
pub use tokio::{TokioClock, TokioSleep, TokioSpawner};
