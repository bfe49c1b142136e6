//! Clients of receivers on this machine.

use std::{
    collections::HashMap,
    io,
    net::IpAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use domain::ids::PartnerId;
use futures_util::future::BoxFuture;
use rustls::{
    RootCertStore,
    pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer},
};
use tokio::sync::Semaphore;
use tokio_rustls::TlsAcceptor;

use super::super::{Attempt, Client, Kept, Outgoing, Resolve, Target, connect::tls};

/// The name that the test certificate is for.
pub const NAME: &str = "hooks.travelku.example";
const AUTHORITY: &[u8] = include_bytes!("tls/ca.der");
const CERTIFICATE: &[u8] = include_bytes!("tls/leaf.der");
const KEY: &[u8] = include_bytes!("tls/leaf_key.der");

/// A name service that knows what it is told: for each name answers in turn, over and over.
#[derive(Default)]
pub struct Names(Mutex<HashMap<String, Answers>>);

/// Which answer is next, and all of them.
type Answers = (usize, Vec<Vec<IpAddr>>);

impl Names {
    pub fn new(names: &[(&str, &[&[&str]])]) -> Box<Self> {
        let parse = |answer: &&[&str]| answer.iter().map(|ip| ip.parse().unwrap()).collect();
        let names = names.iter().map(|(name, answers)| {
            ((*name).to_owned(), (0, answers.iter().map(parse).collect::<Vec<Vec<IpAddr>>>()))
        });
        Box::new(Self(Mutex::new(names.collect())))
    }
}

impl Resolve for Names {
    fn resolve<'a>(&'a self, name: &'a str) -> BoxFuture<'a, io::Result<Vec<IpAddr>>> {
        Box::pin(async move {
            let mut names = self.0.lock().unwrap();
            let (asked, answers) = names.get_mut(name).ok_or(io::ErrorKind::NotFound)?;
            *asked += 1;
            Ok(answers[(*asked - 1) % answers.len()].clone())
        })
    }
}

/// A name service that is asked for anything and answers 127.0.0.1, but for [`SILENT`] only once its
/// gate is open.
pub struct Slow(pub Arc<Semaphore>);

/// A name whose servers do not answer.
pub const SILENT: &str = "silent.travelku.example";

impl Resolve for Slow {
    fn resolve<'a>(&'a self, name: &'a str) -> BoxFuture<'a, io::Result<Vec<IpAddr>>> {
        Box::pin(async move {
            if name == SILENT {
                drop(self.0.acquire().await);
            }
            Ok(vec![IpAddr::from([127, 0, 0, 1])])
        })
    }
}

/// One attempt of a partner that nobody else is.
pub async fn try_once(client: &Client, target: &Target, kept: Option<Kept>) -> (Attempt, Option<Kept>) {
    client.attempt(&PartnerId::new(1, [1; 10]), target, kept, &message()).await.unwrap()
}

/// A client that may call 127.0.0.1 and trusts the test authority.
pub fn client(names: Box<impl Resolve + 'static>, deadline: Duration) -> Client {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from(AUTHORITY)).unwrap();
    Client::with(vec!["127.0.0.1/32".parse().unwrap()], names, tls(roots), deadline)
}

/// As [`client`], without any name.
pub fn local_client(deadline: Duration) -> Client {
    client(Box::<Names>::default(), deadline)
}

/// TLS with a certificate of the test authority for [`NAME`].
pub fn acceptor() -> TlsAcceptor {
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(KEY));
    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![CertificateDer::from(CERTIFICATE)], key)
        .unwrap();
    TlsAcceptor::from(std::sync::Arc::new(config))
}

pub fn message() -> Outgoing {
    Outgoing { headers: vec![("webhook-id", "evt_1".to_owned())], body: r#"{"id":"evt_1"}"#.into() }
}
