//! `GET /journeys`, `/user/profile`, `/user/balance`.

use std::sync::Arc;

use axum::{
    extract::State,
    http::{HeaderName, header},
};
use domain::{
    fares::PaymentMethod,
    oauth::Scope,
    operations::Operation,
    problem::Code,
    scoped::{BalanceView, ProfileView},
};
use serde_json::{Value, json};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::list::{JourneyQuery, Journeys, Wanted};
use crate::{
    app::App,
    http::{
        json::Json,
        openapi::{Examples, operation},
        problem::{ApiError, ApiResult},
        query::Query,
    },
    keys::Caller,
    oauth::{self, Access, Read},
    realms,
    riders::{self, RiderError},
};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(operation(routes!(list_journeys)))
        .routes(operation(routes!(get_profile)))
        .routes(operation(routes!(get_balance)))
}

/// A person's data is kept by nobody on the way.
type Private<T> = ([(HeaderName, &'static str); 1], Json<T>);

fn private<T>(answer: T) -> Private<T> {
    ([(header::CACHE_CONTROL, "private, no-store")], Json(answer))
}

/// What the token stands for.
fn access(caller: &Caller) -> ApiResult<&Arc<Access>> {
    caller.access.as_ref().ok_or_else(|| ApiError::new(Code::MissingCredential))
}

/// Writes the read down; 401 when the rider took the consent back meanwhile.
async fn write_down(
    app: &App,
    caller: &Caller,
    operation: Operation,
    scope: Scope,
    records: usize,
) -> ApiResult<()> {
    let access = access(caller)?.clone();
    let records = u64::try_from(records).unwrap_or(u64::MAX);
    let read = Read { operation, scope, records, ip: caller.ip, at: realms::now(app, &access.realm) };
    let store = realms::store(app, &access.realm).clone();
    store
        .write::<_, oauth::ReadRefused, _>(move |tx| {
            Box::pin(async move { oauth::log_access(tx, &access, read).await })
        })
        .await?;
    Ok(())
}

#[utoipa::path(
    get,
    path = "/journeys",
    operation_id = "list_journeys",
    tag = "riders",
    summary = "Riwayat perjalanan user (dengan consent) || A rider's journeys (with consent)",
    description = "**Endpoint Scoped:** Memerlukan OAuth 2.0 dengan scope journey:read dan persetujuan eksplisit dari user.\n\n\
                   Perjalanan penumpang yang mengizinkan aplikasi Anda dengan scope journey:read, terbaru dulu. Perjalanan \
                   yang masih berlangsung ikut tampil: tap_out_station dan tap_out_time null, fare_charged 0. Tanpa \
                   tap-out dalam 4 jam, tap_out tetap null dan tarifnya sudah ditagih; tanpa tap-in yang diketahui, \
                   tap_in null. Tarif dapat berubah bila sebuah tap datang terlambat. Setiap pembacaan tercatat di log \
                   akses yang dapat dilihat penumpang. \
                   || **Scoped endpoint:** Needs OAuth 2.0 with the scope journey:read and the rider's explicit consent.\n\n\
                   The journeys of a rider who allowed your application the scope journey:read, newest first. One \
                   that is under way is listed too: tap_out_station and tap_out_time are null, fare_charged is 0. \
                   Without a tap-out within 4 hours tap_out stays null and the fare is charged; without a known tap-in \
                   tap_in is null. A fare may change when a tap arrives late. Every read stands in an access log that \
                   the rider can see.",
    params(
        ("from_date" = Option<String>, Query, format = Date, example = "2026-03-01",
            description = "Tanggal mulai (YYYY-MM-DD), hari WIB. || First day (YYYY-MM-DD), in Jakarta."),
        ("to_date" = Option<String>, Query, format = Date, example = "2026-03-08",
            description = "Tanggal akhir (YYYY-MM-DD), termasuk hari itu. || Last day (YYYY-MM-DD), that day included."),
        ("limit" = Option<u64>, Query, minimum = 1, example = 20,
            description = "Max 100 per halaman (default 20). || 100 per page at most (default 20)."),
        ("page" = Option<u64>, Query, minimum = 1, example = 1,
            description = "Halaman ke-N, mulai dari 1 (default). || Number of the page, from 1 (default)."),
        ("cursor" = Option<String>, Query, example = "Mi4yMDUyMC5qcm5fMDZkMnE4azdzNXYzbTBhOWMxZTRnNmk4ajA",
            description = "meta.next_cursor dari jawaban sebelumnya, sebagai ganti page: tidak ada perjalanan yang terlewat atau ganda, juga bila ada yang baru. \
                           || The meta.next_cursor of an earlier answer, instead of page: no journey is missed or doubled, even while new ones come."),
        ("payment_method" = Option<PaymentMethod>, Query, example = "qris_tap",
            description = "Filter berdasarkan metode bayar. || Only journeys paid this way."),
    ),
    responses((status = 200, body = Journeys, description = "Satu halaman perjalanan. || One page of journeys.")),
    extensions(
        ("x-codes" = json!(["validation_failed"])),
        ("x-defaults" = json!({ "limit": 20, "page": 1 })),
    ),
)]
async fn list_journeys(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<JourneyQuery>,
) -> ApiResult<Private<Journeys>> {
    let wanted = Wanted::read(&query)?;
    let of = access(&caller)?;
    let journeys = wanted.of(realms::store(&app, &of.realm), &of.realm, &of.rider_id).await?;
    write_down(&app, &caller, Operation::ListJourneys, Scope::JourneyRead, journeys.data.len()).await?;
    Ok(private(journeys))
}

#[utoipa::path(
    get,
    path = "/user/profile",
    operation_id = "get_profile",
    tag = "riders",
    summary = "Profil dasar user (consent required) || A rider's profile (consent required)",
    description = "Nama, email dan nomor HP yang disamarkan, status KYC, dan tipe penumpang. NIK dan data biometrik tidak \
                   pernah dikembalikan: kami tidak menyimpannya. id (usr_…) tetap sama untuk aplikasi Anda dan berbeda \
                   untuk setiap aplikasi lain. \
                   || Name, masked e-mail and phone number, KYC status and kind of rider. National identity numbers and \
                   biometrics are never returned: we do not have them. id (usr_…) stays the same for your application \
                   and is another for every other application.",
    responses((status = 200, body = ProfileView, description = "Profil. || The profile.")),
)]
async fn get_profile(State(app): State<App>, caller: Caller) -> ApiResult<Private<ProfileView>> {
    let of = access(&caller)?;
    let usr_id = oauth::usr_id(&app, &of.application_id, &of.rider_id).to_string();
    let profile = match riders::profile(&app, &of.realm, &of.rider_id, usr_id).await {
        Ok(profile) => profile,
        // The account went in the moment between the door and here: so did its consents.
        Err(RiderError::NotFound) => return Err(oauth::ReadRefused::Withdrawn.into()),
        Err(error) => return Err(error.into()),
    };
    write_down(&app, &caller, Operation::GetProfile, Scope::ProfileRead, 1).await?;
    Ok(private(profile))
}

