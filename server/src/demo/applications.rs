//! Applications of the demo: two live ones that the operator approved, one that waits, and one of the
//! sandbox in which a test rider agrees by themselves.

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Request, header},
};
use domain::operations::{BASE, Operation};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use super::{DemoError, accounts::PartnerAccount, browser::Browser, text};

/// Partner whose applications the demo hands out.
pub const PARTNER: &str = "TravelKu App";
/// Partner whose application waits for the operator.
const WAITING: &str = "CityMapper ID";
/// What the test rider taps with.
const CARD: &str = "kartu-uji-ani";
const ANSWER_BYTES_MAX: usize = 1 << 20;

/// An application and how to act as it.
pub struct ApplicationAccount {
    pub client_id: String,
    pub client_secret: Option<String>,
    pub redirect_uri: &'static str,
    environment: &'static str,
    auto_consent: bool,
    /// A test rider who agrees by themselves.
    login_hint: Option<String>,
}

impl ApplicationAccount {
    /// As `demo.json` lists it.
    pub fn listed(&self) -> Value {
        json!({
            "client_id": self.client_id,
            "client_secret": self.client_secret,
            "redirect_uri": self.redirect_uri,
            "partner": PARTNER,
            "environment": self.environment,
            "auto_consent": self.auto_consent,
            "login_hint": self.login_hint,
        })
    }
}

/// A test rider with a card and money, for whom taps can be sent later; their id.
pub async fn test_rider(member: &mut Browser) -> Result<String, DemoError> {
    let riders = "/portal-api/v1/sandbox/riders";
    let rider = json!({
        "name": "Ani Uji", "email": "ani@contoh.example", "phone": "+6281234567890", "kyc_status": "verified"
    });
    let rider = text(&member.post("test rider", riders, rider).await?, "/id")?;
    member.post("test card", &format!("{riders}/{rider}/media"), json!({"media": CARD})).await?;
    member.post("test money", &format!("{riders}/{rider}/top-up"), json!({"amount": 85_000})).await?;
    Ok(rider)
}

/// Registers the applications and has the operator look at them; those that can be used.
pub async fn make(
    router: &Router,
    operator: &mut Browser,
    partners: &[PartnerAccount],
    test_rider: String,
) -> Result<Vec<ApplicationAccount>, DemoError> {
    let mut member = signed_in(router, named(partners, PARTNER)?).await?;
    let reasons = json!({
        "journey:read": "Menampilkan riwayat perjalanan dan menghitung pengeluaran bulanan",
        "profile:read": "Menyapa penumpang dengan namanya dan memilih tarif yang tepat",
        "balance:read": "Mengingatkan penumpang sebelum saldo habis",
    });
    let loopback = "http://127.0.0.1:8912/callback";
    let web = "https://travelku.example/oauth/callback";
    let public = json!({
        "environment": "live", "client_type": "public", "name": "TravelKu",
        "description": "Riwayat perjalanan dan saldo Anda di aplikasi TravelKu", "homepage": "https://travelku.example",
        "redirect_uris": [loopback, "com.travelku.app:/callback"], "scopes": reasons,
    });
    let confidential = json!({
        "environment": "live", "client_type": "confidential", "name": "TravelKu Web",
        "description": "Laporan perjalanan dinas untuk perusahaan", "homepage": "https://travelku.example",
        "redirect_uris": [web], "scopes": reasons,
    });
    let automatic = json!({
        "environment": "test", "client_type": "confidential", "name": "TravelKu CI",
        "description": "Uji otomatis TravelKu", "redirect_uris": [loopback], "scopes": reasons, "auto_consent": true,
    });
    let mut made = Vec::new();
    for (wanted, redirect_uri) in [(public, loopback), (confidential, web), (automatic, loopback)] {
        let registered = register(&mut member, &wanted).await?;
        let client_id = text(&registered, "/application/id")?;
        let is_live = wanted["environment"] == "live";
        if is_live {
            let approve = format!("/portal-api/v1/admin/applications/{client_id}/approve");
            let seen = &registered["application"]["changed_at"];
            operator.post("approval of an application", &approve, json!({"seen": seen})).await?;
        }
        made.push(ApplicationAccount {
            client_id,
            client_secret: registered["client_secret"].as_str().map(str::to_owned),
            redirect_uri,
            environment: if is_live { "live" } else { "sandbox" },
            auto_consent: !is_live,
            login_hint: (!is_live).then(|| test_rider.clone()),
        });
    }
    let waiting = json!({
        "environment": "live", "client_type": "public", "name": "CityMapper",
        "description": "Rute pintar yang mengenal kebiasaan Anda", "homepage": "https://citymapper.example",
        "redirect_uris": ["https://citymapper.example/krl/callback"],
        "scopes": {"journey:read": "Menyarankan rute dari perjalanan yang biasa ditempuh"},
    });
    register(&mut signed_in(router, named(partners, WAITING)?).await?, &waiting).await?;
    Ok(made)
}

