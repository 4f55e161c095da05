//! An order that returns at once, and a notification that is sent after it has returned.

use std::{cell::RefCell, rc::Rc};

use serde::Serialize;

use crate::{
    exercises::{Settings, Uncaught, World},
    patterns::{BackgroundTasks, TaskEnd, TaskOutcome, Tracked},
    python,
    runtime::Spawn,
};

pub(super) async fn run(world: World) -> Result<(), Uncaught> {
    let mail = Mail::new(&world);
    let observer = mail.clone();
    let report = move |end: &TaskEnd| observer.report(end);
    let background = BackgroundTasks::observed(Lanes(world.clone()), world.clock(), report);

    let create_order = async |user: u32| {
        // The tracker owns the task from here on and reports how it ends.
        let accepted = background.spawn(notification(user), mail.clone().send(user));
        accepted.map_err(|closed| Uncaught(format!("RuntimeError: {closed}")))?;
        Ok(Order::created(user))
    };
    let shut_down = async || {
        let grace = world.settings().millis("grace_ms");
        world.waiting_for("shutdown", "notifications", background.drain(grace)).await;
        Ok(())
    };
    serve(&mail, create_order, shut_down).await
}

/// Takes the orders, looks at the notification log at once and again later, and shuts the service down.
pub(super) async fn serve(
    mail: &Mail,
    create_order: impl AsyncFn(u32) -> Result<Order, Uncaught>,
    shut_down: impl AsyncFnOnce() -> Result<(), Uncaught>,
) -> Result<(), Uncaught> {
    let world = &mail.world;
    for user in users(world.settings()) {
        let order = world.using("request", Some(format!("order {user}").into()), create_order(user)).await?;
        world.result("order", &order.user_id);
        world.log(format!("Order: {}", python::repr(&order).unwrap_or_default()));
    }
    // Each look checks that the log is as it should be: empty at first, later complete.
    mail.look("at return time", 0);
    world.sleep(world.settings().millis("wait_ms")).await;
    mail.look("after wait", world.settings().count("orders"));

    world.state("service", "open", "closing");
    shut_down().await?;
    world.state("service", "closing", "closed");
    Ok(())
}

/// What the caller gets: a dict with these keys.
#[derive(Serialize)]
pub(super) struct Order {
    user_id: u32,
    items: &'static [&'static str],
    status: &'static str,
}

impl Order {
    pub(super) fn created(user_id: u32) -> Self {
        Self { user_id, items: &["widget", "gadget"], status: "created" }
    }
}

const FIRST_USER: u32 = 42;

pub(super) fn users(settings: &Settings) -> impl Iterator<Item = u32> + use<> {
    (FIRST_USER..).take(settings.count("orders"))
}

pub(super) fn notification(user: u32) -> String {
    format!("notification {user}")
}

/// The mail server, and the log of the notifications that it has sent.
#[derive(Clone)]
pub(super) struct Mail {
    world: World,
    sent: Rc<RefCell<Vec<u32>>>,
}

impl Mail {
    pub(super) fn new(world: &World) -> Self {
        Self { world: world.clone(), sent: Rc::default() }
    }

    pub(super) async fn send(self, user: u32) -> Result<(), String> {
        let reply = self.world.reply("reply", "mail server", self.world.settings().millis("send_ms"));
        self.world.using("mail server", Some(notification(user).into()), reply).await;
        if user == FIRST_USER && self.world.settings().flag("fails") {
            return Err("the mail server said no".into());
        }
        self.sent.borrow_mut().push(user);
        self.world.result("sent", &notification(user));
        Ok(())
    }

    /// Writes a line for a notification that was not sent: the caller has its order already and cannot be told.
    fn report(&self, end: &TaskEnd) {
        let (how, why) = match &end.outcome {
            TaskOutcome::Finished => return,
            TaskOutcome::Failed(error) => ("failed", error.as_str()),
            TaskOutcome::Panicked => ("failed", "it panicked"),
            TaskOutcome::Cancelled => ("cancelled", "no time left"),
        };
        self.world.result(how, &end.name);
        self.world.log(format!("{} {how}: {why}", end.name));
    }

    fn look(&self, when: &str, due: usize) {
        let right = self.sent.borrow().len() == due;
        self.world.log(format!("Notification sent {when}: {}", if right { "True" } else { "False" }));
    }
}

/// Spawns every background task under its own name.
struct Lanes(World);

impl<F, O: Fn(&TaskEnd)> Spawn<Tracked<F, O>> for Lanes
where
    Tracked<F, O>: Future<Output = ()> + 'static,
{
    fn spawn(&self, task: Tracked<F, O>) {
        drop(self.0.spawn(task.name().to_owned(), task));
    }
}
