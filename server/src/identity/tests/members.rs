//! Members and invitations.

use std::time::Duration;

use axum::http::Method;
use serde_json::{Value, json};

use super::support::{Browser, PASSWORD, mails_to, member, newest_token, owner};
use crate::testing::TestApp;

const OWNER: &str = "rani@travelku.example";
const DEVELOPER: &str = "budi@travelku.example";

async fn id_of(browser: &mut Browser, email: &str) -> String {
    let members = browser.get("/members").await.body;
    let of_them = |member: &&Value| member["email"] == email;
    members["data"].as_array().unwrap().iter().find(of_them).unwrap()["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn an_invited_person_becomes_a_member_with_the_role_given() {
    for test in TestApp::each().await {
        let app = &test.app;
        let mut owner = owner(app, OWNER).await;
        let invitation = json!({"name": "Budi", "email": DEVELOPER, "role": "developer"});
        let reply = owner.post("/members", invitation.clone()).await;
        assert_eq!((reply.status, &reply.body["invited"]), (201, &json!(true)));
        let id = reply.body["id"].clone();
        let again = owner.post("/members", invitation).await;
        assert_eq!(again.fault, Some(("email".to_owned(), "already_member".to_owned())));

        let accept =
            json!({"token": newest_token(app, DEVELOPER).await, "name": "Budi S.", "password": PASSWORD});
        let mut budi = Browser::new(app);
        let reply = budi.post("/invitation/accept", accept.clone()).await;
        assert_eq!((reply.status, &reply.body["partner"]["role"]), (200, &json!("developer")));
        assert_eq!(reply.body["user"]["id"], id);
        assert_eq!(Browser::new(app).post("/invitation/accept", accept).await.status, 422);
        let list = owner.get("/members").await.body;
        assert_eq!(list["meta"]["total"], 2);
        assert!(list["data"].as_array().unwrap().iter().all(|member| member["invited"] == false));
    }
}

#[tokio::test]
async fn only_owners_look_after_members() {
    for test in TestApp::each().await {
        let app = &test.app;
        let mut owner = owner(app, OWNER).await;
        let owners_id = id_of(&mut owner, OWNER).await;
        for (email, role) in [(DEVELOPER, "developer"), ("sari@travelku.example", "viewer")] {
            let mut member = member(app, &mut owner, email, role).await;
            assert_eq!(member.get("/members").await.status, 200);
            assert_eq!(member.get("/partner").await.status, 200);
            let invitation = json!({"name": "X", "email": "x@travelku.example", "role": "owner"});
            let path = format!("/members/{owners_id}");
            for reply in [
                member.post("/members", invitation).await,
                member.send(Method::PATCH, &path, Some(json!({"role": "viewer"}))).await,
                member.send(Method::DELETE, &path, None).await,
                member.send(Method::PATCH, "/partner", Some(json!({"name": "Mine"}))).await,
            ] {
                assert_eq!((reply.status, reply.code), (403, "not_allowed"), "{role}");
            }
        }
    }
}

#[tokio::test]
async fn the_last_owner_stays() {
    for test in TestApp::each().await {
        let app = &test.app;
        let mut rani = owner(app, OWNER).await;
        let path = format!("/members/{}", id_of(&mut rani, OWNER).await);
        let demote = Some(json!({"role": "developer"}));
        for reply in [
            rani.send(Method::PATCH, &path, demote.clone()).await,
            rani.send(Method::DELETE, &path, None).await,
        ] {
            assert_eq!((reply.status, reply.code), (409, "wrong_state"));
        }
        let mut budi = member(app, &mut rani, DEVELOPER, "owner").await;
        assert_eq!(rani.send(Method::PATCH, &path, demote).await.status, 200);
        // The role changed, so the old session is over.
        assert!(!rani.is_signed_in().await);
        let path = format!("/members/{}", id_of(&mut budi, DEVELOPER).await);
        assert_eq!(budi.send(Method::DELETE, &path, None).await.status, 409);
    }
}

#[tokio::test]
async fn two_owners_cannot_demote_each_other_at_once() {
    for test in TestApp::each().await {
        let app = &test.app;
        let mut rani = owner(app, OWNER).await;
        let mut budi = member(app, &mut rani, DEVELOPER, "owner").await;
        let (ranis, budis) = (id_of(&mut rani, OWNER).await, id_of(&mut rani, DEVELOPER).await);
        let demote = || Some(json!({"role": "viewer"}));
        let (ranis, budis) = (format!("/members/{ranis}"), format!("/members/{budis}"));
        let (one, other) = tokio::join!(
            rani.send(Method::PATCH, &budis, demote()),
            budi.send(Method::PATCH, &ranis, demote())
        );
        let succeeded = [one.status, other.status].iter().filter(|status| **status == 200).count();
        assert_eq!(succeeded, 1, "{one:?} {other:?}");
    }
}

#[tokio::test]
async fn a_removed_member_is_out_at_once_and_can_be_invited_again() {
    for test in TestApp::each().await {
        let app = &test.app;
        let mut rani = owner(app, OWNER).await;
        let mut budi = member(app, &mut rani, DEVELOPER, "developer").await;
        let path = format!("/members/{}", id_of(&mut rani, DEVELOPER).await);
        assert_eq!(rani.send(Method::DELETE, &path, None).await.status, 204);
        assert!(!budi.is_signed_in().await);
        assert_eq!(budi.sign_in(DEVELOPER, PASSWORD).await.code, "wrong_credentials");
        app.clock.advance(Duration::from_secs(1));
        member(app, &mut rani, DEVELOPER, "viewer").await;
    }
}

#[tokio::test]
async fn a_withdrawn_invitation_opens_nothing() {
    for test in TestApp::each().await {
        let app = &test.app;
        let mut rani = owner(app, OWNER).await;
        rani.post("/members", json!({"name": "Budi", "email": DEVELOPER, "role": "developer"})).await;
        let token = newest_token(app, DEVELOPER).await;
        let path = format!("/members/{}", id_of(&mut rani, DEVELOPER).await);
        assert_eq!(rani.send(Method::DELETE, &path, None).await.status, 204);
        let accept = json!({"token": token, "name": "Budi", "password": PASSWORD});
        assert_eq!(Browser::new(app).post("/invitation/accept", accept).await.status, 422);
        assert_eq!(rani.get("/members").await.body["meta"]["total"], 1);
    }
}

#[tokio::test]
async fn members_of_other_partners_look_absent() {
    for test in TestApp::each().await {
        let app = &test.app;
        let mut rani = owner(app, OWNER).await;
        let mut other = owner(app, "other@example.id").await;
        other
            .post("/members", json!({"name": "Invited", "email": "invited@example.id", "role": "viewer"}))
            .await;
        let (member, invited) =
            (id_of(&mut other, "other@example.id").await, id_of(&mut other, "invited@example.id").await);
        for id in [&member, &invited, "usr_00000000000000000000000000", "nonsense"] {
            let path = format!("/members/{id}");
            for reply in [
                rani.send(Method::PATCH, &path, Some(json!({"role": "viewer"}))).await,
                rani.send(Method::DELETE, &path, None).await,
            ] {
                assert_eq!((reply.status, reply.code, reply.fault), (404, "not_found", None), "{id}");
            }
        }
        assert_eq!(other.get("/members").await.body["meta"]["total"], 2);
    }
}

#[tokio::test]
async fn inviting_somebody_with_an_account_elsewhere_tells_only_them() {
    for test in TestApp::each().await {
        let app = &test.app;
        let mut rani = owner(app, OWNER).await;
        owner(app, "other@example.id").await;
        app.clock.advance(Duration::from_secs(1));
        let invite = |email: &str| json!({"name": "Budi", "email": email, "role": "developer"});
        let known = rani.post("/members", invite("other@example.id")).await;
        let fresh = rani.post("/members", invite("fresh@example.id")).await;
        assert_eq!((known.status, fresh.status), (201, 201));
        let mail = mails_to(app, "other@example.id").await.pop().unwrap();
        assert!(mail.contains("sudah punya akun") && !mail.contains("?token="), "{mail}");
    }
}
