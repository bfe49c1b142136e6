//! All that is kept about a rider, for the rider to keep.
//!
//! One JSON object: `exported_at`, `profile`, `fare_cap`, `applications`, then the long lists
//! `journeys`, `ledger` and `access_log`, oldest first. It is written while it is read, a few hundred
//! rows at a time, so that nobody's account is too large. What fails in the middle breaks off: half a
//! file is no JSON.

use std::mem;

use axum::{BoxError, body::Body};
use domain::{
    ids::{JourneyId, RiderId, TransferId},
    ledger::Transfer,
    realm::Realm,
    riders::masked_medium,
};
use futures_util::{StreamExt as _, stream};
use jiff::{Timestamp, civil::Date};
use serde::Serialize;
use serde_json::json;

use super::{
    Rider,
    own::{self, Names},
};
use crate::{app::App, http::problem::ApiResult, journeys, ledger, oauth, riders};

/// Reads of the access log that are written at once.
const READS_AT_ONCE: u32 = 500;

/// Everything. Of cards only the end of their hash, and of the staff who took money nothing: that is
/// theirs.
///
/// # Errors
/// When the store fails before anything is written.
pub async fn export(app: &App, rider: &Rider) -> ApiResult<Body> {
    let head = head(app, &rider.id).await?;
    let rest = Export {
        app: app.clone(),
        rider: rider.id.clone(),
        names: Names::default(),
        part: Part::Journeys(None),
        is_first: true,
    };
    let rest = stream::try_unfold(rest, async |mut rest| {
        let text = rest.next().await.inspect_err(|error| {
            tracing::error!(error = error.as_ref(), "a rider's export broke off");
        })?;
        Ok::<_, BoxError>(text.map(|text| (text, rest)))
    });
    Ok(Body::from_stream(stream::iter([Ok(head)]).chain(rest)))
}

/// What is short, and the beginning of the first long list.
async fn head(app: &App, rider: &RiderId) -> ApiResult<Vec<u8>> {
    let now = app.clock.now();
    let mut profile = riders::find(&app.live, &Realm::Live, rider, now).await?;
    for medium in &mut profile.media {
        medium.id = masked_medium(&medium.id);
    }
    let short = json!({
        "exported_at": now,
        "profile": profile,
        "fare_cap": riders::fare_caps(app, &Realm::Live, rider).await?,
        "applications": own::applications(app, rider).await?,
    });
    let mut text = short.to_string().into_bytes();
    // The object goes on.
    text.pop();
    text.extend_from_slice(b",\"journeys\":[");
    Ok(text)
}

/// An export on its way.
struct Export {
    app: App,
    rider: RiderId,
    names: Names,
    part: Part,
    /// Nothing of the present list was written.
    is_first: bool,
}

/// The list that is being written, and how far it has come.
enum Part {
    Journeys(Option<(Date, JourneyId)>),
    Ledger(Option<(Timestamp, TransferId)>),
    /// By the sequence of the last one.
    Accesses(i64),
    Over,
}

impl Export {
    /// The next piece; none: all is written.
    async fn next(&mut self) -> Result<Option<Vec<u8>>, BoxError> {
        let (live, realm) = (self.app.live.clone(), Realm::Live);
        let payer = self.rider.as_str().to_owned();
        let mut text = Vec::new();
        self.part = match mem::replace(&mut self.part, Part::Over) {
            Part::Journeys(last) => {
                let last = last.as_ref().map(|(day, id)| (*day, id));
                let rows = journeys::journeys_after(&live, &realm, &payer, last).await?;
                let next = rows.last().map(|row| (row.day, row.id.clone()));
                for mut journey in rows {
                    journey.media_id = masked_medium(&journey.media_id);
                    self.write(&mut text, &journey)?;
                }
                match next {
                    Some(next) => Part::Journeys(Some(next)),
                    None => self.begin(&mut text, "],\"ledger\":[", Part::Ledger(None)),
                }
            }
            Part::Ledger(last) => {
                let last = last.as_ref().map(|(at, id)| (*at, id));
                let rows = ledger::transfers_after(&live, &realm, &payer, last).await?;
                let next = rows.last().map(|row| (row.at, row.id.clone()));
                for transfer in rows {
                    self.write(&mut text, &Transfer { actor: None, ..transfer })?;
                }
                match next {
                    Some(next) => Part::Ledger(Some(next)),
                    None => self.begin(&mut text, "],\"access_log\":[", Part::Accesses(0)),
                }
            }
            Part::Accesses(last) => {
                let rows = oauth::accesses_after(&live, &realm, &self.rider, last, READS_AT_ONCE).await?;
                let next = rows.last().map(|row| row.sequence);
                for entry in rows {
                    let row = self.names.row(&self.app, entry).await?;
                    self.write(&mut text, &row)?;
                }
                match next {
                    Some(next) => Part::Accesses(next),
                    None => self.begin(&mut text, "]}", Part::Over),
                }
            }
            Part::Over => return Ok(None),
        };
        Ok(Some(text))
    }

    fn write(&mut self, text: &mut Vec<u8>, row: &impl Serialize) -> Result<(), serde_json::Error> {
        if !mem::replace(&mut self.is_first, false) {
            text.push(b',');
        }
        serde_json::to_writer(text, row)
    }

    fn begin(&mut self, text: &mut Vec<u8>, between: &str, part: Part) -> Part {
        text.extend_from_slice(between.as_bytes());
        self.is_first = true;
        part
    }
}
