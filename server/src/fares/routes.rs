//! `GET /fare/calculate`.

use std::str::FromStr;

use axum::extract::State;
use domain::{
    fares::{
        NotOneOf, PaymentMethod, Quote, QuoteRequest, Tariff, TariffChoiceError, Tariffs, UserType, quote,
    },
    network::{Network, StationError, StationIx},
    problem::Code,
    time::jakarta_day,
};
use jiff::{Timestamp, civil::Date};
use serde::Deserialize;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    app::App,
    http::{
        json::PublicJson,
        openapi::{Examples, operation},
        problem::{ApiError, ApiResult},
        query::Query,
    },
};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(operation(routes!(calculate_fare)))
}

/// Query of [`calculate_fare`], still as text, so that every fault can be named at once.
#[derive(Debug, Default, Deserialize)]
pub(super) struct FareQuery {
    from: Option<String>,
    to: Option<String>,
    user_type: Option<String>,
    payment_method: Option<String>,
    at: Option<String>,
    tariff: Option<String>,
    explain: Option<String>,
}

#[utoipa::path(
    get,
    path = "/fare/calculate",
    operation_id = "calculate_fare",
    tag = "fares",
    summary = "Hitung estimasi tarif origin → destination || Estimate the fare from origin to destination",
    description = "Menghitung tarif satu perjalanan menurut jarak rel terpendek. Tarif sudah termasuk diskon dan tidak \
                   melebihi batas harian, mingguan, dan bulanan. \
                   || Prices one journey by the shortest way along the track. The fare includes discounts and never \
                   exceeds the daily, weekly and monthly caps.",
    params(
        ("from" = String, Query, example = "STN_GMB",
            description = "Kode stasiun asal (contoh: STN_GMB); kode operator juga diterima. || Origin station (as STN_GMB); the operator's code is accepted too."),
        ("to" = String, Query, example = "STN_DPK",
            description = "Kode stasiun tujuan (contoh: STN_DPK). || Destination station (as STN_DPK)."),
        ("user_type" = Option<UserType>, Query, example = "adult",
            description = "Tipe penumpang: adult (default), student, disabled. || Kind of rider: adult (default), student, disabled."),
        ("payment_method" = Option<PaymentMethod>, Query, example = "qris_tap",
            description = "Metode bayar: qris_tap, emv_visa, emv_mc, google_pay, apple_pay, kci_pay. || What the rider taps with: qris_tap, emv_visa, emv_mc, google_pay, apple_pay, kci_pay."),
        ("at" = Option<String>, Query, format = Date, example = "2026-03-08",
            description = "Hitung dengan tarif yang berlaku pada tanggal ini (YYYY-MM-DD, default: hari ini WIB). || Price with the tariff in force on this day (YYYY-MM-DD, default: today in Jakarta)."),
        ("tariff" = Option<String>, Query, example = "nfc-gate-2026",
            description = "Pilih tarif menurut id, apa pun tanggalnya: nfc-gate-2026 atau krl-2020. || Pick a tariff by id, whatever the day: nfc-gate-2026 or krl-2020."),
        ("explain" = Option<bool>, Query, example = false,
            description = "true: sertakan langkah perhitungan (jarak, diskon, batas). || true: add the steps of the calculation (bands, discounts, caps)."),
    ),
    responses((status = 200, body = Quote, description = "Tarif. || The fare.")),
    extensions(
        ("x-codes" = json!(["validation_failed"])),
        ("x-defaults" = json!({ "user_type": "adult", "explain": false })),
    ),
)]
async fn calculate_fare(
    State(app): State<App>,
    Query(query): Query<FareQuery>,
) -> ApiResult<PublicJson<Quote>> {
    price(&app.network, &app.tariffs, app.clock.now(), &query).map(PublicJson)
}

/// A figure for every sensible question. What is missing or cannot be read at all (a date that is
/// none) is 400; what reads well but names nothing we know is 422. All faults of a kind are named
/// at once.
pub(super) fn price(
    network: &Network,
    tariffs: &Tariffs,
    now: Timestamp,
    query: &FareQuery,
) -> ApiResult<Quote> {
    let mut faults = Faults::default();
    let from = faults.present("from", query.from.as_deref());
    let to = faults.present("to", query.to.as_deref());
    let day = faults.day("at", query.at.as_deref());
    let explain = faults.flag("explain", query.explain.as_deref());
    faults.refuse(Code::InvalidParameter)?;

    let mut faults = Faults::default();
    let from = faults.station(network, "from", from);
    let to = faults.station(network, "to", to);
    let user_type = faults.word("user_type", query.user_type.as_deref()).unwrap_or_default();
    let payment_method = faults.word("payment_method", query.payment_method.as_deref());
    let day = day.unwrap_or_else(|| jakarta_day(now));
    let tariff = faults.tariff(tariffs, query.tariff.as_deref(), day);
    faults.refuse(Code::ValidationFailed)?;

    let (Some(from), Some(to), Some(tariff)) = (from, to, tariff) else {
        // Nothing is absent that has not been named above.
        return Err(ApiError::new(Code::ValidationFailed));
    };
    let request = QuoteRequest { from, to, user_type, payment_method, explain };
    quote(network, tariff, &request).map_err(ApiError::internal)
}