#[utoipa::path(
    get,
    path = "/user/balance",
    operation_id = "get_balance",
    tag = "riders",
    summary = "Saldo wallet user (consent required) || A rider's wallet (consent required)",
    description = "Mengembalikan saldo wallet KCI Pay user dalam rupiah beserta informasi fare capping dan limit transaksi: \
                   berapa yang terpakai hari ini, minggu ini (Senin–Minggu), dan bulan ini (WIB), serta batasnya. Batas \
                   null bila tarif yang berlaku tidak punya batas itu.\n\n\
                   **Gunakan dengan bijak:** Jangan tampilkan saldo user tanpa persetujuan eksplisit. Gunakan hanya untuk \
                   fitur yang memerlukan informasi saldo (seperti top-up reminder). \
                   || What the user's KCI Pay wallet holds in rupiah, with the fare caps and the limit of a transaction: \
                   what was charged this day, week (Monday to Sunday) and month in Jakarta, and the caps. A limit is null \
                   where the tariff in force has no such cap.\n\n\
                   **Use it wisely:** Do not show a user's balance without explicit consent. Use it only for features that \
                   need to know the balance (such as a top-up reminder).",
    responses((status = 200, body = BalanceView, description = "Saldo. || The balance.")),
)]
async fn get_balance(State(app): State<App>, caller: Caller) -> ApiResult<Private<BalanceView>> {
    let of = access(&caller)?;
    let balance = riders::balance(&app, &of.realm, &of.rider_id).await?;
    write_down(&app, &caller, Operation::GetBalance, Scope::BalanceRead, 1).await?;
    Ok(private(balance))
}

/// The samples of the portal's pages, whose form a test of `domain::scoped` holds the types to.
pub fn examples() -> Vec<Examples> {
    let journeys: ApiResult<Value> = Ok(json!({
        "data": [{
            "id": "jrn_06d2q8k7s5v3m0a9c1e4g6i8j0", "tap_in_station": "STN_GMB", "tap_out_station": "STN_MGR",
            "tap_in_time": "2026-03-08T13:58:21Z", "tap_out_time": "2026-03-08T14:32:07Z",
            "fare_charged": 5000, "payment_method": "qris_tap", "fare_cap_applied": false
        }],
        "meta": { "total": 1, "page": 1, "limit": 20, "next_cursor": null }
    }));
    let profile: ApiResult<Value> = Ok(json!({
        "id": "usr_06d2q8k7s5v3m0a9c1e4g6i8j0", "name": "Ahmad Wibowo", "email": "a***@email.com",
        "phone": "+62 812-****-7890", "kyc_status": "verified", "user_type": "adult",
        "registered_at": "2026-01-15T09:00:00Z"
    }));
    let balance: ApiResult<Value> = Ok(json!({
        "balance": 85000, "currency": "IDR",
        "fare_cap": {
            "daily_spent": 7500, "daily_limit": 10000, "weekly_spent": 32000, "weekly_limit": 50000,
            "monthly_spent": 95000, "monthly_limit": 150_000
        },
        "transaction_limit": 2_000_000
    }));
    let refused = |query: JourneyQuery| Wanted::read(&query).map(drop);
    let text = |text: &str| Some(text.to_owned());
    vec![
        Examples::new("list_journeys", &journeys)
            .refused(refused(JourneyQuery { from_date: text("kemarin"), ..JourneyQuery::default() }))
            .refused(refused(JourneyQuery { payment_method: text("cash"), ..JourneyQuery::default() })),
        Examples::new("get_profile", &profile),
        Examples::new("get_balance", &balance),
    ]
}
