//! What a journey from here to there costs: the answer of `GET /fare/calculate`.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::explain::explain;
use super::{Currency, Explanation, FareCap, PaymentMethod, Tariff, UserType};
use crate::money::Rupiah;
use crate::network::{Km, Network, StationId, StationIx};

/// What is to be priced. Stations come from [`Network::find_open`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuoteRequest {
    pub from: StationIx,
    pub to: StationIx,
    pub user_type: UserType,
    /// All tariffs so far price all methods alike, so it does not change the answer.
    pub payment_method: Option<PaymentMethod>,
    /// Also say how the figure came about.
    pub explain: bool,
}

/// Fare of one journey.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Quote {
    #[cfg_attr(feature = "openapi", schema(value_type = String, pattern = "^STN_[A-Z0-9]{2,8}$", example = "STN_GMB"))]
    pub from: StationId,
    #[cfg_attr(feature = "openapi", schema(value_type = String, pattern = "^STN_[A-Z0-9]{2,8}$", example = "STN_DPK"))]
    pub to: StationId,
    /// Shortest way along the track.
    #[cfg_attr(feature = "openapi", schema(example = 27.062))]
    pub distance_km: Km,
    /// Rupiah to pay by a rider whose day, week and month begin with this journey: after discount,
    /// and never more than the caps.
    #[cfg_attr(feature = "openapi", schema(value_type = i64, example = 8_000))]
    pub fare: Rupiah,
    pub currency: Currency,
    pub user_type: UserType,
    /// Taken off already; empty when nothing is.
    pub discounts: Vec<Discount>,
    pub fare_cap: FareCap,
    pub tariff: TariffRef,
    /// Only with `explain=true`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[cfg_attr(feature = "openapi", schema(value_type = Explanation, required = false))]
    pub explain: Option<Box<Explanation>>,
}

/// The tariff a price was made with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TariffRef {
    #[cfg_attr(feature = "openapi", schema(example = "nfc-gate-2026"))]
    pub id: String,
    /// First day in force.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = Date, example = "2026-01-01"))]
    pub valid_from: Date,
}

/// A discount that a fare contains.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Discount {
    /// The kind of rider it is for.
    #[serde(rename = "type")]
    pub kind: UserType,
    #[cfg_attr(feature = "openapi", schema(minimum = 0, maximum = 100, example = 50))]
    pub percent: u8,
    /// Rupiah taken off the price of the distance.
    #[cfg_attr(feature = "openapi", schema(value_type = i64, example = 4_000))]
    pub amount: Rupiah,
}

/// A fare cannot be worked out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FareError {
    #[error("the fare does not fit an amount")]
    Overflow,
}

/// Prices one journey.
///
/// Origin and destination may be the same: the tariff's rule for it holds. Where it lets riders
/// leave again for free within some minutes, the quote is for leaving in time.
///
/// # Errors
/// [`FareError::Overflow`], which no tariff that was read comes near.
///
/// # Source
/// `data/tariffs.json`; order of the steps in the [module's header](super).
pub fn quote(network: &Network, tariff: &Tariff, request: &QuoteRequest) -> Result<Quote, FareError> {
    let distance_m = network.distance_m(request.from, request.to);
    let same_station = request.from == request.to;
    let base_fare = match tariff.same_station {
        rule if same_station && rule.free_within_s.is_some() => Rupiah::ZERO,
        rule if same_station => rule.fare_after,
        _ => tariff.base_fare(distance_m).ok_or(FareError::Overflow)?,
    };
    let percent = tariff.discount_percent(request.user_type);
    let discounted = tariff.discounted(base_fare, request.user_type).ok_or(FareError::Overflow)?;
    let fare = tariff.caps.steps().fold(discounted, |fare, (_, cap)| fare.min(cap));
    let mut answer = Quote {
        from: network.station(request.from).id,
        to: network.station(request.to).id,
        distance_km: Km::from_metres(distance_m),
        fare,
        currency: Currency::Idr,
        user_type: request.user_type,
        discounts: Vec::new(),
        fare_cap: tariff.caps,
        tariff: TariffRef { id: tariff.id.clone(), valid_from: tariff.valid_from },
        explain: None,
    };
    let amount = base_fare.checked_sub(discounted).ok_or(FareError::Overflow)?;
    if amount > Rupiah::ZERO {
        answer.discounts.push(Discount { kind: request.user_type, percent, amount });
    }
    if request.explain {
        let explanation = explain(tariff, distance_m, same_station, base_fare, discounted, &answer)?;
        answer.explain = Some(Box::new(explanation));
    }
    Ok(answer)
}
