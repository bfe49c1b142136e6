//! What happens to a body between the wire and the check, and how it is undone.

use super::{super::signature::split_member, fault::Fault};

/// Bodies that this one may have been, each with what would have been done to it.
pub(super) fn mended(body: &[u8]) -> Vec<(Fault, Vec<u8>)> {
    let mut mended = Vec::new();
    let mut offer = |fault, other: &[u8]| {
        if other != body && !other.is_empty() {
            mended.push((fault, other.to_vec()));
        }
    };
    offer(Fault::BytesAdded, body.trim_ascii());
    let Ok(text) = str::from_utf8(body) else { return mended };
    let bare = text.trim_start_matches('\u{feff}').trim();
    offer(Fault::BytesAdded, bare.as_bytes());
    if let Ok(inner) = serde_json::from_str::<String>(bare) {
        offer(Fault::DoublyEncoded, inner.as_bytes());
    }
    if let Some(bytes) = bare.chars().map(|c| u8::try_from(c).ok()).collect::<Option<Vec<u8>>>() {
        offer(Fault::WrongCharset, &bytes);
    }
    let dense = minified(bare);
    offer(Fault::Reserialised, dense.as_bytes());
    if let Some(plain) = unescaped(&dense) {
        offer(Fault::Reserialised, plain.as_bytes());
    }
    mended
}

/// Where a body differs first from what was sent, which is given without its own signature; none when
/// it is the same but for that.
pub(super) fn first_difference(unsigned: &[u8], body: &[u8]) -> Option<usize> {
    if split_member(body).is_some_and(|(body, _)| body == unsigned) {
        return None;
    }
    let inner = unsigned.strip_suffix(b"}").unwrap_or(unsigned);
    Some(inner.iter().zip(body).take_while(|(one, other)| one == other).count())
}

/// What a body shows by itself: ours are compact JSON objects that end in their signature.
pub(super) fn damage(body: &[u8]) -> Option<Fault> {
    let Ok(text) = str::from_utf8(body) else { return Some(Fault::WrongCharset) };
    match serde_json::from_str::<serde_json::Value>(text) {
        Err(error) if error.is_eof() => Some(Fault::BodyCut),
        Err(_) => Some(Fault::NotJson),
        Ok(serde_json::Value::Object(members)) => {
            let has_signature = members.contains_key("signature");
            let ends_in_it = text.rfind("\"signature\"").is_some_and(|at| !text[at..].contains(','));
            let is_rewritten = (has_signature && !ends_in_it) || minified(text) != text;
            is_rewritten.then_some(Fault::Reserialised)
        }
        Ok(_) => Some(Fault::NotJson),
    }
}

/// JSON without the spaces between its tokens; strings stay as they are.
fn minified(text: &str) -> String {
    let (mut out, mut in_string, mut is_escaped) = (String::with_capacity(text.len()), false, false);
    for c in text.chars() {
        if in_string || !c.is_ascii_whitespace() {
            out.push(c);
        }
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' if in_string => is_escaped = true,
            '"' => in_string = !in_string,
            _ => {}
        }
    }
    out
}

/// JSON whose strings escape only what they must, as ours do; none when an escape can't be read.
fn unescaped(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        out.push_str(before);
        match escape.as_bytes().get(1)? {
            b'/' => {
                out.push('/');
                rest = &escape[2..];
            }
            b'u' => {
                // A character outside the first plane comes as two escapes.
                let lengths = if escape.get(6..8) == Some("\\u") { [12, 6] } else { [6, 6] };
                let read = |length| {
                    let literal = format!("\"{}\"", escape.get(..length)?);
                    let text: String = serde_json::from_str(&literal).ok()?;
                    Some((length, text))
                };
                let (length, decoded) = lengths.into_iter().find_map(read)?;
                let written = serde_json::to_string(&decoded).ok()?;
                out.push_str(written.trim_start_matches('"').trim_end_matches('"'));
                rest = &escape[length..];
            }
            _ => {
                out.push_str(escape.get(..2)?);
                rest = &escape[2..];
            }
        }
    }
    out.push_str(rest);
    Some(out)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn spaces_and_escapes_are_undone_and_nothing_else() {
        assert_eq!(
            minified("{ \"a b\" : [1,\n 2], \"c\\\" d\": \" \" }"),
            "{\"a b\":[1,2],\"c\\\" d\":\" \"}"
        );
        for (text, expected) in [
            (r#""Gambir \u2013 A""#, Some("\"Gambir – A\"")),
            (r#""\ud83d\ude86\/x""#, Some("\"🚆/x\"")),
            (r#""\u00e9\u00e8""#, Some("\"éè\"")),
            (r#""a\"b\\u0041\n""#, Some(r#""a\"b\\u0041\n""#)),
            (r#""\u000a\u0001""#, Some(r#""\n\u0001""#)),
            (r#""\ud83d""#, None),
            (r#""\u12""#, None),
            ("\\", None),
        ] {
            assert_eq!(unescaped(text).as_deref(), expected, "{text}");
        }
        assert_eq!(unescaped(r#""\u0022""#).as_deref(), Some(r#""\""#), "quotes at the ends of an escape");
    }

    proptest! {
        #[test]
        fn no_body_makes_the_doctor_panic(body in proptest::collection::vec(any::<u8>(), 0..60), text in "[\"\\\\u{}:,a0-9\\PC]{0,40}") {
            let _ = (mended(&body), damage(&body), mended(text.as_bytes()), damage(text.as_bytes()), unescaped(&text));
        }
    }
}
