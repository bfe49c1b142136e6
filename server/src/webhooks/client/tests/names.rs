//! Names that nobody answers for.

use std::{sync::Arc, time::Duration};

use domain::{ids::PartnerId, keys::Environment};
use tokio::sync::Semaphore;

use super::{
    super::{AttemptError, Crowded, Target, resolve::LOOKUPS_EACH},
    support::{NAME, SILENT, Slow, client, message},
};
use crate::webhooks::receiver::{OK, Receiver};

#[tokio::test]
async fn names_that_nobody_answers_for_hold_up_their_own_partner_alone() {
    let good = Receiver::start(|_, _| OK).await;
    let gate = Arc::new(Semaphore::new(0));
    let client = client(Box::new(Slow(gate.clone())), Duration::from_secs(3));
    let target = |name: &str| {
        let url = format!("http://{name}:{}/hook", good.address.port());
        Target::read(&url, Environment::Test, client.allowed()).unwrap()
    };
    let (silent, answered) = (target(SILENT), target(NAME));
    let (one, other) = (PartnerId::new(1, [1; 10]), PartnerId::new(2, [2; 10]));
    let outgoing = message();
    let attempts = (0..LOOKUPS_EACH).map(|_| client.attempt(&one, &silent, None, &outgoing));
    for ended in futures_util::future::join_all(attempts).await {
        assert_eq!(ended.unwrap().0.outcome, Err(AttemptError::DnsFailed));
    }
    // Nobody waits for them any more, but they go on. What the partner wants now was not tried.
    assert_eq!(client.attempt(&one, &answered, None, &outgoing).await.unwrap_err(), Crowded);
    let made = client.attempt(&other, &answered, None, &outgoing).await.unwrap();
    assert_eq!(made.0.outcome.unwrap().status, 200);
    gate.add_permits(1);
    let made = client.attempt(&one, &answered, None, &outgoing).await.unwrap();
    assert_eq!(made.0.outcome.unwrap().status, 200);
    assert_eq!(good.count(), 2);
}
