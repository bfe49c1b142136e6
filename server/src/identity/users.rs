//! Users: the rows behind people.

use domain::{
    identity::{EmailAddress, OperatorRole, Password},
    ids::{PartnerId, UserId},
    partners::MemberRole,
};
use jiff::Timestamp;

use super::{IdentityError, queries, sessions::end_sessions_of_user};
use crate::{
    app::App,
    audit::{self, Actor, AuditContext},
    store::{Db, DbError, Row, Tx, params},
};

/// A person with a password: verified, or claiming an address.
#[derive(Debug, Clone)]
pub struct User {
    pub id: UserId,
    pub email: EmailAddress,
    pub name: String,
    pub(super) password_hash: String,
    pub partner_id: Option<PartnerId>,
    pub member_role: Option<MemberRole>,
    pub operator_role: Option<OperatorRole>,
    /// Sealed.
    pub(super) totp_secret: Option<Vec<u8>>,
    pub(super) totp_pending: Option<Vec<u8>>,
    pub created_at: Timestamp,
    pub verified_at: Option<Timestamp>,
}

impl User {
    fn read(row: &Row) -> Result<Self, DbError> {
        Ok(Self {
            id: row.parse("id")?,
            email: row.parse("email")?,
            name: row.get("name")?,
            password_hash: row.get("password_hash")?,
            partner_id: row.parse_opt("partner_id")?,
            member_role: row.parse_opt("member_role")?,
            operator_role: row.parse_opt("operator_role")?,
            totp_secret: row.get("totp_secret")?,
            totp_pending: row.get("totp_pending")?,
            created_at: row.get("created_at")?,
            verified_at: row.get("verified_at")?,
        })
    }

    pub(super) async fn find(db: &Db, id: &UserId) -> Result<Self, IdentityError> {
        let row = db.row(&queries::FIND_USER, params![id]).await?.ok_or(IdentityError::NotFound)?;
        Ok(Self::read(&row)?)
    }

    pub(super) async fn find_in(tx: &mut Tx, id: &UserId) -> Result<Self, IdentityError> {
        let row = tx.row(&queries::FIND_USER, params![id]).await?.ok_or(IdentityError::NotFound)?;
        Ok(Self::read(&row)?)
    }

    /// The account of an address, or, if there is none, the newest claim to it.
    pub(super) async fn of_address(db: &Db, email: &EmailAddress) -> Result<Option<Self>, DbError> {
        let row = db.row(&queries::FIND_BY_ADDRESS, params![email.folded()]).await?;
        row.as_ref().map(Self::read).transpose()
    }

    /// The account of an address: verified.
    pub(super) async fn account_in(tx: &mut Tx, email: &EmailAddress) -> Result<Option<Self>, DbError> {
        let row = tx.row(&queries::FIND_BY_ADDRESS, params![email.folded()]).await?;
        let user = row.as_ref().map(Self::read).transpose()?;
        Ok(user.filter(|user| user.verified_at.is_some()))
    }
}

/// Who a new user is.
#[derive(Debug, Clone)]
pub(super) struct NewUser<'u> {
    pub id: &'u UserId,
    pub email: &'u EmailAddress,
    pub name: &'u str,
    pub password_hash: &'u str,
    pub member: Option<(&'u PartnerId, MemberRole)>,
    pub operator: Option<OperatorRole>,
    pub verified_at: Option<Timestamp>,
}

pub(super) async fn insert(tx: &mut Tx, new: NewUser<'_>, now: Timestamp) -> Result<(), IdentityError> {
    let (partner_id, role) = new.member.unzip();
    let inserted = tx
        .execute(
            &queries::INSERT_USER,
            params![
                new.id,
                new.email.as_str(),
                new.email.folded(),
                new.name,
                new.password_hash,
                partner_id.map(PartnerId::as_str),
                role.map(MemberRole::as_str),
                new.operator.map(OperatorRole::as_str),
                now,
                new.verified_at
            ],
        )
        .await;
    match inserted {
        Ok(_) => Ok(()),
        Err(error) if error.is_unique_violation() => Err(IdentityError::AddressTaken),
        Err(error) => Err(error.into()),
    }
}

