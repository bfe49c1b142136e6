//! Reading mail as its recipient would: from the folder it lands in.

use std::{fs, io, path::Path};

/// The token of the link in the newest mail to `address`.
pub fn newest_token(folder: &Path, address: &str) -> io::Result<Option<String>> {
    let mut newest = None;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.path().extension().is_none_or(|extension| extension != "eml") {
            continue;
        }
        let text = unfold(&fs::read_to_string(entry.path())?);
        let to_them = text.lines().any(|line| line.starts_with("To:") && line.contains(address));
        let modified = entry.metadata()?.modified()?;
        if to_them && newest.as_ref().is_none_or(|(at, _)| *at <= modified) {
            newest = Some((modified, text));
        }
    }
    Ok(newest.and_then(|(_, text)| token_in(&text)))
}

/// Undoes the two things that quoted-printable (RFC 2045 section 6.7) does to an ASCII link.
fn unfold(mail: &str) -> String {
    mail.replace("=\r\n", "").replace("=\n", "").replace("=3D", "=")
}

fn token_in(text: &str) -> Option<String> {
    let rest = &text[text.find("token=")? + "token=".len()..];
    let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '_' | '.')).unwrap_or(rest.len());
    Some(rest[..end].to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_broken_by_the_mail_encoding_is_read_whole() {
        let mail = "To: a@b.example\r\n\r\nhttps://x.example/verify-email?token=3Dabc=\r\ndef\r\nBye";
        assert_eq!(token_in(&unfold(mail)).as_deref(), Some("abcdef"));
    }
}
