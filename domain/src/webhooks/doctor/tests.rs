//! Each fault, made the way receivers make it, is named.

use jiff::SignedDuration;

use super::*;
use crate::{
    lang::Lang,
    webhooks::{
        HEADER_SIGNATURE, HEADER_STANDARD, HEADER_TIMESTAMP, OVERLAP, SecretSet, SignedMessage, sign,
    },
};

const ID: &str = "evt_068o40khj1u0000000000000g0";
const UNSIGNED: &str = r#"{"id":"evt_068o40khj1u0000000000000g0","event":"journey.completed","timestamp":"2026-03-08T14:32:07Z","data":{"fare":5000,"note":"Gambir – a/b <1> \"x\""}}"#;

fn now() -> Timestamp {
    Timestamp::from_second(1_772_980_327).unwrap()
}

fn secret(n: u8) -> SigningSecret {
    format!("secret_number_{n}_of_this_partner").parse().unwrap()
}

fn message() -> SignedMessage {
    sign(&SecretSet::new(secret(1)), ID, now().as_second(), UNSIGNED).unwrap()
}

fn lines(message: &SignedMessage) -> String {
    message.headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect()
}

fn without(text: &str, name: &str) -> String {
    text.lines().filter(|line| !line.starts_with(name)).map(|line| format!("{line}\n")).collect()
}

fn examine_at(headers: &str, body: &[u8], original: Option<&[u8]>, now: Timestamp) -> Vec<Fault> {
    let (secrets, others) =
        ([secret(1)], [8, 9].map(|n| OtherSecret { secret: secret(n), valid_until: None }));
    examine(&Specimen { headers, body, secrets: &secrets, others: &others, original, now }).faults
}

/// The faults of a true message's headers with another body.
fn of_body(body: &[u8]) -> Vec<Fault> {
    examine_at(&lines(&message()), body, None, now())
}

/// The faults of other headers with a true message's body.
fn of_headers(headers: &str) -> Vec<Fault> {
    examine_at(headers, &message().body, None, now())
}

#[test]
fn a_true_delivery_is_sound_by_either_signature_alone_or_both() {
    let all = lines(&message());
    for headers in [
        all.clone(),
        all.to_uppercase()
            .lines()
            .zip(all.lines())
            .map(|(upper, line)| {
                let (name, _) = upper.split_once(':').unwrap();
                format!("> {name}:{}\n", line.split_once(':').unwrap().1)
            })
            .collect(),
        without(&all, HEADER_SIGNATURE),
        without(&all, "webhook-"),
        format!("Host: a.id\nContent-Type: application/json\n\n{all}"),
    ] {
        assert_eq!(of_headers(&headers), [], "{headers}");
    }
}

#[test]
fn both_secrets_of_an_overlap_verify() {
    let set = SecretSet::new(secret(1)).rotated(secret(2), now(), OVERLAP).unwrap();
    let message = sign(&set, ID, now().as_second(), UNSIGNED).unwrap();
    let headers = without(&lines(&message), HEADER_SIGNATURE);
    for secret in [secret(1), secret(2)] {
        let specimen = Specimen {
            headers: &headers,
            body: &message.body,
            secrets: &[secret],
            others: &[],
            original: None,
            now: now(),
        };
        assert!(examine(&specimen).is_sound());
    }
}

#[test]
fn faults_of_the_headers_are_named() {
    let all = lines(&message());
    let [.., (_, standard), (_, simple)] = message().headers;
    let digits = simple.strip_prefix("sha256=").unwrap();
    let bytes = data_encoding::HEXLOWER.decode(digits.as_bytes()).unwrap();
    let standard_hex = data_encoding::HEXLOWER
        .encode(&data_encoding::BASE64.decode(standard.strip_prefix("v1,").unwrap().as_bytes()).unwrap());
    for (headers, fault) in [
        (String::new(), Fault::NoSignature),
        ("Content-Type: application/json".to_owned(), Fault::NoSignature),
        (without(&without(&all, HEADER_STANDARD), HEADER_SIGNATURE), Fault::NoSignature),
        (without(&all, HEADER_TIMESTAMP), Fault::HeaderMissing(HEADER_TIMESTAMP)),
        (without(&all, HEADER_STANDARD), Fault::HeaderMissing(HEADER_STANDARD)),
        (format!("{all}{HEADER_SIGNATURE}: {simple}"), Fault::HeaderDoubled(HEADER_SIGNATURE)),
        (format!("x-nfcg-signature: {standard}"), Fault::HeadersSwapped),
        (all.replace(&standard, &simple), Fault::HeadersSwapped),
        (all.replace("sha256=", ""), Fault::PrefixMissing),
        (all.replace(digits, &digits.to_uppercase()), Fault::HexUppercase),
        (all.replace(digits, &data_encoding::BASE64.encode(&bytes)), Fault::Base64ForHex),
        (all.replace(&standard, &format!("v1,{standard_hex}")), Fault::HexForBase64),
        (all.replace(digits, &digits[..40]), Fault::Unreadable(HEADER_SIGNATURE)),
        (all.replace(&standard, "v2,AAAA"), Fault::Unreadable(HEADER_STANDARD)),
    ] {
        assert_eq!(of_headers(&headers), [fault], "{headers}");
    }
}

