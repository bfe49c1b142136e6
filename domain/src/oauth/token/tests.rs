//! Who asks, for what, and what is refused.

use proptest::prelude::*;

use super::*;
use crate::oauth::{ErrorCode, RefreshRefusal, Token, error::is_description};

const CLIENT: &str = "app_068o40khj1u00000000000001g";
/// RFC 7636 appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

fn token(kind: TokenKind) -> Token {
    Token::generate(kind, [251; 32])
}

fn pairs(list: &[(&str, &str)]) -> Vec<(String, String)> {
    list.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect()
}

fn basic(credentials: &str) -> String {
    format!("Basic {}", BASE64.encode(credentials.as_bytes()))
}

fn code_pairs() -> Vec<(String, String)> {
    pairs(&[
        ("grant_type", "authorization_code"),
        ("code", token(TokenKind::Code).expose()),
        ("redirect_uri", "https://app.travelku.co.id/cb"),
        ("code_verifier", VERIFIER),
        ("client_id", CLIENT),
    ])
}

fn with(name: &str, value: Option<&str>) -> Vec<(String, String)> {
    let mut pairs = code_pairs();
    pairs.retain(|(other, _)| other != name);
    pairs.extend(value.map(|value| (name.to_owned(), value.to_owned())));
    pairs
}

#[test]
fn a_public_client_is_its_id_and_a_confidential_one_proves_it_in_either_way() {
    let secret = token(TokenKind::ClientSecret);
    let valid = [token(TokenKind::Access).hash(), secret.hash()];
    let prove = |authorization: Option<&str>, pairs: &[(String, String)], client_type| {
        let request = TokenRequest::read(authorization, pairs)?;
        assert_eq!(request.client.client_id, CLIENT);
        request.client.prove(client_type, &valid)
    };
    let (public, confidential) = (ClientType::Public, ClientType::Confidential);
    let by_body = with("client_secret", Some(secret.expose()));
    // As oauth4webapi sends it: everything but letters and digits encoded (RFC 6749 section 2.3.1).
    let encoded = format!("{CLIENT}:{}", secret.expose()).replace('_', "%5F").replace('-', "%2d");
    for authorization in [
        basic(&format!("{CLIENT}:{}", secret.expose())),
        basic(&encoded),
        basic(&encoded).replace("Basic", "bAsIc"),
    ] {
        assert_eq!(prove(Some(&authorization), &with("client_id", None), confidential), Ok(()));
        assert_eq!(prove(Some(&authorization), &code_pairs(), confidential), Ok(()));
        assert_eq!(prove(Some(&authorization), &by_body, confidential), Err(Refusal::TwoClients));
    }
    assert_eq!(prove(None, &by_body, confidential), Ok(()));
    assert_eq!(prove(None, &code_pairs(), public), Ok(()));
    assert_eq!(prove(None, &with("client_secret", Some("")), public), Ok(()), "empty is left out");
    assert_eq!(prove(Some(&basic(&format!("{CLIENT}:"))), &code_pairs(), public), Ok(()));

    assert_eq!(prove(None, &code_pairs(), confidential), Err(Refusal::SecretMissing));
    assert_eq!(prove(None, &by_body, public), Err(Refusal::SecretUnexpected));
    for wrong in [
        "nonsense",
        token(TokenKind::Refresh).expose(),
        Token::generate(TokenKind::ClientSecret, [1; 32]).expose(),
    ] {
        assert_eq!(prove(None, &with("client_secret", Some(wrong)), confidential), Err(Refusal::SecretWrong));
    }
}

#[test]
fn a_client_that_cannot_be_named_is_refused_first() {
    let read = |authorization: Option<&str>, pairs: &[(String, String)]| {
        TokenRequest::read(authorization, pairs).map(drop)
    };
    for authorization in [
        "",
        "Basic",
        "Basic ",
        "Basic !!!!",
        "Bearer x",
        &basic("no colon"),
        &basic(":x"),
        &basic("%zz:x"),
        "Basic /w==",
        &basic("a:%"),
    ] {
        assert_eq!(
            read(Some(authorization), &code_pairs()),
            Err(Refusal::AuthorizationUnreadable),
            "{authorization}"
        );
    }
    assert_eq!(read(Some(&basic("app_other:x")), &code_pairs()), Err(Refusal::TwoClients));
    assert_eq!(read(None, &with("client_id", None)), Err(Refusal::Missing("client_id")));
    assert_eq!(read(None, &[code_pairs(), code_pairs()[4..].to_vec()].concat()), Err(Refusal::Doubled));
    let nobody = pairs(&[("x", "1"), ("x", "1"), ("client_id", CLIENT)]);
    assert_eq!(read(None, &nobody), Err(Refusal::Doubled));
}