/// Faults found so far.
#[derive(Default)]
struct Faults(Vec<Fault>);

struct Fault {
    field: &'static str,
    code: &'static str,
    id: String,
    en: String,
}

impl Faults {
    fn add(&mut self, field: &'static str, code: &'static str, id: String, en: String) {
        self.0.push(Fault { field, code, id, en });
    }

    fn refuse(self, code: Code) -> ApiResult<()> {
        if self.0.is_empty() {
            return Ok(());
        }
        let refusal = ApiError::new(code);
        Err(self
            .0
            .into_iter()
            .fold(refusal, |refusal, fault| refusal.fault(fault.field, fault.code, fault.id, fault.en)))
    }

    fn present<'q>(&mut self, field: &'static str, text: Option<&'q str>) -> &'q str {
        let text = text.unwrap_or_default();
        if text.is_empty() {
            self.add(field, "required", format!("`{field}` wajib diisi"), format!("`{field}` is required"));
        }
        text
    }

    fn day(&mut self, field: &'static str, text: Option<&str>) -> Option<Date> {
        let text = text?;
        // Exactly as documented: the parser itself would take more forms of dates.
        let day = (text.len() == 10).then(|| text.parse().ok()).flatten();
        if day.is_none() {
            self.add(
                field,
                "unreadable",
                format!("`{field}` harus tanggal YYYY-MM-DD"),
                format!("`{field}` must be a date, YYYY-MM-DD"),
            );
        }
        day
    }

    fn flag(&mut self, field: &'static str, text: Option<&str>) -> bool {
        match text {
            None | Some("false") => false,
            Some("true") => true,
            Some(_) => {
                self.add(
                    field,
                    "unreadable",
                    format!("`{field}` harus true atau false"),
                    format!("`{field}` must be true or false"),
                );
                false
            }
        }
    }

    fn station(&mut self, network: &Network, field: &'static str, spelling: &str) -> Option<StationIx> {
        match network.find_open(spelling) {
            Ok(station) => return Some(station.ix),
            Err(StationError::Unknown) => self.add(
                field,
                "unknown_station",
                format!("`{field}`: stasiun tidak dikenal; lihat GET /stations"),
                format!("`{field}`: no such station; see GET /stations"),
            ),
            Err(StationError::Closed(id)) => self.add(
                field,
                "closed_station",
                format!("`{field}`: {id} sudah tutup"),
                format!("`{field}`: {id} is closed"),
            ),
        }
        None
    }

    fn word<T: FromStr<Err = NotOneOf>>(&mut self, field: &'static str, text: Option<&str>) -> Option<T> {
        match text?.parse() {
            Ok(word) => Some(word),
            Err(NotOneOf { allowed }) => {
                let allowed = allowed.join(", ");
                self.add(
                    field,
                    "not_one_of",
                    format!("`{field}` harus salah satu dari {allowed}"),
                    format!("`{field}` must be one of {allowed}"),
                );
                None
            }
        }
    }

    fn tariff<'t>(&mut self, tariffs: &'t Tariffs, id: Option<&str>, day: Date) -> Option<&'t Tariff> {
        match tariffs.choose(id, day) {
            Ok(tariff) => return Some(tariff),
            Err(TariffChoiceError::UnknownId) => {
                let known: Vec<_> = tariffs.iter().map(|tariff| tariff.id.as_str()).collect();
                let known = known.join(", ");
                self.add(
                    "tariff",
                    "unknown_tariff",
                    format!("`tariff` tidak dikenal; yang ada: {known}"),
                    format!("`tariff` is not known; there are: {known}"),
                );
            }
            Err(TariffChoiceError::NoneInForce(day)) => self.add(
                "at",
                "no_tariff",
                format!("Tidak ada tarif yang berlaku pada {day}"),
                format!("No tariff is in force on {day}"),
            ),
        }
        None
    }
}

/// Answers for the documentation, made by the same function that answers requests.
pub fn examples(network: &Network, tariffs: &Tariffs) -> Vec<Examples> {
    let noon = Timestamp::constant(1_772_959_260, 0);
    let ask = |from: &str, to: &str| {
        let text = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let query = FareQuery { from: text(from), to: text(to), ..FareQuery::default() };
        price(network, tariffs, noon, &query)
    };
    vec![
        Examples::new("calculate_fare", &ask("STN_GMB", "STN_DPK"))
            .refused(ask("STN_GMB", ""))
            .refused(ask("STN_GMB", "STN_XXX")),
    ]
}
