//! The mistakes: waits that add up after all, waits that do not though they should, responses out of order.

use std::{cell::RefCell, rc::Rc};

use futures::{StreamExt, stream::FuturesUnordered};

use super::program::{all_at_once, compare, fetch, ids, one_by_one, start, uncaught};
use crate::{
    exercises::{Uncaught, World},
    patterns::try_gather,
};

pub(super) async fn await_in_loop(world: World) -> Result<(), Uncaught> {
    compare(world, one_by_one, async |world: &World| {
        // Ten futures, and none has started: a future does nothing before it is polled.
        let requests: Vec<_> = ids(world).map(|id| fetch(world.clone(), id)).collect();
        let mut responses = Vec::new();
        for request in requests {
            responses.push(request.await);
        }
        Ok(responses)
    })
    .await
}

pub(super) async fn completion_order(world: World) -> Result<(), Uncaught> {
    compare(world, one_by_one, async |world: &World| {
        let mut requests: FuturesUnordered<_> = ids(world).map(|id| start(world, id)).collect();
        let mut responses = Vec::new();
        while let Some(response) = requests.next().await {
            responses.push(response.map_err(uncaught)?);
        }
        Ok(responses)
    })
    .await
}

pub(super) async fn shared_list(world: World) -> Result<(), Uncaught> {
    compare(world, one_by_one, async |world: &World| {
        let responses = Rc::new(RefCell::new(Vec::new()));
        let requests: Vec<_> = ids(world)
            .map(|id| {
                let (own, responses) = (world.clone(), responses.clone());
                world.spawn(format!("request {id}"), async move {
                    let response = fetch(own, id).await;
                    responses.borrow_mut().push(response);
                })
            })
            .collect();
        try_gather(requests).await.map_err(uncaught)?;
        Ok(responses.take())
    })
    .await
}

pub(super) async fn already_running(world: World) -> Result<(), Uncaught> {
    compare(
        world,
        async |world: &World| {
            let requests: Vec<_> = ids(world).map(|id| start(world, id)).collect();
            let mut responses = Vec::new();
            for request in requests {
                responses.push(request.await.map_err(uncaught)?);
            }
            Ok(responses)
        },
        all_at_once,
    )
    .await
}
