//! A partner's life, on both engines.

use axum::http::Method;
use domain::{
    page::PageRequest,
    partners::{PartnerStatus, PartnerStep},
    tiers::Tier,
};
use serde_json::json;

use super::{NewPartner, PartnerError, PartnerFilter, Terms, counts, find, list, register, set_terms, step};
use crate::{
    app::App,
    audit::{Actor, AuditContext},
    identity::tests::support::owner,
    testing::TestApp,
};

async fn partner(app: &App, name: &str, steps: &[PartnerStep]) -> domain::ids::PartnerId {
    let (context, name, steps) = (AuditContext::local(app, Actor::Console), name.to_owned(), steps.to_vec());
    app.live
        .write::<_, PartnerError, _>(move |tx| {
            Box::pin(async move {
                let new = NewPartner {
                    name: name.clone(),
                    legal_name: format!("PT {name}"),
                    description: "Uji".to_owned(),
                    is_demo: false,
                };
                let id = register(tx, &context, new).await?;
                for next in steps {
                    step(tx, &context, &id, next, None).await?;
                }
                Ok(id)
            })
        })
        .await
        .unwrap()
}

#[tokio::test]
async fn only_legal_steps_are_taken_and_the_others_change_nothing() {
    use PartnerStep::{Approve, Reinstate, Reject, Suspend, VerifyMail};
    for test in TestApp::each().await {
        let app = &test.app;
        for (taken, next, status) in [
            (&[][..], Approve, PartnerStatus::Registered),
            (&[VerifyMail], Suspend, PartnerStatus::InReview),
            (&[VerifyMail], VerifyMail, PartnerStatus::InReview),
            (&[VerifyMail, Approve], Approve, PartnerStatus::Active),
            (&[VerifyMail, Approve], Reinstate, PartnerStatus::Active),
            (&[VerifyMail, Reject], Approve, PartnerStatus::Rejected),
            (&[VerifyMail, Approve, Suspend], Suspend, PartnerStatus::Suspended),
        ] {
            let id = partner(app, "Uji", taken).await;
            let (context, of) = (AuditContext::local(app, Actor::Console), id.clone());
            let outcome = app
                .live
                .write::<_, PartnerError, _>(move |tx| {
                    Box::pin(async move { step(tx, &context, &of, next, None).await })
                })
                .await;
            assert!(
                matches!(outcome, Err(PartnerError::WrongStatus(wrong)) if wrong.status == status),
                "{next:?}"
            );
            assert_eq!(find(&app.live, &id).await.unwrap().unwrap().status, status);
        }
        let back = partner(app, "Uji", &[VerifyMail, Approve, Suspend, Reinstate]).await;
        assert_eq!(find(&app.live, &back).await.unwrap().unwrap().status, PartnerStatus::Active);
    }
}

#[tokio::test]
async fn limits_by_contract_come_with_a_tier_that_has_them() {
    for test in TestApp::each().await {
        let app = &test.app;
        let id = partner(app, "Uji", &[PartnerStep::VerifyMail, PartnerStep::Approve]).await;
        let set = |tier, quota_per_day| {
            let (context, id) = (AuditContext::local(app, Actor::Console), id.clone());
            let terms = Terms { tier, quota_per_day, burst_per_minute: None };
            app.live.write::<_, PartnerError, _>(move |tx| {
                Box::pin(async move { set_terms(tx, &context, &id, terms).await })
            })
        };
        assert!(matches!(
            set(Tier::Pro, Some(5)).await,
            Err(PartnerError::NoCustomLimits { field: "quota_per_day", .. })
        ));
        set(Tier::Enterprise, Some(250_000)).await.unwrap();
        let partner = find(&app.live, &id).await.unwrap().unwrap();
        assert_eq!(
            (partner.tier, partner.quota_per_day, partner.burst_per_minute),
            (Tier::Enterprise, Some(250_000), None)
        );
        set(Tier::Pro, None).await.unwrap();
        assert_eq!(find(&app.live, &id).await.unwrap().unwrap().quota_per_day, None);
    }
}

#[tokio::test]
async fn lists_are_filtered_by_status_and_text_and_counted() {
    use PartnerStep::{Approve, VerifyMail};
    for test in TestApp::each().await {
        let app = &test.app;
        partner(app, "Zeta", &[VerifyMail]).await;
        partner(app, "Alpha", &[VerifyMail, Approve]).await;
        let beta = partner(app, "Beta_100%", &[VerifyMail, Approve]).await;
        partner(app, "Gamma", &[]).await;
        let names = async |status: Option<PartnerStatus>, text: Option<&str>| {
            let filter = PartnerFilter { status, text: text.map(str::to_owned) };
            let request = PageRequest::parse(None, Some("2"), 100).unwrap();
            let page = list(&app.live, filter, request).await.unwrap();
            let names: Vec<_> = page.data.into_iter().map(|partner| partner.name).collect();
            (page.meta.total, names.join(" "))
        };
        assert_eq!(names(None, None).await, (4, "Zeta Alpha".to_owned()));
        assert_eq!(names(Some(PartnerStatus::Active), None).await, (2, "Alpha Beta_100%".to_owned()));
        assert_eq!(names(None, Some("pt g")).await, (1, "Gamma".to_owned()));
        assert_eq!(names(None, Some("_100%")).await, (1, "Beta_100%".to_owned()));
        assert_eq!(names(None, Some("a%a")).await, (0, String::new()));
        assert_eq!(names(None, Some(beta.as_str())).await, (1, "Beta_100%".to_owned()));
        let counts = counts(&app.live).await.unwrap();
        assert_eq!((counts.registered, counts.in_review, counts.active, counts.enterprise), (1, 1, 2, 0));
    }
}

#[tokio::test]
async fn an_owner_changes_what_was_not_reviewed() {
    for test in TestApp::each().await {
        let mut owner = owner(&test.app, "rani@travelku.example").await;
        let update = json!({"name": "TravelKu", "description": "Baru"});
        let reply = owner.send(Method::PATCH, "/partner", Some(update)).await;
        assert_eq!(
            (reply.status, &reply.body["name"], &reply.body["description"]),
            (200, &json!("TravelKu"), &json!("Baru"))
        );
        assert_eq!(owner.get("/partner").await.body, reply.body);
        for field in ["legal_name", "status", "tier", "quota_per_day", "burst_per_minute", "id", "is_demo"] {
            let reply = owner.send(Method::PATCH, "/partner", Some(json!({field: "enterprise"}))).await;
            assert_eq!((reply.status, reply.fault.unwrap().0.as_str()), (422, field));
        }
    }
}
