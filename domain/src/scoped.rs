//! What an application is shown of a rider who allowed it, member for member as the pages print it.
//!
//! The scoped endpoints answer with these; the consent page fills them with the rider's own data
//! before anything is allowed, so that both can't differ.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    fares::{CapPeriod, PaymentMethod, UserType},
    ids::JourneyId,
    journeys::RecordedJourney,
    money::Rupiah,
    network::StationId,
    riders::{KycStatus, RiderRow, masked_email, masked_phone},
};

/// Most that one payment from a wallet may be.
///
/// # Source
/// The portal's page of `GET /user/balance`.
pub const TRANSACTION_LIMIT: Rupiah = Rupiah(2_000_000);

/// A journey, by `journey:read`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct JourneyView {
    pub id: JourneyId,
    /// None: the beginning is not known.
    pub tap_in_station: Option<StationId>,
    /// None: on the way, or without tap-out.
    pub tap_out_station: Option<StationId>,
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = DateTime))]
    pub tap_in_time: Option<Timestamp>,
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = DateTime))]
    pub tap_out_time: Option<Timestamp>,
    /// After discounts and caps, as it stands now; 0 while on the way.
    pub fare_charged: Rupiah,
    #[cfg_attr(feature = "openapi", schema(inline))]
    pub payment_method: PaymentMethod,
    /// Whether a cap lowered it.
    pub fare_cap_applied: bool,
}

impl From<&RecordedJourney> for JourneyView {
    fn from(journey: &RecordedJourney) -> Self {
        Self {
            id: journey.id.clone(),
            tap_in_station: journey.from_station,
            tap_out_station: journey.to_station,
            tap_in_time: journey.tapped_in_at,
            tap_out_time: journey.tapped_out_at,
            fare_charged: journey.charge,
            payment_method: journey.payment_method,
            fare_cap_applied: journey.limited_by.is_some(),
        }
    }
}

/// Who the rider is, by `profile:read`. No identity number, no biometrics: we have none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProfileView {
    /// `usr_…`: another one for every application.
    pub id: String,
    pub name: String,
    /// Masked.
    pub email: Option<String>,
    /// Masked.
    pub phone: Option<String>,
    #[cfg_attr(feature = "openapi", schema(inline))]
    pub kyc_status: KycStatus,
    /// Today.
    #[cfg_attr(feature = "openapi", schema(inline))]
    pub user_type: UserType,
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub registered_at: Timestamp,
}

impl ProfileView {
    /// The rider as the application knows them that calls them `id`.
    #[must_use]
    pub fn new(id: String, rider: RiderRow) -> Self {
        Self {
            id,
            name: rider.name,
            email: rider.email.as_deref().map(masked_email),
            phone: rider.phone.as_deref().map(masked_phone),
            kyc_status: rider.kyc_status,
            user_type: rider.user_type,
            registered_at: rider.registered_at,
        }
    }
}

/// What the rider's wallet holds, by `balance:read`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BalanceView {
    pub balance: Rupiah,
    /// `IDR`.
    pub currency: String,
    pub fare_cap: FareCapView,
    /// Most that one payment may be.
    pub transaction_limit: Rupiah,
}

/// What was spent this day, week and month in Jakarta, and the most that is charged in each; a limit
/// is null where the tariff in force has none.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FareCapView {
    pub daily_spent: Rupiah,
    pub daily_limit: Option<Rupiah>,
    pub weekly_spent: Rupiah,
    pub weekly_limit: Option<Rupiah>,
    pub monthly_spent: Rupiah,
    pub monthly_limit: Option<Rupiah>,
}

impl FareCapView {
    /// Spent and limit of a period.
    #[must_use]
    pub const fn of(&self, period: CapPeriod) -> (Rupiah, Option<Rupiah>) {
        match period {
            CapPeriod::Daily => (self.daily_spent, self.daily_limit),
            CapPeriod::Weekly => (self.weekly_spent, self.weekly_limit),
            CapPeriod::Monthly => (self.monthly_spent, self.monthly_limit),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// The samples of the portal's pages, member for member.
    #[test]
    fn what_an_application_is_shown_is_as_printed() {
        for (printed, written) in [
            (
                json!({
                    "id": "jrn_06d2q8k7s5v3m0a9c1e4g6i8j0", "tap_in_station": "STN_GMB",
                    "tap_out_station": "STN_MGR", "tap_in_time": "2026-03-08T13:58:21Z",
                    "tap_out_time": "2026-03-08T14:32:07Z", "fare_charged": 5000,
                    "payment_method": "qris_tap", "fare_cap_applied": false
                }),
                rewritten::<JourneyView> as fn(serde_json::Value) -> serde_json::Value,
            ),
            (
                json!({
                    "id": "usr_28471", "name": "Ahmad Wibowo", "email": "a***@email.com",
                    "phone": "+62 812-****-7890", "kyc_status": "verified", "user_type": "adult",
                    "registered_at": "2026-01-15T09:00:00Z"
                }),
                rewritten::<ProfileView>,
            ),
            (
                json!({
                    "balance": 85000, "currency": "IDR",
                    "fare_cap": {
                        "daily_spent": 7500, "daily_limit": 10000, "weekly_spent": 32000,
                        "weekly_limit": 50000, "monthly_spent": 95000, "monthly_limit": 150_000
                    },
                    "transaction_limit": 2_000_000
                }),
                rewritten::<BalanceView>,
            ),
        ] {
            assert_eq!(written(printed.clone()), printed);
        }
    }

    fn rewritten<T: Serialize + serde::de::DeserializeOwned>(
        printed: serde_json::Value,
    ) -> serde_json::Value {
        serde_json::to_value(serde_json::from_value::<T>(printed).unwrap()).unwrap()
    }
}
