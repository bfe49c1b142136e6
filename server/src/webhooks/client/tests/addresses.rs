//! Who is connected to, and who never is.

use std::{net::SocketAddr, time::Duration};

use domain::keys::Environment;
use tokio::net::TcpListener;

use super::{
    super::{AttemptError, Client, Target},
    support::{NAME, Names, acceptor, client, local_client, try_once},
};
use crate::webhooks::receiver::{OK, Receiver, Reply};

const SECONDS: Duration = Duration::from_secs(5);

async fn receiver() -> Receiver {
    Receiver::start(|_, _| OK).await
}

fn target(url: &str, client: &Client) -> Target {
    Target::read(url, Environment::Test, client.allowed()).unwrap()
}

/// A receiver that must not be reached, at another address and the same port.
async fn sentinel(ip: &str, port: u16) -> Option<Receiver> {
    // Taken by somebody, or no IPv6 here: then nothing can be shown with it.
    let probe = TcpListener::bind(SocketAddr::new(ip.parse().unwrap(), port)).await.ok()?;
    drop(probe);
    let ip = ip.parse().unwrap();
    Some(Receiver::start_at(SocketAddr::new(ip, port), None, |_, _| OK).await)
}

#[tokio::test]
async fn no_form_of_a_private_address_is_connected_to() {
    let good = receiver().await;
    let port = good.address.port();
    let sentinels = [sentinel("127.0.0.2", port).await, sentinel("::1", port).await];
    let client = local_client(SECONDS);
    for host in [
        "2130706434",
        "0x7f000002",
        "0x7f.0.0.2",
        "0177.0.0.2",
        "127.2",
        "127.0.2",
        "127.0.0.2",
        "127.0.0.2.",
        "[::1]",
        "[::ffff:127.0.0.2]",
        "[::ffff:7f00:2]",
        "[::127.0.0.2]",
        "[64:ff9b::7f00:2]",
        "[2002:7f00:2::]",
        "[::1%25lo]",
        "[0:0:0:0:0:0:0:1]",
        "user@127.0.0.2",
        "user:pw@127.0.0.2",
        "127.0.0.1@127.0.0.2",
        "127.0.0.2#@127.0.0.1",
        "localhost",
        "LOCALHOST",
        "a.localhost",
        "ip6-localhost",
        "127。0。0。2",
        "①27.0.0.2",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "0",
        "[::]",
        "[fe80::1]",
        "[fd00:ec2::254]",
        "metadata.google.internal",
        "printer.local",
        "127.0.0.1%00.example.com",
        "127.0.0.1\\@127.0.0.2",
        "127.0.0.1:80:80",
        "127.0.0.2%23",
        "[127.0.0.2]",
    ] {
        // `localhost` itself is listed with 127.0.0.1, and so it may be registered; what is connected to
        // is checked all the same.
        for url in [format!("http://{host}:{port}/"), format!("https://{host}:{port}/")] {
            if let Ok(target) = Target::read(&url, Environment::Test, client.allowed()) {
                let attempt = try_once(&client, &target, None).await.0;
                assert!(attempt.outcome.is_err() && attempt.address.is_none(), "{url}: {attempt:?}");
            }
        }
    }
    let reached: usize = sentinels.iter().flatten().map(Receiver::connections).sum();
    assert_eq!((reached, good.connections()), (0, 0));
}

#[tokio::test]
async fn a_name_that_leads_to_a_private_address_leads_nowhere() {
    let good = receiver().await;
    let port = good.address.port();
    let sentinels = [sentinel("127.0.0.2", port).await, sentinel("::1", port).await];
    for ip in [
        "127.0.0.2",
        "127.255.255.254",
        "::1",
        "::ffff:127.0.0.1",
        "::ffff:127.0.0.2",
        "::127.0.0.1",
        "0.0.0.0",
        "::",
        "10.0.0.1",
        "172.31.255.255",
        "192.168.0.1",
        "169.254.169.254",
        "100.100.100.200",
        "168.63.129.16",
        "192.0.0.192",
        "64:ff9b::7f00:1",
        "64:ff9b:1::1",
        "2002:7f00:1::",
        "2001:0:7f00:1::",
        "fe80::1",
        "fd00:ec2::254",
        "fec0::1",
        "ff02::1",
        "224.0.0.1",
        "255.255.255.255",
        "198.18.0.1",
        "203.0.113.1",
        "2001:db8::1",
    ] {
        let client = client(Names::new(&[(NAME, &[&[ip]])]), SECONDS);
        let target = target(&format!("http://{NAME}:{port}/"), &client);
        let attempt = try_once(&client, &target, None).await.0;
        assert_eq!(attempt.outcome, Err(AttemptError::AddressNotAllowed), "{ip}");
        assert_eq!(attempt.address, None, "{ip}");
    }
    let reached: usize = sentinels.iter().flatten().map(Receiver::connections).sum();
    assert_eq!((reached, good.connections()), (0, 0));
}

