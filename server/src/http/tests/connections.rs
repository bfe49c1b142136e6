//! Over real sockets: what becomes of heads that are slow, broken, too large or ambiguous, and of
//! requests in flight when the server stops.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use axum::{Router, routing::get};
use domain::problem::Problem;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::Notify,
    task::JoinHandle,
};
use tokio_util::sync::CancellationToken;

use crate::{
    http::{
        accept::{Limits, accept, id_maker},
        edge::EdgeLayer,
        tap::Patience,
    },
    testing::TestApp,
};

const LIMITS: Limits = Limits {
    connections_max: 100,
    patience: Patience { head: Duration::from_secs(5), idle: Duration::from_secs(5) },
    drain_timeout: Duration::from_secs(5),
};

struct Server {
    address: SocketAddr,
    shutdown: CancellationToken,
    running: JoinHandle<()>,
    _app: TestApp,
}

impl Server {
    /// Serves `router` with the edge around it.
    async fn start(router: Router, limits: Limits) -> Self {
        let app = TestApp::one().await;
        let router = router.layer(EdgeLayer::new(app.app.clone()));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let shutdown = CancellationToken::new();
        let running = tokio::spawn(accept(listener, router, limits, id_maker(&app.app), shutdown.clone()));
        Self { address, shutdown, running, _app: app }
    }

    async fn plain() -> Self {
        let hello =
            Router::new().route("/open-api/v1/hello", get(async || "hello").post(async |body: String| body));
        Self::start(hello, LIMITS).await
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// Sends bytes and reads until the server closes.
    async fn exchange(&self, bytes: &[u8]) -> String {
        let mut stream = self.connect().await;
        // A server that has refused may close before it has read everything.
        let _ = stream.write_all(bytes).await;
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer).await;
        String::from_utf8(answer).unwrap()
    }
}

/// The one answer must be a whole problem with this status and code.
#[track_caller]
fn assert_refused(answer: &str, status: u16, code: &str) {
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no answer: {answer:?}"));
    assert!(head.starts_with(&format!("HTTP/1.1 {status} ")), "{head}");
    let head = head.to_ascii_lowercase();
    assert!(head.contains("content-type: application/problem+json"), "{head}");
    let problem: Problem = serde_json::from_str(body).unwrap();
    assert_eq!((problem.status, problem.code.as_str()), (status, code));
    assert!(head.contains(&format!("x-request-id: {}", problem.request_id)), "{head}");
    assert!(problem.request_id.starts_with("req_"));
}

fn request(line: &str, headers: &str) -> Vec<u8> {
    format!("{line} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n{headers}\r\n").into_bytes()
}

#[tokio::test]
async fn a_request_is_answered() {
    let server = Server::plain().await;
    let answer = server.exchange(&request("GET /open-api/v1/hello", "")).await;
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n") && answer.ends_with("\r\n\r\nhello"), "{answer}");
}

#[tokio::test]
async fn two_lengths_for_one_body_are_refused_whichever_comes_first() {
    let server = Server::plain().await;
    let line = "POST /open-api/v1/hello";
    for headers in [
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
        "transfer-encoding: chunked\r\nX-Other: y\r\ncontent-LENGTH: 0\r\n",
    ] {
        let bytes =
            [request(line, headers), b"0\r\n\r\nGET /open-api/v1/hello HTTP/1.1\r\nHost: a\r\n\r\n".to_vec()]
                .concat();
        let answer = server.exchange(&bytes).await;
        assert_refused(&answer, 400, "malformed_request");
        assert_eq!(answer.matches("HTTP/1.1").count(), 1, "the connection must end: {answer}");
    }
    let answer = server
        .exchange(
            &[request(line, "Transfer-Encoding: chunked\r\n"), b"3\r\nabc\r\n0\r\n\r\n".to_vec()].concat(),
        )
        .await;
    assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("abc"), "{answer}");
}

#[tokio::test]
async fn what_the_parser_refuses_is_a_problem_with_an_id_too() {
    let server = Server::plain().await;
    let long = |length: usize| request(&format!("GET /open-api/v1/hello?q={}", "a".repeat(length)), "");
    let check =
        async |bytes: Vec<u8>, status, code| assert_refused(&server.exchange(&bytes).await, status, code);
    check(b"nonsense\r\n\r\n".to_vec(), 400, "malformed_request").await;
    check(
        request("POST /open-api/v1/hello", "Content-Length: 3\r\nContent-Length: 4\r\n"),
        400,
        "malformed_request",
    )
    .await;
    check(request("POST /open-api/v1/hello", "Content-Length: x\r\n"), 400, "malformed_request").await;
    check(b"GET /open-api/v1/\xff HTTP/1.1\r\nHost: a\r\n\r\n".to_vec(), 400, "malformed_request").await;
    check(request("GET /open-api/v1/%FF", ""), 400, "malformed_request").await;
    check(request("GET /open-api/v1/hello?q=%C3%28", ""), 400, "malformed_request").await;
    check(b"GET /open-api/v1/hello HTTP/1.1\r\nConnection: close\r\n\r\n".to_vec(), 400, "malformed_request")
        .await;
    check(request("GET /open-api/v1/hello", "Host: b\r\n"), 400, "malformed_request").await;
    for length in [9_000, 40_000, 65_536, 200_000] {
        check(long(length), 414, "uri_too_long").await;
    }
    check(
        request("GET /open-api/v1/hello", &format!("X-Large: {}\r\n", "a".repeat(40_000))),
        431,
        "headers_too_large",
    )
    .await;
    let many: String = (0..200).map(|number| format!("X-{number}: y\r\n")).collect();
    check(request("GET /open-api/v1/hello", &many), 431, "headers_too_large").await;
}

