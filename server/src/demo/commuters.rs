//! Riders with an account among the demo's: a wallet, their cards, and days like everybody else's.

use domain::{
    fares::{PaymentMethod, UserType},
    money::Rupiah,
    realm::Realm,
    riders::{CreateRider, KycStatus, LinkMedium},
};
use serde_json::{Value, json};
use simulator::{Population, Rider};

use super::DemoError;
use crate::{
    app::App,
    identity, realms, rider_accounts,
    riders::{self, RiderError},
};

/// Somebody with an account.
pub struct Commuter {
    name: &'static str,
    email: &'static str,
    user_type: UserType,
    /// Taps with so many cards and phones.
    media: u8,
    /// What is in the wallet to begin with.
    top_up: Rupiah,
}

const COMMUTERS: [Commuter; 5] = [
    Commuter::new("Ayu Wulandari", "ayu@riders.example", UserType::Adult, 1, 250_000),
    Commuter::new("Budi Santosa", "budi@riders.example", UserType::Adult, 2, 150_000),
    Commuter::new("Citra Maharani", "citra@riders.example", UserType::Student, 1, 100_000),
    Commuter::new("Dimas Prakoso", "dimas@riders.example", UserType::Disabled, 2, 75_000),
    // Not enough for the week: what is missing is due.
    Commuter::new("Eka Nuraini", "eka@riders.example", UserType::Adult, 1, 20_000),
];

impl Commuter {
    const fn new(
        name: &'static str,
        email: &'static str,
        user_type: UserType,
        media: u8,
        top_up: i64,
    ) -> Self {
        Self { name, email, user_type, media, top_up: Rupiah(top_up) }
    }

    fn is(&self, rider: &Rider) -> bool {
        rider.user_type == self.user_type
            && rider.media() == self.media
            && rider.method(0) == PaymentMethod::KciPay
    }
}

/// Somebody with an account, and how to get in as them.
pub struct RiderAccount {
    commuter: &'static Commuter,
    pub password: String,
}

impl RiderAccount {
    pub fn name(&self) -> &'static str {
        self.commuter.name
    }

    pub fn email(&self) -> &'static str {
        self.commuter.email
    }

    /// As `demo.json` lists it.
    pub fn listed(&self) -> Value {
        let Commuter { email, user_type, .. } = self.commuter;
        json!({"email": email, "password": self.password, "user_type": user_type})
    }
}

/// Opens the accounts, tops the wallets up and links the media, each to the first of the population
/// who is such a rider.
///
/// # Errors
/// When the store fails.
pub async fn join(app: &App, population: &Population) -> Result<Vec<RiderAccount>, DemoError> {
    let (mut taken, mut accounts) = (Vec::new(), Vec::new());
    for commuter in &COMMUTERS {
        let free = (0_u32..)
            .zip(population.riders())
            .find(|(number, rider)| !taken.contains(number) && commuter.is(rider));
        let (number, _) =
            free.ok_or_else(|| DemoError::Unexpected(format!("a rider like {}", commuter.name)))?;
        taken.push(number);
        let tokens = (0..commuter.media).map(|medium| population.token(number, medium)).collect();
        let password = identity::made_up_password(&app.random);
        open_account(app, commuter, tokens, &password).await.map_err(DemoError::Riders)?;
        accounts.push(RiderAccount { commuter, password });
    }
    Ok(accounts)
}

async fn open_account(
    app: &App,
    commuter: &'static Commuter,
    tokens: Vec<String>,
    password: &str,
) -> Result<(), Unfit> {
    let hash = app.identity.passwords.hash(&app.random, password.parse()?).await?;
    let new = CreateRider {
        name: commuter.name.to_owned().try_into()?,
        email: Some(commuter.email.to_owned().try_into()?),
        phone: None,
        user_type: commuter.user_type,
        kyc_status: KycStatus::Verified,
    };
    let amount = commuter.top_up.try_into()?;
    let media = tokens
        .into_iter()
        .map(|token| Ok(LinkMedium { media: token.try_into()?, label: None }))
        .collect::<Result<Vec<_>, Unfit>>()?;
    let realm = Realm::Live;
    let place = riders::Place { now: realms::now(app, &realm), realm, random: app.random.clone() };
    let linking = app.clone();
    app.live
        .write::<_, RiderError, _>(move |tx| {
            Box::pin(async move {
                let id = riders::create(tx, &place, &new).await?;
                riders::top_up(tx, &place, &id, amount, "demo").await?;
                rider_accounts::set_password(tx, &id, &hash, place.now).await?;
                for medium in &media {
                    riders::link(tx, &linking, &place, &id, medium).await?;
                }
                Ok(())
            })
        })
        .await?;
    Ok(())
}

/// What can be wrong with a constant.
type Unfit = Box<dyn std::error::Error + Send + Sync>;