#[test]
fn a_time_is_good_for_300_seconds_either_way() {
    let at = |seconds: i64| {
        let then = now().saturating_add(SignedDuration::from_secs(seconds)).unwrap();
        examine_at(&lines(&message()), &message().body, None, then)
    };
    assert_eq!(at(300), []);
    assert_eq!(at(-300), []);
    assert_eq!(at(301), [Fault::TimestampOld { age_s: 301 }]);
    assert_eq!(at(-301), [Fault::TimestampAhead { ahead_s: 301 }]);
    let all = lines(&message());
    let with = |value: &str| of_headers(&without(&all, HEADER_SIGNATURE).replace("1772980327", value));
    // The signature is over the timestamp as sent, so it does not fit either.
    assert_eq!(with("1772980327000"), [Fault::TimestampInMilliseconds, Fault::HeadersDiffer]);
    assert_eq!(with("2026-03-08T14:32:07Z"), [Fault::TimestampUnreadable, Fault::HeadersDiffer]);
    assert_eq!(with("-5")[0], Fault::TimestampUnreadable);
}

#[test]
fn faults_of_the_body_are_named() {
    let body = String::from_utf8(message().body).unwrap();
    let latin: String = body.bytes().map(char::from).collect();
    let ascii = body.replace('–', "\\u2013");
    for (changed, fault) in [
        (format!("{body}\n"), Fault::BytesAdded),
        (format!("\u{feff}{body}"), Fault::BytesAdded),
        (body.replace("\":", "\": ").replace(",\"", ", \""), Fault::Reserialised),
        // Python's json.dumps, PHP's json_encode, Go's json.Marshal.
        (ascii.replace("\":", "\": ").replace(",\"", ", \""), Fault::Reserialised),
        (ascii.replace("a/b", "a\\/b"), Fault::Reserialised),
        (body.replace("<1>", "\\u003c1\\u003e"), Fault::Reserialised),
        // Members in the order of the alphabet.
        (r#"{"data":{"fare":5000},"event":"x","id":"evt_068o40khj1u0000000000000g0","signature":"sha256=0","timestamp":"t"}"#.to_owned(), Fault::Reserialised),
        (serde_json::to_string(&body).unwrap(), Fault::DoublyEncoded),
        (latin, Fault::WrongCharset),
        (body[..body.len() - 40].to_owned(), Fault::BodyCut),
        (String::new(), Fault::BodyCut),
        ("event=journey.completed".to_owned(), Fault::NotJson),
        (body.replace("5000", "4000"), Fault::NothingMatches),
        (body.replace(ID, "evt_068o40khj1u0000000000000g1"), Fault::OtherMessage),
    ] {
        assert_eq!(of_body(changed.as_bytes()), [fault], "{changed}");
    }
    let cut_letter = &body.as_bytes()[..body.find('–').unwrap() + 1];
    assert_eq!(of_body(cut_letter), [Fault::WrongCharset]);
}

#[test]
fn with_the_body_as_sent_the_first_changed_byte_is_told() {
    let sent = message().body;
    let mut changed = sent.clone();
    changed[100] ^= 1;
    let original = Some(UNSIGNED.as_bytes());
    let faults = examine_at(&lines(&message()), &changed, original, now());
    assert_eq!(faults, [Fault::BytesChanged { at: 100 }]);
    // In its own signature too: no secret that is known made that.
    let mut changed = sent.clone();
    *changed.last_mut().unwrap() = b']';
    let at = UNSIGNED.len() - 1;
    assert_eq!(examine_at(&lines(&message()), &changed, original, now()), [Fault::BytesChanged { at }]);
}

#[test]
fn a_whole_body_signed_with_a_secret_that_is_gone_is_a_matter_of_the_secret() {
    let gone = sign(&SecretSet::new(secret(5)), ID, now().as_second(), UNSIGNED).unwrap();
    let original = Some(UNSIGNED.as_bytes());
    assert_eq!(examine_at(&lines(&gone), &gone.body, original, now()), [Fault::WrongSecret]);
}

#[test]
fn the_new_secret_is_not_blamed_while_the_single_header_keeps_the_old_one() {
    let until = now().saturating_add(OVERLAP).unwrap();
    let set = SecretSet::new(secret(1)).rotated(secret(2), now(), OVERLAP).unwrap();
    let message = sign(&set, ID, now().as_second(), UNSIGNED).unwrap();
    let others = [
        OtherSecret { secret: secret(2), valid_until: None },
        OtherSecret { secret: secret(1), valid_until: Some(until) },
        OtherSecret { secret: secret(9), valid_until: None },
    ];
    let with = |n: u8, headers: &str| {
        let (body, secrets) = (&message.body, &[secret(n)]);
        examine(&Specimen { headers, body, secrets, others: &others, original: None, now: now() }).faults
    };
    let of = |headers: &str| with(2, headers);
    assert_eq!(of(&lines(&message)), [Fault::KeepsOldSecret { until }]);
    assert!(Fault::KeepsOldSecret { until }.explain(Lang::En).contains("until 2026-03-09 21:32 WIB"));
    let single = without(&lines(&message), "webhook-");
    assert_eq!(of(&single), [Fault::KeepsOldSecret { until }]);
    assert_eq!(with(5, &single), [Fault::WrongSecret]);
    assert_eq!(with(5, &lines(&message)), [Fault::WrongSecret]);
    let forged = without(&lines(&message), HEADER_SIGNATURE)
        + &format!("{HEADER_SIGNATURE}: sha256={}", "0".repeat(64));
    assert_eq!(of(&forged), [Fault::HeadersDiffer]);
}

#[test]
fn no_more_signatures_are_read_than_could_have_been_sent() {
    let (all, true_one) = (lines(&message()), &message().headers[2].1);
    let beside = |others: usize| {
        let foreign = format!("v1,{} ", data_encoding::BASE64.encode(&[7; 32])).repeat(others);
        of_headers(&all.replace(true_one, &format!("{foreign}{true_one}")))
    };
    assert_eq!(beside(7), []);
    assert_eq!(beside(8), [Fault::HeadersDiffer]);
}

#[test]
fn another_secret_another_message_and_another_attempt_are_told_apart() {
    let of = |n: u8, id: &str, at: i64, unsigned: &str| {
        sign(&SecretSet::new(secret(n)), id, now().as_second() + at, unsigned).unwrap()
    };
    let foreign = of(9, ID, 0, UNSIGNED);
    assert_eq!(examine_at(&lines(&foreign), &foreign.body, None, now()), [Fault::WrongSecret]);
    let unknown = of(5, ID, 0, UNSIGNED);
    assert_eq!(examine_at(&lines(&unknown), &unknown.body, None, now()), [Fault::NothingMatches]);
    let other = of(1, "evt_068o40khj1u0000000000000g7", 0, r#"{"id":"evt_068o40khj1u0000000000000g7"}"#);
    assert_eq!(of_headers(&lines(&other)), [Fault::OtherMessage]);
    let earlier = of(1, ID, -60, UNSIGNED);
    let mixed = lines(&message()).replace(&message().headers[2].1, &earlier.headers[2].1);
    assert_eq!(of_headers(&mixed), [Fault::HeadersDiffer]);
}

#[test]
fn every_flipped_bit_of_body_or_signature_is_noticed() {
    let (sent, headers) = (message().body, lines(&message()));
    for at in 0..sent.len() * 8 {
        let mut changed = sent.clone();
        changed[at / 8] ^= 1 << (at % 8);
        assert!(!examine_at(&headers, &changed, None, now()).is_empty(), "bit {at}");
    }
    let start = headers.find("sha256=").unwrap() + 7;
    for at in start..start + 64 {
        let mut changed = headers.clone();
        let other = if &headers[at..=at] == "0" { "1" } else { "0" };
        changed.replace_range(at..=at, other);
        assert!(!of_headers(&changed).is_empty(), "digit {at}");
    }
}

#[test]
fn every_fault_has_its_words_in_both_languages() {
    for fault in [Fault::NoSignature, Fault::TimestampOld { age_s: 400 }, Fault::HeaderMissing("webhook-id")]
    {
        assert_ne!(fault.explain(Lang::Id), fault.explain(Lang::En));
    }
    assert!(Fault::BytesChanged { at: 100 }.explain(Lang::En).contains("byte 100"));
}
