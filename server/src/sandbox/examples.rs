//! Answers for the OpenAPI document.

use domain::{
    events::{EventKind, RecordedEvent},
    fares::{PaymentMethod, UserType},
    gates::{GateDecision, TapAnswer, TapAnswers, TapStatus},
    ids::{EventId, JourneyId, RiderId, TransferId},
    journeys::{RecordedJourney, RecordedStatus},
    ledger::{Transfer, TransferReason},
    media::MediaId,
    money::Rupiah,
    page::{Page, PageRequest},
    riders::{KycStatus, MediumView, RiderRow, RiderView},
    sandbox::{PeakState, PeakView, TestClock},
};
use jiff::{Timestamp, civil::date};
use serde_json::json;

use crate::http::{openapi::Examples, problem::ApiResult};

/// 8 March 2026, 15:41 in Jakarta.
const NOON: Timestamp = Timestamp::constant(1_772_959_260, 0);
/// Half an hour before.
const ENTERED: Timestamp = Timestamp::constant(1_772_957_400, 0);

/// One per operation.
#[must_use]
pub fn examples() -> Vec<Examples> {
    let rider = rider();
    let clock = TestClock { now: NOON, offset_s: 14_460 };
    vec![
        Examples::new("send_test_taps", &ApiResult::Ok(TapAnswers { results: answers() })),
        Examples::new("get_test_clock", &ApiResult::Ok(clock)),
        Examples::new("move_test_clock", &ApiResult::Ok(clock)),
        Examples::new("list_test_riders", &page(rider.rider.clone())),
        Examples::new("create_test_rider", &ApiResult::Ok(&rider)),
        Examples::new("get_test_rider", &ApiResult::Ok(&rider)),
        Examples::new("link_test_medium", &ApiResult::Ok(&rider)),
        Examples::new("top_up_test_rider", &ApiResult::Ok(&rider)),
        Examples::new("set_test_user_type", &ApiResult::Ok(&rider)),
        Examples::new("list_test_journeys", &page(journey())),
        Examples::new("list_test_transfers", &page(transfer())),
        Examples::new("list_test_events", &page(event())),
        Examples::new("run_test_peak", &ApiResult::Ok(peak(PeakState::Running, 0))),
        Examples::new("get_test_peak", &ApiResult::Ok(peak(PeakState::Done, 214))),
        Examples::new("reset_sandbox", &ApiResult::Ok(TestClock { now: NOON, offset_s: 0 })),
    ]
}

/// A page with one row.
fn page<T>(row: T) -> ApiResult<Page<T>> {
    let request = PageRequest::parse(None, None, 100)?;
    Ok(request.of([row].into_iter()))
}

fn journey_id() -> JourneyId {
    JourneyId::new(1_772_957_400_000, [8; 10])
}

fn answers() -> Vec<TapAnswer> {
    let answer = |sequence, fare, balance| TapAnswer {
        sequence: Some(sequence),
        status: TapStatus::Accepted,
        decision: GateDecision::Open,
        reason: None,
        journey_id: Some(journey_id()),
        fare,
        balance: Some(Rupiah(balance)),
    };
    vec![
        answer(1_772_959_260_000_000, None, 100_000),
        answer(1_772_959_260_000_001, Some(Rupiah(4_000)), 96_000),
    ]
}

fn rider() -> RiderView {
    RiderView {
        rider: RiderRow {
            id: RiderId::new(1_772_959_260_000, [7; 10]),
            name: "Ani Uji".to_owned(),
            email: Some("ani@contoh.id".to_owned()),
            phone: None,
            user_type: UserType::Student,
            kyc_status: KycStatus::None,
            registered_at: NOON,
            balance: Rupiah(100_000),
            due: Rupiah(0),
        },
        media: vec![MediumView {
            id: MediaId::of_token("kartu-ani").as_str().to_owned(),
            label: "Kartu Ani".to_owned(),
            linked_from: Timestamp::constant(1_772_902_800, 0),
            linked_at: NOON,
        }],
    }
}

fn journey() -> RecordedJourney {
    RecordedJourney {
        id: journey_id(),
        payer: rider().rider.id.to_string(),
        media_id: MediaId::of_token("kartu-ani").as_str().to_owned(),
        payment_method: PaymentMethod::KciPay,
        status: RecordedStatus::Completed,
        from_station: "STN_GMB".parse().ok(),
        to_station: "STN_DPK".parse().ok(),
        tapped_in_at: Some(ENTERED),
        tapped_out_at: Some(NOON),
        day: date(2026, 3, 8),
        tariff: "nfc-gate-2026".to_owned(),
        user_type: UserType::Student,
        base_fare: Rupiah(8_000),
        fare: Rupiah(4_000),
        charge: Rupiah(4_000),
        limited_by: None,
        due_at: None,
    }
}

fn transfer() -> Transfer {
    Transfer {
        id: TransferId::new(1_772_959_260_000, [9; 10]),
        at: NOON,
        debit: format!("wallet:{}", rider().rider.id),
        credit: "fare_revenue".to_owned(),
        amount: Rupiah(4_000),
        reason: TransferReason::Fare,
        journey_id: Some(journey_id()),
        actor: None,
    }
}

fn event() -> RecordedEvent {
    RecordedEvent {
        sequence: 2,
        id: EventId::new(1_772_959_260_000, [6; 10]),
        event: EventKind::JourneyCompleted,
        rider_id: Some(rider().rider.id),
        journey_id: Some(journey_id()),
        station_id: "STN_DPK".parse().ok(),
        occurred_at: NOON,
        recorded_at: NOON,
        data: json!({
            "journey_id": journey_id(),
            "tap_in": {"station": "STN_GMB", "time": ENTERED},
            "tap_out": {"station": "STN_DPK", "time": NOON},
            "fare": 4_000,
            "payment_method": "kci_pay",
            "fare_cap_applied": false,
        }),
    }
}

fn peak(state: PeakState, sent: u32) -> PeakView {
    PeakView { state, riders: 200, planned: 214, sent, started_at: NOON, modelled: true }
}
