//! How a pool uses its clock.

use std::{cell::Cell, convert::Infallible, rc::Rc};

use async_playground::{
    patterns::pool::{Config, Manager, Pool},
    runtime::{Clock, Instant},
};
use futures::FutureExt as _;

#[test]
fn a_get_that_does_not_wait_never_reads_the_clock() {
    #[derive(Clone, Default)]
    struct Counting(Rc<Cell<usize>>);
    impl Clock for Counting {
        type Sleep = std::future::Pending<()>;
        fn now(&self) -> Instant {
            self.0.set(self.0.get() + 1);
            Instant::ORIGIN
        }
        fn sleep_until(&self, _: Instant) -> Self::Sleep {
            std::future::pending()
        }
    }
    struct Immediate;
    impl Manager for Immediate {
        type Connection = ();
        type Error = Infallible;
        async fn connect(&self) -> Result<(), Infallible> {
            Ok(())
        }
        async fn check(&self, (): &mut ()) -> bool {
            true
        }
    }
    let clock = Counting::default();
    let pool = Pool::new(Immediate, clock.clone(), Config { max_size: 1, ..Config::default() }).unwrap();
    drop(pool.get().now_or_never().unwrap().unwrap());
    let connection = pool.get().now_or_never().unwrap().unwrap();
    assert_eq!(clock.0.get(), 0);
    assert!(pool.get().now_or_never().is_none());
    assert_eq!(clock.0.get(), 1, "a wait needs a deadline");
    drop(connection);
}
