//! Tokens that are bound to a key of the client's (RFC 9449).

use std::time::Duration;

use data_encoding::BASE64URL_NOPAD;
use domain::{
    keys::Environment,
    oauth::{dpop::Thumbprint, pkce::CodeVerifier},
};
use ring::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _},
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::support::{ALL, Code, Stage, call, refusal, request, text, with};
use crate::{
    store::sql,
    testing::{TestApp, client::Reply},
};

sql! {
    PROOFS = "select count(*) as total from oauth_dpop_proofs";
}

const BASE: &str = "http://127.0.0.1:3000";
const STATIONS: &str = "/open-api/v1/stations";

enum Key {
    Es256(Box<EcdsaKeyPair>, SystemRandom),
    /// With the name that it signs by.
    Ed25519(Ed25519KeyPair, &'static str),
}

impl Key {
    fn es256() -> Self {
        let random = SystemRandom::new();
        let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
        let document = EcdsaKeyPair::generate_pkcs8(algorithm, &random).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(algorithm, document.as_ref(), &random).unwrap();
        Self::Es256(Box::new(pair), random)
    }

    fn ed25519(alg: &'static str) -> Self {
        let document = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap();
        Self::Ed25519(Ed25519KeyPair::from_pkcs8(document.as_ref()).unwrap(), alg)
    }

    fn alg(&self) -> &'static str {
        match self {
            Self::Es256(..) => "ES256",
            Self::Ed25519(_, alg) => alg,
        }
    }

    fn jwk(&self) -> Value {
        let encode = |bytes: &[u8]| BASE64URL_NOPAD.encode(bytes);
        match self {
            Self::Es256(pair, _) => {
                let point = pair.public_key().as_ref();
                json!({"kty": "EC", "crv": "P-256", "x": encode(&point[1..33]), "y": encode(&point[33..])})
            }
            Self::Ed25519(pair, _) => {
                json!({"kty": "OKP", "crv": "Ed25519", "x": encode(pair.public_key().as_ref())})
            }
        }
    }

    fn sign(&self, claims: &Value) -> String {
        let part = |value: &Value| BASE64URL_NOPAD.encode(value.to_string().as_bytes());
        let header = json!({"typ": "dpop+jwt", "alg": self.alg(), "jwk": self.jwk()});
        let signed = format!("{}.{}", part(&header), part(claims));
        let signature = match self {
            Self::Es256(pair, random) => pair.sign(random, signed.as_bytes()).unwrap().as_ref().to_vec(),
            Self::Ed25519(pair, _) => pair.sign(signed.as_bytes()).as_ref().to_vec(),
        };
        format!("{signed}.{}", BASE64URL_NOPAD.encode(&signature))
    }

    /// A proof for the token endpoint.
    fn at_token(&self, test: &TestApp, jti: &str) -> String {
        let iat = test.app.clock.now().as_second();
        self.sign(&json!({"jti": jti, "htm": "POST", "htu": format!("{BASE}/oauth/token"), "iat": iat}))
    }

    /// A proof for a call with a token.
    fn at_stations(&self, test: &TestApp, jti: &str, token: &str) -> String {
        let (iat, ath) = (test.app.clock.now().as_second(), BASE64URL_NOPAD.encode(&Sha256::digest(token)));
        let htu = format!("{BASE}{STATIONS}");
        self.sign(&json!({"jti": jti, "htm": "GET", "htu": htu, "iat": iat, "ath": ath}))
    }

    fn thumbprint(&self, test: &TestApp) -> Thumbprint {
        let text = self.at_token(test, "thumbprint");
        domain::oauth::dpop::Proof::read(&text).unwrap().thumbprint
    }
}

async fn post(test: &TestApp, form: &[(String, String)], proof: Option<&str>) -> Reply {
    let mut request = request("/oauth/token", form);
    if let Some(proof) = proof {
        request.headers_mut().insert("dpop", proof.parse().unwrap());
    }
    test.anonymous().send(request).await
}

