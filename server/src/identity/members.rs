//! Members: the people of a partner, and those it has invited.
//!
//! An invited person has an id from the start; it becomes the user's when they accept. There is
//! always an owner. Inviting an address that has an account elsewhere looks the same as any other
//! invitation: only the mail to that address tells.

use domain::{
    identity::AcceptInvitation,
    ids::{PartnerId, UserId},
    partners::{InviteMember, MemberRole, MemberView},
};

use super::{
    Device, IdentityError, NewSession, queries, sessions,
    throttle::{Key, Limited},
    tokens::{self, Purpose},
    users::{self, NewUser, User},
};
use crate::{
    app::App,
    audit::{self, Actor, AuditContext},
    mail::{self, letters},
    partners::PartnerRecord,
    store::{Db, DbError, Lock, Row, Tx, params},
};

fn member(row: &Row) -> Result<MemberView, DbError> {
    Ok(MemberView {
        id: row.parse("id")?,
        name: row.get("name")?,
        email: row.get("email")?,
        role: row.parse("member_role")?,
        invited: false,
        totp_enabled: row.get::<Option<Vec<u8>>>("totp_secret")?.is_some(),
        created_at: row.get("created_at")?,
    })
}

fn invited(row: &Row) -> Result<MemberView, DbError> {
    Ok(MemberView {
        id: row.parse("user_id")?,
        name: row.get("name")?,
        email: row.get("email")?,
        role: row.parse("role")?,
        invited: true,
        totp_enabled: false,
        created_at: row.get("created_at")?,
    })
}

/// Everybody of a partner, then those invited.
///
/// # Errors
/// When the store fails.
pub async fn list_members(db: &Db, partner: &PartnerId) -> Result<Vec<MemberView>, DbError> {
    let members = db.rows(&queries::LIST_MEMBERS, params![partner]).await?;
    let invitations = db.rows(&queries::LIST_INVITATIONS, params![partner]).await?;
    members.iter().map(member).chain(invitations.iter().map(invited)).collect()
}

/// Invites somebody by mail.
///
/// # Errors
/// [`IdentityError::AlreadyMember`], [`IdentityError::TooManyAttempts`].
pub async fn invite(
    app: &App,
    context: AuditContext,
    partner: PartnerRecord,
    request: InviteMember,
) -> Result<MemberView, IdentityError> {
    let mails = [Key::partner(Limited::MailFrom, &partner.id)];
    let counted = app.identity.throttle.count(&mails, context.now);
    let _ = counted.map_err(|wait| IdentityError::TooManyAttempts { wait })?;
    let view = app
        .live
        .write::<_, IdentityError, _>({
            let app = app.clone();
            move |tx| {
                Box::pin(async move {
                    let InviteMember { name, email, role } = request;
                    let account = User::account_in(tx, &email).await?;
                    if account.as_ref().is_some_and(|user| user.partner_id.as_ref() == Some(&partner.id)) {
                        return Err(IdentityError::AlreadyMember);
                    }
                    let id = app.random.id(context.now, UserId::new);
                    let inserted = tx
                        .execute(
                            &queries::INSERT_INVITATION,
                            params![
                                &id,
                                &partner.id,
                                email.as_str(),
                                email.folded(),
                                name.as_str(),
                                role.as_str(),
                                context.now
                            ],
                        )
                        .await;
                    match inserted {
                        Ok(_) => {}
                        Err(error) if error.is_unique_violation() => {
                            return Err(IdentityError::AlreadyMember);
                        }
                        Err(error) => return Err(error.into()),
                    }
                    let letter = match account {
                        Some(user) => letters::invitation_to_known(&user.email, &user.name, &partner.name),
                        None => {
                            let token = tokens::issue(tx, &app, &id, Purpose::Invite).await?;
                            let portal_url = &app.config.portal_url;
                            letters::invitation(
                                &email,
                                name.as_str(),
                                &partner.name,
                                role,
                                portal_url,
                                &token,
                            )
                        }
                    };
                    mail::queue(tx, &app, &letter).await?;
                    let detail = format!("{email} as {}", role.as_str());
                    audit::record(tx, &context, "member.invite", partner.id.as_str(), detail).await?;
                    Ok(MemberView {
                        id,
                        name: name.to_string(),
                        email: email.to_string(),
                        role,
                        invited: true,
                        totp_enabled: false,
                        created_at: context.now,
                    })
                })
            }
        })
        .await?;
    app.outbox.ring();
    Ok(view)
}

