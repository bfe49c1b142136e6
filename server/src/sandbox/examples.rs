//! Answers for the OpenAPI document.

use domain::{
    fares::UserType,
    ids::RiderId,
    money::Rupiah,
    page::PageRequest,
    riders::{KycStatus, MediumView, RiderRow, RiderView},
    sandbox::TestClock,
};
use jiff::Timestamp;

use crate::http::{openapi::Examples, problem::ApiResult};

/// 8 March 2026, 15:41 in Jakarta.
const NOON: Timestamp = Timestamp::constant(1_772_959_260, 0);

/// One per operation.
#[must_use]
pub fn examples() -> Vec<Examples> {
    let rider = rider();
    let riders =
        PageRequest::parse(None, None, 100).map(|request| request.of([rider.rider.clone()].into_iter()));
    let clock = TestClock { now: NOON, offset_s: 14_460 };
    vec![
        Examples::new("get_test_clock", &ApiResult::Ok(clock)),
        Examples::new("move_test_clock", &ApiResult::Ok(clock)),
        Examples::new("list_test_riders", &riders.map_err(Into::into)),
        Examples::new("create_test_rider", &ApiResult::Ok(&rider)),
        Examples::new("get_test_rider", &ApiResult::Ok(&rider)),
        Examples::new("top_up_test_rider", &ApiResult::Ok(&rider)),
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
            id: domain::media::MediaId::of_token("kartu-ani").as_str().to_owned(),
            label: "Kartu Ani".to_owned(),
            linked_from: Timestamp::constant(1_772_902_800, 0),
            linked_at: NOON,
        }],
    }
}
