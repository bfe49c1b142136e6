//! A member's own organisation.

use axum::{Router, extract::State, routing::get};
use domain::{
    partners::{PartnerView, UpdatePartner},
    problem::Code,
};

use super::{PartnerError, find, update_profile};
use crate::{
    app::App,
    http::{
        json::Json,
        problem::{ApiError, ApiResult},
    },
    identity::Member,
};

pub fn portal_routes() -> Router<App> {
    Router::new().route("/partner", get(get_partner).patch(update_partner))
}

async fn get_partner(State(app): State<App>, member: Member) -> ApiResult<Json<PartnerView>> {
    let partner = find(&app.live, &member.partner_id).await?.ok_or(PartnerError::NotFound)?;
    Ok(Json(partner.view()))
}

async fn update_partner(
    State(app): State<App>,
    member: Member,
    Json(update): Json<UpdatePartner>,
) -> ApiResult<Json<PartnerView>> {
    member.may_manage()?;
    let context = member.audit(&app);
    let UpdatePartner { name, description } = update;
    let partner = app
        .live
        .write::<_, PartnerError, _>(move |tx| {
            Box::pin(async move {
                let (name, description) = (name.map(|n| n.to_string()), description.map(|d| d.to_string()));
                update_profile(tx, &context, &member.partner_id, name, description).await
            })
        })
        .await?;
    Ok(Json(partner.view()))
}

impl From<PartnerError> for ApiError {
    fn from(error: PartnerError) -> Self {
        match error {
            PartnerError::Db(error) => error.into(),
            PartnerError::NotFound => Self::new(Code::NotFound),
            PartnerError::WrongStatus(wrong) => {
                let status = wrong.status.as_str();
                Self::new(Code::WrongState).detail(
                    format!("Status partner sekarang `{status}`; tindakan ini tidak berlaku dari sana."),
                    format!("The partner is `{status}` now; this act does not start from there."),
                )
            }
            PartnerError::NoCustomLimits { tier, field } => Self::invalid(
                field,
                "needs_enterprise",
                format!("Tier {} tidak punya limit khusus", tier.label()),
                format!("The {} tier has no limits by contract", tier.label()),
            ),
        }
    }
}
