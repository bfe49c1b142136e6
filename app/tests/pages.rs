//! Pages rendered to text, with the API's answers written down beside them.
#![cfg(feature = "ssr")]

use std::collections::HashMap;

use app::{
    Portal,
    api::{Answer, ApiBase, Caller},
    load::PageStatus,
    outcome::Outcome,
    visitor::{SessionKind, SessionView, Visitor},
};
use domain::problem::Problem;
use leptos::{prelude::*, reactive::owner::Owner};
use leptos_meta::provide_meta_context;
use leptos_router::location::RequestUrl;
use serde_json::{Value, json};

const PARTNER: &str = "ptn_0680j8p2e5vr7bq0000000000g";
const USER: &str = "usr_0680j8p2e5vr7bq0000000000g";
const OTHER: &str = "usr_0680j8p2e5vr7bq0000000002g";
const KEY: &str = "key_0680j8p2e5vr7bq0000000000g";
const SESSION: &str = "ses_0680j8p2e5vr7bq0000000000g";
/// The format's own test vector.
const SECRET: &str = "nfcg_test_ZyXwVuTsRqPoNmLkJiHgFeDcBa987654327azM";
const NOW: &str = "2026-03-08T08:41:00Z";

/// Somebody looking at a page.
struct Reader {
    kind: Option<SessionKind>,
    answers: HashMap<&'static str, Value>,
    outcome: Option<Outcome>,
}

impl Reader {
    fn stranger() -> Self {
        Self { kind: None, answers: HashMap::new(), outcome: None }
    }

    fn member(role: &str, status: &str) -> Self {
        let session = json!({
            "user": {"id": USER, "name": "Rani", "email": "rani@travelku.example"},
            "partner": {"id": PARTNER, "name": "TravelKu App", "status": status, "tier": "pro", "role": role},
            "operator": null, "totp_enabled": false, "must_enrol_totp": false,
        });
        Self { kind: Some(SessionKind::Partner), answers: HashMap::new(), outcome: None }
            .gets("/portal-api/v1/session", session)
            .gets("/portal-api/v1/partner", partner(status))
            .gets("/portal-api/v1/keys?environment=live", page(json!([])))
            .gets("/portal-api/v1/keys?environment=test", page(json!([key("active")])))
            .gets("/portal-api/v1/sessions", page(json!([session_row(true)])))
            .gets("/portal-api/v1/members", page(json!([member(USER, "owner"), member(OTHER, "viewer")])))
    }

    fn operator() -> Self {
        Self { kind: Some(SessionKind::Admin), answers: HashMap::new(), outcome: None }
    }

    fn gets(mut self, path: &'static str, answer: Value) -> Self {
        self.answers.insert(path, answer);
        self
    }

    fn sent(mut self, action: &str, values: &[(&str, &str)], result: Result<Value, Problem>) -> Self {
        let values = values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        self.outcome = Some(Outcome::new(action.to_owned(), values, result));
        self
    }

    /// The page's HTML and status. The answer for a path is the one written down for its longest prefix.
    fn opens(self, path: &str) -> (String, u16) {
        let Self { kind, answers, outcome } = self;
        let owner = Owner::new();
        let status = PageStatus::default();
        let html = owner.with(|| {
            provide_context(RequestUrl::new(path));
            provide_context(status.clone());
            provide_context(ApiBase("https://api.example".to_owned()));
            provide_context(Visitor {
                session: kind.map(|kind| SessionView {
                    name: "Rani".to_owned(),
                    email: "rani@travelku.example".to_owned(),
                    kind,
                    organisation: "TravelKu App".to_owned(),
                    tier: None,
                }),
                path: path.split('?').next().unwrap_or(path).to_owned(),
                now: NOW.parse().expect("a constant instant"),
                form_key: "f0".to_owned(),
                ..Visitor::default()
            });
            provide_context(Caller::new(move |path| {
                let best = answers
                    .iter()
                    .filter(|(prefix, _)| path.starts_with(**prefix))
                    .max_by_key(|(prefix, _)| prefix.len());
                let answer = match best {
                    Some((_, answer)) => Answer { status: 200, body: answer.to_string().into_bytes() },
                    None => Answer {
                        status: 404,
                        body: json!(refusal("not_found", 404, &[])).to_string().into_bytes(),
                    },
                };
                async move { answer }
            }));
            if let Some(outcome) = outcome {
                provide_context(outcome);
            }
            provide_meta_context();
            view! { <Portal/> }.to_html()
        });
        (html, status.get())
    }
}

