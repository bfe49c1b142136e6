//! RFC 9449's own examples, and what is refused.

use data_encoding::BASE64URL_NOPAD;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

/// Figure 7: for `POST https://server.example.com/token`, at 1562265296.
const TOKEN_PROOF: &str = "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0RscEJoRjQyVVFVZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JEQSIsImNydiI6IlAtMjU2In19.eyJqdGkiOiItQndDM0VTYzZhY2MybFRjIiwiaHRtIjoiUE9TVCIsImh0dSI6Imh0dHBzOi8vc2VydmVyLmV4YW1wbGUuY29tL3Rva2VuIiwiaWF0IjoxNTYyMjY1Mjk2fQ.pAqut2IRDm_De6PR93SYmGBPXpwrAk90e8cP2hjiaG5QsGSuKDYW7_X620BxqhvYC8ynrrvZLTk41mSRroapUA";
/// Figure 13: for `GET https://resource.example.org/protectedresource`, at 1562262618.
const RESOURCE_PROOF: &str = "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0RscEJoRjQyVVFVZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JEQSIsImNydiI6IlAtMjU2In19.eyJqdGkiOiJlMWozVl9iS2ljOC1MQUVCIiwiaHRtIjoiR0VUIiwiaHR1IjoiaHR0cHM6Ly9yZXNvdXJjZS5leGFtcGxlLm9yZy9wcm90ZWN0ZWRyZXNvdXJjZSIsImlhdCI6MTU2MjI2MjYxOCwiYXRoIjoiZlVIeU8ycjJaM0RaNTNFc05yV0JiMHhXWG9hTnk1OUlpS0NBcWtzbVFFbyJ9.2oW9RP35yRqzhrtNP86L-Ey71EOptxRimPPToA1plemAgR6pxHF8y6-yqyVnmcw6Fy1dqd-jfxSYoMxhAJpLjA";
const ACCESS_TOKEN: &str = "Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU";
const AT: i64 = 1_562_262_618;

fn at_resource() -> Expected<'static> {
    Expected {
        method: "GET",
        bases: &["http://127.0.0.1:3000", "https://resource.example.org"],
        path: "/protectedresource",
        access_token: Some(ACCESS_TOKEN),
        now_s: AT,
    }
}

fn proof(header: &Value, claims: &Value) -> String {
    let part = |value: &Value| BASE64URL_NOPAD.encode(value.to_string().as_bytes());
    format!("{}.{}.{}", part(header), part(claims), BASE64URL_NOPAD.encode(&[0; 64]))
}

fn header() -> Value {
    let jwk = json!({
        "kty": "EC", "crv": "P-256", "x": "l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs",
        "y": "9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA",
    });
    json!({"typ": "dpop+jwt", "alg": "ES256", "jwk": jwk})
}

fn claims() -> Value {
    json!({"jti": "a", "htm": "GET", "htu": "https://resource.example.org/protectedresource", "iat": AT,
        "ath": "fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo"})
}

#[test]
fn the_examples_of_the_rfc_hold() {
    let token = Proof::read(TOKEN_PROOF).unwrap();
    // Section 6.1.
    assert_eq!(token.thumbprint.as_str(), "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I");
    let expected = Expected {
        method: "POST",
        bases: &["https://server.example.com"],
        path: "/token",
        access_token: None,
        now_s: 1_562_265_296,
    };
    assert_eq!(token.check(&expected), Ok(()));
    let resource = Proof::read(RESOURCE_PROOF).unwrap();
    assert_eq!(resource.check(&at_resource()), Ok(()));
    assert_ne!(token.id(), resource.id());
    assert_eq!((token.thumbprint, token.signature.len()), (resource.thumbprint, 64));
}

