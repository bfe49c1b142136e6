//! An application, a rider who agreed, and a client that speaks forms.

use axum::{
    body::Body,
    extract::ConnectInfo,
    http::{Method, Request, header},
};
use data_encoding::BASE64;
use domain::{
    applications::CreateApplication,
    ids::RiderId,
    keys::Environment,
    oauth::{
        Scopes,
        authorize::{Consented, ReplyTo},
        pkce::CodeVerifier,
    },
    tiers::Tier,
};
use serde_json::{Value, json};

use crate::{
    app::App,
    applications,
    keys::tests::support,
    oauth::{self, NewCode},
    partners::PartnerRecord,
    realms, rider_accounts,
    store::{DbError, params, sql},
    testing::{
        TestApp,
        client::{Client, Reply},
    },
};

sql! {
    /// What an operator does to a live application, without the operator.
    APPROVE = "update applications set status = 'approved' where id = $1";

    AUTO_CONSENT = "update applications set auto_consent = 1 where id = $1";
}

pub const REDIRECT: &str = "https://app.travelku.co.id/cb";
pub const ALL: &str = "journey:read profile:read balance:read";

/// Partner, application and rider.
pub struct Stage {
    pub partner: PartnerRecord,
    pub environment: Environment,
    pub client_id: String,
    pub secret: Option<String>,
    pub rider: RiderId,
}

/// A code and what its exchange needs.
pub struct Code {
    pub text: String,
    pub verifier: CodeVerifier,
}

impl Stage {
    /// An application that may ask for everything.
    pub async fn new(app: &App, environment: Environment, client_type: &str) -> Self {
        let partner = support::partner(app, Tier::Pro).await;
        Self::of(app, partner, environment, client_type).await
    }

    pub async fn of(app: &App, partner: PartnerRecord, environment: Environment, client_type: &str) -> Self {
        let wanted: CreateApplication = serde_json::from_value(json!({
            "environment": environment,
            "client_type": client_type,
            "name": "Rencana",
            "description": "Merencanakan perjalanan pulang",
            "redirect_uris": [REDIRECT],
            "scopes": {
                "journey:read": "Menampilkan perjalanan",
                "profile:read": "Menyapa dengan nama",
                "balance:read": "Mengingatkan isi ulang",
            },
        }))
        .unwrap();
        let made = applications::create(app, support::keeper(app, &partner), wanted).await.unwrap();
        let id = made.application.id.clone();
        app.store(environment)
            .write::<_, DbError, _>({
                let id = id.clone();
                move |tx| Box::pin(async move { tx.execute(&APPROVE, params![&id]).await })
            })
            .await
            .unwrap();
        let secret = made.client_secret.map(|secret| secret.expose().to_owned());
        let rider = app.random.id(app.clock.now(), RiderId::new);
        Self { partner, environment, client_id: id.to_string(), secret, rider }
    }

    /// Makes a test rider who agrees without a page, as for machines; the rider's id.
    pub async fn auto_consent(&self, app: &App) -> RiderId {
        let id = self.client_id.clone();
        app.store(self.environment)
            .write::<_, DbError, _>(move |tx| {
                Box::pin(async move { tx.execute(&AUTO_CONSENT, params![id]).await })
            })
            .await
            .unwrap();
        rider_accounts::tests::support::made(app, &self.realm(), json!({"name": "Mesin Uji"})).await
    }

    pub fn realm(&self) -> domain::realm::Realm {
        realms::of(self.environment, &self.partner.id)
    }

    /// The rider agrees to some of what was asked for.
    pub async fn consent(&self, app: &App, asked: &str, agreed: &str) -> Code {
        self.try_consent(app, asked, agreed).await.unwrap()
    }

    pub async fn try_consent(&self, app: &App, asked: &str, agreed: &str) -> Result<Code, oauth::OAuthError> {
        let verifier = CodeVerifier::generate(app.random.bytes());
        let read = |text: &str| text.parse::<Scopes>().unwrap();
        let consented = Consented {
            client_id: self.client_id.parse().unwrap(),
            reply: ReplyTo { redirect_uri: REDIRECT.to_owned(), state: None },
            asked: read(asked),
            scopes: read(agreed),
            challenge: verifier.challenge(),
            dpop_jkt: None,
        };
        self.issue(app, consented, verifier).await
    }

