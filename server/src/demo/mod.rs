//! The demo: partners of the kind the portal is for, a month of their calls, and a week of riders.
//!
//! Nothing is written into tables from here. An installation of its own is opened on a clock that
//! stands thirty days back; partners sign up, confirm their mail, are approved and make keys through
//! the same router that serves everybody, and then call the API hour by hour while the clock is
//! moved forward. What pages show afterwards is what the product itself measured.
//!
//! The volumes are modelled: a five-hundredth of the partners on the portal's sample page, spread
//! over the day like boardings (`data/SOURCES.md`).

mod accounts;
mod applications;
mod browser;
mod clock;
mod commuters;
mod consents;
mod gates;
mod mailbox;
mod riders;
mod traffic;
mod webhooks;

use domain::{
    tiers::Tier,
    time::{day_start, jakarta_day},
};
use jiff::{Timestamp, ToSpan};
use serde_json::{Value, json};

use self::{accounts::PartnerAccount, browser::Browser};
pub use self::{
    accounts::{Accounts, path},
    gates::is_tapped_by_the_demo,
};
use crate::{
    admin,
    app::{App, OpenError},
    clock::Clock,
    config::{Config, Mode},
    http, identity, installation, limits, mail,
    random::Random,
    usage,
};

/// Days of calls before now.
const DAYS: i32 = 30;

/// Hours before now from which on events are told to the demo's endpoints.
const TOLD: i32 = 24;

/// Which of the riders lets an application see their journeys by then.
const CONSENTING: usize = 1;

/// A partner of the demo.
struct Partner {
    name: &'static str,
    legal_name: &'static str,
    description: &'static str,
    contact: &'static str,
    email: &'static str,
    /// None: still waits for the operator.
    tier: Option<Tier>,
    /// Calls on an ordinary weekday.
    calls_per_day: u32,
}

const PARTNERS: [Partner; 5] = [
    Partner {
        name: "TravelKu App",
        legal_name: "PT TravelKu Nusantara",
        description: "Aplikasi travel planning",
        contact: "Raka Pratama",
        email: "dev@travelku.example",
        tier: Some(Tier::Pro),
        calls_per_day: 86,
    },
    Partner {
        name: "Komuter Community",
        legal_name: "Perkumpulan Komuter Jabodetabek",
        description: "Platform komunitas KRL",
        contact: "Sari Lestari",
        email: "dev@komuter.example",
        tier: Some(Tier::Free),
        calls_per_day: 16,
    },
    Partner {
        name: "TransitData.id",
        legal_name: "PT Transit Analytics",
        description: "Analitik data transportasi",
        contact: "Bima Santoso",
        email: "dev@transitdata.example",
        tier: Some(Tier::Enterprise),
        calls_per_day: 437,
    },
    Partner {
        name: "CityMapper ID",
        legal_name: "CityMapper Pte Ltd",
        description: "Navigasi kota berbasis transit",
        contact: "Maya Putri",
        email: "dev@citymapper.example",
        tier: Some(Tier::Pro),
        calls_per_day: 62,
    },
    Partner {
        name: "Jelajah Kota",
        legal_name: "CV Jelajah Kota Mandiri",
        description: "Panduan wisata dengan kereta",
        contact: "Dewi Anggraini",
        email: "dev@jelajah.example",
        tier: None,
        calls_per_day: 0,
    },
];

/// Routes that only a demo has.
pub fn routes() -> axum::Router<App> {
    clock::routes().merge(webhooks::routes())
}

