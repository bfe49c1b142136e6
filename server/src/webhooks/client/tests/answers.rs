//! What is read of an answer, and how long anybody is waited for.

use std::time::Duration;

use domain::keys::Environment;
use tokio::time::Instant;

use super::{
    super::{ANSWER_BYTES_MAX, AttemptError, Client, Target},
    support::{NAME, Names, client, local_client, try_once},
};
use crate::webhooks::receiver::{OK, Receiver, Reply};

const DEADLINE: Duration = Duration::from_millis(300);
/// The deadline, and what a busy machine adds to it.
const DEADLINE_MAX: Duration = Duration::from_secs(3);

fn target(receiver: &Receiver, client: &Client) -> Target {
    Target::read(&receiver.url(), Environment::Live, client.allowed()).unwrap()
}

#[tokio::test]
async fn a_request_says_what_it_must_and_keeps_its_connection() {
    let receiver = Receiver::start(|_, _| Reply::Status(200, "x-answer: yes\r\n")).await;
    let client = local_client(DEADLINE_MAX);
    let target = target(&receiver, &client);
    let mut kept = None;
    for n in 0..20 {
        let (attempt, connection) = try_once(&client, &target, kept.take()).await;
        kept = connection;
        let answer = attempt.outcome.unwrap();
        assert_eq!((answer.status, answer.body.as_slice(), answer.truncated), (200, b"ok".as_slice(), false));
        assert!(answer.headers.contains(&("x-answer".into(), "yes".into())));
        assert_eq!((attempt.address, attempt.timing.dns), (Some(receiver.address), None));
        assert_eq!(attempt.timing.connect.is_some(), n == 0, "{n}");
        assert!(attempt.timing.first_byte.unwrap() <= attempt.timing.total);
    }
    assert_eq!((receiver.connections(), receiver.count()), (1, 20));
    let seen = receiver.seen().remove(0);
    assert!(seen.head.starts_with("POST /hook HTTP/1.1\r\n"), "{}", seen.head);
    assert_eq!(seen.header("host"), receiver.address.to_string());
    assert_eq!(seen.header("content-type"), "application/json");
    assert_eq!(seen.header("webhook-id"), "evt_1");
    assert!(seen.header("user-agent").starts_with("NFCGate-Webhooks/"));
    assert_eq!(seen.body, br#"{"id":"evt_1"}"#);
}

#[tokio::test]
async fn a_kept_connection_that_was_closed_is_replaced() {
    // Answers, and closes right behind.
    let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n".to_vec();
    let receiver = Receiver::start(move |_, _| Reply::Raw(answer.clone())).await;
    let client = local_client(DEADLINE_MAX);
    let target = target(&receiver, &client);
    let mut kept = None;
    for _ in 0..20 {
        let (attempt, connection) = try_once(&client, &target, kept.take()).await;
        kept = connection;
        assert_eq!(attempt.outcome.unwrap().status, 200);
    }
    assert_eq!((receiver.connections(), receiver.count()), (20, 20));
}

#[tokio::test]
async fn nobody_is_waited_for_beyond_the_deadline() {
    for reply in [Reply::Hang, Reply::DripHead] {
        let receiver = Receiver::start({
            let reply = reply.clone();
            move |_, _| reply.clone()
        })
        .await;
        let client = local_client(DEADLINE);
        let started = Instant::now();
        let (attempt, kept) = try_once(&client, &target(&receiver, &client), None).await;
        assert_eq!(attempt.outcome, Err(AttemptError::TimedOut), "{reply:?}");
        assert!(started.elapsed() >= DEADLINE && started.elapsed() < DEADLINE_MAX, "{reply:?}");
        assert_eq!((attempt.address, attempt.timing.first_byte), (Some(receiver.address), None));
        assert!(attempt.timing.connect.is_some() && kept.is_none());
    }
}

#[tokio::test]
async fn an_answer_counts_once_its_head_is_there_however_its_body_goes() {
    let receiver = Receiver::start(|_, _| Reply::DripBody).await;
    let client = local_client(DEADLINE);
    let (attempt, kept) = try_once(&client, &target(&receiver, &client), None).await;
    let answer = attempt.outcome.unwrap();
    assert_eq!((answer.status, answer.truncated), (200, true));
    assert!(!answer.body.is_empty() && answer.body.len() < 100 && kept.is_none());
    assert!(attempt.timing.total < DEADLINE_MAX);
}

#[tokio::test]
async fn of_an_endless_answer_16_kib_are_read() {
    let body = Receiver::start(|_, _| Reply::EndlessBody).await;
    let client = local_client(DEADLINE_MAX);
    let (attempt, kept) = try_once(&client, &target(&body, &client), None).await;
    let answer = attempt.outcome.unwrap();
    assert_eq!((answer.body.len(), answer.truncated, kept.is_none()), (ANSWER_BYTES_MAX, true, true));
    assert!(attempt.timing.total < DEADLINE_MAX);

    let head = Receiver::start(|_, _| Reply::EndlessHead).await;
    let (attempt, _) = try_once(&client, &target(&head, &client), None).await;
    assert_eq!(attempt.outcome, Err(AttemptError::BadAnswer));
    assert!(attempt.timing.total < DEADLINE_MAX);
    // What lies in the buffers of the two sockets, not what an endless answer is.
    assert!(body.written() < 16 << 20 && head.written() < 16 << 20);
}

#[tokio::test]
async fn what_is_no_answer_has_a_name() {
    for (reply, expected) in [
        (Reply::Cut, AttemptError::ConnectionLost),
        (Reply::Raw(b"SSH-2.0-OpenSSH_9.9\r\n\r\n".to_vec()), AttemptError::BadAnswer),
        (Reply::Raw(b"HTTP/1.1 2000 OK\r\n\r\n".to_vec()), AttemptError::BadAnswer),
    ] {
        let receiver = Receiver::start(move |_, _| reply.clone()).await;
        let client = local_client(DEADLINE_MAX);
        let (attempt, _) = try_once(&client, &target(&receiver, &client), None).await;
        assert_eq!(attempt.outcome, Err(expected));
        assert_eq!(receiver.count(), 1, "a fresh connection is not tried twice");
    }
    let client = client(Names::new(&[]), DEADLINE_MAX);
    let unknown = Target::read(&format!("http://{NAME}/"), Environment::Test, &[]).unwrap();
    assert_eq!(try_once(&client, &unknown, None).await.0.outcome, Err(AttemptError::DnsFailed));
    let gone = Receiver::start(|_, _| OK).await.address;
    let closed = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap()
    };
    assert_ne!(gone, closed);
    let closed = Target::read(&format!("http://{closed}/"), Environment::Test, client.allowed()).unwrap();
    assert_eq!(try_once(&client, &closed, None).await.0.outcome, Err(AttemptError::ConnectFailed));
}
