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
        let text = fs::read_to_string(entry.path())?;
        let to_them = text.lines().any(|line| line.starts_with("To:") && line.contains(address));
        let modified = entry.metadata()?.modified()?;
        if to_them && newest.as_ref().is_none_or(|(at, _)| *at <= modified) {
            newest = Some((modified, text));
        }
    }
    Ok(newest.and_then(|(_, text)| token_in(&text)))
}

fn token_in(text: &str) -> Option<String> {
    let rest = &text[text.find("token=")? + "token=".len()..];
    let end = rest
        .find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '_' | '.'))
        .unwrap_or(rest.len());
    Some(rest[..end].to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_ends_where_its_link_does() {
        assert_eq!(token_in("https://x.example/verify-email?token=aB-_9\r\nBye").as_deref(), Some("aB-_9"));
        assert_eq!(token_in("no link"), None);
    }
}