/// Why the demo could not be made.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error(transparent)]
    Db(#[from] crate::store::DbError),
    #[error(transparent)]
    Installation(#[from] installation::InstallationError),
    #[error("no randomness")]
    Random(#[from] getrandom::Error),
    #[error("the demo's {act} was answered with {status}: {body}")]
    Refused { act: String, status: u16, body: String },
    #[error("the demo's accounts could not be written")]
    Write(#[from] std::io::Error),
    #[error("the demo's gates could not be given their secrets")]
    Gates(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error("the demo's admin could not be made")]
    Admin(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error("the demo's riders could not get their accounts")]
    Riders(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error("the demo's journeys could not be closed")]
    Journeys(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error("the demo expected {0}")]
    Unexpected(String),
}

/// What [`seed`] found or did.
pub enum Seeded {
    /// The demo was made just now.
    Now(Box<Accounts>),
    /// There was one already.
    Before,
}

/// Makes the demo in the stores that `config` names, unless it is there.
///
/// # Errors
/// [`DemoError`], above all when the database is in production use.
pub async fn seed(config: &Config) -> Result<Seeded, DemoError> {
    let config = Config { mode: Mode::Demo, smtp: None, ..config.clone() };
    let now = Clock::system().now();
    let clock = Clock::still(day_start(jakarta_day(now).saturating_sub(DAYS.days())));
    let app = App::open(config, clock, Random::system()?).await?;
    let outcome = seed_open(&app, now).await;
    app.live.close().await;
    app.sandbox.close().await;
    outcome
}

async fn seed_open(app: &App, now: Timestamp) -> Result<Seeded, DemoError> {
    let before = installation::mode(&app.live).await?.is_some();
    installation::claim(&app.live, Mode::Demo, app.clock.now()).await?;
    if before {
        return Ok(Seeded::Before);
    }
    crate::gates::load(app).await?;
    println!("Making the demo: {DAYS} days of calls through the real server, in fast-forward.");
    let router = http::router(app.clone());

    let admin_email = "admin@nfcgate.example";
    let made = admin::create(app, admin_email, "Admin Demo", domain::identity::OperatorRole::Admin, None)
        .await
        .map_err(|cause| DemoError::Admin(Box::new(cause)))?;
    let admin_password = made.password.ok_or(DemoError::Unexpected("a password for the admin".to_owned()))?;
    let mut operator = Browser::new(router.clone());
    let admin_sign_in = json!({"email": admin_email, "password": admin_password});
    operator.post("admin's sign-in", "/portal-api/v1/sign-in", admin_sign_in.clone()).await?;

    let mut accounts = Accounts::new(app, admin_email, &admin_password);
    let (handed_out, own) = gates::provision(app).await?;
    accounts.gates = handed_out;
    let mut test_rider = None;
    for partner in &PARTNERS {
        let (account, rider) = join(app, &router, &mut operator, partner).await?;
        accounts.partners.push(account);
        test_rider = test_rider.or(rider);
    }
    let population = riders::population(&app.network, &own);
    accounts.riders = commuters::join(app, &population).await?;
    let mut riders = riders::Riders::new(router.clone(), &population, &own, now);
    let told_from = now.saturating_sub(TOLD.hours()).unwrap_or(now);
    traffic::run(app, &router, &accounts.partners, &mut riders, told_from).await?;
    // A month has passed: everybody signs in again.
    operator.post("admin's second sign-in", "/portal-api/v1/sign-in", admin_sign_in).await?;
    let test_rider = test_rider.ok_or_else(|| DemoError::Unexpected("a test rider".to_owned()))?;
    accounts.applications =
        applications::make(&router, &mut operator, &accounts.partners, test_rider).await?;
    let application = applications::read_by_riders(&accounts.applications)?;
    // One who rides every day; the others have yet to be asked.
    if let Some(rider) = accounts.riders.get(CONSENTING) {
        consents::give(&router, &app.random, rider, application).await?;
    }
    webhooks::register(app, &router, &accounts.partners).await?;
    traffic::run(app, &router, &accounts.partners, &mut riders, now).await?;
    applications::journeys(&router, &accounts.partners, app.clock.now()).await?;
    limits::give_back(app).await;
    usage::flush(app).await;
    accounts.own_gates = own;
    accounts.write(&app.config)?;
    Ok(Seeded::Now(Box::new(accounts)))
}

/// A partner's way in: sign-up, mail, approval, keys; and the id of a test rider, where it has one.
async fn join(
    app: &App,
    router: &axum::Router,
    operator: &mut Browser,
    partner: &'static Partner,
) -> Result<(PartnerAccount, Option<String>), DemoError> {
    let password = identity::made_up_password(&app.random);
    let mut member = Browser::new(router.clone());
    let sign_up = json!({
        "organisation": partner.name,
        "legal_name": partner.legal_name,
        "contact_name": partner.contact,
        "email": partner.email,
        "password": password,
        "description": partner.description,
        "accept_terms": true,
    });
    member.post("sign-up", "/portal-api/v1/sign-up", sign_up).await?;
    mail::deliver_pending(app).await?;
    let token = mailbox::newest_token(&app.config.mail_dir(), partner.email)?
        .ok_or_else(|| DemoError::Unexpected(format!("a mail with a link for {}", partner.email)))?;
    member.post("verification", "/portal-api/v1/verify-email", json!({"token": token})).await?;
    let session = member.get("session", "/portal-api/v1/session").await?;
    let id = text(&session, "/partner/id")?;

    let mut account = PartnerAccount {
        id: id.clone(),
        name: partner.name,
        tier: partner.tier,
        email: partner.email,
        password,
        live_key: None,
        test_key: None,
        calls_per_day: partner.calls_per_day,
    };
    account.test_key = Some(key(&mut member, "test").await?);
    if let Some(tier) = partner.tier {
        let approval = json!({"tier": tier});
        operator.post("approval", &format!("/portal-api/v1/admin/partners/{id}/approve"), approval).await?;
        account.live_key = Some(key(&mut member, "live").await?);
    }
    let rider = match partner.name == applications::PARTNER {
        true => Some(applications::test_rider(&mut member).await?),
        false => None,
    };
    Ok((account, rider))
}

async fn key(member: &mut Browser, environment: &str) -> Result<String, DemoError> {
    let name = if environment == "live" { "Server produksi" } else { "Uji coba" };
    let made = member
        .post("new key", "/portal-api/v1/keys", json!({"name": name, "environment": environment}))
        .await?;
    text(&made, "/secret")
}

fn text(value: &Value, pointer: &str) -> Result<String, DemoError> {
    let found = value.pointer(pointer).and_then(Value::as_str);
    found.map(str::to_owned).ok_or_else(|| DemoError::Unexpected(format!("{pointer} in {value}")))
}
