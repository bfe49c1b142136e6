//! Identity on the portal's API.

use axum::{
    Router,
    extract::{Path, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{delete, get, patch, post},
};
use domain::{
    identity::{
        AcceptInvitation, ChangePassword, ForgotPassword, RecoveryCodes, ResetPassword, SessionRow,
        SessionView, SignIn, SignUp, SignUpView, TotpConfirm, TotpDisable, TotpEnrolment, UpdateProfile,
        VerifyEmail,
    },
    ids::{SessionId, UserId},
    page::PageRequest,
    partners::{ChangeMember, InviteMember, MemberView},
    problem::Code,
};
use serde::Serialize;

use super::{
    AnySession, Device, IdentityError, Member, NewSession, Session, SignedIn, members, password_reset,
    queries,
    sessions::{self, no_cookie},
    sign_in, sign_up, totp,
};
use crate::{
    app::App,
    audit,
    http::{
        json::Json,
        problem::{ApiError, ApiResult},
    },
    store::params,
};

pub fn portal_routes() -> Router<App> {
    Router::new()
        .route("/sign-up", post(post_sign_up))
        .route("/verify-email", post(post_verify_email))
        .route("/sign-in", post(post_sign_in))
        .route("/sign-out", post(post_sign_out))
        .route("/password/forgot", post(post_forgot_password))
        .route("/password/reset", post(post_reset_password))
        .route("/password/change", post(post_change_password))
        .route("/session", get(get_session))
        .route("/sessions", get(list_sessions))
        .route("/sessions/sign-out-everywhere", post(sign_out_everywhere))
        .route("/sessions/{id}", delete(delete_session))
        .route("/profile", patch(update_profile))
        .route("/totp/enrol", post(post_enrol_totp))
        .route("/totp/confirm", post(post_confirm_totp))
        .route("/totp/disable", post(post_disable_totp))
        .route("/members", get(list_members).post(invite_member))
        .route("/members/{id}", patch(change_member).delete(remove_member))
        .route("/invitation/accept", post(post_accept_invitation))
}

/// An answer that sets the session cookie, or takes it away.
pub(crate) fn with_cookie(cookie: &str, answer: impl IntoResponse) -> ApiResult<Response> {
    let cookie = HeaderValue::from_str(cookie).map_err(ApiError::internal)?;
    let mut response = answer.into_response();
    response.headers_mut().append(header::SET_COOKIE, cookie);
    Ok(response)
}

/// The cookie of a new session, and who is signed in with it.
async fn signed_in(app: &App, new: &NewSession) -> ApiResult<Response> {
    let session = Session::find(app, new.secret(), None).await?;
    let session = session.ok_or_else(|| ApiError::new(Code::NotSignedIn))?;
    with_cookie(&new.cookie(), Json(session.view()))
}

async fn post_sign_up(
    State(app): State<App>,
    device: Device,
    Json(request): Json<SignUp>,
) -> ApiResult<(StatusCode, Json<SignUpView>)> {
    let view = sign_up::sign_up(&app, &device, request).await?;
    Ok((StatusCode::CREATED, Json(view)))
}

async fn post_verify_email(
    State(app): State<App>,
    device: Device,
    Json(request): Json<VerifyEmail>,
) -> ApiResult<Response> {
    let new = sign_up::verify_email(&app, &device, request).await?;
    signed_in(&app, &new).await
}

async fn post_sign_in(
    State(app): State<App>,
    device: Device,
    Json(request): Json<SignIn>,
) -> ApiResult<Response> {
    let new = sign_in::sign_in(&app, &device, request).await?;
    signed_in(&app, &new).await
}

/// Signed in or not, afterwards one is not.
async fn post_sign_out(State(app): State<App>, session: Option<AnySession>) -> ApiResult<Response> {
    if let Some(AnySession(session)) = session {
        let context = session.audit(&app);
        app.live
            .write::<_, IdentityError, _>(move |tx| {
                Box::pin(async move {
                    sessions::end(tx, &session.token_hash).await?;
                    audit::record(tx, &context, "session.close", session.id.as_str(), "").await?;
                    Ok(())
                })
            })
            .await?;
    }
    with_cookie(&no_cookie(), StatusCode::NO_CONTENT)
}

/// Answers before the work is done: how long that takes would tell who has an account.
async fn post_forgot_password(
    State(app): State<App>,
    device: Device,
    Json(request): Json<ForgotPassword>,
) -> ApiResult<StatusCode> {
    password_reset::may_ask_for_mail(&app, &device)?;
    app.tasks.clone().spawn(async move {
        if let Err(error) = password_reset::forgot_password(&app, &device, request).await {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "a link for a new password was not queued"
            );
        }
    });
    Ok(StatusCode::ACCEPTED)
}

