//! Settling a payer: rate the taps, compare with what was posted, write the difference.

use std::collections::HashMap;

use domain::{
    fares::CapPeriod,
    ids::JourneyId,
    journeys::{
        Carried, Journey, Rated, RecordedStatus, Rider, Rules, Tap, TapId, rate, window::taps_needed_since,
    },
    ledger::TransferReason,
    money::Rupiah,
    network::Network,
    realm::Realm,
    time::{day_number, day_start},
};
use jiff::{Timestamp, civil::Date};

use super::{
    RecordError, findings,
    payers::{Account, Payer},
    posted::{Earlier, Posted},
    queries, tell,
};
use crate::{
    app::App,
    ledger,
    store::{DbError, Row, Tx, params},
};

/// Where, when and why payers are settled.
#[derive(Clone, Copy)]
pub struct Settling<'a> {
    pub app: &'a App,
    pub realm: &'a Realm,
    /// The realm's time, read after the payers were held, so that it never goes back for any of them.
    pub now: Timestamp,
    /// What a charge is corrected for, where one is.
    pub reason: TransferReason,
}

/// What a tap amounts to: its journey, and what that is charged once it is known.
pub type ByTap = HashMap<TapId, (JourneyId, Option<Rupiah>)>;

/// A payer's taps that can matter, and what comes with them.
struct Window {
    taps: Vec<Tap>,
    carried: Carried,
    /// Findings that stand.
    findings: i64,
}

