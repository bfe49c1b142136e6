//! API keys: making them, changing them, ending them, and knowing them when they are sent.
//!
//! Owns `api_keys` and `credential_changes`. A key lives in the store of its environment and belongs
//! to a partner, whose owners and developers look after it. Its secret is told once; the store has
//! only its SHA-256, and looks keys up by it, so that a look-up's time tells nothing about secrets
//! that exist.
//!
//! Promise: a key that was revoked, or whose partner was suspended, is refused from the
//! acknowledgement on by this node, and within a second by all others. A text with a wrong checksum
//! costs no look-up at all.
//!
//! A test key exists in the sandbox, its partner only in the live store; the audit log is in the
//! live store too. So what happens to a test key and its audit row are two transactions, the key's
//! first: a secret whose audit row failed is never told.

mod attempts;
mod cache;
mod caller;
pub mod changes;
mod credential;
mod leaked;
mod lookup;
pub mod queries;
mod record;
mod routes;
#[cfg(test)]
pub mod tests;

use std::time::Duration;

use domain::{
    ids::{KeyId, PartnerId, UserId},
    keys::{
        ACTIVE_KEYS_MAX, CONSOLE_KEY_HOURS, CONSOLE_KEY_NAME, CreateKey, Environment, Expiry, IpAllow,
        KeyCreated, KeySecret, KeyStatus, KeyView, Overlap, UpdateKey,
    },
    page::{Page, PageRequest},
    partners::PartnerStatus,
};
use jiff::{SignedDuration, Timestamp};

pub use self::{
    attempts::{Attempts, client_of},
    cache::{Found, KeyCache, SecretHash},
    caller::Caller,
    credential::{Credential, CredentialId, LimitTexts, Quota, Trail},
    leaked::report_leaked,
    lookup::{Lookup, is_sent, known, look_up},
    record::KeyRecord,
    routes::{environment, portal_routes},
};
use crate::{
    app::App,
    audit::{self, AuditContext},
    partners::PartnerRecord,
    store::{DbError, Tx, Value, params},
};

/// Tries with keys that do not exist, per client and minute.
pub const UNKNOWN_PER_MINUTE: u64 = 30;
/// Reports of leaked keys, per client and minute.
pub const REPORTS_PER_MINUTE: u64 = 10;
/// Keys of a partner and environment that a list looks at, newest first.
const LISTED_MAX: i64 = 1000;

/// Why a key can't be made or changed.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    #[error(transparent)]
    Db(#[from] DbError),
    /// Absent, or somebody else's.
    #[error("no such key")]
    NotFound,
    /// Live keys come with approval; test keys with a verified address.
    #[error("the partner may not have {environment} keys yet")]
    PartnerNotActive { environment: Environment },
    #[error("the partner is suspended")]
    PartnerSuspended,
    #[error("the partner has {ACTIVE_KEYS_MAX} active keys already")]
    TooManyKeys,
    /// Replaced, expired or revoked: it is what it was.
    #[error("the key is {status:?}")]
    Ended { status: KeyStatus },
    #[error("the expiry lies in the past")]
    ExpiryInPast,
}

/// The member who acts, and for whom.
#[derive(Debug, Clone)]
pub struct Keeper {
    pub partner: PartnerRecord,
    pub user_id: UserId,
    pub audit: AuditContext,
}

impl Keeper {
    fn may_have(&self, environment: Environment) -> Result<(), KeyError> {
        match (self.partner.status, environment) {
            (PartnerStatus::Active, _) | (PartnerStatus::InReview, Environment::Test) => Ok(()),
            (PartnerStatus::Suspended, _) => Err(KeyError::PartnerSuspended),
            (PartnerStatus::InReview | PartnerStatus::Registered | PartnerStatus::Rejected, _) => {
                Err(KeyError::PartnerNotActive { environment })
            }
        }
    }
}

/// What a new key is bound to.
struct NewKey {
    name: String,
    expires_at: Option<Timestamp>,
    ip_allow: IpAllow,
    origin: Option<String>,
    read_only: bool,
    console_user_id: Option<UserId>,
}

