use std::{cell::Cell, rc::Rc};

use async_playground::{
    patterns::pool::{Config, LocalManager, Pool},
    runtime::{Clock, Simulation, Timers},
};

use super::{Counted, Gauge, ms};
use crate::proof::{Crew, Proof};

/// Every third attempt to connect fails; connecting and checking take time.
struct Server {
    clock: Timers,
    open: Gauge,
    opened: Cell<usize>,
}

struct Wire {
    broken: bool,
    _open: Counted,
}

impl LocalManager for Server {
    type Connection = Wire;
    type Error = &'static str;

    async fn connect(&self) -> Result<Wire, &'static str> {
        let number = self.opened.replace(self.opened.get() + 1);
        self.clock.sleep(ms(5)).await;
        if number % 3 == 2 { Err("refused") } else { Ok(Wire { broken: false, _open: self.open.enter(1) }) }
    }

    async fn check(&self, wire: &mut Wire) -> bool {
        self.clock.sleep(ms(1)).await;
        !wire.broken
    }

    fn is_broken(&self, wire: &mut Wire) -> bool {
        wire.broken
    }
}

/// Queries that share a few connections. The first breaks its connection, and the last waits for less time than a query
/// takes.
fn queries(n: usize, max: usize) -> impl Fn(&mut Simulation, &Crew) {
    move |simulation, crew| {
        let open = Gauge::default();
        let wait_timeout = ms(if n > 3 { 25 } else { 15 });
        let server = Server { clock: simulation.clock(), open: open.clone(), opened: Cell::new(0) };
        let config = Config { max_size: max, wait_timeout, connect_timeout: ms(50) };
        let pool = Pool::new(server, simulation.clock(), config).unwrap();
        let answered = Rc::new(Cell::new(0));
        for query in 0..n {
            let (pool, clock, answered) = (pool.clone(), simulation.clock(), answered.clone());
            let work = async move {
                let connection = pool.get().await;
                let status = pool.status();
                assert!(status.idle + status.in_use <= max, "{status:?}");
                if let Ok(mut connection) = connection {
                    clock.sleep(ms(10)).await;
                    connection.broken = query == 0;
                }
                answered.set(answered.get() + 1);
            };
            drop(crew.spawn(format!("query {query}"), work));
        }
        simulation.run().expect("no task hangs");
        assert!(answered.get() + usize::from(crew.was_cut()) >= n);
        assert!(open.most() <= max, "{} connections were open", open.most());
        let status = pool.status();
        assert_eq!((status.in_use, status.waiting, status.idle), (0, 0, open.now()));
        assert_eq!(simulation.clock().pending(), 0);
        // No capacity was lost: `max` connections can be checked out.
        let getting = pool.clone();
        let all = simulation.block_on(async move {
            let mut connections = Vec::new();
            while connections.len() < max {
                connections.extend(getting.get().await.ok());
            }
            connections.len()
        });
        assert_eq!(all, Ok(max));
    }
}

#[test]
fn connection_pool() {
    Proof::of("connection pool")
        .swept(queries(3, 2))
        .swept(queries(7, 3))
        .in_every_order(queries(3, 2))
        .in_every_order(queries(3, 1))
        .in_every_order(queries(4, 2))
        .in_seeded_orders(5000, 7, queries(7, 3))
        .print();
}
