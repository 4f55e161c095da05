//! A pool and its clock.

use std::{cell::Cell, convert::Infallible, rc::Rc};

use async_playground::{
    patterns::pool::{Config, Manager, Pool},
    runtime::{Clock, Instant},
};
use futures::FutureExt as _;

#[test]
fn a_connection_that_is_there_costs_no_look_at_the_clock() {
    #[derive(Clone, Default)]
    struct Watched(Rc<Cell<usize>>);
    impl Clock for Watched {
        type Sleep = std::future::Pending<()>;
        fn now(&self) -> Instant {
            self.0.set(self.0.get() + 1);
            Instant::ORIGIN
        }
        fn sleep_until(&self, _: Instant) -> Self::Sleep {
            std::future::pending()
        }
    }
    struct AtOnce;
    impl Manager for AtOnce {
        type Connection = ();
        type Error = Infallible;
        async fn connect(&self) -> Result<(), Infallible> {
            Ok(())
        }
        async fn check(&self, (): &mut ()) -> bool {
            true
        }
    }
    let clock = Watched::default();
    let pool = Pool::new(AtOnce, clock.clone(), Config { max_size: 1, ..Config::default() }).unwrap();
    drop(pool.get().now_or_never().unwrap().unwrap());
    let lent = pool.get().now_or_never().unwrap().unwrap();
    assert_eq!(clock.0.get(), 0);
    assert!(pool.get().now_or_never().is_none());
    assert_eq!(clock.0.get(), 1, "who waits does so until a time");
    drop(lent);
}