#[tokio::test]
async fn requests_sent_without_waiting_are_answered_in_turn() {
    let server = Server::plain().await;
    let first = b"GET /open-api/v1/hello HTTP/1.1\r\nHost: a\r\n\r\n".to_vec();
    let answer =
        server.exchange(&[first.clone(), first, request("GET /open-api/v1/nothing", "")].concat()).await;
    assert_eq!(
        (answer.matches("HTTP/1.1 200").count(), answer.matches("HTTP/1.1 404").count()),
        (2, 1),
        "{answer}"
    );
}

#[tokio::test]
async fn a_head_that_does_not_come_to_an_end_is_cut_off() {
    let patience = Patience { head: Duration::from_millis(50), ..LIMITS.patience };
    let limits = Limits { patience, ..LIMITS };
    let server = Server::start(Router::new(), limits).await;
    for sent in [&b""[..], b"GET /open-api/v1/hello HT", b"GET / HTTP/1.1\r\nHost: a\r\nX-Slow: "] {
        let mut stream = server.connect().await;
        stream.write_all(sent).await.unwrap();
        // Ends only because the server closes.
        stream.read_to_end(&mut Vec::new()).await.unwrap();
    }
}

#[tokio::test]
async fn a_second_head_on_a_connection_is_timed_like_the_first() {
    let patience = Patience { head: Duration::from_millis(50), ..LIMITS.patience };
    let server =
        Server::start(Router::new().route("/", get(async || "hello")), Limits { patience, ..LIMITS }).await;
    let mut stream = server.connect().await;
    stream.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 200");
    stream.write_all(b"GET / HT").await.unwrap();
    stream.read_to_end(&mut Vec::new()).await.unwrap();
}

#[tokio::test]
async fn a_connection_nobody_uses_is_closed() {
    let patience = Patience { idle: Duration::from_millis(50), ..LIMITS.patience };
    let server =
        Server::start(Router::new().route("/", get(async || "hello")), Limits { patience, ..LIMITS }).await;
    let mut stream = server.connect().await;
    for _ in 0..2 {
        stream.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
        stream.read_exact(&mut [0; 12]).await.unwrap();
    }
    stream.read_to_end(&mut Vec::new()).await.unwrap();
}

#[tokio::test]
async fn an_answer_may_take_longer_than_a_head() {
    let patience = Patience { head: Duration::from_millis(20), idle: Duration::from_millis(20) };
    let slow = async || {
        tokio::time::sleep(Duration::from_millis(100)).await;
        "done"
    };
    let server = Server::start(Router::new().route("/", get(slow)), Limits { patience, ..LIMITS }).await;
    assert!(server.exchange(&request("GET /", "")).await.ends_with("done"));
}

#[tokio::test]
async fn connections_beyond_the_limit_wait_for_a_place() {
    let server = Server::start(
        Router::new().route("/", get(async || "hello")),
        Limits { connections_max: 1, ..LIMITS },
    )
    .await;
    let mut first = server.connect().await;
    first.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
    first.read_u8().await.unwrap();
    let mut second = server.connect().await;
    second.write_all(&request("GET /", "")).await.unwrap();
    let waiting = tokio::time::timeout(Duration::from_millis(50), second.read_u8()).await;
    assert!(waiting.is_err(), "the only place is taken");
    drop(first);
    second.read_u8().await.unwrap();
}

#[tokio::test]
async fn a_request_in_flight_is_finished_on_shutdown() {
    let (begun, release) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let slow = {
        let (begun, release) = (begun.clone(), release.clone());
        async move || {
            begun.notify_one();
            release.notified().await;
            "done"
        }
    };
    let server = Server::start(Router::new().route("/slow", get(slow)), LIMITS).await;
    let mut stream = server.connect().await;
    stream.write_all(b"GET /slow HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
    begun.notified().await;

    server.shutdown.cancel();
    release.notify_one();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("done"), "{answer}");
    server.running.await.unwrap();
    assert!(TcpStream::connect(server.address).await.is_err(), "nothing listens any more");
}

#[tokio::test]
async fn a_request_that_never_finishes_does_not_hold_up_the_stop() {
    let begun = Arc::new(Notify::new());
    let stuck = {
        let begun = begun.clone();
        async move || {
            begun.notify_one();
            std::future::pending::<()>().await;
        }
    };
    let limits = Limits { drain_timeout: Duration::from_millis(50), ..LIMITS };
    let server = Server::start(Router::new().route("/stuck", get(stuck)), limits).await;
    let mut stream = server.connect().await;
    stream.write_all(b"GET /stuck HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
    begun.notified().await;
    server.shutdown.cancel();
    server.running.await.unwrap();
    assert_eq!(stream.read_to_end(&mut Vec::new()).await.unwrap_or_default(), 0);
}