/// Makes a key. The secret is in the answer and nowhere else.
///
/// # Errors
/// [`KeyError::PartnerNotActive`], [`KeyError::PartnerSuspended`], [`KeyError::TooManyKeys`],
/// [`KeyError::ExpiryInPast`].
pub async fn create_key(app: &App, keeper: Keeper, new: CreateKey) -> Result<KeyCreated, KeyError> {
    let environment = new.environment;
    keeper.may_have(environment)?;
    let now = keeper.audit.now;
    let key = NewKey {
        name: new.name.to_string(),
        expires_at: in_future(new.expires_at, now)?,
        ip_allow: new.ip_allow,
        origin: new.origin.map(|origin| origin.to_string()),
        read_only: new.read_only,
        console_user_id: None,
    };
    let (record, secret) = made(app, environment, &keeper.partner.id, key, now);
    let created = record.view(environment, now);
    app.store(environment)
        .write::<_, KeyError, _>(move |tx| {
            Box::pin(async move {
                let row = tx.row(&queries::COUNT_ACTIVE, params![&record.partner_id, now]).await?;
                if row.map_or(Ok(0), |row| row.get::<u64>("total"))? >= ACTIVE_KEYS_MAX {
                    return Err(KeyError::TooManyKeys);
                }
                Ok(insert(tx, &record).await?)
            })
        })
        .await?;
    write_down(app, keeper.audit, "key.create", &created).await?;
    Ok(KeyCreated { key: created, secret })
}

/// Makes the test key of a member's try-it console, in place of the one before.
///
/// # Errors
/// [`KeyError::PartnerNotActive`], [`KeyError::PartnerSuspended`].
pub async fn create_console_key(app: &App, keeper: Keeper) -> Result<KeyCreated, KeyError> {
    keeper.may_have(Environment::Test)?;
    let now = keeper.audit.now;
    let key = NewKey {
        name: CONSOLE_KEY_NAME.to_owned(),
        expires_at: now.checked_add(SignedDuration::from_hours(CONSOLE_KEY_HOURS)).ok(),
        ip_allow: IpAllow::default(),
        origin: None,
        read_only: false,
        console_user_id: Some(keeper.user_id.clone()),
    };
    let (record, secret) = made(app, Environment::Test, &keeper.partner.id, key, now);
    let created = record.view(Environment::Test, now);
    let replaced = app
        .sandbox
        .write::<_, KeyError, _>(move |tx| {
            Box::pin(async move {
                let before =
                    tx.rows(&queries::LIST_CONSOLE, params![record.console_user_id.as_ref(), now]).await?;
                let mut replaced = Vec::new();
                for row in before {
                    let (id, hash): (KeyId, SecretHash) = (row.parse("id")?, row.get("secret_hash")?);
                    tx.execute(&queries::REVOKE, params![&id, now]).await?;
                    changes::record_key(tx, now, &hash).await?;
                    replaced.push(hash);
                }
                insert(tx, &record).await?;
                Ok(replaced)
            })
        })
        .await?;
    for hash in replaced {
        app.keys.forget_key(&hash);
    }
    write_down(app, keeper.audit, "key.create_console", &created).await?;
    Ok(KeyCreated { key: created, secret })
}

/// A page of a partner's keys, newest first; those of both environments unless one is named.
///
/// # Errors
/// When a store fails.
pub async fn list_keys(
    app: &App,
    partner: &PartnerId,
    environment: Option<Environment>,
    request: PageRequest,
) -> Result<Page<KeyView>, DbError> {
    let now = app.clock.now();
    let mut keys = Vec::new();
    for of in Environment::ALL {
        if environment.is_none_or(|environment| environment == of) {
            for row in app.store(of).rows(&queries::LIST, params![partner, LISTED_MAX]).await? {
                keys.push(KeyRecord::read(&row)?.view(of, now));
            }
        }
    }
    keys.sort_by(|a, b| b.id.cmp(&a.id));
    Ok(request.of(keys.into_iter()))
}

/// A partner's key, wherever it lives.
///
/// # Errors
/// [`KeyError::NotFound`], also for somebody else's.
pub async fn find_key(
    app: &App,
    partner: &PartnerId,
    id: &KeyId,
) -> Result<(Environment, KeyRecord), KeyError> {
    for environment in Environment::ALL {
        if let Some(row) = app.store(environment).row(&queries::FIND, params![id, partner]).await? {
            return Ok((environment, KeyRecord::read(&row)?));
        }
    }
    Err(KeyError::NotFound)
}