impl Settling<'_> {
    /// Settles a payer, who is held, from a day on. The account's wallet is kept up to date.
    ///
    /// # Errors
    /// When the store fails. A payer that cannot be rated is no error: nothing is written for it.
    pub async fn settle(
        &self,
        tx: &mut Tx,
        payer: &Payer,
        account: &mut Account,
        from: Date,
    ) -> Result<ByTap, RecordError> {
        let window = match self.window(tx, payer, from).await? {
            Ok(window) => window,
            Err(problem) => return Ok(self.left_alone(payer, from, &problem)),
        };
        let rules = Rules { network: &self.app.network, tariffs: &self.app.tariffs };
        let rider =
            Rider { taps: &window.taps, user_types: &account.user_types, carried: Some(window.carried) };
        let rated = match rate(rules, &rider, self.now) {
            Ok(rated) => rated,
            Err(error) => return Ok(self.left_alone(payer, from, &error)),
        };
        let by_tap = self.post(tx, payer, account.wallet.as_mut(), from, &rated).await?;
        if window.findings > 0 || !rated.findings.is_empty() {
            findings::post(tx, self, payer, from, &rated.findings).await?;
        }
        if let Some(wallet) = &mut account.wallet {
            wallet.keep(tx).await?;
        }
        Ok(by_tap)
    }

    /// The taps stay, and are rated again with the payer's next one.
    fn left_alone(&self, payer: &Payer, from: Date, problem: &(dyn std::error::Error + 'static)) -> ByTap {
        tracing::error!(
            realm = self.realm.as_str(),
            payer = payer.as_str(),
            error = problem,
            "taps of {} since {from} cannot be rated",
            payer.as_str()
        );
        ByTap::new()
    }

    async fn window(
        &self,
        tx: &mut Tx,
        payer: &Payer,
        from: Date,
    ) -> Result<Result<Window, NoStation>, DbError> {
        let rows = tx
            .rows(
                &queries::WINDOW,
                params![
                    self.realm,
                    payer.as_str(),
                    taps_needed_since(&self.app.tariffs, from),
                    day_number(CapPeriod::Weekly.start(from)),
                    day_number(CapPeriod::Monthly.start(from)),
                    day_number(from),
                    day_start(from),
                ],
            )
            .await?;
        let Some(first) = rows.first() else {
            // Nothing to rate; what was posted, and what was found, is looked at all the same.
            let carried = Carried::sums(from, Rupiah::ZERO, Rupiah::ZERO);
            return Ok(Ok(Window { taps: Vec::new(), carried, findings: 1 }));
        };
        let carried = Carried::sums(from, Rupiah(first.get("week")?), Rupiah(first.get("month")?));
        let findings = first.get("findings")?;
        let mut taps = Vec::with_capacity(rows.len());
        for row in &rows {
            match read_tap(row, &self.app.network)? {
                Ok(tap) => taps.push(tap),
                Err(unknown) => return Ok(Err(unknown)),
            }
        }
        Ok(Ok(Window { taps, carried, findings }))
    }

    /// Brings journeys and ledger to what was rated, and tells of what is new.
    async fn post(
        &self,
        tx: &mut Tx,
        payer: &Payer,
        mut wallet: Option<&mut ledger::Wallet>,
        from: Date,
        rated: &Rated<'_>,
    ) -> Result<ByTap, RecordError> {
        let mut earlier = self.posted_since(tx, payer, from).await?;
        let mut by_tap = ByTap::with_capacity(2 * rated.journeys.len());
        let mut has_charged = false;
        for journey in &rated.journeys {
            let id = super::posted::journey_id(journey.course.opening());
            let should = Posted::of(journey, &self.app.network);
            let was = earlier.remove(&id);
            note(&mut by_tap, journey, &id, should.fare());
            if was.as_ref().is_some_and(|was| was.posted == should) {
                continue;
            }
            let network = &self.app.network;
            should.put(tx, self.realm, payer, journey, network, self.now).await?;
            let charged = was.as_ref().map_or(Rupiah::ZERO, |was| was.posted.charge);
            let difference = Rupiah(should.charge.0 - charged.0);
            if difference != Rupiah::ZERO {
                has_charged = true;
                let reason = self.reason_for(was.as_ref().map(|was| was.posted.status));
                let method = journey.course.opening().payment_method;
                let charge = self.charge(payer, method, &id, difference, reason);
                ledger::post(tx, &self.app.random, &charge, wallet.as_deref_mut()).await?;
            }
            let status = was.as_ref().map(|was| was.posted.status);
            tell::of_journey(tx, self, payer, journey, &id, status).await?;
        }
        for (id, was) in earlier {
            has_charged |= self.take_back(tx, payer, wallet.as_deref_mut(), &id, &was).await?;
        }
        if has_charged {
            tell::of_caps(tx, self, payer, rated).await?;
        }
        Ok(by_tap)
    }

    async fn posted_since(
        &self,
        tx: &mut Tx,
        payer: &Payer,
        from: Date,
    ) -> Result<HashMap<JourneyId, Earlier>, DbError> {
        let rows = tx.rows(&queries::POSTED, params![self.realm, payer.as_str(), day_number(from)]).await?;
        rows.iter().map(|row| Earlier::read(row).map(|earlier| (earlier.id.clone(), earlier))).collect()
    }

    /// A journey that the taps do not amount to any more. True if a charge was given back.
    async fn take_back(
        &self,
        tx: &mut Tx,
        payer: &Payer,
        wallet: Option<&mut ledger::Wallet>,
        id: &JourneyId,
        was: &Earlier,
    ) -> Result<bool, RecordError> {
        if was.posted.status == RecordedStatus::Superseded {
            return Ok(false);
        }
        tx.execute(&queries::SUPERSEDE, params![self.realm, id, payer.as_str(), self.now]).await?;
        if was.posted.charge == Rupiah::ZERO {
            return Ok(false);
        }
        let reason = match self.reason {
            TransferReason::RiderChanged => TransferReason::RiderChanged,
            _ => TransferReason::JourneySuperseded,
        };
        let difference = Rupiah(-was.posted.charge.0);
        let charge = self.charge(payer, was.method, id, difference, reason);
        ledger::post(tx, &self.app.random, &charge, wallet).await?;
        Ok(true)
    }

    /// Why a charge differs from the one before: it is the first one, or a correction.
    fn reason_for(&self, was: Option<RecordedStatus>) -> TransferReason {
        match (was, self.reason) {
            // Its former payer gets the first charge back as a correction.
            (None, TransferReason::RiderChanged) => TransferReason::RiderChanged,
            (None | Some(RecordedStatus::Open), _) => TransferReason::Fare,
            (Some(_), reason) => reason,
        }
    }

    fn charge<'c>(
        &'c self,
        payer: &'c Payer,
        method: domain::fares::PaymentMethod,
        journey_id: &'c JourneyId,
        difference: Rupiah,
        reason: TransferReason,
    ) -> ledger::Charge<'c> {
        let (realm, payer, at) = (self.realm, payer.as_str(), self.now);
        ledger::Charge { realm, payer, method, journey_id, difference, reason, at }
    }
}

fn note(by_tap: &mut ByTap, journey: &Journey<'_>, id: &JourneyId, fare: Option<Rupiah>) {
    for tap in [journey.course.tap_in(), journey.course.tap_out()].into_iter().flatten() {
        by_tap.insert(tap.id.clone(), (id.clone(), fare));
    }
}

/// A tap that was stored at a station which the network no longer has.
#[derive(Debug, thiserror::Error)]
#[error("the network has no station {0}")]
struct NoStation(String);

fn read_tap(row: &Row, network: &Network) -> Result<Result<Tap, NoStation>, DbError> {
    let station: String = row.get("station_id")?;
    let Some(station) = network.find(&station) else { return Ok(Err(NoStation(station))) };
    Ok(Ok(Tap {
        id: TapId { gate: row.get::<String>("gate_id")?.into(), sequence: row.get("sequence")? },
        station: station.ix,
        direction: row.parse("direction")?,
        media: row.get::<String>("media_id")?.into(),
        payment_method: row.parse("payment_method")?,
        tapped_at: row.get("tapped_at")?,
    }))
}