fn page(data: Value) -> Value {
    let total = data.as_array().map_or(0, Vec::len);
    json!({"data": data, "meta": {"total": total, "page": 1, "limit": 20}})
}

fn partner(status: &str) -> Value {
    json!({
        "id": PARTNER, "name": "TravelKu App", "legal_name": "PT TravelKu Nusantara", "description": "Perencana perjalanan",
        "status": status, "status_reason": (status == "suspended").then_some("Kunci tersebar di repositori publik"),
        "tier": "pro", "quota_per_day": null, "burst_per_minute": null, "is_demo": false,
        "created_at": "2026-01-15T09:00:00Z", "status_since": "2026-01-16T09:00:00Z",
    })
}

fn member(id: &str, role: &str) -> Value {
    json!({
        "id": id, "name": "Rani", "email": "rani@travelku.example", "role": role, "invited": false,
        "totp_enabled": false, "created_at": "2026-01-15T09:00:00Z",
    })
}

fn session_row(current: bool) -> Value {
    json!({
        "id": SESSION, "current": current, "created_at": NOW, "seen_at": NOW, "expires_at": "2026-03-08T20:41:00Z",
        "user_agent": "curl/8.9.1", "ip": "203.0.113.7",
    })
}

fn key(status: &str) -> Value {
    json!({
        "id": KEY, "name": "Server uji", "environment": "test", "prefix": "nfcg_test_ZyXwVu", "last4": "7azM",
        "status": status, "created_at": "2026-03-01T09:00:00Z", "expires_at": null, "revoked_at": null,
        "replaced_by": null, "overlap_until": null, "ip_allow": ["203.0.113.0/24"], "origin": null, "read_only": true,
        "last_used_at": "2026-03-08T08:38:00Z", "last_used_ip": "203.0.113.7",
    })
}

fn refusal(code: &str, status: u16, errors: &[(&str, &str)]) -> Problem {
    serde_json::from_value(json!({
        "type": format!("/docs/rate-limits#{code}"), "title": "Data tidak valid", "status": status, "detail": "Perbaiki.",
        "code": code, "request_id": "req_1",
        "errors": errors.iter().map(|(field, message)| json!({"field": field, "code": "x", "message": message})).collect::<Vec<_>>(),
    }))
    .expect("a problem as the API writes it")
}

fn usage(calls: &[u64], refused: u64) -> Value {
    let days: Vec<_> = calls
        .iter()
        .enumerate()
        .map(|(index, calls)| {
            json!({"day": format!("2026-03-{:02}", index + 1), "calls": calls, "errors": 0, "client_errors": 0, "refused": refused})
        })
        .collect();
    let some = calls.iter().any(|calls| *calls > 0);
    json!({
        "environment": "live",
        "today": {"calls": calls.last(), "quota": 10_000, "remaining": 1_766, "resets_at": "2026-03-08T17:00:00Z", "refused": refused},
        "days": days,
        "total": {
            "calls": calls.iter().sum::<u64>(), "success_rate": some.then_some(99.97), "avg_ms": some.then_some(1.5),
            "p50_ms": some.then_some(1.2), "p99_ms": some.then_some(142.0),
        },
        "operations": if some {
            json!([{"operation": "calculate_fare", "title": "GET /fare/calculate", "calls": 8_234, "success_rate": 99.97,
                    "avg_ms": 31.0, "p50_ms": 28.0, "p99_ms": 67.0}])
        } else {
            json!([])
        },
    })
}

#[test]
fn what_was_typed_comes_back_with_the_error_beside_its_field_but_no_password() {
    let problem = refusal(
        "validation_failed",
        422,
        &[("email", "Bukan alamat email"), ("accept_terms", "Setujui dulu")],
    );
    let typed = [("organisation", "TravelKu \"App\" <b>"), ("email", "rani@")];
    let (html, _) = Reader::stranger().sent("/sign-up", &typed, Err(problem)).opens("/sign-up");
    assert!(html.contains("TravelKu &quot;App&quot; &lt;b") && html.contains("value=\"rani@\""), "{html}");
    assert!(html.contains("Bukan alamat email") && html.contains("Setujui dulu"));
    assert!(
        html.contains("aria-describedby=\"field-email-error")
            || html.contains("field-email-help field-email-error")
    );
    assert!(!html.contains("<code>email</code>"), "an error beside its field is not listed again");
}

