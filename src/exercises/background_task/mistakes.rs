//! The mistakes: awaiting the notification, dropping its handle, losing track of it, and raising its error at shutdown.

use std::{cell::RefCell, fmt::Display};

use super::program::{Mail, Order, notification, serve};
use crate::exercises::{Uncaught, World};

pub(super) async fn awaited(world: World) -> Result<(), Uncaught> {
    let mail = Mail::new(&world);
    let create_order = async |user| {
        // The customer waits for the mail server and gets its errors.
        mail.clone().send(user).await.map_err(uncaught)?;
        Ok(Order::created(user))
    };
    serve(&mail, create_order, async || Ok(())).await
}

pub(super) async fn dropped_handle(world: World) -> Result<(), Uncaught> {
    let mail = Mail::new(&world);
    let create_order = async |user| {
        let sending = world.spawn(notification(user), mail.clone().send(user));
        // Dropping this handle cancels the task, and here the handle goes out of scope.
        let _task = sending.cancel_on_drop();
        Ok(Order::created(user))
    };
    serve(&mail, create_order, async || Ok(())).await
}

pub(super) async fn fire_and_forget(world: World) -> Result<(), Uncaught> {
    let mail = Mail::new(&world);
    let create_order = async |user| {
        // Dropping a plain handle lets the task run on. Its result is lost.
        drop(world.spawn(notification(user), mail.clone().send(user)));
        Ok(Order::created(user))
    };
    // Without a list of the running tasks the shutdown cannot wait for them.
    serve(&mail, create_order, async || Ok(())).await
}

pub(super) async fn joined(world: World) -> Result<(), Uncaught> {
    let mail = Mail::new(&world);
    let tasks = RefCell::new(Vec::new());
    let create_order = async |user| {
        tasks.borrow_mut().push((user, world.try_spawn(notification(user), mail.clone().send(user))));
        Ok(Order::created(user))
    };
    let shut_down = async || {
        for (user, task) in tasks.take() {
            let sent = world.waiting_for("shutdown", notification(user), task).await;
            // The first error ends the shutdown, and the program with it.
            sent.map_err(|_| Uncaught("CancelledError".into()))?.map_err(uncaught)?;
        }
        Ok(())
    };
    serve(&mail, create_order, shut_down).await
}

fn uncaught(error: impl Display) -> Uncaught {
    Uncaught(format!("ConnectionError: {error}"))
}