    /// A code for a request that the rider agreed to.
    pub async fn issue(
        &self,
        app: &App,
        consented: Consented,
        verifier: CodeVerifier,
    ) -> Result<Code, oauth::OAuthError> {
        let partner_id = self.partner.id.clone();
        let new = NewCode { realm: self.realm(), partner_id, rider_id: self.rider.clone(), consented };
        let code = oauth::issue_code(app, new).await?;
        Ok(Code { text: code.expose().to_owned(), verifier })
    }

    /// As the exchange of a code sends it.
    pub fn exchange_form(&self, code: &Code) -> Vec<(String, String)> {
        let mut form = self.own_form();
        form.extend(pairs(&[
            ("grant_type", "authorization_code"),
            ("code", &code.text),
            ("redirect_uri", REDIRECT),
            ("code_verifier", code.verifier.expose()),
        ]));
        form
    }

    pub fn refresh_form(&self, token: &str) -> Vec<(String, String)> {
        let mut form = self.own_form();
        form.extend(pairs(&[("grant_type", "refresh_token"), ("refresh_token", token)]));
        form
    }

    pub fn token_form(&self, token: &str) -> Vec<(String, String)> {
        let mut form = self.own_form();
        form.extend(pairs(&[("token", token)]));
        form
    }

    fn own_form(&self) -> Vec<(String, String)> {
        let mut form = pairs(&[("client_id", &self.client_id)]);
        form.extend(self.secret.as_deref().map(|secret| ("client_secret".to_owned(), secret.to_owned())));
        form
    }

    pub fn basic(&self) -> String {
        let secret = self.secret.as_deref().unwrap_or_default();
        format!("Basic {}", BASE64.encode(format!("{}:{secret}", self.client_id).as_bytes()))
    }

    /// Tokens for all scopes.
    pub async fn tokens(&self, test: &TestApp) -> Value {
        self.tokens_for(test, ALL).await
    }

    /// Tokens for the scopes that the rider left ticked.
    pub async fn tokens_for(&self, test: &TestApp, agreed: &str) -> Value {
        let code = self.consent(&test.app, ALL, agreed).await;
        let reply = post(&test.anonymous(), "/oauth/token", &self.exchange_form(&code)).await;
        assert_eq!(reply.status, 200, "{:?}", reply.body);
        reply.json()
    }
}

pub fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// The same form with one value changed; left out where there is none.
pub fn with(form: &[(String, String)], name: &str, value: Option<&str>) -> Vec<(String, String)> {
    let mut form = form.to_vec();
    form.retain(|(other, _)| other != name);
    form.extend(value.map(|value| (name.to_owned(), value.to_owned())));
    form
}

pub fn encoded(form: &[(String, String)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish()
}

pub fn request(path: &str, form: &[(String, String)]) -> Request<Body> {
    Request::builder()
        .method(Method::POST)
        .uri(path)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .extension(ConnectInfo(std::net::SocketAddr::from(([203, 0, 113, 5], 4711))))
        .body(Body::from(encoded(form)))
        .unwrap()
}

pub async fn post(client: &Client, path: &str, form: &[(String, String)]) -> Reply {
    client.send(request(path, form)).await
}

/// Status and `error` of a refusal, which must be whole.
#[track_caller]
pub fn refusal(reply: &Reply) -> (u16, String) {
    assert_eq!(reply.text("content-type"), "application/json", "{:?}", reply.body);
    assert_eq!((reply.text("cache-control"), reply.text("pragma")), ("no-store", "no-cache"));
    let body = reply.json();
    assert!(body["error_description"].as_str().is_some_and(|text| !text.is_empty()), "{body}");
    (reply.status.as_u16(), body["error"].as_str().unwrap_or_default().to_owned())
}

pub fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name].as_str().unwrap_or_else(|| panic!("{name} in {value}"))
}

/// A call of the public API with a token.
pub async fn call(test: &TestApp, path: &str, token: &str) -> Reply {
    test.anonymous().header("authorization", &format!("Bearer {token}")).get(path).await
}

/// A call of an API whose handlers do nothing, behind the real door.
pub async fn door(app: &App, path: &str, headers: &[(&'static str, &str)]) -> support::Reply {
    let mut request = support::Api::request(Method::GET, path, None, support::IP);
    for (name, value) in headers {
        request.headers_mut().insert(*name, value.parse().unwrap());
    }
    support::Api::new(app).send(request).await
}