/// What somebody is called, also after they left: for records.
///
/// # Errors
/// When the store fails.
pub async fn name_of(db: &Db, id: &UserId) -> Result<Option<String>, DbError> {
    db.row(&queries::NAME_OF_USER, params![id]).await?.map(|row| row.get("name")).transpose()
}

/// Where to write to a partner: its owners' addresses.
///
/// # Errors
/// When the store fails.
pub async fn owners_of(tx: &mut Tx, partner: &PartnerId) -> Result<Vec<EmailAddress>, DbError> {
    let rows = tx.rows(&queries::LIST_OWNERS, params![partner]).await?;
    rows.iter().map(|row| row.parse("email")).collect()
}

/// Somebody of the operator's staff, to be made from the console.
#[derive(Debug, Clone)]
pub struct NewOperator {
    pub email: EmailAddress,
    pub name: String,
    pub password: Password,
    pub role: OperatorRole,
}

/// Makes an operator's account. The console vouches for the address.
///
/// # Errors
/// [`IdentityError::AddressTaken`]; [`IdentityError::Invalid`] for the password.
pub async fn create_operator(app: &App, new: NewOperator) -> Result<UserId, IdentityError> {
    new.password.check_against(&new.email).map_err(IdentityError::invalid("password"))?;
    let password_hash = app.identity.passwords.hash(&app.random, new.password).await?;
    let context = AuditContext::local(app, Actor::Console);
    let id = app.random.id(context.now, UserId::new);
    let NewOperator { email, name, role, .. } = new;
    app.live
        .write(move |tx| {
            Box::pin(async move {
                let user = NewUser {
                    id: &id,
                    email: &email,
                    name: &name,
                    password_hash: &password_hash,
                    member: None,
                    operator: Some(role),
                    verified_at: Some(context.now),
                };
                insert(tx, user, context.now).await?;
                audit::record(tx, &context, "operator.create", id.as_str(), role.as_str()).await?;
                Ok(id)
            })
        })
        .await
}

/// One of the operator's staff.
#[derive(Debug, Clone)]
pub struct OperatorRow {
    pub email: String,
    pub name: String,
    pub role: OperatorRole,
    pub totp_enabled: bool,
    pub is_closed: bool,
}

/// Everybody who is or was of the operator's staff.
///
/// # Errors
/// When the store fails.
pub async fn list_operators(db: &Db) -> Result<Vec<OperatorRow>, DbError> {
    let rows = db.rows(&queries::LIST_OPERATORS, &[]).await?;
    rows.iter()
        .map(|row| {
            Ok(OperatorRow {
                email: row.get("email")?,
                name: row.get("name")?,
                role: row.parse("operator_role")?,
                totp_enabled: row.get::<Option<Vec<u8>>>("totp_secret")?.is_some(),
                is_closed: row.get::<Option<i64>>("closed_at")?.is_some(),
            })
        })
        .collect()
}

/// Closes an operator's account and ends its sessions.
///
/// # Errors
/// [`IdentityError::NotFound`] when no open operator's account has the address.
pub async fn close_operator(app: &App, email: EmailAddress) -> Result<(), IdentityError> {
    let context = AuditContext::local(app, Actor::Console);
    app.live
        .write(move |tx| {
            Box::pin(async move {
                let user = User::account_in(tx, &email).await?.filter(|user| user.operator_role.is_some());
                let user = user.ok_or(IdentityError::NotFound)?;
                close(tx, &context, &user.id, "operator.close").await
            })
        })
        .await
}

/// Closes an account: it signs in no more and its address is free again.
pub(super) async fn close(
    tx: &mut Tx,
    context: &AuditContext,
    id: &UserId,
    action: &'static str,
) -> Result<(), IdentityError> {
    if tx.execute(&queries::CLOSE_USER, params![id, context.now]).await? == 0 {
        return Err(IdentityError::NotFound);
    }
    tx.execute(&queries::DELETE_RECOVERY_CODES, params![id]).await?;
    end_sessions_of_user(tx, id).await?;
    audit::record(tx, context, action, id.as_str(), "").await?;
    Ok(())
}