#[derive(Debug, Serialize)]
struct Done {}

async fn post_reset_password(
    State(app): State<App>,
    device: Device,
    Json(request): Json<ResetPassword>,
) -> ApiResult<Response> {
    password_reset::reset_password(&app, &device, request).await?;
    with_cookie(&no_cookie(), Json(Done {}))
}

async fn post_change_password(
    State(app): State<App>,
    SignedIn(session): SignedIn,
    device: Device,
    Json(request): Json<ChangePassword>,
) -> ApiResult<Response> {
    let new = password_reset::change_password(&app, &session, &device, request).await?;
    with_cookie(&new.cookie(), StatusCode::NO_CONTENT)
}

async fn get_session(AnySession(session): AnySession) -> Json<SessionView> {
    Json(session.view())
}

async fn list_sessions(
    State(app): State<App>,
    SignedIn(session): SignedIn,
) -> ApiResult<Json<domain::page::Page<SessionRow>>> {
    let rows = sessions::list(&app.live, app.clock.now(), &session.user_id, &session.id).await?;
    Ok(Json(all(rows)?))
}

/// A list that is never long enough for a second page.
fn all<T>(items: Vec<T>) -> ApiResult<domain::page::Page<T>> {
    let limit = items.len().max(20).to_string();
    Ok(PageRequest::parse(None, Some(&limit), u64::MAX)?.of(items.into_iter()))
}

async fn delete_session(
    State(app): State<App>,
    SignedIn(session): SignedIn,
    Path(id): Path<String>,
) -> ApiResult<Response> {
    let id: SessionId = id.parse().map_err(|_| IdentityError::NotFound)?;
    let (context, is_own) = (session.audit(&app), id == session.id);
    app.live
        .write::<_, IdentityError, _>(move |tx| {
            Box::pin(async move {
                sessions::end_one(tx, &session.user_id, &id).await?;
                audit::record(tx, &context, "session.close", id.as_str(), "").await?;
                Ok(())
            })
        })
        .await?;
    match is_own {
        true => with_cookie(&no_cookie(), StatusCode::NO_CONTENT),
        false => Ok(StatusCode::NO_CONTENT.into_response()),
    }
}

async fn sign_out_everywhere(State(app): State<App>, AnySession(session): AnySession) -> ApiResult<Response> {
    let context = session.audit(&app);
    app.live
        .write::<_, IdentityError, _>(move |tx| {
            Box::pin(async move {
                sessions::end_sessions_of_user(tx, &session.user_id).await?;
                audit::record(tx, &context, "session.close_all", session.user_id.as_str(), "").await?;
                Ok(())
            })
        })
        .await?;
    with_cookie(&no_cookie(), StatusCode::NO_CONTENT)
}

async fn update_profile(
    State(app): State<App>,
    SignedIn(mut session): SignedIn,
    Json(request): Json<UpdateProfile>,
) -> ApiResult<Json<SessionView>> {
    let (context, user_id, name) = (session.audit(&app), session.user_id.clone(), request.name.to_string());
    app.live
        .write::<_, IdentityError, _>({
            let name = name.clone();
            move |tx| {
                Box::pin(async move {
                    if tx.execute(&queries::SET_NAME, params![&user_id, &name]).await? == 0 {
                        return Err(IdentityError::NotFound);
                    }
                    audit::record(tx, &context, "user.update", user_id.as_str(), "name").await?;
                    Ok(())
                })
            }
        })
        .await?;
    session.name = name;
    Ok(Json(session.view()))
}

async fn post_enrol_totp(
    State(app): State<App>,
    AnySession(session): AnySession,
) -> ApiResult<Json<TotpEnrolment>> {
    Ok(Json(totp::enrol_totp(&app, &session).await?))
}

async fn post_confirm_totp(
    State(app): State<App>,
    AnySession(session): AnySession,
    device: Device,
    Json(request): Json<TotpConfirm>,
) -> ApiResult<Response> {
    let (codes, new): (RecoveryCodes, _) = totp::confirm_totp(&app, &session, &device, request.code).await?;
    with_cookie(&new.cookie(), Json(codes))
}

async fn post_disable_totp(
    State(app): State<App>,
    SignedIn(session): SignedIn,
    device: Device,
    Json(request): Json<TotpDisable>,
) -> ApiResult<Response> {
    let new = totp::disable_totp(&app, &session, &device, request.password, request.code).await?;
    with_cookie(&new.cookie(), StatusCode::NO_CONTENT)
}

