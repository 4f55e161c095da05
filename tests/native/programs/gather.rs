use std::{cell::Cell, num::NonZeroUsize, pin::Pin, rc::Rc};

use async_playground::{
    patterns::{gather, gather_limited, settle, try_gather},
    runtime::{Clock, Simulation},
};
use futures::channel::oneshot;

use super::{Gauge, emptied, ms};
use crate::proof::{Crew, Proof};

#[derive(Clone, Copy)]
enum Form {
    All,
    Try,
    Settle,
    Limited,
}

/// One task gathers the answers of others, which sleep for different times. The second gives no answer, which is an error.
fn answers(form: Form, n: usize) -> impl Fn(&mut Simulation, &Crew) {
    move |simulation, crew| {
        let (alive, done) = (Gauge::default(), Rc::new(Cell::new(false)));
        let (started, mut children) = (Gauge::default(), Vec::new());
        for number in 0..n {
            let (sender, receiver) = oneshot::channel();
            let (alive, started) = (alive.enter(1), started.clone());
            children.push(async move {
                let (_alive, _started) = (alive, started.enter(1));
                receiver.await
            });
            let clock = simulation.clock();
            let answer = async move {
                clock.sleep(ms(number as u64 % 2)).await;
                if number != 1 {
                    let _ = sender.send(number);
                }
            };
            drop(crew.spawn(format!("answer {number}"), answer));
        }
        let expected: Vec<_> = (0..n).map(|number| (number != 1).then_some(number)).collect();
        let (ended, left) = (done.clone(), alive.clone());
        let was_cut = crew.clone();
        let right = move |results: Vec<Result<usize, oneshot::Canceled>>| {
            let results: Vec<_> = results.into_iter().map(Result::ok).collect();
            // Only an answer that was cut off is missing.
            let lost = results.iter().zip(&expected).filter(|(result, expected)| result != expected);
            assert!(lost.count() <= usize::from(was_cut.was_cut()), "{results:?}");
            assert_eq!(results.len(), n);
        };
        let gathering: Pin<Box<dyn Future<Output = ()>>> = match form {
            Form::All => Box::pin(async move { right(emptied(gather(children), &left).await) }),
            Form::Settle => Box::pin(async move { right(emptied(settle(children), &left).await) }),
            Form::Try => {
                Box::pin(async move { assert!(emptied(try_gather(children), &left).await.is_err()) })
            }
            Form::Limited => {
                let two = NonZeroUsize::new(2).unwrap();
                Box::pin(async move { right(emptied(gather_limited(two, children), &left).await) })
            }
        };
        let gathering = async move {
            gathering.await;
            ended.set(true);
        };
        drop(crew.spawn("gatherer", gathering));
        simulation.run().expect("no task hangs");
        assert!(done.get() || crew.was_cut());
        assert_eq!((alive.now(), simulation.clock().pending()), (0, 0));
        assert!(started.most() <= if matches!(form, Form::Limited) { 2 } else { n });
    }
}

#[test]
fn gathers() {
    let mut proof = Proof::of("gather");
    for form in [Form::All, Form::Try, Form::Settle, Form::Limited] {
        let (small, large) = (answers(form, 3), answers(form, 7));
        proof = proof.swept(answers(form, 4)).in_every_order(small).in_seeded_orders(2000, 8, large);
    }
    proof.in_every_order(answers(Form::Limited, 4)).print();
}
