//! All that is kept about a rider, for the rider to keep.

use domain::{
    page::{Page, PageRequest},
    realm::Realm,
    rider_accounts::RiderExport,
    riders::RiderView,
};

use super::{Rider, own};
use crate::{app::App, http::problem::ApiResult, ledger, riders};

/// Rows that are read at once.
const AT_ONCE: &str = "500";

/// Everything, oldest transfers and newest journeys first. Of cards only the end of their hash, and
/// of the staff who took money nothing: that is theirs.
///
/// # Errors
/// When the store fails.
pub async fn export(app: &App, rider: &Rider) -> ApiResult<RiderExport> {
    let RiderView { rider: row, media } =
        riders::find(&app.live, &Realm::Live, &rider.id, app.clock.now()).await?;
    let media = media.into_iter().map(|mut medium| {
        let end = medium.id.len().saturating_sub(4);
        medium.id = format!("…{}", medium.id.get(end..).unwrap_or_default());
        medium
    });
    let mut journeys = Vec::new();
    let mut accesses = Vec::new();
    for number in 1_u64.. {
        let request = PageRequest::parse(Some(&number.to_string()), Some(AT_ONCE), u64::MAX)?;
        let Page { data, meta } = own::journeys(app, rider, request).await?.page;
        let read = own::accesses(app, &rider.id, request).await?;
        journeys.extend(data);
        accesses.extend(read.data);
        if number.saturating_mul(meta.limit) >= meta.total.max(read.meta.total) {
            break;
        }
    }
    let mut transfers = Vec::new();
    loop {
        let skipped = transfers.len() as u64;
        let next = ledger::transfers_from(&app.live, &Realm::Live, rider.id.as_str(), skipped).await?;
        if next.is_empty() {
            break;
        }
        transfers
            .extend(next.into_iter().map(|transfer| domain::ledger::Transfer { actor: None, ..transfer }));
    }
    Ok(RiderExport {
        exported_at: app.clock.now(),
        profile: RiderView { rider: row, media: media.collect() },
        fare_cap: riders::fare_caps(app, &Realm::Live, &rider.id).await?,
        journeys,
        ledger: transfers,
        applications: own::applications(app, &rider.id).await?,
        access_log: accesses,
    })
}