/// Makes the invited person a member and signs their browser in.
///
/// # Errors
/// [`IdentityError::TokenSpent`], [`IdentityError::AddressTaken`], [`IdentityError::Invalid`].
pub async fn accept_invitation(
    app: &App,
    device: &Device,
    request: AcceptInvitation,
) -> Result<NewSession, IdentityError> {
    let id = tokens::look(&app.live, app, &request.token, Purpose::Invite).await?;
    let row =
        app.live.row(&queries::FIND_INVITATION, params![&id]).await?.ok_or(IdentityError::TokenSpent)?;
    let email = row.parse("email")?;
    request.password.check_against(&email).map_err(IdentityError::invalid("password"))?;
    let hash = app.identity.passwords.hash(&app.random, request.password.clone()).await?;
    let (context, device) = (device.audit(app, Actor::User(id)), device.clone());
    app.live
        .write({
            let app = app.clone();
            move |tx| {
                Box::pin(async move {
                    let id = tokens::redeem(tx, &app, &request.token, Purpose::Invite).await?;
                    // The role may have changed, or the invitation gone, while the password was hashed.
                    let row = tx.row(&queries::FIND_INVITATION, params![&id]).await?;
                    let row = row.ok_or(IdentityError::TokenSpent)?;
                    let (partner, role): (PartnerId, MemberRole) =
                        (row.parse("partner_id")?, row.parse("role")?);
                    if User::account_in(tx, &email).await?.is_some() {
                        return Err(IdentityError::AddressTaken);
                    }
                    let user = NewUser {
                        id: &id,
                        email: &email,
                        name: request.name.as_str(),
                        password_hash: &hash,
                        member: Some((&partner, role)),
                        operator: None,
                        verified_at: Some(context.now),
                    };
                    users::insert(tx, user, context.now).await?;
                    tx.execute(&queries::DELETE_INVITATION, params![&partner, &id]).await?;
                    audit::record(tx, &context, "member.accept", partner.as_str(), role.as_str()).await?;
                    if let Some(earlier) = &device.session {
                        sessions::end(tx, earlier).await?;
                    }
                    Ok(sessions::open(tx, &app, &id, &device).await?)
                })
            }
        })
        .await
}

/// Gives a member another role and ends their sessions; or changes what an invitation says.
///
/// # Errors
/// [`IdentityError::NotFound`] for people of other partners, [`IdentityError::LastOwner`].
pub async fn change_role(
    app: &App,
    context: AuditContext,
    partner: PartnerId,
    id: UserId,
    role: MemberRole,
) -> Result<MemberView, IdentityError> {
    app.live
        .write(move |tx| {
            Box::pin(async move {
                let before = find(tx, &partner, &id).await?;
                if before.invited {
                    tx.execute(&queries::SET_INVITATION_ROLE, params![&partner, &id, role.as_str()]).await?;
                } else if before.role != role {
                    if before.role == MemberRole::Owner {
                        check_another_owner(tx, &partner, &id).await?;
                    }
                    tx.execute(&queries::SET_MEMBER_ROLE, params![&partner, &id, role.as_str()]).await?;
                    sessions::end_sessions_of_user(tx, &id).await?;
                }
                let detail = format!("{} -> {}", before.role.as_str(), role.as_str());
                audit::record(tx, &context, "member.change_role", id.as_str(), detail).await?;
                Ok(MemberView { role, ..before })
            })
        })
        .await
}

/// Takes a member's account, or an invitation, away.
///
/// # Errors
/// [`IdentityError::NotFound`] for people of other partners, [`IdentityError::LastOwner`].
pub async fn remove(
    app: &App,
    context: AuditContext,
    partner: PartnerId,
    id: UserId,
) -> Result<(), IdentityError> {
    app.live
        .write(move |tx| {
            Box::pin(async move {
                let before = find(tx, &partner, &id).await?;
                if before.invited {
                    tx.execute(&queries::DELETE_INVITATION, params![&partner, &id]).await?;
                    tokens::revoke(tx, &id, Purpose::Invite).await?;
                    audit::record(tx, &context, "member.withdraw", partner.as_str(), before.email).await?;
                    return Ok(());
                }
                if before.role == MemberRole::Owner {
                    check_another_owner(tx, &partner, &id).await?;
                }
                users::close(tx, &context, &id, "member.remove").await
            })
        })
        .await
}

async fn find(tx: &mut Tx, partner: &PartnerId, id: &UserId) -> Result<MemberView, IdentityError> {
    if let Some(row) = tx.row(&queries::FIND_MEMBER, params![partner, id]).await? {
        return Ok(member(&row)?);
    }
    let row = tx.row(&queries::FIND_INVITATION, params![id]).await?.ok_or(IdentityError::NotFound)?;
    if row.parse::<PartnerId>("partner_id")? != *partner {
        return Err(IdentityError::NotFound);
    }
    Ok(invited(&row)?)
}

/// Two owners who demote each other at the same moment must not both succeed.
async fn check_another_owner(
    tx: &mut Tx,
    partner: &PartnerId,
    leaving: &UserId,
) -> Result<(), IdentityError> {
    tx.lock(Lock::Owners).await?;
    let owners = tx.rows(&queries::LIST_OWNERS, params![partner]).await?;
    for owner in &owners {
        if owner.parse::<UserId>("id")? != *leaving {
            return Ok(());
        }
    }
    Err(IdentityError::LastOwner)
}