/// Changes what a key is called or bound to.
///
/// # Errors
/// [`KeyError::NotFound`], [`KeyError::Ended`], [`KeyError::ExpiryInPast`].
pub async fn update_key(
    app: &App,
    keeper: Keeper,
    id: KeyId,
    update: UpdateKey,
) -> Result<KeyView, KeyError> {
    let (environment, before) = find_key(app, &keeper.partner.id, &id).await?;
    let now = keeper.audit.now;
    let after = KeyRecord {
        name: update.name.map_or(before.name, |name| name.to_string()),
        expires_at: match update.expires_at {
            Some(expiry) => in_future(expiry, now)?,
            None => before.expires_at,
        },
        ip_allow: update.ip_allow.unwrap_or(before.ip_allow),
        origin: update.origin.map_or(before.origin, |origin| origin.map(|origin| origin.to_string())),
        read_only: update.read_only.unwrap_or(before.read_only),
        ..before
    };
    let params = params![
        &after.id,
        &after.name,
        after.expires_at,
        after.ip_allow.to_string(),
        after.origin.clone(),
        after.read_only,
        now
    ]
    .to_vec();
    change(app, environment, &after, now, &queries::UPDATE, params, None).await?;
    let view = after.view(environment, now);
    write_down(app, keeper.audit, "key.update", &view).await?;
    Ok(view)
}

/// Makes a key with the same conditions and lets the old one go on for a while.
///
/// # Errors
/// [`KeyError::NotFound`], [`KeyError::Ended`], and as [`create_key`].
pub async fn rotate_key(
    app: &App,
    keeper: Keeper,
    id: KeyId,
    overlap: Overlap,
) -> Result<KeyCreated, KeyError> {
    let (environment, before) = find_key(app, &keeper.partner.id, &id).await?;
    keeper.may_have(environment)?;
    let now = keeper.audit.now;
    let until = now.checked_add(SignedDuration::from_hours(overlap.hours().into())).unwrap_or(now);
    let key = NewKey {
        name: before.name.clone(),
        expires_at: before.expires_at,
        ip_allow: before.ip_allow.clone(),
        origin: before.origin.clone(),
        read_only: before.read_only,
        console_user_id: before.console_user_id.clone(),
    };
    let (successor, secret) = made(app, environment, &keeper.partner.id, key, now);
    let created = successor.view(environment, now);
    let revoked_at = (overlap.hours() == 0).then_some(now);
    let params = params![&before.id, &successor.id, until, revoked_at, now].to_vec();
    change(app, environment, &before, now, &queries::REPLACE, params, Some(successor)).await?;
    write_down(app, keeper.audit, "key.rotate", &created).await?;
    Ok(KeyCreated { key: created, secret })
}

/// Ends a key at once. Ending one that has ended changes nothing.
///
/// # Errors
/// [`KeyError::NotFound`].
pub async fn revoke_key(app: &App, keeper: Keeper, id: KeyId) -> Result<KeyView, KeyError> {
    let (environment, key) = find_key(app, &keeper.partner.id, &id).await?;
    let now = keeper.audit.now;
    let newly = revoke(app, environment, &key, now).await?;
    let (_, key) = find_key(app, &keeper.partner.id, &id).await?;
    let view = key.view(environment, now);
    if newly {
        write_down(app, keeper.audit, "key.revoke", &view).await?;
    }
    Ok(view)
}

/// Revokes and forgets; true if the key was not revoked before.
async fn revoke(
    app: &App,
    environment: Environment,
    key: &KeyRecord,
    now: Timestamp,
) -> Result<bool, DbError> {
    let (id, hash) = (key.id.clone(), key.secret_hash);
    let newly = app
        .store(environment)
        .write::<_, DbError, _>(move |tx| {
            Box::pin(async move {
                let newly = tx.execute(&queries::REVOKE, params![&id, now]).await? > 0;
                if newly {
                    changes::record_key(tx, now, &hash).await?;
                }
                Ok(newly)
            })
        })
        .await?;
    app.keys.forget_key(&hash);
    Ok(newly)
}