#[test]
fn an_error_of_a_field_the_form_does_not_show_is_still_told() {
    let problem = refusal("validation_failed", 422, &[("token", "Tautan sudah dipakai")]);
    let (html, _) = Reader::stranger()
        .sent("/reset-password", &[("token", "abc")], Err(problem))
        .opens("/reset-password");
    assert!(html.contains("Tautan sudah dipakai"));
    assert!(
        html.contains("name=\"token\" value=\"abc\"") || html.contains("value=\"abc\""),
        "the token stays in the form"
    );
}

#[test]
fn a_mailed_link_is_used_by_a_button_not_by_opening_it() {
    let (html, _) = Reader::stranger().opens("/verify-email?token=tok123");
    assert!(html.contains("method=\"post\" action=\"/verify-email\"") && html.contains("value=\"tok123\""));
    let (html, status) = Reader::stranger().opens("/verify-email");
    assert!(!html.contains("action=\"/verify-email\""));
    assert_eq!(status, 400);
}

#[test]
fn the_code_is_asked_for_when_the_api_asks_and_the_address_is_kept() {
    let problem = refusal("totp_required", 401, &[]);
    let typed = [("email", "rani@travelku.example"), ("next", "/keys")];
    let (html, _) = Reader::stranger().sent("/sign-in", &typed, Err(problem)).opens("/sign-in");
    assert!(html.contains("name=\"totp\"") && !html.contains("Saya memakai verifikasi dua langkah"));
    assert!(html.contains("value=\"rani@travelku.example\"") && html.contains("value=\"/keys\""));
}

#[test]
fn words_in_the_address_do_not_get_into_the_page() {
    let (html, _) = Reader::stranger().opens("/sign-in?done=Transfer%20ke%20rekening%20ini");
    assert!(!html.contains("Transfer ke rekening"));
}

#[test]
fn a_new_key_is_shown_with_a_call_to_try_and_only_on_the_page_that_answers() {
    let created = json!({"key": key("active"), "secret": SECRET});
    let (html, _) = Reader::member("owner", "active")
        .sent("/keys/create", &[("name", "Server uji")], Ok(created))
        .opens("/keys?environment=test");
    assert!(html.contains(SECRET) && html.contains("https://api.example/open-api/v1/fare/calculate"));
    assert!(html.contains("tidak akan ditampilkan lagi"));
    let (html, _) = Reader::member("owner", "active").opens("/keys?environment=test");
    assert!(!html.contains(SECRET) && html.contains("nfcg_test_ZyXwVu…7azM"));
}

#[test]
fn live_keys_wait_for_the_approval_and_the_page_says_so() {
    let (html, _) = Reader::member("owner", "in_review").opens("/keys?environment=live");
    assert!(!html.contains("action=\"/keys/create") && html.contains("setelah pendaftaran disetujui"));
    let (html, _) = Reader::member("owner", "in_review").opens("/keys?environment=test");
    assert!(html.contains("action=\"/keys/create?environment=test#new-key\""));
    let (html, _) = Reader::member("owner", "suspended").opens("/keys?environment=test");
    assert!(!html.contains("action=\"/keys/create"));
    assert!(html.contains("Kunci tersebar di repositori publik"));
}

#[test]
fn who_only_looks_is_offered_nothing_to_change() {
    let (html, status) =
        Reader::member("viewer", "active").opens(&format!("/keys?environment=test&key={KEY}"));
    assert_eq!(status, 200);
    assert!(html.contains("Server uji") && !html.contains("action=\"/keys/"));
    let (html, _) = Reader::member("viewer", "active").opens(&format!("/account?member={OTHER}"));
    assert!(!html.contains("action=\"/account/members/") && !html.contains("action=\"/account/organisation"));
}

