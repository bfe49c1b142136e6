//! Two-step verification: codes of an authenticator (RFC 6238), and recovery codes for when it is
//! lost.
//!
//! The secret is sealed at rest. No code is good twice: the newest time step used is kept, and only
//! a later one is accepted.

use std::fmt::Write as _;

use data_encoding::BASE32_NOPAD;
use domain::{
    identity::{OneTimeCode, PasswordAttempt, RecoveryCodes, TotpEnrolment},
    ids::UserId,
};
use jiff::Timestamp;
use qrcodegen::{QrCode, QrCodeEcc};
use totp_rs::{Builder, Totp};

use super::{
    Device, IdentityError, NewSession, Session, queries, sessions,
    throttle::{Counted, Key},
    tokens,
    users::User,
};
use crate::{
    app::App,
    audit::{self, AuditContext},
    mail::{self, letters},
    store::{Tx, params},
};

const ISSUER: &str = "NFC Gate Open API";
const RECOVERY_CODES: usize = 8;

fn sealed_for(user: &UserId) -> String {
    format!("totp:{user}")
}

/// SHA-1, six digits, 30 seconds, one step to either side: what every authenticator knows.
fn totp(secret: Vec<u8>, account: &str) -> Result<Totp, IdentityError> {
    Builder::new()
        .with_secret(secret)
        .with_account_name(account)
        .with_issuer(Some(ISSUER))
        .build()
        .map_err(|cause| IdentityError::crypto("building a one-time password", cause))
}

fn seconds(now: Timestamp) -> u64 {
    u64::try_from(now.as_second()).unwrap_or(0)
}

/// Makes a secret and shows it once. It counts when a first code proves that it was set up.
///
/// # Errors
/// [`IdentityError::TotpAlreadyOn`].
pub async fn enrol_totp(app: &App, session: &Session) -> Result<TotpEnrolment, IdentityError> {
    let secret: [u8; 20] = app.random.bytes();
    let url = totp(secret.to_vec(), &session.email)?
        .to_url()
        .map_err(|cause| IdentityError::crypto("writing an otpauth URL", cause))?;
    let qr = QrCode::encode_text(&url, QrCodeEcc::Medium)
        .map_err(|cause| IdentityError::crypto("drawing a QR code", cause))?;
    let enrolment =
        TotpEnrolment { secret: BASE32_NOPAD.encode(&secret), otpauth_url: url, qr_svg: svg(&qr) };
    let user = session.user_id.clone();
    let sealed = app.vault.seal(&sealed_for(&user), &secret);
    app.live
        .write(move |tx| {
            Box::pin(async move {
                match tx.execute(&queries::SET_TOTP_PENDING, params![&user, sealed]).await? {
                    0 => Err(IdentityError::TotpAlreadyOn),
                    _ => Ok(()),
                }
            })
        })
        .await?;
    Ok(enrolment)
}

/// Turns two-step verification on. Other sessions end, this browser gets a new one.
///
/// # Errors
/// [`IdentityError::WrongCode`], [`IdentityError::TotpNotPending`].
pub async fn confirm_totp(
    app: &App,
    session: &Session,
    device: &Device,
    code: OneTimeCode,
) -> Result<(RecoveryCodes, NewSession), IdentityError> {
    let user = User::find(&app.live, &session.user_id).await?;
    let pending = user.totp_pending.clone().ok_or(IdentityError::TotpNotPending)?;
    let counted = count_try(app, &user)?;
    let secret = app.vault.open_sealed(&sealed_for(&user.id), &pending)?;
    let totp = totp(secret, user.email.as_str())?;
    let step = code.digits().and_then(|digits| totp.check(digits, seconds(app.clock.now())));
    let step = step.ok_or(IdentityError::WrongCode)?;
    app.identity.throttle.take_back(&counted);

    let codes: Vec<String> = (0..RECOVERY_CODES).map(|_| new_recovery_code(app)).collect();
    let (context, device) = (session.audit(app), device.clone());
    let new = app
        .live
        .write::<_, IdentityError, _>({
            let (app, codes) = (app.clone(), codes.clone());
            move |tx| {
                Box::pin(async move {
                    let step = i64::try_from(step).unwrap_or(i64::MAX);
                    if tx.execute(&queries::CONFIRM_TOTP, params![&user.id, step]).await? == 0 {
                        return Err(IdentityError::TotpNotPending);
                    }
                    tx.execute(&queries::DELETE_RECOVERY_CODES, params![&user.id]).await?;
                    for code in &codes {
                        let hash = recovery_hash(&user.id, &code.replace('-', ""));
                        tx.execute(&queries::INSERT_RECOVERY_CODE, params![&user.id, &hash]).await?;
                    }
                    changed(tx, &app, &context, &user, true).await?;
                    Ok(sessions::open(tx, &app, &user.id, &device).await?)
                })
            }
        })
        .await?;
    app.outbox.ring();
    Ok((RecoveryCodes { recovery_codes: codes }, new))
}

