//! The clock port, through which patterns read the time and sleep.
//!
//! It is not a calendar: time is counted from the clock's own origin and means nothing outside it.

use std::{
    fmt,
    ops::{Add, AddAssign, Sub},
    rc::Rc,
    sync::Arc,
    time::Duration,
};

/// A moment, in whole nanoseconds since the clock's origin.
///
/// Arithmetic saturates. The last moment, [`Instant::NEVER`], is some 584 years after the origin and means "no
/// deadline".
///
/// ```
/// use async_playground::runtime::Instant;
/// use std::time::Duration;
///
/// let deadline = Instant::from_millis(250) + Duration::from_secs(1);
/// assert_eq!(deadline - Instant::from_millis(250), Duration::from_secs(1));
/// assert_eq!(deadline + Duration::MAX, Instant::NEVER);
/// ```
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

    /// Milliseconds since the origin, with fractions: for display, not for arithmetic.
    #[allow(clippy::cast_precision_loss, reason = "a display value; 2^53 ns are 104 days")]
    pub fn as_millis(self) -> f64 {
        self.0 as f64 / 1e6
    }

    /// The moment `by` after this one, or [`Instant::NEVER`] if that is out of range. Also written `self + by`.
    #[must_use = "instants do not change in place"]
    pub fn after(self, by: Duration) -> Self {
        // In 64 bits, because wider numbers and multiplication with an overflow check are slow in WebAssembly.
        const SECOND: u64 = 1_000_000_000;
        if by.as_secs() > u64::MAX / SECOND {
            return Self::NEVER;
        }
        Self(self.0.saturating_add(by.as_secs() * SECOND).saturating_add(by.subsec_nanos().into()))
    }

    /// The time from `earlier` to this moment, or zero if `earlier` is later. Also written `self - earlier`.
    pub const fn since(self, earlier: Self) -> Duration {
        Duration::from_nanos(self.0.saturating_sub(earlier.0))
    }
}

/// The same as [`after`](Instant::after): saturates, and does not panic.
impl Add<Duration> for Instant {
    type Output = Self;

    fn add(self, by: Duration) -> Self {
        self.after(by)
    }
}

impl AddAssign<Duration> for Instant {
    fn add_assign(&mut self, by: Duration) {
        *self = self.after(by);
    }
}

/// The same as [`since`](Instant::since): zero if the other moment is later, and does not panic.
impl Sub for Instant {
    type Output = Duration;

    fn sub(self, earlier: Self) -> Duration {
        self.since(earlier)
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

/// Tells the time and sleeps.
///
/// An implementation
///
/// - MUST count from its own origin and never run backwards;
/// - MUST NOT complete a sleep before `now()` has reached the deadline, and MUST wake the sleeper once it has;
/// - MUST complete a sleep whose deadline has passed at its first poll;
/// - MUST cancel a sleep that is dropped;
/// - MUST never complete a sleep until [`Instant::NEVER`].
///
/// Like embassy-time's driver it has as few methods as possible. Clones tell the same time.
///
/// A clock on smol's timer, which has a thread of its own and so works on any executor:
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
    /// A future that completes at its deadline. Dropping it cancels it.
    type Sleep: Future<Output = ()>;

    /// The time now.
    fn now(&self) -> Instant;

    /// Sleeps until `deadline`.
    fn sleep_until(&self, deadline: Instant) -> Self::Sleep;

    /// Sleeps for `duration`, counted from this call, not from the first poll.
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