#[test]
fn ending_a_key_is_confirmed_by_name_only_where_it_matters() {
    let (html, _) = Reader::member("developer", "active").opens(&format!("/keys?environment=test&key={KEY}"));
    assert!(
        html.contains(&format!("action=\"/keys/{KEY}/revoke?environment=test&amp;key={KEY}#manage\"")),
        "{html}"
    );
    assert!(!html.contains("pattern="));
}

#[test]
fn an_operator_must_first_be_able_to_turn_on_two_step_verification() {
    let session = json!({
        "user": {"id": USER, "name": "Rani", "email": "rani@kci.example"}, "partner": null,
        "operator": {"role": "admin"}, "totp_enabled": false, "must_enrol_totp": true,
    });
    // Everything but the session is refused to them.
    let (html, status) = Reader::operator().gets("/portal-api/v1/session", session).opens("/account");
    assert_eq!(status, 200);
    assert!(html.contains("action=\"/account/totp/enrol#two-step\""));
}

#[test]
fn recovery_codes_and_the_new_secret_are_shown_by_their_answers() {
    let enrolment =
        json!({"secret": "JBSWY3DP", "otpauth_url": "otpauth://totp/x", "qr_svg": "<svg id=\"qr\"></svg>"});
    let (html, _) =
        Reader::member("owner", "active").sent("/account/totp/enrol", &[], Ok(enrolment)).opens("/account");
    assert!(html.contains("JBSWY3DP") && html.contains("<svg id=\"qr\">"));
    let codes = json!({"recovery_codes": ["aaaa-bbbb", "cccc-dddd"]});
    let (html, _) =
        Reader::member("owner", "active").sent("/account/totp/confirm", &[], Ok(codes)).opens("/account");
    assert!(html.contains("aaaa-bbbb\ncccc-dddd"));
}

#[test]
fn the_chart_and_the_table_have_the_same_rows() {
    let reader = Reader::member("owner", "active").gets("/portal-api/v1/usage", usage(&[120, 0, 8_234], 3));
    let (html, _) = reader.opens("/usage");
    for text in ["1.766", "8.234", "99,9%", "142 ms", "3 Mar 2026", "1 Mar 2026", "GET /fare/calculate"] {
        assert!(html.contains(text), "{text}");
    }
    assert!(html.contains("8234"), "the options carry the bare figure");
    assert!(html.contains("leptos-island"));
}

#[test]
fn before_the_first_call_the_page_says_how_to_make_it() {
    let reader = Reader::member("owner", "active").gets("/portal-api/v1/usage", usage(&[0, 0], 0));
    let (html, _) = reader.opens("/usage?environment=live");
    assert!(
        html.contains("Belum ada panggilan Live")
            && html.contains("curl ")
            && !html.contains("leptos-island")
    );
}

#[test]
fn an_operator_is_offered_the_steps_the_api_names_and_no_others() {
    let view = json!({"partner": partner("in_review"), "members": [member(USER, "owner")], "steps": ["approve", "reject"], "history": []});
    let path = format!("/admin/partners/{PARTNER}");
    let reader = Reader::operator()
        .gets("/portal-api/v1/admin/partners/", view)
        .gets(
            "/portal-api/v1/admin/partners/ptn_0680j8p2e5vr7bq0000000000g/keys",
            page(json!([key("active")])),
        )
        .gets("/portal-api/v1/admin/partners/ptn_0680j8p2e5vr7bq0000000000g/usage", usage(&[1], 0));
    let (html, _) = reader.opens(&path);
    assert!(
        html.contains(&format!("{path}/approve#decisions"))
            && html.contains(&format!("{path}/reject#decisions"))
    );
    assert!(!html.contains("/suspend") && !html.contains("/reinstate") && !html.contains("/tier#"));
    assert!(!html.contains("/revoke"), "an operator sees keys and changes none");
}

