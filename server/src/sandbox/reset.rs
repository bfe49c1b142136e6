//! Emptying a test network.

use axum::extract::State;
use domain::sandbox::TestClock;

use super::{Tester, clock};
use crate::{
    app::App,
    events,
    http::{json::Json, problem::ApiResult},
    journeys, ledger, oauth, realms, riders,
    store::DbError,
    traffic, webhooks,
};

#[utoipa::path(
    post,
    path = "/sandbox/reset",
    operation_id = "reset_sandbox",
    tag = "sandbox",
    summary = "Kosongkan jaringan uji || Empty the test network",
    description = "Menghapus semua penumpang, tap, perjalanan, mutasi, event, dan traffic jaringan uji Anda, dan mengembalikan jam uji ke \
                   waktu nyata. Key tetap berlaku. Tidak dapat dibatalkan. || Deletes all riders, taps, journeys, transfers, events \
                   and traffic of your test network and puts its clock back to real time. Keys stay. Cannot be undone.",
    responses((status = 200, body = TestClock, description = "Jam sesudahnya. || The clock afterwards.")),
    extensions(("x-codes" = json!([]))),
)]
pub(super) async fn reset_sandbox(State(app): State<App>, tester: Tester) -> ApiResult<Json<TestClock>> {
    app.testing_grounds.forget(&tester.partner);
    let (realm, partner) = (tester.realm.clone(), tester.partner.clone());
    // What the test clock will show once it is put back.
    let now = app.clock.now();
    tester
        .db(&app)
        .write::<_, DbError, _>(move |tx| {
            Box::pin(async move {
                journeys::erase(tx, &realm).await?;
                ledger::erase(tx, &realm).await?;
                events::erase(tx, &realm).await?;
                webhooks::purge::erase(tx, &realm, now).await?;
                traffic::erase(tx, &realm).await?;
                oauth::erase(tx, &realm).await?;
                riders::erase(tx, &realm).await?;
                realms::forget(tx, &partner).await
            })
        })
        .await?;
    realms::forgotten(&app, &tester.partner);
    traffic::forget(&app, &tester.realm);
    tester.record(&app, "sandbox.reset", "-".to_owned()).await?;
    Ok(Json(clock::view(&app, &tester)))
}
