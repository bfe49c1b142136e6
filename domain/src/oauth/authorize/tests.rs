//! Every malformed request: to whom it is told, and how.

use proptest::prelude::*;

use super::*;
use crate::lang::Lang;
use crate::oauth::{ErrorCode, Scope, TokenKind, error::is_description, pkce::PkceError};

const ISSUER: &str = "https://auth.kci-nfc.co.id";
const CLIENT: &str = "app_068o40khj1u00000000000001g";
const REDIRECT: &str = "https://app.travelku.co.id/cb?t=7";
/// RFC 7636 appendix B.
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

fn client() -> Client {
    Client {
        id: CLIENT.parse().unwrap(),
        client_type: ClientType::Confidential,
        redirect_uris: vec![
            RedirectUri::stored("https://app.travelku.co.id/other".to_owned()),
            RedirectUri::stored(REDIRECT.to_owned()),
        ],
        scopes: [Scope::JourneyRead, Scope::ProfileRead].into_iter().collect(),
        may_ask: true,
        vouched: Vouched::Reviewed,
    }
}

fn pairs() -> Vec<(String, String)> {
    [
        ("client_id", CLIENT),
        ("response_type", "code"),
        ("redirect_uri", REDIRECT),
        ("scope", "profile:read journey:read"),
        ("state", "s/1 é"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into()
}

/// The request with one parameter changed; left out where there is no value.
fn with(name: &str, value: Option<&str>) -> Vec<(String, String)> {
    let mut pairs = pairs();
    pairs.retain(|(other, _)| other != name);
    pairs.extend(value.map(|value| (name.to_owned(), value.to_owned())));
    pairs
}

fn twice(name: &str, value: &str) -> Vec<(String, String)> {
    let mut pairs = pairs();
    pairs.push((name.to_owned(), value.to_owned()));
    pairs
}

fn trust(pairs: Vec<(String, String)>, client: &Client) -> Result<Trusted<'_>, PageError> {
    Received::read(pairs)?.trust(Some(client))
}

fn refusal(pairs: Vec<(String, String)>) -> Refusal {
    trust(pairs, &client()).unwrap().check().unwrap_err().1
}

#[test]
fn a_sound_request_leads_to_a_code_for_what_was_left_ticked() {
    let client = client();
    let asked = trust(pairs(), &client).unwrap().check().unwrap();
    assert_eq!(asked.scopes.to_string(), "journey:read profile:read");
    let only_profile = [Scope::ProfileRead].into_iter().collect();
    let Ok(Answered::Consented(consented)) = asked.clone().answered(only_profile) else { panic!("a yes") };
    assert_eq!(consented.scopes.to_string(), "profile:read");
    assert_eq!(consented.challenge.to_string(), CHALLENGE);
    let code = Token::generate(TokenKind::Code, [0; 32]);
    assert_eq!(
        consented.reply.granted(&code, ISSUER),
        "https://app.travelku.co.id/cb?t=7&code=nfcg_ac_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA&state=s%2F1%20%C3%A9&iss=https%3A%2F%2Fauth.kci-nfc.co.id"
    );

    let Ok(Answered::Denied(reply)) = asked.clone().answered(Scopes::NONE) else { panic!("a no") };
    assert_eq!(
        reply.refused(Refusal::Denied, ISSUER),
        "https://app.travelku.co.id/cb?t=7&error=access_denied&error_description=the%20rider%20did%20not%20agree&state=s%2F1%20%C3%A9&iss=https%3A%2F%2Fauth.kci-nfc.co.id"
    );
    let balance = [Scope::ProfileRead, Scope::BalanceRead].into_iter().collect();
    assert_eq!(asked.answered(balance), Err(Tampered));
}

#[test]
fn what_cannot_be_trusted_stays_on_our_page() {
    for (pairs, error) in [
        (with("client_id", None), PageError::ClientMissing),
        (with("client_id", Some("")), PageError::ClientMissing),
        (twice("client_id", CLIENT), PageError::ClientDoubled),
        (twice("client_id", "app_068o40khj1u00000000000002g"), PageError::ClientDoubled),
        (with("client_id", Some("app_068o40khj1u00000000000002g")), PageError::ClientUnknown),
        (with("client_id", Some("'; drop table applications")), PageError::ClientUnknown),
        (with("redirect_uri", None), PageError::RedirectMissing),
        (with("redirect_uri", Some("")), PageError::RedirectMissing),
        (twice("redirect_uri", REDIRECT), PageError::RedirectDoubled),
        (twice("redirect_uri", "https://evil.id/"), PageError::RedirectDoubled),
        (with("redirect_uri", Some("https://evil.id/")), PageError::RedirectUnknown),
        (with("redirect_uri", Some("https://app.travelku.co.id/cb")), PageError::RedirectUnknown),
    ] {
        assert_eq!(trust(pairs.clone(), &client()).map(drop), Err(error), "{pairs:?}");
        assert_ne!(error.explain(Lang::Id), error.explain(Lang::En));
    }
    let refused = Client { vouched: Vouched::Refused, ..client() };
    assert_eq!(trust(pairs(), &refused).map(drop), Err(PageError::ClientNotAllowed));
    let nobody = Received::read(pairs()).unwrap().trust(None).map(drop);
    assert_eq!(nobody, Err(PageError::ClientUnknown));
}

#[test]
fn everything_else_is_told_to_the_application() {
    let long = "s".repeat(STATE_BYTES_MAX + 1);
    let many_times = vec!["journey:read"; 300].join(" ");
    let challenge = "code_challenge";
    let method = "code_challenge_method";
    let nonce = ("nonce".to_owned(), "1".to_owned());
    let doubled_nonce = [pairs(), vec![nonce.clone(), nonce]].concat();
    for (pairs, expected, code) in [
        (with("response_type", None), Refusal::ResponseTypeMissing, "invalid_request"),
        (with("response_type", Some("token")), Refusal::ResponseTypeUnsupported, "unsupported_response_type"),
        (
            with("response_type", Some("code token")),
            Refusal::ResponseTypeUnsupported,
            "unsupported_response_type",
        ),
        (twice("response_type", "code"), Refusal::Doubled, "invalid_request"),
        (with("response_mode", Some("fragment")), Refusal::ResponseModeUnsupported, "invalid_request"),
        (with(challenge, None), Refusal::Pkce(PkceError::ChallengeMissing), "invalid_request"),
        (with(challenge, Some("abc")), Refusal::Pkce(PkceError::ChallengeMalformed), "invalid_request"),
        (twice(challenge, CHALLENGE), Refusal::Doubled, "invalid_request"),
        (with(method, None), Refusal::Pkce(PkceError::MethodMissing), "invalid_request"),
        (with(method, Some("plain")), Refusal::Pkce(PkceError::MethodPlain), "invalid_request"),
        (with("scope", None), Refusal::Scope(ScopeError::Missing), "invalid_scope"),
        (with("scope", Some("")), Refusal::Scope(ScopeError::Missing), "invalid_scope"),
        (with("scope", Some("openid")), Refusal::Scope(ScopeError::Unknown), "invalid_scope"),
        (with("scope", Some("balance:read")), Refusal::ScopeNotRegistered, "invalid_scope"),
        (with("state", Some(&long)), Refusal::StateTooLong, "invalid_request"),
        (with("state", Some("a\nb")), Refusal::StateUnprintable, "invalid_request"),
        (with("scope", Some(&many_times)), Refusal::TooLong, "invalid_request"),
        (with("dpop_jkt", Some("abc")), Refusal::ThumbprintMalformed, "invalid_request"),
        (twice("state", "other"), Refusal::Doubled, "invalid_request"),
        (doubled_nonce, Refusal::Doubled, "invalid_request"),
    ] {
        let refusal = refusal(pairs);
        assert_eq!((refusal, refusal.code().as_str()), (expected, code));
    }
    let barred = Client { may_ask: false, ..client() };
    let (reply, refusal) = trust(pairs(), &barred).unwrap().check().unwrap_err();
    assert_eq!((refusal, refusal.code()), (Refusal::NotAllowed, ErrorCode::UnauthorizedClient));
    assert_eq!(reply.state.as_deref(), Some("s/1 é"));
}

/// RFC 9700 section 4.11.2.
#[test]
fn only_a_reviewed_address_or_ones_own_machine_is_gone_to_unasked() {
    for (redirect_uri, is_free) in [
        ("https://app.travelku.co.id/cb", false),
        ("https://127.0.0.1.evil.id/cb", false),
        ("com.example.app:/cb", false),
        ("http://127.0.0.1:49152/cb", true),
        ("http://[::1]/cb", true),
        ("http://localhost:3000/cb", true),
    ] {
        let redirect_uris = vec![RedirectUri::stored(redirect_uri.to_owned())];
        for (vouched, expected) in [(Vouched::Nobody, is_free), (Vouched::Reviewed, true)] {
            let client = Client { redirect_uris: redirect_uris.clone(), vouched, ..client() };
            let trusted = trust(with("redirect_uri", Some(redirect_uri)), &client).unwrap();
            assert_eq!(trusted.may_redirect_unasked(), expected, "{vouched:?} {redirect_uri}");
        }
    }
}

#[test]
fn of_two_states_neither_is_returned() {
    let (reply, _) = trust(twice("state", "other"), &client()).unwrap().check().unwrap_err();
    assert!(!reply.refused(Refusal::Doubled, ISSUER).contains("state="));
}

#[test]
fn parameters_of_others_are_passed_over_and_a_state_is_not_needed() {
    let mut pairs = with("state", None);
    pairs.extend(
        [("nonce", "1"), ("prompt", "consent"), ("response_mode", "query")]
            .map(|(name, value)| (name.to_owned(), value.to_owned())),
    );
    let client = client();
    let asked = trust(pairs, &client).unwrap().check().unwrap();
    assert_eq!(asked.reply.state, None);
    assert!(asked.reply.refused(Refusal::Busy, ISSUER).contains("error=temporarily_unavailable&"));
}

#[test]
fn every_refusal_may_stand_in_a_description() {
    for refusal in [
        Refusal::Doubled,
        Refusal::StateTooLong,
        Refusal::StateUnprintable,
        Refusal::TooLong,
        Refusal::ThumbprintMalformed,
        Refusal::ResponseTypeMissing,
        Refusal::ResponseTypeUnsupported,
        Refusal::ResponseModeUnsupported,
        Refusal::ScopeNotRegistered,
        Refusal::NotAllowed,
        Refusal::Denied,
        Refusal::Internal,
        Refusal::Busy,
    ] {
        assert!(is_description(&refusal.to_string()), "{refusal}");
    }
}

proptest! {
    /// Whatever is sent, an answer goes to a registered address or nowhere.
    #[test]
    fn nothing_is_sent_where_nobody_registered(
        changes in proptest::collection::vec((0_usize..8, "\\PC{0,12}"), 0..6),
        doubled in proptest::collection::vec(0_usize..7, 0..3),
    ) {
        let names = ["client_id", "redirect_uri", "state", "scope", "response_type", "code_challenge", "x", "y"];
        let mut pairs = pairs();
        pairs.extend(doubled.into_iter().map(|index| pairs[index].clone()).collect::<Vec<_>>());
        for (index, value) in changes {
            pairs.push((names[index].to_owned(), value));
        }
        let client = client();
        if let Ok(trusted) = trust(pairs, &client) {
            let location = match trusted.check() {
                Ok(asked) => asked.reply.refused(Refusal::Denied, ISSUER),
                Err((reply, refusal)) => reply.refused(refusal, ISSUER),
            };
            prop_assert!(location.starts_with("https://app.travelku.co.id/cb?t=7&error="));
            prop_assert!(location.is_ascii() && !location.contains(['\r', '\n', ' ', '#', '"', '<']));
        }
    }
}
