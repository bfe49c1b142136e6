//! Fraud findings, kept as they are found and withdrawn when a late tap explains them.

use std::collections::HashMap;

use domain::{
    events::{EventKind, FraudDetected},
    ids::{EventId, FindingId},
    journeys::{Finding, TapRef},
    time::day_start,
};
use jiff::civil::Date;
use sha2::{Digest, Sha256};

use super::{RecordError, payers::Payer, queries, settle::Settling};
use crate::{
    events::{NewEvent, record},
    store::{DbError, Tx, params},
};

/// What may change about a finding: score, reasons and taps, as they are kept.
type Content = (i64, String, String);

/// Brings a payer's findings since a day to what was found.
pub async fn post(
    tx: &mut Tx,
    settling: &Settling<'_>,
    payer: &Payer,
    from: Date,
    found: &[Finding<'_>],
) -> Result<(), RecordError> {
    let rows =
        tx.rows(&queries::FINDINGS_OF, params![settling.realm, payer.as_str(), day_start(from)]).await?;
    let mut standing: HashMap<FindingId, Content> = HashMap::with_capacity(rows.len());
    for row in &rows {
        let content = (row.get("score")?, row.get("reasons")?, row.get("taps")?);
        standing.insert(row.parse("id")?, content);
    }
    for finding in found {
        let id = finding_id(finding);
        let content = content(finding);
        if standing.remove(&id).as_ref() != Some(&content) {
            put(tx, settling, payer, finding, &id, content).await?;
        }
    }
    for id in standing.into_keys() {
        tx.execute(&queries::WITHDRAW_FINDING, params![settling.realm, &id, settling.now]).await?;
    }
    Ok(())
}

async fn put(
    tx: &mut Tx,
    settling: &Settling<'_>,
    payer: &Payer,
    finding: &Finding<'_>,
    id: &FindingId,
    (score, reasons, taps): Content,
) -> Result<(), DbError> {
    let shown_by = finding.shown_by();
    let station = settling.tap_at(shown_by).station;
    let values = params![
        settling.realm,
        id,
        finding.rule.as_str(),
        score,
        reasons,
        taps,
        payer.as_str(),
        &*shown_by.media,
        station.to_string(),
        &*shown_by.id.gate,
        shown_by.id.sequence,
        shown_by.tapped_at,
        settling.now,
    ];
    tx.execute(&queries::PUT_FINDING, values).await?;
    let data = FraudDetected {
        finding_id: id.clone(),
        rule: finding.rule,
        score: finding.score,
        reasons: finding.reasons.clone(),
        station,
        occurred_at: shown_by.tapped_at,
    };
    let event = NewEvent {
        id: settling.app.random.id(settling.now, EventId::new),
        realm: settling.realm,
        kind: EventKind::FraudDetected,
        fact: id.as_str(),
        rider_id: payer.rider(),
        journey_id: None,
        station_id: Some(station),
        occurred_at: shown_by.tapped_at,
        recorded_at: settling.now,
        data: serde_json::to_value(data).unwrap_or_default(),
    };
    record(tx, &event).await.map(drop)
}

/// Made of what the finding is known by, its rule and the tap that showed it, so that finding it again
/// gives the same.
fn finding_id(finding: &Finding<'_>) -> FindingId {
    let shown_by = finding.shown_by();
    let mut hash = Sha256::new();
    hash.update(b"finding\0");
    hash.update(finding.rule.as_str());
    hash.update(shown_by.id.sequence.to_be_bytes());
    hash.update(shown_by.id.gate.as_bytes());
    let digest = hash.finalize();
    let unix_ms = u64::try_from(shown_by.tapped_at.as_millisecond()).unwrap_or(0);
    FindingId::new(unix_ms, std::array::from_fn(|place| digest[place]))
}

fn content(finding: &Finding<'_>) -> Content {
    let tap =
        |tap: &&domain::journeys::Tap| TapRef { gate_id: tap.id.gate.to_string(), sequence: tap.id.sequence };
    let taps: Vec<_> = finding.taps.iter().map(tap).collect();
    let json = |value: Result<String, serde_json::Error>| value.unwrap_or_else(|_| "[]".to_owned());
    (
        i64::from(finding.score),
        json(serde_json::to_string(&finding.reasons)),
        json(serde_json::to_string(&taps)),
    )
}