/// Turns two-step verification off. Other sessions end, this browser gets a new one.
///
/// # Errors
/// [`IdentityError::WrongPassword`], [`IdentityError::WrongCode`], [`IdentityError::TotpOff`].
pub async fn disable_totp(
    app: &App,
    session: &Session,
    device: &Device,
    password: PasswordAttempt,
    code: OneTimeCode,
) -> Result<NewSession, IdentityError> {
    let user = User::find(&app.live, &session.user_id).await?;
    let counted = count_try(app, &user)?;
    if !app.identity.passwords.verify(password, Some(user.password_hash.clone())).await? {
        return Err(IdentityError::WrongPassword { field: "password" });
    }
    let (context, device) = (session.audit(app), device.clone());
    let new = app
        .live
        .write::<_, IdentityError, _>({
            let app = app.clone();
            move |tx| {
                Box::pin(async move {
                    let user = User::find_in(tx, &user.id).await?;
                    if user.totp_secret.is_none() {
                        return Err(IdentityError::TotpOff);
                    }
                    if !use_code(tx, &app, &context, &user, &code).await? {
                        return Err(IdentityError::WrongCode);
                    }
                    tx.execute(&queries::CLEAR_TOTP, params![&user.id]).await?;
                    tx.execute(&queries::DELETE_RECOVERY_CODES, params![&user.id]).await?;
                    changed(tx, &app, &context, &user, false).await?;
                    Ok(sessions::open(tx, &app, &user.id, &device).await?)
                })
            }
        })
        .await?;
    app.identity.throttle.take_back(&counted);
    app.outbox.ring();
    Ok(new)
}

async fn changed(
    tx: &mut Tx,
    app: &App,
    context: &AuditContext,
    user: &User,
    enabled: bool,
) -> Result<(), IdentityError> {
    sessions::end_sessions_of_user(tx, &user.id).await?;
    let action = if enabled { "user.totp_on" } else { "user.totp_off" };
    audit::record(tx, context, action, user.id.as_str(), "").await?;
    let letter = letters::totp_changed(&user.email, &user.name, enabled, &app.config.portal_url);
    mail::queue(tx, app, &letter).await?;
    Ok(())
}

/// Uses a code up: of the authenticator, or a recovery code. False when it is neither, or was used
/// before.
pub(super) async fn use_code(
    tx: &mut Tx,
    app: &App,
    context: &AuditContext,
    user: &User,
    code: &OneTimeCode,
) -> Result<bool, IdentityError> {
    let Some(sealed) = &user.totp_secret else { return Ok(false) };
    let Some(digits) = code.digits() else {
        let hash = recovery_hash(&user.id, code.expose());
        let used = tx.execute(&queries::USE_RECOVERY_CODE, params![&user.id, &hash, context.now]).await?;
        if used > 0 {
            audit::record(tx, context, "user.use_recovery_code", user.id.as_str(), "").await?;
        }
        return Ok(used > 0);
    };
    let secret = app.vault.open_sealed(&sealed_for(&user.id), sealed)?;
    let Some(step) = totp(secret, user.email.as_str())?.check(digits, seconds(context.now)) else {
        return Ok(false);
    };
    let step = i64::try_from(step).unwrap_or(i64::MAX);
    Ok(tx.execute(&queries::USE_TOTP_STEP, params![&user.id, step]).await? > 0)
}

pub(super) fn count_try(app: &App, user: &User) -> Result<Counted, IdentityError> {
    let counted = app.identity.throttle.count(&[Key::account(&user.email)], app.clock.now());
    counted.map_err(|wait| IdentityError::TooManyAttempts { wait })
}

/// 80 random bits as `abcd-efgh-…`: written down on paper, so in letters that are hard to mistake.
fn new_recovery_code(app: &App) -> String {
    let text = BASE32_NOPAD.encode(&app.random.bytes::<10>()).to_ascii_lowercase();
    let groups: Vec<&str> = (0..4).map(|group| &text[group * 4..group * 4 + 4]).collect();
    groups.join("-")
}

/// Bound to the user, so that two people's codes never share a row's hash.
fn recovery_hash(user: &UserId, code: &str) -> [u8; 32] {
    tokens::hash(&format!("{user}:{code}"))
}

/// Black on white whatever the colour scheme: scanners want it so. Four modules of quiet zone.
fn svg(qr: &QrCode) -> String {
    let size = qr.size();
    let mut path = String::new();
    for y in 0..size {
        for x in 0..size {
            if qr.get_module(x, y) {
                // Writing to a string cannot fail.
                let _ = write!(path, "M{} {}h1v1h-1z", x + 4, y + 4);
            }
        }
    }
    let side = size + 8;
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" role=\"img\" \
         shape-rendering=\"crispEdges\"><path fill=\"#fff\" d=\"M0 0h{side}v{side}H0z\"/>\
         <path fill=\"#000\" d=\"{path}\"/></svg>"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238 appendix B, the SHA-1 rows, their last six digits.
    #[test]
    fn codes_are_those_of_the_rfc() {
        let totp = totp(b"12345678901234567890".to_vec(), "a@b.id").unwrap();
        for (second, code) in [(59, "287082"), (1_111_111_109, "081804"), (2_000_000_000, "279037")] {
            assert_eq!(totp.check(code, second), Some(second / 30), "{second}");
        }
        assert_eq!(totp.check("287082", 59 + 90), None);
    }

    #[test]
    fn the_qr_code_is_one_square_with_a_quiet_zone() {
        let qr = QrCode::encode_text("otpauth://totp/x", QrCodeEcc::Medium).unwrap();
        let svg = svg(&qr);
        assert_eq!(qr.size(), 25);
        assert!(svg.contains("viewBox=\"0 0 33 33\""));
        // The finder pattern's corner, four modules in.
        assert!(svg.contains("M4 4h1v1h-1z") && !svg.contains("M3 "));
    }
}