async fn list_members(
    State(app): State<App>,
    member: Member,
) -> ApiResult<Json<domain::page::Page<MemberView>>> {
    Ok(Json(all(members::list_members(&app.live, &member.partner_id).await?)?))
}

async fn invite_member(
    State(app): State<App>,
    member: Member,
    Json(request): Json<InviteMember>,
) -> ApiResult<(StatusCode, Json<MemberView>)> {
    member.may_manage()?;
    let context = member.audit(&app);
    let view = members::invite(&app, context, member.partner, request).await?;
    Ok((StatusCode::CREATED, Json(view)))
}

async fn change_member(
    State(app): State<App>,
    member: Member,
    Path(id): Path<String>,
    Json(request): Json<ChangeMember>,
) -> ApiResult<Json<MemberView>> {
    member.may_manage()?;
    let id: UserId = id.parse().map_err(|_| IdentityError::NotFound)?;
    let context = member.audit(&app);
    Ok(Json(members::change_role(&app, context, member.partner_id, id, request.role).await?))
}

async fn remove_member(
    State(app): State<App>,
    member: Member,
    Path(id): Path<String>,
) -> ApiResult<StatusCode> {
    member.may_manage()?;
    let id: UserId = id.parse().map_err(|_| IdentityError::NotFound)?;
    let context = member.audit(&app);
    members::remove(&app, context, member.partner_id, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn post_accept_invitation(
    State(app): State<App>,
    device: Device,
    Json(request): Json<AcceptInvitation>,
) -> ApiResult<Response> {
    let new = members::accept_invitation(&app, &device, request).await?;
    signed_in(&app, &new).await
}

impl From<IdentityError> for ApiError {
    fn from(error: IdentityError) -> Self {
        let wrong_state = |id: &'static str, en: &'static str| Self::new(Code::WrongState).detail(id, en);
        match error {
            IdentityError::Db(error) => error.into(),
            IdentityError::Partner(error) => error.into(),
            IdentityError::WrongCredentials => Self::new(Code::WrongCredentials),
            IdentityError::NotVerified => Self::new(Code::NotAllowed).detail(
                "Alamat email belum diverifikasi. Kami mengirim tautannya lagi; buka tautan itu, lalu masuk.",
                "The e-mail address is not verified. We sent the link again; open it, then sign in.",
            ),
            IdentityError::TotpRequired => Self::new(Code::TotpRequired),
            IdentityError::TooManyAttempts { wait } => {
                // Rounded up: whoever comes back then is let in.
                let wait_s = u64::try_from(wait.as_millis()).unwrap_or(0).div_ceil(1000).max(1);
                Self::new(Code::TooManyAttempts).retry_after_s(wait_s)
            }
            IdentityError::TokenSpent => Self::invalid(
                "token",
                "expired_or_used",
                "Tautan ini sudah dipakai atau kedaluwarsa; minta tautan baru",
                "This link has been used or has expired; ask for a new one",
            ),
            IdentityError::AddressTaken => wrong_state(
                "Alamat email ini sudah punya akun; silakan masuk.",
                "This address has an account already; sign in.",
            ),
            IdentityError::Invalid { field, invalid } => {
                Self::invalid(field, invalid.rule.code(), invalid.id, invalid.en)
            }
            IdentityError::WrongPassword { field } => {
                Self::invalid(field, "wrong_password", "Kata sandi salah", "Wrong password")
            }
            IdentityError::WrongCode => Self::invalid(
                "code",
                "wrong_code",
                "Kode salah atau sudah dipakai",
                "Wrong code, or used before",
            ),
            IdentityError::TotpAlreadyOn => {
                wrong_state("Verifikasi dua langkah sudah aktif.", "Two-step verification is on already.")
            }
            IdentityError::TotpNotPending => wrong_state(
                "Mulai dulu pengaktifan verifikasi dua langkah.",
                "Begin turning two-step verification on first.",
            ),
            IdentityError::TotpOff => {
                wrong_state("Verifikasi dua langkah tidak aktif.", "Two-step verification is off.")
            }
            IdentityError::LastOwner => wrong_state(
                "Partner harus punya paling sedikit satu owner; jadikan anggota lain owner dulu.",
                "A partner must have at least one owner; make another member an owner first.",
            ),
            IdentityError::AlreadyMember => Self::invalid(
                "email",
                "already_member",
                "Alamat ini sudah menjadi anggota atau sudah diundang",
                "This address is a member or invited already",
            ),
            IdentityError::NotFound => Self::new(Code::NotFound),
            IdentityError::Busy => Self::new(Code::Unavailable).retry_after_s(2),
            error @ (IdentityError::Sealed(_) | IdentityError::Crypto { .. }) => Self::internal(error),
        }
    }
}
