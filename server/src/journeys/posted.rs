//! A journey as it is kept: made of a rated one, read from its row, written where the two differ.

use domain::{
    fares::{CapPeriod, PaymentMethod, UserType},
    ids::JourneyId,
    journeys::{Course, Journey, RecordedStatus, Tap},
    money::Rupiah,
    network::Network,
    realm::Realm,
    time::day_number,
};
use jiff::Timestamp;

use super::{RecordError, payers::Payer, queries};
use crate::store::{DbError, Row, Tx, params};

/// What rating can change of a journey.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posted {
    pub status: RecordedStatus,
    /// Gate and sequence of the tap-out, where it is not the opening tap.
    closing: Option<(String, i64)>,
    to_station: Option<String>,
    tapped_out_at: Option<Timestamp>,
    tariff: String,
    user_type: UserType,
    base_fare: Rupiah,
    fare: Rupiah,
    pub charge: Rupiah,
    limited_by: Option<CapPeriod>,
    due_at: Option<Timestamp>,
}

/// A journey that was posted earlier.
#[derive(Debug)]
pub struct Earlier {
    pub id: JourneyId,
    pub method: PaymentMethod,
    pub opening: (String, i64),
    pub posted: Posted,
}

/// The id of the journey that a tap opens: made of the tap, so that rating again gives the same.
pub fn journey_id(opening: &Tap) -> JourneyId {
    let unix_ms = u64::try_from(opening.tapped_at.as_millisecond()).unwrap_or(0);
    JourneyId::new(unix_ms, opening.id.journey_entropy())
}

impl Posted {
    pub fn of(journey: &Journey<'_>, network: &Network) -> Self {
        let tap_out = journey.course.tap_out();
        let due_at = match journey.course {
            Course::Open { due_at, .. } => Some(due_at),
            Course::Completed { .. } | Course::Incomplete { .. } | Course::Unmatched { .. } => None,
        };
        Self {
            status: journey.course.status().into(),
            closing: tap_out
                .filter(|_| journey.course.tap_in().is_some())
                .map(|tap| (tap.id.gate.to_string(), tap.id.sequence)),
            to_station: tap_out.map(|tap| network.station(tap.station).id.to_string()),
            tapped_out_at: tap_out.map(|tap| tap.tapped_at),
            tariff: journey.tariff.id.clone(),
            user_type: journey.user_type,
            base_fare: journey.base_fare,
            fare: journey.fare,
            charge: journey.charge,
            limited_by: journey.limited_by,
            due_at,
        }
    }

    /// What is charged, once it is known.
    pub fn fare(&self) -> Option<Rupiah> {
        (self.status != RecordedStatus::Open).then_some(self.charge)
    }

    /// Writes it over what was posted earlier, if anything was.
    pub async fn put(
        &self,
        tx: &mut Tx,
        realm: &Realm,
        payer: &Payer,
        journey: &Journey<'_>,
        network: &Network,
        now: Timestamp,
    ) -> Result<JourneyId, RecordError> {
        let opening = journey.course.opening();
        let tap_in = journey.course.tap_in();
        let id = journey_id(opening);
        let (closing_gate, closing_sequence) = self.closing.clone().unzip();
        let written = tx
            .execute(
                &queries::PUT_JOURNEY,
                params![
                    realm,
                    &id,
                    payer.as_str(),
                    &*opening.media,
                    opening.payment_method.as_str(),
                    self.status.as_str(),
                    &*opening.id.gate,
                    opening.id.sequence,
                    closing_gate,
                    closing_sequence,
                    tap_in.map(|tap| network.station(tap.station).id.to_string()),
                    self.to_station.clone(),
                    tap_in.map(|tap| tap.tapped_at),
                    self.tapped_out_at,
                    opening.tapped_at,
                    day_number(journey.day),
                    &self.tariff,
                    self.user_type.as_str(),
                    self.base_fare.0,
                    self.fare.0,
                    self.charge.0,
                    self.limited_by.map(CapPeriod::as_str),
                    self.due_at,
                    now,
                ],
            )
            .await?;
        if written == 1 { Ok(id) } else { Err(RecordError::HeldByAnother(id)) }
    }
}

impl Earlier {
    pub fn read(row: &Row) -> Result<Self, DbError> {
        let closing_gate: Option<String> = row.get("closing_gate_id")?;
        let closing_sequence: Option<i64> = row.get("closing_sequence")?;
        Ok(Self {
            id: row.parse("id")?,
            method: row.parse("payment_method")?,
            opening: (row.get("opening_gate_id")?, row.get("opening_sequence")?),
            posted: Posted {
                status: row.parse("status")?,
                closing: closing_gate.zip(closing_sequence),
                to_station: row.get("to_station_id")?,
                tapped_out_at: row.get("tapped_out_at")?,
                tariff: row.get("tariff_id")?,
                user_type: row.parse("user_type")?,
                base_fare: Rupiah(row.get("base_fare")?),
                fare: Rupiah(row.get("fare")?),
                charge: Rupiah(row.get("charge")?),
                limited_by: row.parse_opt("limited_by")?,
                due_at: row.get("due_at")?,
            },
        })
    }

    /// Whether it is a journey still.
    pub fn stands(&self) -> bool {
        self.posted.status != RecordedStatus::Superseded
    }

    /// Whether a tap opened or ended it.
    pub fn is_of(&self, gate: &str, sequence: i64) -> bool {
        let taps = [Some(&self.opening), self.posted.closing.as_ref()];
        taps.into_iter().flatten().any(|tap| tap.0 == gate && tap.1 == sequence)
    }
}
