//! The mistakes: requests that run one after another although they should not, or at once although they should not, and
//! responses in the wrong order.

use std::{cell::RefCell, rc::Rc};

use futures::{StreamExt, stream::FuturesUnordered};

use super::program::{all_at_once, compare, fetch, ids, join, one_by_one, request, start};
use crate::{
    exercises::{Uncaught, World},
    patterns::try_gather,
};

pub(super) async fn await_in_loop(world: World) -> Result<(), Uncaught> {
    compare(world, one_by_one, async |world: &World| {
        // None of these futures has started: a future does nothing before it is awaited.
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
        // Like `as_completed` in Python: the next response is that of the request that is done first.
        let mut requests: FuturesUnordered<_> = ids(world).map(|id| start(world, id)).collect();
        let mut responses = Vec::new();
        while let Some(response) = requests.next().await {
            responses.push(response?);
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
                let task = world.spawn(request(id), async move {
                    let response = fetch(own, id).await;
                    // The task that runs first appends first.
                    responses.borrow_mut().push(response);
                });
                join(world, id, task)
            })
            .collect();
        try_gather(requests).await?;
        Ok(responses.take())
    })
    .await
}

pub(super) async fn already_running(world: World) -> Result<(), Uncaught> {
    compare(
        world,
        async |world: &World| {
            // All requests run from here on; awaiting them one after another changes nothing.
            let requests: Vec<_> = ids(world).map(|id| start(world, id)).collect();
            let mut responses = Vec::new();
            for request in requests {
                responses.push(request.await?);
            }
            Ok(responses)
        },
        all_at_once,
    )
    .await
}
