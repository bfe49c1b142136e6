//! Who signs in: the rider of an address, a number or an id, and the password.

use domain::{identity::EmailAddress, ids::RiderId, realm::Realm, rider_accounts::Login};
use jiff::Timestamp;

use super::queries;
use crate::store::{Db, DbError, Row, Tx, params};

/// A live rider, as far as signing in goes.
#[derive(Debug, Clone)]
pub(super) struct Account {
    pub id: RiderId,
    pub name: String,
    pub email: Option<EmailAddress>,
    /// None: put on the books by the operator, and never signed in.
    pub password_hash: Option<String>,
}

impl Account {
    fn read(row: &Row) -> Result<Self, DbError> {
        Ok(Self {
            id: row.parse("id")?,
            name: row.get("name")?,
            email: row.parse_opt("email")?,
            password_hash: row.get("password_hash")?,
        })
    }

    pub async fn of_login(db: &Db, login: &Login) -> Result<Option<Self>, DbError> {
        let row = db.row(&queries::FIND_BY_LOGIN, params![&Realm::Live, login.folded()]).await?;
        row.as_ref().map(Self::read).transpose()
    }

    pub async fn of_email_in(tx: &mut Tx, email: &EmailAddress) -> Result<Option<Self>, DbError> {
        let row = tx.row(&queries::FIND_BY_LOGIN, params![&Realm::Live, email.folded()]).await?;
        row.as_ref().map(Self::read).transpose()
    }

    pub async fn find(db: &Db, id: &RiderId) -> Result<Option<Self>, DbError> {
        let row = db.row(&queries::FIND_BY_ID, params![&Realm::Live, id]).await?;
        row.as_ref().map(Self::read).transpose()
    }

    pub async fn find_in(tx: &mut Tx, id: &RiderId) -> Result<Option<Self>, DbError> {
        let row = tx.row(&queries::FIND_BY_ID, params![&Realm::Live, id]).await?;
        row.as_ref().map(Self::read).transpose()
    }
}

/// Gives a rider a password, known by its hash.
///
/// # Errors
/// When the store fails.
pub async fn set_password(tx: &mut Tx, rider: &RiderId, hash: &str, now: Timestamp) -> Result<(), DbError> {
    tx.execute(&queries::PUT_PASSWORD, params![rider, hash, now]).await.map(drop)
}
