//! What opens a pool's connections.

use std::{rc::Rc, sync::Arc};

/// Opens connections and knows whether they still work. Its futures are `Send`, so that generic code can spawn the
/// pool's futures on any executor; [`LocalManager`] is for those that are not.
///
/// A reference to a manager and an [`Arc`] of one are managers too.
pub trait Manager {
    /// What the pool holds.
    type Connection;
    /// The error of an attempt to connect.
    type Error;

    /// Opens a connection.
    fn connect(&self) -> impl Future<Output = Result<Self::Connection, Self::Error>> + Send;

    /// Whether an idle connection still works. Called before it is checked out again.
    fn check(&self, connection: &mut Self::Connection) -> impl Future<Output = bool> + Send;

    /// Whether a connection that is returned is known to be broken. Called in its destructor, so it cannot wait.
    fn is_broken(&self, _connection: &mut Self::Connection) -> bool {
        false
    }
}

/// As [`Manager`], for futures that stay on their thread. Every [`Manager`] is one, and an [`Rc`] of one is too.
pub trait LocalManager {
    /// What the pool holds.
    type Connection;
    /// The error of an attempt to connect.
    type Error;

    /// Opens a connection.
    fn connect(&self) -> impl Future<Output = Result<Self::Connection, Self::Error>>;

    /// Whether an idle connection still works. Called before it is checked out again.
    fn check(&self, connection: &mut Self::Connection) -> impl Future<Output = bool>;

    /// Whether a connection that is returned is known to be broken. Called in its destructor, so it cannot wait.
    fn is_broken(&self, _connection: &mut Self::Connection) -> bool {
        false
    }
}

impl<M: Manager> LocalManager for M {
    type Connection = M::Connection;
    type Error = M::Error;

    fn connect(&self) -> impl Future<Output = Result<Self::Connection, Self::Error>> {
        Manager::connect(self)
    }

    fn check(&self, connection: &mut Self::Connection) -> impl Future<Output = bool> {
        Manager::check(self, connection)
    }

    fn is_broken(&self, connection: &mut Self::Connection) -> bool {
        Manager::is_broken(self, connection)
    }
}

/// Forwards a manager's methods to the one that a pointer points to.
macro_rules! forward {
    ($manager:ident for $pointer:ty) => {
        impl<M: $manager> $manager for $pointer {
            type Connection = M::Connection;
            type Error = M::Error;

            fn connect(&self) -> impl Future<Output = Result<Self::Connection, Self::Error>> {
                M::connect(self)
            }

            fn check(&self, connection: &mut Self::Connection) -> impl Future<Output = bool> {
                M::check(self, connection)
            }

            fn is_broken(&self, connection: &mut Self::Connection) -> bool {
                M::is_broken(self, connection)
            }
        }
    };
}

forward!(Manager for &M);
forward!(Manager for Arc<M>);
forward!(LocalManager for Rc<M>);
