//! People in tests: browsers that keep their cookie and go through the whole router, and a mailbox.

use std::net::{IpAddr, SocketAddr};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::ConnectInfo,
    http::{Method, Request, header},
};
use domain::{
    identity::OperatorRole,
    problem::{Code, Problem},
};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::{admin, app::App, http, mail};

pub const PASSWORD: &str = "hujan di bulan juni";

/// Somebody at a browser.
#[derive(Clone)]
pub struct Browser {
    router: Router,
    ip: IpAddr,
    /// `name=value`, as it is sent back.
    pub cookie: Option<String>,
}

/// What came back.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    /// The refusal's code, `""` for a success.
    pub code: &'static str,
    /// The first field at fault and its fault.
    pub fault: Option<(String, String)>,
    pub body: Value,
    pub set_cookie: Option<String>,
    pub retry_after: Option<u64>,
}

impl Browser {
    pub fn new(app: &App) -> Self {
        Self::at(app, "203.0.113.5")
    }

    pub fn at(app: &App, ip: &str) -> Self {
        Self { router: http::router(app.clone()), ip: ip.parse().unwrap(), cookie: None }
    }

    pub async fn get(&mut self, path: &str) -> Reply {
        self.send(Method::GET, path, None).await
    }

    pub async fn post(&mut self, path: &str, body: Value) -> Reply {
        self.send(Method::POST, path, Some(body)).await
    }

    pub async fn send(&mut self, method: Method, path: &str, body: Option<Value>) -> Reply {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", http::PORTAL_API))
            .extension(ConnectInfo(SocketAddr::new(self.ip, 4711)))
            // Believed by nobody here: there is no trusted proxy.
            .header("x-forwarded-for", "198.51.100.77")
            .header(header::USER_AGENT, "Firefox\tunder test");
        if let Some(cookie) = &self.cookie {
            request = request.header(header::COOKIE, cookie);
        }
        let body = match body {
            Some(body) => {
                request = request.header(header::CONTENT_TYPE, "application/json");
                Body::from(body.to_string())
            }
            None => Body::empty(),
        };
        let response = self.router.clone().oneshot(request.body(body).unwrap()).await.unwrap();
        let set_cookie =
            response.headers().get(header::SET_COOKIE).map(|value| value.to_str().unwrap().to_owned());
        if let Some(cookie) = &set_cookie {
            let pair = cookie.split(';').next().unwrap();
            self.cookie = (!pair.ends_with('=')).then(|| pair.to_owned());
        }
        let retry_after =
            response.headers().get(header::RETRY_AFTER).map(|value| value.to_str().unwrap().parse().unwrap());
        let status = response.status().as_u16();
        let bytes = to_bytes(response.into_body(), 1 << 20).await.unwrap();
        let body: Value = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        let problem =
            (status >= 400).then(|| serde_json::from_value::<Problem>(body.clone()).expect("a problem"));
        let code =
            problem.as_ref().and_then(|problem| Code::ALL.iter().find(|code| code.as_str() == problem.code));
        let fault = problem.as_ref().and_then(|problem| problem.errors.first());
        Reply {
            status,
            code: code.map_or("", |code| code.as_str()),
            fault: fault.map(|fault| (fault.field.clone(), fault.code.clone())),
            body,
            set_cookie,
            retry_after,
        }
    }

    pub async fn sign_in(&mut self, email: &str, password: &str) -> Reply {
        self.post("/sign-in", json!({"email": email, "password": password})).await
    }

    /// The status of asking who is signed in.
    pub async fn is_signed_in(&mut self) -> bool {
        self.get("/session").await.status == 200
    }
}

pub fn sign_up_form(email: &str) -> Value {
    json!({
        "organisation": "TravelKu App", "legal_name": "PT TravelKu Nusantara", "contact_name": "Rani",
        "email": email, "password": PASSWORD, "description": "Perencana perjalanan", "accept_terms": true,
    })
}

/// An owner whose address is verified, signed in; their partner is in review.
pub async fn owner(app: &App, email: &str) -> Browser {
    let mut browser = Browser::new(app);
    assert_eq!(browser.post("/sign-up", sign_up_form(email)).await.status, 201);
    let token = newest_token(app, email).await;
    let reply = browser.post("/verify-email", json!({"token": token})).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    browser
}

/// The id of the partner that somebody belongs to.
pub async fn partner_id(browser: &mut Browser) -> String {
    browser.get("/session").await.body["partner"]["id"].as_str().unwrap().to_owned()
}

/// Somebody with an invitation accepted.
pub async fn member(app: &App, owner: &mut Browser, email: &str, role: &str) -> Browser {
    let invitation = json!({"name": "Budi", "email": email, "role": role});
    assert_eq!(owner.post("/members", invitation).await.status, 201);
    let token = newest_token(app, email).await;
    let mut browser = Browser::new(app);
    let accept = json!({"token": token, "name": "Budi", "password": PASSWORD});
    assert_eq!(browser.post("/invitation/accept", accept).await.status, 200);
    browser
}

/// Somebody of the staff, signed in.
pub async fn operator(app: &App, email: &str, role: OperatorRole) -> Browser {
    admin::create(app, email, "Staf", role, Some(PASSWORD.to_owned())).await.unwrap();
    let mut browser = Browser::new(app);
    assert_eq!(browser.sign_in(email, PASSWORD).await.status, 200);
    browser
}

/// All mails to an address so far, oldest first, each as one line.
pub async fn mails_to(app: &App, email: &str) -> Vec<String> {
    mail::deliver_pending(app).await.unwrap();
    let Ok(folder) = std::fs::read_dir(app.config.mail_dir()) else { return Vec::new() };
    let mut paths: Vec<_> = folder.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let of_them = |path: &std::path::PathBuf| path.to_string_lossy().contains(&format!("_{email}_"));
    let text = |path: &std::path::PathBuf| std::fs::read_to_string(path).unwrap().replace("\r\n", " ");
    paths.iter().filter(|path| of_them(path)).map(text).collect()
}

/// The token in the newest mail to an address.
pub async fn newest_token(app: &App, email: &str) -> String {
    let mail = mails_to(app, email).await.pop().expect("a mail");
    let (_, rest) = mail.split_once("?token=").expect("a link");
    rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '-' || *c == '_').collect()
}