/// Runs a statement that changes one active key, and inserts its successor if there is one.
async fn change(
    app: &App,
    environment: Environment,
    key: &KeyRecord,
    now: Timestamp,
    statement: &'static crate::store::Statement,
    params: Vec<Value>,
    successor: Option<KeyRecord>,
) -> Result<(), KeyError> {
    let hash = key.secret_hash;
    let changed = app
        .store(environment)
        .write::<_, DbError, _>(move |tx| {
            Box::pin(async move {
                if tx.execute(statement, &params).await? == 0 {
                    return Ok(false);
                }
                if let Some(successor) = successor {
                    insert(tx, &successor).await?;
                }
                changes::record_key(tx, now, &hash).await?;
                Ok(true)
            })
        })
        .await?;
    app.keys.forget_key(&hash);
    if changed {
        return Ok(());
    }
    let (_, found) = find_key(app, &key.partner_id, &key.id).await?;
    Err(KeyError::Ended { status: found.status(now) })
}

fn in_future(expiry: Option<Expiry>, now: Timestamp) -> Result<Option<Timestamp>, KeyError> {
    match expiry.map(Expiry::at) {
        Some(at) if at <= now => Err(KeyError::ExpiryInPast),
        at => Ok(at),
    }
}

fn made(
    app: &App,
    environment: Environment,
    partner: &PartnerId,
    new: NewKey,
    now: Timestamp,
) -> (KeyRecord, KeySecret) {
    let secret = KeySecret::generate(environment, |bytes| app.random.fill(bytes));
    let text = secret.text().expect("a secret just made has the form of one");
    let record = KeyRecord {
        id: app.random.id(now, KeyId::new),
        partner_id: partner.clone(),
        name: new.name,
        secret_hash: text.sha256(),
        prefix: text.prefix().to_owned(),
        last4: text.last4().to_owned(),
        ip_allow: new.ip_allow,
        origin: new.origin,
        read_only: new.read_only,
        console_user_id: new.console_user_id,
        created_at: now,
        expires_at: new.expires_at,
        revoked_at: None,
        replaced_by: None,
        overlap_until: None,
        last_used_at: None,
        last_used_ip: None,
    };
    (record, secret)
}

async fn insert(tx: &mut Tx, key: &KeyRecord) -> Result<(), DbError> {
    let params = params![
        &key.id,
        &key.partner_id,
        &key.name,
        &key.secret_hash,
        &key.prefix,
        &key.last4,
        key.ip_allow.to_string(),
        key.origin.clone(),
        key.read_only,
        key.console_user_id.as_ref(),
        key.created_at,
        key.expires_at
    ];
    tx.execute(&queries::INSERT, params).await.map(drop)
}

/// The audit row of an act on a key. See the module on why it is a transaction of its own.
async fn write_down(
    app: &App,
    context: AuditContext,
    action: &'static str,
    key: &KeyView,
) -> Result<(), DbError> {
    let detail = format!("{} {}…{} ({})", key.environment, key.prefix, key.last4, key.name);
    let id = key.id.clone();
    app.live
        .write(move |tx| {
            Box::pin(async move { audit::record(tx, &context, action, id.as_str(), detail).await })
        })
        .await
}

/// Notes when and from where keys were last used, as part of what meters their calls.
///
/// # Errors
/// When the store fails.
pub async fn record_use(tx: &mut Tx, id: &KeyId, trail: &Trail) -> Result<(), DbError> {
    let Some((at_us, ip)) = trail.last_used() else { return Ok(()) };
    tx.execute(&queries::SET_LAST_USED, params![id, at_us, ip.to_string()]).await.map(drop)
}

/// Starts what keeps the cache true: listening to other nodes, and sweeping.
pub fn spawn(app: &App) {
    // One process has a SQLite database to itself: nobody else changes keys.
    if app.live.engine_name() == "postgres" {
        for environment in Environment::ALL {
            app.tasks.spawn(changes::follow(app.clone(), environment));
        }
    }
    app.tasks.spawn(sweep(app.clone()));
}

async fn sweep(app: App) {
    const EVERY: Duration = Duration::from_secs(60);
    const ROUNDS_PER_PRUNE: u32 = 30;
    let mut rounds = 0_u32;
    loop {
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            () = app.shutdown.cancelled() => return,
        }
        let now_s = app.clock.now().as_second();
        app.keys.attempts.sweep(now_s);
        app.keys.reports.sweep(now_s);
        app.oauth.sweep(now_s);
        rounds = rounds.wrapping_add(1);
        if rounds.is_multiple_of(ROUNDS_PER_PRUNE)
            && let Err(error) = changes::prune(&app).await
        {
            tracing::warn!(error = %error, "old changes of credentials could not be deleted");
        }
    }
}