/// The one that some riders have let in: live, with a secret.
pub fn read_by_riders(made: &[ApplicationAccount]) -> Result<&ApplicationAccount, DemoError> {
    let found = made.iter().find(|each| each.environment == "live" && each.client_secret.is_some());
    found.ok_or_else(|| DemoError::Unexpected("a live application with a secret".to_owned()))
}

fn named<'p>(partners: &'p [PartnerAccount], name: &str) -> Result<&'p PartnerAccount, DemoError> {
    let partner = partners.iter().find(|partner| partner.name == name);
    partner.ok_or_else(|| DemoError::Unexpected(format!("the partner {name}")))
}

async fn signed_in(router: &Router, partner: &PartnerAccount) -> Result<Browser, DemoError> {
    let mut member = Browser::new(router.clone());
    let credentials = json!({"email": partner.email, "password": partner.password});
    member.post("member's sign-in", "/portal-api/v1/sign-in", credentials).await?;
    Ok(member)
}

async fn register(member: &mut Browser, wanted: &Value) -> Result<Value, DemoError> {
    member.post("new application", "/portal-api/v1/applications", wanted.clone()).await
}

/// The test rider's last days, tapped with the partner's test key.
pub async fn journeys(router: &Router, partners: &[PartnerAccount], now: Timestamp) -> Result<(), DemoError> {
    let partner = named(partners, PARTNER)?;
    let ago = |minutes: i64| now.checked_sub(SignedDuration::from_mins(minutes)).unwrap_or(now);
    let tap = |station: &str, direction: &str, at: Timestamp| json!({"station_id": station, "direction": direction, "media": CARD, "payment_method": "qris_tap", "tapped_at": at});
    const DAY: i64 = 24 * 60;
    let taps: Vec<Value> = [2 * DAY, DAY, 0]
        .into_iter()
        .flat_map(|day| {
            [
                tap("STN_DPK", "in", ago(day + 320)),
                tap("STN_MGR", "out", ago(day + 280)),
                tap("STN_MGR", "in", ago(day + 90)),
                tap("STN_DPK", "out", ago(day + 50)),
            ]
        })
        .collect();
    let key = partner.test_key.as_deref().unwrap_or_default();
    let request = Request::post(format!("{BASE}{}", Operation::SendTestTaps.path()))
        .header(header::CONTENT_TYPE, "application/json")
        .header("x-api-key", key)
        .body(Body::from(json!({"taps": taps}).to_string()))
        .map_err(|error| DemoError::Unexpected(error.to_string()))?;
    let Ok(response) = router.clone().oneshot(request).await;
    let status = response.status().as_u16();
    let body = to_bytes(response.into_body(), ANSWER_BYTES_MAX).await.unwrap_or_default();
    let body = String::from_utf8_lossy(&body).into_owned();
    if status == 200 && !body.contains("rejected") {
        return Ok(());
    }
    Err(DemoError::Refused { act: "test taps".to_owned(), status, body })
}