#[test]
fn an_ed25519_key_has_the_thumbprint_of_rfc_8037() {
    let jwk = json!({"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"});
    // By either name of the algorithm (RFC 8037, RFC 9864) it is the same key.
    for alg in ["EdDSA", "Ed25519"] {
        let text = proof(&json!({"typ": "dpop+jwt", "alg": alg, "jwk": jwk}), &claims());
        let proof = Proof::read(&text).unwrap();
        assert_eq!(proof.thumbprint.as_str(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    }
}

/// RFC 7515 section 4.1.11.
#[test]
fn a_proof_with_extensions_that_must_be_understood_is_refused() {
    for crit in [json!(["exp"]), json!([]), json!(null)] {
        let mut header = header();
        header["crit"] = crit.clone();
        assert_eq!(Proof::read(&proof(&header, &claims())).unwrap_err(), DpopFault::Critical, "{crit}");
    }
}

#[test]
fn a_proof_is_for_one_request_and_one_moment() {
    let proof = Proof::read(RESOURCE_PROOF).unwrap();
    let with = |change: fn(&mut Expected<'static>)| {
        let mut expected = at_resource();
        change(&mut expected);
        proof.check(&expected)
    };
    assert_eq!(with(|expected| expected.method = "POST"), Err(DpopFault::Method));
    assert_eq!(with(|expected| expected.method = "get"), Err(DpopFault::Method));
    assert_eq!(with(|expected| expected.path = "/protectedresource/"), Err(DpopFault::Address));
    assert_eq!(with(|expected| expected.path = "/protected"), Err(DpopFault::Address));
    assert_eq!(with(|expected| expected.bases = &["https://resource.example"]), Err(DpopFault::Address));
    assert_eq!(with(|expected| expected.access_token = Some("other")), Err(DpopFault::Token));
    for (ahead, is_good) in [(-61, false), (-60, true), (60, true), (61, false)] {
        let expected = Expected { now_s: AT + ahead, ..at_resource() };
        assert_eq!(proof.check(&expected).is_ok(), is_good, "{ahead}");
    }
}

#[test]
fn what_is_no_proof_is_told_apart() {
    let refused = |header: &Value, claims: &Value| Proof::read(&proof(header, claims)).unwrap_err();
    let header_with = |path: &str, value: Value| {
        let mut header = header();
        *header.pointer_mut(path).unwrap() = value;
        header
    };
    for (path, value, fault) in [
        ("/typ", json!("jwt"), DpopFault::Type),
        ("/alg", json!("none"), DpopFault::Algorithm),
        ("/alg", json!("HS256"), DpopFault::Algorithm),
        ("/alg", json!("EdDSA"), DpopFault::Key),
        ("/alg", json!("Ed25519"), DpopFault::Key),
        ("/alg", json!("Ed448"), DpopFault::Algorithm),
        ("/jwk/x", json!("AAAA"), DpopFault::Key),
        ("/jwk/crv", json!("P-384"), DpopFault::Key),
        ("/jwk/kty", json!("oct"), DpopFault::Key),
    ] {
        assert_eq!(refused(&header_with(path, value.clone()), &claims()), fault, "{path} {value}");
    }
    let mut private = header();
    private["jwk"]["d"] = json!("c2VjcmV0");
    assert_eq!(refused(&private, &claims()), DpopFault::Key);
    for name in ["jti", "htm", "htu", "iat"] {
        let mut claims = claims();
        claims.as_object_mut().unwrap().remove(name);
        assert_eq!(refused(&header(), &claims), DpopFault::Claims, "{name}");
    }
    for jti in [String::new(), "j".repeat(129)] {
        let mut claims = claims();
        claims["jti"] = json!(jti);
        assert_eq!(refused(&header(), &claims), DpopFault::Claims);
    }
    let long = format!("{TOKEN_PROOF}{}", "A".repeat(4_096));
    for text in ["", "a", "a.b", "a.b.c", "..", &long, &TOKEN_PROOF[1..]] {
        assert_eq!(Proof::read(text).unwrap_err(), DpopFault::Malformed, "{text:.20}");
    }
}

#[test]
fn a_query_and_the_spelling_of_the_host_do_not_matter() {
    for htu in [
        "https://RESOURCE.example.org/protectedresource?page=2#x",
        "HTTPS://resource.example.org/protectedresource",
    ] {
        let mut claims = claims();
        claims["htu"] = json!(htu);
        let text = proof(&header(), &claims);
        assert_eq!(Proof::read(&text).unwrap().check(&at_resource()), Ok(()), "{htu}");
    }
}

proptest! {
    #[test]
    fn no_text_makes_the_reader_panic(text in "[A-Za-z0-9_.-]{0,80}\\PC{0,5}") {
        let _ = Proof::read(&text);
    }
}
