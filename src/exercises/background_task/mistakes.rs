//! The mistakes: awaiting it, dropping its handle, forgetting it, and joining it with a question mark.

use std::{cell::RefCell, fmt::Display};

use super::program::{Mail, Order, notification, serve};
use crate::exercises::{Stage, Uncaught};

pub(super) async fn awaited(stage: Stage) -> Result<(), Uncaught> {
    let mail = Mail::new(&stage);
    let create_order = async |user| {
        // The customer waits for the mail server, and hears of its troubles.
        mail.clone().send(user).await.map_err(uncaught)?;
        Ok(Order::created(user))
    };
    serve(&mail, create_order, async || Ok(())).await
}

pub(super) async fn dropped_handle(stage: Stage) -> Result<(), Uncaught> {
    let mail = Mail::new(&stage);
    let create_order = async |user| {
        let sending = stage.spawn(notification(user), mail.clone().send(user));
        // This executor's tasks belong to their handles, as smol's do; and this handle goes out of scope.
        let _task = sending.cancel_on_drop();
        Ok(Order::created(user))
    };
    serve(&mail, create_order, async || Ok(())).await
}

pub(super) async fn fire_and_forget(stage: Stage) -> Result<(), Uncaught> {
    let mail = Mail::new(&stage);
    let create_order = async |user| {
        drop(stage.spawn(notification(user), mail.clone().send(user)));
        Ok(Order::created(user))
    };
    // Nobody knows what is still running, so there is nothing to wait for.
    serve(&mail, create_order, async || Ok(())).await
}

pub(super) async fn joined(stage: Stage) -> Result<(), Uncaught> {
    let mail = Mail::new(&stage);
    let tasks = RefCell::new(Vec::new());
    let create_order = async |user| {
        tasks.borrow_mut().push(stage.try_spawn(notification(user), mail.clone().send(user)));
        Ok(Order::created(user))
    };
    let shut_down = async || {
        for task in tasks.take() {
            let sent = stage.waiting("background tasks", task).await;
            sent.map_err(|_| Uncaught("CancelledError".into()))?.map_err(uncaught)?;
        }
        Ok(())
    };
    serve(&mail, create_order, shut_down).await
}

fn uncaught(error: impl Display) -> Uncaught {
    Uncaught(format!("ConnectionError: {error}"))
}
