//! The mistakes: awaiting it, dropping its handle, forgetting it, and joining it with a question mark.

use std::{cell::RefCell, fmt::Display};

use super::program::{Mail, Order, notification, serve};
use crate::exercises::{Uncaught, World};

pub(super) async fn awaited(world: World) -> Result<(), Uncaught> {
    let mail = Mail::new(&world);
    let create_order = async |user| {
        // The customer waits for the mail server, and hears of its troubles.
        mail.clone().send(user).await.map_err(uncaught)?;
        Ok(Order::created(user))
    };
    serve(&mail, create_order, async || Ok(())).await
}

pub(super) async fn dropped_handle(world: World) -> Result<(), Uncaught> {
    let mail = Mail::new(&world);
    let create_order = async |user| {
        let sending = world.spawn(notification(user), mail.clone().send(user));
        // This executor's tasks belong to their handles, as smol's do; and this handle goes out of scope.
        let _task = sending.cancel_on_drop();
        Ok(Order::created(user))
    };
    serve(&mail, create_order, async || Ok(())).await
}

pub(super) async fn fire_and_forget(world: World) -> Result<(), Uncaught> {
    let mail = Mail::new(&world);
    let create_order = async |user| {
        drop(world.spawn(notification(user), mail.clone().send(user)));
        Ok(Order::created(user))
    };
    // Nobody knows what is still running, so there is nothing to wait for.
    serve(&mail, create_order, async || Ok(())).await
}

pub(super) async fn joined(world: World) -> Result<(), Uncaught> {
    let mail = Mail::new(&world);
    let tasks = RefCell::new(Vec::new());
    let create_order = async |user| {
        tasks.borrow_mut().push(world.try_spawn(notification(user), mail.clone().send(user)));
        Ok(Order::created(user))
    };
    let shut_down = async || {
        for task in tasks.take() {
            let sent = world.waiting("background tasks", task).await;
            sent.map_err(|_| Uncaught("CancelledError".into()))?.map_err(uncaught)?;
        }
        Ok(())
    };
    serve(&mail, create_order, shut_down).await
}

fn uncaught(error: impl Display) -> Uncaught {
    Uncaught(format!("ConnectionError: {error}"))
}