#[test]
fn partners_are_listed_against_their_own_limit() {
    let row = |name: &str, tier: &str, quota: Value, calls: u64| {
        json!({
            "id": PARTNER, "name": name, "legal_name": "PT", "status": "active", "tier": tier, "quota_per_day": quota,
            "burst_per_minute": null, "is_demo": false, "created_at": NOW, "calls_today": calls,
        })
    };
    let counts = json!({"registered": 0, "in_review": 3, "active": 12, "suspended": 0, "rejected": 0, "enterprise": 4, "has_demo": false});
    let month = json!({"calls": 4_280_000, "calls_last_month": 3_330_000, "change_percent": 28.5, "success_rate": 99.8, "error_rate": 0.2, "p99_ms": 142.0});
    let overview = json!({"partners_active": 12, "partners_in_review": 3, "partners_enterprise": 4, "month": month, "days": [],
                          "partners": [], "demo": false, "at": NOW});
    let list = page(json!([
        row("Komuter Community", "free", json!(null), 8_234),
        row("TransitData.id", "enterprise", json!(null), 218_471),
        row("CityMapper ID", "enterprise", json!(250_000), 31_028),
    ]));
    let (html, _) = Reader::operator()
        .gets("/portal-api/v1/admin/overview", json!({"partners": counts}))
        .gets("/portal-api/v1/overview", overview)
        .gets("/portal-api/v1/admin/partners", list)
        .opens("/admin/partners?status=active");
    for text in ["12", "4,28 jt", "8.234", "10.000", "82,3%", "Unlimited", "250.000", "12,4%"] {
        assert!(html.contains(text), "{text}");
    }
    assert!(html.contains("<option value=\"active\" selected"));
}

#[test]
fn what_the_api_refuses_is_told_in_its_words_and_becomes_the_pages_status() {
    let (html, status) = Reader::operator().opens(&format!("/admin/partners/{PARTNER}"));
    assert_eq!(status, 404);
    assert!(html.contains("not_found") && html.contains("req_1") && html.contains("<h1>Partner"));
}

const GATE: &str = "GATE_GMB_IN_01";

fn gate(state: &str) -> Value {
    json!({
        "id": GATE, "station_id": "STN_GMB", "station_name": "Gambir", "direction": "in", "state": state,
        "last_seen_at": NOW, "firmware": "1.4.2", "provisioned_at": NOW, "earlier_secret_until": null,
        "offline_since": null, "retired_at": (state == "retired").then_some(NOW),
    })
}

fn gatekeeper(role: &str) -> Reader {
    let session = json!({
        "user": {"id": USER, "name": "Rani", "email": "rani@kci.example"}, "partner": null,
        "operator": {"role": role}, "totp_enabled": true, "must_enrol_totp": false,
    });
    let overview = json!({"online": 310, "offline": 2, "unheard": 4, "retired": 0,
        "stations": [{"id": "STN_GMB", "name": "Gambir", "gates": 4}]});
    Reader::operator()
        .gets("/portal-api/v1/session", session)
        .gets("/portal-api/v1/admin/gates-overview", overview)
        .gets("/portal-api/v1/admin/gates", page(json!([gate("online")])))
        .gets("/portal-api/v1/admin/gates/GATE_GMB_IN_01", gate("offline"))
}

#[test]
fn gates_are_listed_for_all_operators_and_made_by_admins_alone() {
    for (role, may) in [("admin", true), ("support", false), ("finance", false)] {
        let (html, _) = gatekeeper(role).opens("/admin/gates?station=STN_GMB");
        for text in ["310", GATE, "1.4.2", "<option value=\"STN_GMB\" selected"] {
            assert!(html.contains(text), "{role}: {text}");
        }
        assert_eq!(html.contains("/admin/gates/create"), may, "{role}");
        let (html, _) = gatekeeper(role).opens("/admin/gates/GATE_GMB_IN_01");
        assert!(html.contains("Offline") && html.contains("Gambir"));
        assert_eq!(html.contains("/GATE_GMB_IN_01/rotate"), may, "{role}");
        assert_eq!(html.contains("/GATE_GMB_IN_01/retire"), may, "{role}");
    }
    let retired = gatekeeper("admin").gets("/portal-api/v1/admin/gates/GATE_GMB_IN_01", gate("retired"));
    let (html, _) = retired.opens("/admin/gates/GATE_GMB_IN_01");
    assert!(html.contains("Dipensiunkan") && !html.contains("/rotate"));
}