#[tokio::test]
async fn a_name_that_changes_its_answer_between_looks_changes_nothing() {
    let good = receiver().await;
    let port = good.address.port();
    let private = sentinel("127.0.0.2", port).await;
    let client = client(Names::new(&[(NAME, &[&["127.0.0.1"], &["127.0.0.2"]])]), SECONDS);
    let target = target(&format!("http://{NAME}:{port}/"), &client);
    let mut delivered = 0;
    for attempt in 0..1_000 {
        let attempt_made = try_once(&client, &target, None).await.0;
        match attempt_made.outcome {
            Ok(_) => {
                delivered += 1;
                assert_eq!(attempt_made.address, Some(good.address), "{attempt}");
            }
            Err(error) => assert_eq!(error, AttemptError::AddressNotAllowed, "{attempt}"),
        }
    }
    assert_eq!((delivered, good.count()), (500, 500));
    assert_eq!(private.map_or(0, |private| private.connections()), 0);
}

#[tokio::test]
async fn of_several_addresses_only_those_that_may_be_called_are_tried() {
    let good = receiver().await;
    let port = good.address.port();
    let private = sentinel("127.0.0.2", port).await;
    let answers: &[&str] = &["127.0.0.2", "10.0.0.1", "127.0.0.1"];
    let client = client(Names::new(&[(NAME, &[answers])]), SECONDS);
    let target = target(&format!("http://{NAME}:{port}/"), &client);
    let attempt = try_once(&client, &target, None).await.0;
    assert_eq!((attempt.outcome.unwrap().status, attempt.address), (200, Some(good.address)));
    assert_eq!(private.map_or(0, |private| private.connections()), 0);
    assert_eq!(good.seen()[0].header("host"), format!("{NAME}:{port}"));
}

#[tokio::test]
async fn a_kept_connection_serves_no_other_scheme_host_or_port() {
    let (one, other) = (receiver().await, receiver().await);
    let names: &[(&str, &[&[&str]])] =
        &[(NAME, &[&["127.0.0.1"]]), ("other.travelku.example", &[&["127.0.0.1"]])];
    let client = client(Names::new(names), Duration::from_secs(2));
    let port = one.address.port();
    for (url, expected) in [
        (format!("http://{NAME}:{}/", other.address.port()), Some(200)),
        (format!("http://other.travelku.example:{port}/"), Some(200)),
        // It speaks no TLS.
        (format!("https://{NAME}:{port}/"), None),
    ] {
        let before = one.connections() + other.connections();
        let first = target(&format!("http://{NAME}:{port}/"), &client);
        let (_, kept) = try_once(&client, &first, None).await;
        assert!(kept.is_some());
        let attempt = try_once(&client, &target(&url, &client), kept).await.0;
        assert_eq!(attempt.outcome.ok().map(|answer| answer.status), expected, "{url}");
        assert!(one.connections() + other.connections() >= before + 2, "{url}");
    }
}

#[tokio::test]
async fn redirects_are_answers_and_nobody_follows_them() {
    let elsewhere = receiver().await;
    for status in [301_u16, 302, 303, 307, 308] {
        let location = format!("location: http://{}/\r\n", elsewhere.address);
        let answer = format!("HTTP/1.1 {status} Moved\r\n{location}content-length: 0\r\n\r\n");
        let redirects = Receiver::start(move |_, _| Reply::Raw(answer.clone().into_bytes())).await;
        let client = local_client(SECONDS);
        let attempt = try_once(&client, &target(&redirects.url(), &client), None).await.0;
        assert_eq!(attempt.outcome.unwrap().status, status);
    }
    assert_eq!(elsewhere.connections(), 0);
}

#[tokio::test]
async fn tls_is_verified_against_the_name_in_the_url() {
    let secured = Receiver::start_on([127, 0, 0, 1].into(), Some(acceptor()), |_, _| OK).await;
    let port = secured.address.port();
    let names: &[(&str, &[&[&str]])] =
        &[(NAME, &[&["127.0.0.1"]]), ("other.travelku.example", &[&["127.0.0.1"]])];
    let trusting = client(Names::new(names), SECONDS);
    let ok = try_once(&trusting, &target(&format!("https://{NAME}:{port}/hook"), &trusting), None).await.0;
    assert_eq!(ok.outcome.unwrap().status, 200);
    assert!(ok.timing.dns.is_some() && ok.timing.connect.is_some() && ok.timing.tls.is_some());
    for url in [format!("https://other.travelku.example:{port}/"), format!("https://127.0.0.1:{port}/")] {
        let attempt = try_once(&trusting, &target(&url, &trusting), None).await.0;
        assert_eq!(attempt.outcome, Err(AttemptError::TlsFailed), "{url}");
    }
    // Nobody of the public web vouches for the test authority.
    let allowed = vec!["127.0.0.1/32".parse().unwrap()];
    let public = Client::with(allowed, Names::new(names), super::super::connect::public_tls(), SECONDS);
    let attempt = try_once(&public, &target(&format!("https://{NAME}:{port}/"), &public), None).await.0;
    assert_eq!(attempt.outcome, Err(AttemptError::TlsFailed));
    assert_eq!(secured.count(), 1);
}