async fn with_proof(test: &TestApp, token: &str, proof: &str) -> Reply {
    let client = test.anonymous().header("authorization", &format!("DPoP {token}"));
    client.header("dpop", proof).get(STATIONS).await
}

#[tokio::test]
async fn a_bound_token_works_with_proofs_of_its_key_alone() {
    for test in TestApp::each().await {
        for key in [Key::es256(), Key::ed25519("EdDSA"), Key::ed25519("Ed25519")] {
            let thief = if key.alg() == "ES256" { Key::es256() } else { Key::ed25519(key.alg()) };
            let stage = Stage::new(&test.app, Environment::Live, "public").await;
            let code = stage.consent(&test.app, ALL, ALL).await;
            let proof = key.at_token(&test, "1");
            let tokens = post(&test, &stage.exchange_form(&code), Some(&proof)).await;
            assert_eq!(tokens.status, 200, "{:?}", tokens.body);
            let tokens = tokens.json();
            assert_eq!(text(&tokens, "token_type"), "DPoP");
            let token = text(&tokens, "access_token");
            let good = key.at_stations(&test, "2", token);
            assert_eq!(with_proof(&test, token, &good).await.status, 200);
            // The same proof again; another's; one for another token; none; as a bearer token.
            let again = with_proof(&test, token, &good).await;
            assert_eq!(again.code(), (401, "invalid_token".to_owned()));
            assert!(
                again
                    .text("www-authenticate")
                    .starts_with("DPoP realm=\"nfcgate\", error=\"invalid_dpop_proof\"")
            );
            let stolen = thief.at_stations(&test, "3", token);
            let stolen = with_proof(&test, token, &stolen).await;
            assert_eq!(stolen.status, 401);
            let challenge = stolen.text("www-authenticate");
            assert!(challenge.starts_with("DPoP realm=\"nfcgate\", error=\"invalid_token\""), "{challenge}");
            assert!(challenge.ends_with("algs=\"ES256 EdDSA Ed25519\""), "{challenge}");
            let other = key.at_stations(&test, "4", "nfcg_at_other");
            assert_eq!(with_proof(&test, token, &other).await.status, 401);
            assert_eq!(call(&test, STATIONS, token).await.code(), (401, "invalid_token".to_owned()));
            let bare = test.anonymous().header("authorization", &format!("DPoP {token}")).get(STATIONS).await;
            assert_eq!(bare.status, 401);

            // So is the refresh token of a public client.
            let form = stage.refresh_form(text(&tokens, "refresh_token"));
            assert_eq!(refusal(&post(&test, &form, None).await), (400, "invalid_grant".to_owned()));
            let stolen = thief.at_token(&test, "5");
            assert_eq!(refusal(&post(&test, &form, Some(&stolen)).await), (400, "invalid_grant".to_owned()));
            let next = post(&test, &form, Some(&key.at_token(&test, "6"))).await;
            assert_eq!((next.status.as_u16(), text(&next.json(), "token_type")), (200, "DPoP"));
        }
    }
}

/// Anybody can make a key, name a public client and sign proofs without end.
#[tokio::test]
async fn a_proof_that_nothing_came_of_is_not_written_down() {
    for test in TestApp::each().await {
        let (stage, key) = (Stage::new(&test.app, Environment::Live, "public").await, Key::es256());
        let rows =
            async || test.app.live.row(&PROOFS, &[]).await.unwrap().unwrap().get::<u64>("total").unwrap();
        let code = stage.consent(&test.app, ALL, ALL).await;
        let form = stage.exchange_form(&code);
        let made_up = "nfcg_ac_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
        for form in [with(&form, "code", Some(made_up)), stage.refresh_form(&made_up.replace("ac", "rt"))] {
            let reply = post(&test, &form, Some(&key.at_token(&test, "1"))).await;
            assert_eq!(refusal(&reply), (400, "invalid_grant".to_owned()));
        }
        assert_eq!(rows().await, 0);
        let tokens = post(&test, &form, Some(&key.at_token(&test, "1"))).await.json();
        assert_eq!(rows().await, 1);
        // Used once, it is refused before it refreshes anything.
        let form = stage.refresh_form(text(&tokens, "refresh_token"));
        let replayed = post(&test, &form, Some(&key.at_token(&test, "1"))).await;
        assert_eq!(refusal(&replayed), (400, "invalid_dpop_proof".to_owned()));
        assert_eq!(post(&test, &form, Some(&key.at_token(&test, "2"))).await.status, 200);
        assert_eq!(rows().await, 2);
    }
}