#[test]
fn a_gates_secret_is_on_the_page_that_answers_its_form() {
    let created = json!({"gate": gate("unheard"), "secret": "5ec2e7".repeat(8)});
    let sent = gatekeeper("admin").sent("/admin/gates/create", &[], Ok(created.clone()));
    let (html, _) = sent.opens("/admin/gates");
    assert!(html.contains(&"5ec2e7".repeat(8)) && html.contains("tidak akan ditampilkan lagi"));
    let sent = gatekeeper("admin").sent("/admin/gates/GATE_GMB_IN_01/rotate", &[], Ok(created));
    assert!(sent.opens("/admin/gates/GATE_GMB_IN_01").0.contains(&"5ec2e7".repeat(8)));
    assert!(!gatekeeper("admin").opens("/admin/gates").0.contains("gate-secret"));
}

#[test]
fn events_are_told_in_sentences() {
    let event = |sequence: i64, kind: &str, data: Value| {
        json!({
            "sequence": sequence, "id": "evt_0680j8p2e5vr7bq0000000000g", "event": kind, "rider_id": null,
            "journey_id": null, "station_id": "STN_GMB", "occurred_at": NOW, "recorded_at": NOW, "data": data,
        })
    };
    let journey = "jrn_0680j8p2e5vr7bq0000000000g";
    let at = |station: &str| json!({"station": station, "time": NOW});
    let list = page(json!([
        event(
            9,
            "journey.completed",
            json!({"journey_id": journey, "tap_in": at("STN_GMB"), "tap_out": at("STN_MGR"), "fare": 5000,
                   "payment_method": "qris_tap", "fare_cap_applied": false})
        ),
        event(8, "gate.offline", json!({"gate_id": GATE, "station": "STN_GMB", "last_seen_at": NOW})),
        event(
            7,
            "station.crowded",
            json!({"station": "STN_MGR", "level": "critical", "occupancy_percent": 91, "taps_15min": 819,
                   "capacity_15min": 900, "since": NOW})
        ),
        event(
            6,
            "fraud.detected",
            json!({"finding_id": "frd_0680j8p2e5vr7bq0000000000g", "rule": "pass_back", "score": 70,
                   "reasons": [{"code": "entered_twice", "elapsed_s": 40, "same_gate": false}],
                   "station": "STN_GMB", "occurred_at": NOW})
        ),
        event(5, "journey.tap_in", json!({"of": "another version"})),
    ]));
    let (html, _) = Reader::operator().gets("/portal-api/v1/admin/events", list).opens("/admin/events");
    for text in [
        "STN_GMB → STN_MGR, Rp 5.000",
        "GATE_GMB_IN_01 di STN_GMB diam sejak",
        "STN_MGR padat: 819 tap dalam 15 menit, 91 % kapasitas",
        "pass_back (70): Masuk lagi di stasiun yang sama lewat gate lain setelah 40 detik tanpa keluar.",
        "another version",
        "data-live=\"/portal-api/v1/admin/events/stream?after=9\"",
    ] {
        assert!(html.contains(text), "{text}");
    }
}

#[test]
fn a_fraud_finding_says_why() {
    let finding = json!({
        "id": "frd_0680j8p2e5vr7bq0000000000g", "rule": "cloned_media", "score": 95,
        "reasons": [{"code": "simultaneous", "distance_m": 26_800, "elapsed_s": 30}],
        "taps": [{"gate_id": GATE, "sequence": 7}, {"gate_id": "GATE_DPK_IN_01", "sequence": 3}],
        "payer": "med_ba7816bf8f01cfea414140de5dae2223", "media_id": "med_ba7816bf8f01cfea414140de5dae2223",
        "station": "STN_DPK", "gate_id": "GATE_DPK_IN_01", "occurred_at": NOW, "recorded_at": NOW,
        "withdrawn_at": null,
    });
    let reader = || Reader::operator().gets("/portal-api/v1/admin/fraud", page(json!([finding.clone()])));
    let (html, _) = reader().opens("/admin/fraud");
    for text in [
        "Media digandakan",
        "Dua tap berjarak 26800 m hanya berselang 30 detik.",
        "GATE_GMB_IN_01 #7, GATE_DPK_IN_01 #3",
        "STN_DPK",
    ] {
        assert!(html.contains(text), "{text}");
    }
    let none = Reader::operator().gets("/portal-api/v1/admin/fraud", page(json!([])));
    assert!(none.opens("/admin/fraud").0.contains("Belum ada temuan"));
}
