//! Parameters of a request as they came, and those of an answer.

/// Decoded names and values in the order they came.
#[derive(Debug, Clone, Copy)]
pub(super) struct Parameters<'a>(pub &'a [(String, String)]);

/// A parameter came more than once (RFC 6749 section 3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Doubled;

impl<'a> Parameters<'a> {
    /// The value of a parameter. Empty is as if it were left out (RFC 6749 section 3.1).
    pub fn one(self, name: &str) -> Result<Option<&'a str>, Doubled> {
        let mut values = self.0.iter().filter(|(other, _)| other == name).map(|(_, value)| value.as_str());
        let first = values.next();
        if values.next().is_some() {
            return Err(Doubled);
        }
        Ok(first.filter(|value| !value.is_empty()))
    }

    /// How long those with these names are, names and values.
    pub fn bytes_of(self, names: &[&str]) -> usize {
        let known = self.0.iter().filter(|(name, _)| names.contains(&name.as_str()));
        known.map(|(name, value)| name.len() + value.len()).sum()
    }

    /// Refuses any parameter that came twice, also those that nobody knows.
    pub fn check_doubled(self) -> Result<(), Doubled> {
        let mut names: Vec<_> = self.0.iter().map(|(name, _)| name).collect();
        names.sort_unstable();
        if names.windows(2).any(|pair| pair[0] == pair[1]) { Err(Doubled) } else { Ok(()) }
    }
}

/// `uri` with more parameters in its query.
pub(crate) fn with_parameters(uri: &str, parameters: &[(&str, &str)]) -> String {
    let mut out = uri.to_owned();
    for (name, value) in parameters {
        match out.find('?') {
            None => out.push('?'),
            Some(at) if at + 1 < out.len() && !out.ends_with('&') => out.push('&'),
            Some(_) => {}
        }
        out.push_str(name);
        out.push('=');
        encode_into(&mut out, value);
    }
    out
}

/// Everything but RFC 3986's unreserved characters as `%XX`: readable as a URI and as a form alike.
fn encode_into(out: &mut String, text: &str) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.push(char::from(HEX[usize::from(byte >> 4)]));
            out.push(char::from(HEX[usize::from(byte & 15)]));
        }
    }
}

/// Decodes `application/x-www-form-urlencoded` text; none when an escape or the UTF-8 is broken.
pub(super) fn decoded(text: &str) -> Option<String> {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'+' => out.push(b' '),
            b'%' => {
                let digits = [bytes.next()?, bytes.next()?];
                out.push(*data_encoding::HEXLOWER_PERMISSIVE.decode(&digits).ok()?.first()?);
            }
            _ => out.push(byte),
        }
    }
    String::from_utf8(out).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_answer_is_added_behind_what_the_uri_has() {
        let parameters = [("code", "a b"), ("state", "é&=\"")];
        let tail = "code=a%20b&state=%C3%A9%26%3D%22";
        for (uri, before) in [
            ("https://a.id/cb", "https://a.id/cb?"),
            ("https://a.id/cb?", "https://a.id/cb?"),
            ("https://a.id/cb?x=1", "https://a.id/cb?x=1&"),
            ("com.example.app:/cb", "com.example.app:/cb?"),
        ] {
            assert_eq!(with_parameters(uri, &parameters), format!("{before}{tail}"));
        }
    }

    #[test]
    fn empty_is_left_out_and_twice_is_refused() {
        let pairs = [("a", "1"), ("b", ""), ("c", "2"), ("c", ""), ("é", "3")];
        let pairs = pairs.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let parameters = Parameters(&pairs);
        assert_eq!(parameters.one("a"), Ok(Some("1")));
        assert_eq!(parameters.one("b"), Ok(None));
        assert_eq!(parameters.one("z"), Ok(None));
        assert_eq!(parameters.one("c"), Err(Doubled));
        assert_eq!(parameters.check_doubled(), Err(Doubled));
        assert_eq!(Parameters(&pairs[..3]).check_doubled(), Ok(()));
    }

    proptest! {
        #[test]
        fn what_is_encoded_reads_back(text in "\\PC{0,30}") {
            let mut encoded = String::new();
            encode_into(&mut encoded, &text);
            prop_assert!(encoded.is_ascii());
            prop_assert_eq!(decoded(&encoded), Some(text));
        }

        #[test]
        fn no_text_makes_the_decoder_panic(text in "[%+0-9a-f\\PC]{0,30}") {
            let _ = decoded(&text);
        }
    }
}
