//! The clock port: the one thing that patterns ask of their surroundings.
//!
//! It says what time it is and wakes a future later. It is not a calendar: time is counted from the clock's own
//! origin and means nothing outside it.

use std::{fmt, rc::Rc, sync::Arc, time::Duration};

/// A moment, in whole nanoseconds since the clock's origin.
///
/// Arithmetic saturates: the last moment, [`Instant::NEVER`], is some 584 years after the origin and stands for
/// "no deadline".
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Instant(u64);

impl Instant {
    /// The clock's origin.
    pub const ORIGIN: Self = Self(0);
    /// A deadline that never comes.
    pub const NEVER: Self = Self(u64::MAX);

    /// The moment `nanos` nanoseconds after the origin.
    pub const fn from_nanos(nanos: u64) -> Self {
        Self(nanos)
    }

    /// The moment `millis` milliseconds after the origin, or [`Instant::NEVER`] if that is out of range.
    pub const fn from_millis(millis: u64) -> Self {
        Self(millis.saturating_mul(1_000_000))
    }

    /// Nanoseconds since the origin.
    pub const fn as_nanos(self) -> u64 {
        self.0
    }

    /// Milliseconds since the origin, with fractions: for showing, not for reckoning.
    #[allow(clippy::cast_precision_loss, reason = "a display value; 2^53 ns are 104 days")]
    pub fn as_millis(self) -> f64 {
        self.0 as f64 / 1e6
    }

    /// This moment moved later by `by`, or [`Instant::NEVER`] if that is out of range.
    #[must_use = "instants do not change in place"]
    pub fn after(self, by: Duration) -> Self {
        // In 64 bits, since wider numbers are slow in WebAssembly, and so is a product that looks for overflow itself.
        const SECOND: u64 = 1_000_000_000;
        if by.as_secs() > u64::MAX / SECOND {
            return Self::NEVER;
        }
        Self(self.0.saturating_add(by.as_secs() * SECOND).saturating_add(by.subsec_nanos().into()))
    }

    /// How long after `earlier` this moment is; zero if it is not.
    pub const fn since(self, earlier: Self) -> Duration {
        Duration::from_nanos(self.0.saturating_sub(earlier.0))
    }
}

/// Milliseconds since the origin, to the nanosecond: `250 ms`, `0.000001 ms`, `never`.
impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Self::NEVER {
            return f.write_str("never");
        }
        write!(f, "{}", self.0 / 1_000_000)?;
        match self.0 % 1_000_000 {
            0 => {}
            rest => f.write_str(format!(".{rest:06}").trim_end_matches('0'))?,
        }
        f.write_str(" ms")
    }
}

impl fmt::Debug for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Says the time and waits for it.
///
/// An implementation
///
/// - MUST count from its own origin and never run backwards;
/// - MUST NOT complete a sleep before `now()` has reached the deadline, and MUST wake the sleeper once it has;
/// - MUST complete a sleep whose deadline has passed at its first poll;
/// - MUST forget a sleep that is dropped;
/// - MUST NOT complete a sleep until [`Instant::NEVER`], ever.
///
/// The shape follows embassy-time's driver: as few methods as will do. Clones tell the same time.
///
/// A clock on smol's timer, which has a thread of its own and so serves any executor:
///
/// ```ignore-wasm32
/// use std::{future::Future, pin::Pin, task::{Context, Poll}, time};
///
/// use async_playground::runtime::{Clock, Instant};
///
/// #[derive(Clone)]
/// struct SmolClock(time::Instant);
///
/// struct SmolSleep(smol::Timer);
///
/// impl Clock for SmolClock {
///     type Sleep = SmolSleep;
///
///     fn now(&self) -> Instant {
///         Instant::ORIGIN.after(self.0.elapsed())
///     }
///
///     fn sleep_until(&self, deadline: Instant) -> SmolSleep {
///         let at = self.0.checked_add(time::Duration::from_nanos(deadline.as_nanos()));
///         let at = at.filter(|_| deadline != Instant::NEVER);
///         SmolSleep(at.map_or_else(smol::Timer::never, smol::Timer::at))
///     }
/// }
///
/// impl Future for SmolSleep {
///     type Output = ();
///
///     fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
///         Pin::new(&mut self.0).poll(cx).map(drop)
///     }
/// }
/// # let clock = SmolClock(time::Instant::now());
/// # smol::block_on(clock.sleep(time::Duration::from_millis(1)));
/// # assert!(clock.now() >= Instant::from_millis(1));
/// ```
pub trait Clock: Clone {
    /// A pending wait. Dropping it cancels it.
    type Sleep: Future<Output = ()>;

    /// The time now.
    fn now(&self) -> Instant;

    /// Waits until `deadline`.
    fn sleep_until(&self, deadline: Instant) -> Self::Sleep;

    /// Waits for `duration`, counted from this call, not from the first poll.
    fn sleep(&self, duration: Duration) -> Self::Sleep {
        self.sleep_until(self.now().after(duration))
    }
}

impl<C: Clock> Clock for &C {
    type Sleep = C::Sleep;

    fn now(&self) -> Instant {
        C::now(self)
    }

    fn sleep_until(&self, deadline: Instant) -> Self::Sleep {
        C::sleep_until(self, deadline)
    }
}

impl<C: Clock> Clock for Rc<C> {
    type Sleep = C::Sleep;

    fn now(&self) -> Instant {
        C::now(self)
    }

    fn sleep_until(&self, deadline: Instant) -> Self::Sleep {
        C::sleep_until(self, deadline)
    }
}

impl<C: Clock> Clock for Arc<C> {
    type Sleep = C::Sleep;

    fn now(&self) -> Instant {
        C::now(self)
    }

    fn sleep_until(&self, deadline: Instant) -> Self::Sleep {
        C::sleep_until(self, deadline)
    }
}