#[tokio::test]
async fn a_bad_proof_at_the_token_endpoint_uses_nothing_up() {
    for test in TestApp::each().await {
        let (stage, key) = (Stage::new(&test.app, Environment::Live, "confidential").await, Key::es256());
        let code = stage.consent(&test.app, ALL, ALL).await;
        let form = stage.exchange_form(&code);
        let now = test.app.clock.now().as_second();
        let claims = |name: &str, value: Value| {
            let mut claims =
                json!({"jti": "1", "htm": "POST", "htu": format!("{BASE}/oauth/token"), "iat": now});
            claims[name] = value;
            key.sign(&claims)
        };
        let good = key.at_token(&test, "1");
        let mut forged = good.clone().into_bytes();
        let middle = forged.len() - 40;
        forged[middle] = if forged[middle] == b'A' { b'B' } else { b'A' };
        for proof in [
            claims("htm", json!("GET")),
            claims("htu", json!("https://evil.example/oauth/token")),
            claims("iat", json!(now - 61)),
            claims("iat", json!(now + 61)),
            String::from_utf8(forged).unwrap(),
            "nonsense".to_owned(),
        ] {
            let reply = post(&test, &form, Some(&proof)).await;
            assert_eq!(refusal(&reply), (400, "invalid_dpop_proof".to_owned()), "{proof}");
        }
        assert_eq!(post(&test, &form, Some(&good)).await.status, 200);
        test.app.clock.advance(Duration::from_secs(1));
        let code = stage.consent(&test.app, ALL, ALL).await;
        let replayed = post(&test, &stage.exchange_form(&code), Some(&good)).await;
        assert_eq!(refusal(&replayed), (400, "invalid_dpop_proof".to_owned()));
    }
}

/// RFC 9449 section 10: the authorization request names the key already.
#[tokio::test]
async fn a_code_that_is_bound_is_exchanged_with_that_key_only() {
    for test in TestApp::each().await {
        let (stage, key) = (Stage::new(&test.app, Environment::Live, "confidential").await, Key::es256());
        let verifier = CodeVerifier::generate([9; 32]);
        let consented = domain::oauth::authorize::Consented {
            client_id: stage.client_id.parse().unwrap(),
            reply: domain::oauth::authorize::ReplyTo {
                redirect_uri: super::support::REDIRECT.to_owned(),
                state: None,
            },
            asked: ALL.parse().unwrap(),
            scopes: ALL.parse().unwrap(),
            challenge: verifier.challenge(),
            dpop_jkt: Some(key.thumbprint(&test)),
        };
        let code: Code = stage.issue(&test.app, consented, verifier).await.unwrap();
        let form = stage.exchange_form(&code);
        assert_eq!(refusal(&post(&test, &form, None).await), (400, "invalid_grant".to_owned()));
        let other = Key::es256().at_token(&test, "1");
        assert_eq!(refusal(&post(&test, &form, Some(&other)).await), (400, "invalid_grant".to_owned()));
        let tokens = post(&test, &form, Some(&key.at_token(&test, "1"))).await.json();
        let token = text(&tokens, "access_token");
        let told =
            super::support::post(&test.anonymous(), "/oauth/introspect", &stage.token_form(token)).await;
        let expected = json!({"jkt": key.thumbprint(&test).as_str()});
        assert_eq!((&told.json()["cnf"], &told.json()["token_type"]), (&expected, &json!("DPoP")));
        // A confidential client proves itself by its secret: it may go on with another key, or none.
        let next = post(&test, &stage.refresh_form(text(&tokens, "refresh_token")), None).await.json();
        assert_eq!(text(&next, "token_type"), "Bearer");
    }
}