#[test]
fn a_code_comes_with_its_redirect_uri_and_verifier() {
    let grant = |pairs: Vec<_>| TokenRequest::read(None, &pairs).unwrap().grant;
    assert_eq!(
        grant(code_pairs()),
        Ok(Grant::Code {
            code: token(TokenKind::Code).hash(),
            redirect_uri: "https://app.travelku.co.id/cb".to_owned(),
            verifier: VERIFIER.parse().unwrap(),
        })
    );
    let refresh = token(TokenKind::Refresh);
    for (pairs, refusal, code) in [
        (with("grant_type", None), Refusal::Missing("grant_type"), "invalid_request"),
        (with("grant_type", Some("password")), Refusal::GrantTypeUnknown, "unsupported_grant_type"),
        (with("grant_type", Some("client_credentials")), Refusal::GrantTypeUnknown, "unsupported_grant_type"),
        (with("code", None), Refusal::Missing("code"), "invalid_request"),
        (with("code", Some("abc")), Refusal::CodeUnknown, "invalid_grant"),
        (with("code", Some(refresh.expose())), Refusal::CodeUnknown, "invalid_grant"),
        (with("redirect_uri", None), Refusal::Missing("redirect_uri"), "invalid_request"),
        (with("code_verifier", None), Refusal::Pkce(PkceError::VerifierMissing), "invalid_request"),
        (with("code_verifier", Some("short")), Refusal::Pkce(PkceError::VerifierLength), "invalid_request"),
    ] {
        assert_eq!(grant(pairs), Err(refusal));
        assert_eq!(refusal.code().as_str(), code);
    }
}

#[test]
fn a_refresh_may_ask_for_fewer_scopes() {
    let refresh = token(TokenKind::Refresh);
    let grant = |scope: &str, token: &str| {
        let pairs = pairs(&[
            ("grant_type", "refresh_token"),
            ("refresh_token", token),
            ("scope", scope),
            ("client_id", CLIENT),
        ]);
        TokenRequest::read(None, &pairs).unwrap().grant
    };
    let of = |scopes| Ok(Grant::Refresh { token: refresh.hash(), scopes });
    assert_eq!(grant("", refresh.expose()), of(None));
    assert_eq!(grant("balance:read", refresh.expose()), of("balance:read".parse().ok()));
    assert_eq!(grant("everything", refresh.expose()), Err(Refusal::Scope(ScopeError::Unknown)));
    assert_eq!(grant("", "nfcg_rt_"), Err(Refusal::RefreshUnknown));
    assert_eq!(grant("", ""), Err(Refusal::Missing("refresh_token")));
}

#[test]
fn a_token_says_itself_what_it_is() {
    let ask = |text: &str| {
        let pairs = pairs(&[("token", text), ("token_type_hint", "something"), ("client_id", CLIENT)]);
        TokenQuestion::read(None, &pairs).map(|question| question.token)
    };
    for kind in [TokenKind::Access, TokenKind::Refresh] {
        assert_eq!(ask(token(kind).expose()), Ok(Some((kind, token(kind).hash()))));
    }
    assert_eq!(ask("a token of somebody else"), Ok(None));
    assert_eq!(ask(""), Err(Refusal::Missing("token")));
}

#[test]
fn refusals_tell_the_caller_no_more_than_they_need() {
    let text = |refusal: Refusal| refusal.to_string();
    for refusal in [Refusal::CodeExpired, Refusal::CodeUsed, Refusal::CodeOfAnother] {
        assert_eq!(text(refusal), text(Refusal::CodeUnknown));
    }
    for reason in [RefreshRefusal::Replayed, RefreshRefusal::Expired, RefreshRefusal::Ended] {
        assert_eq!(text(Refusal::Refresh(reason)), text(Refusal::RefreshUnknown));
    }
    assert_eq!(text(Refusal::SecretWrong), text(Refusal::ClientUnknown));
    for refusal in [
        Refusal::NotAForm,
        Refusal::InQuery,
        Refusal::Doubled,
        Refusal::Missing("code"),
        Refusal::TwoClients,
        Refusal::AuthorizationUnreadable,
        Refusal::ClientUnknown,
        Refusal::SecretMissing,
        Refusal::SecretUnexpected,
        Refusal::KeyDiffers,
        Refusal::TokenOfAnother,
        Refusal::IntrospectionPublic,
        Refusal::PushedTwice,
        Refusal::RedirectUnknown,
        Refusal::Dpop(crate::oauth::dpop::DpopFault::Time),
        Refusal::Dpop(crate::oauth::dpop::DpopFault::Replayed),
        Refusal::NotAllowed,
        Refusal::GrantTypeUnknown,
        Refusal::CodeUnknown,
        Refusal::RedirectDiffers,
        Refusal::RefreshUnknown,
        Refusal::Dpop(crate::oauth::dpop::DpopFault::Critical),
    ] {
        assert!(is_description(&text(refusal)), "{refusal}");
    }
}

#[test]
fn each_code_has_the_status_of_its_rfc() {
    for (code, status) in [
        ("invalid_request", 400),
        ("invalid_client", 401),
        ("invalid_grant", 400),
        ("unauthorized_client", 400),
        ("unsupported_grant_type", 400),
        ("invalid_scope", 400),
        ("invalid_token", 401),
        ("insufficient_scope", 403),
        ("temporarily_unavailable", 503),
        ("server_error", 500),
    ] {
        let found = ErrorCode::ALL.iter().find(|known| known.as_str() == code).unwrap();
        assert_eq!(found.status(), status, "{code}");
    }
}

proptest! {
    #[test]
    fn no_request_makes_the_reader_panic(
        authorization in proptest::option::of("(Basic |basic )?[A-Za-z0-9+/=]{0,20}\\PC{0,4}"),
        values in proptest::collection::vec((0_usize..8, "\\PC{0,12}"), 0..8),
    ) {
        let names = ["grant_type", "code", "redirect_uri", "code_verifier", "client_id", "client_secret", "token", "scope"];
        let pairs: Vec<_> = values.into_iter().map(|(index, value)| (names[index].to_owned(), value)).collect();
        let _ = TokenRequest::read(authorization.as_deref(), &pairs);
        let _ = TokenQuestion::read(authorization.as_deref(), &pairs);
    }
}
