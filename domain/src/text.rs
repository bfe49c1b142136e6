//! Text that people type: names, and a few sentences.

use crate::invalid::{Invalid, checked_text};

/// Name of a person, an organisation or a thing: one line of 1 to 120 characters, trimmed.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DisplayName(String);

impl DisplayName {
    pub const CHARS_MAX: usize = 120;
}

impl TryFrom<String> for DisplayName {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        let text = text.trim();
        bounded(text, Self::CHARS_MAX)?;
        if text.contains(is_unfit) {
            return Err(Invalid::forbidden_character());
        }
        Ok(Self(text.to_owned()))
    }
}

checked_text!(DisplayName);

/// A few sentences: 1 to 1,000 characters, trimmed, lines allowed (kept as `\n`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sentences(String);

impl Sentences {
    pub const CHARS_MAX: usize = 1_000;
}

impl TryFrom<String> for Sentences {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        // Browsers send a text area's line ends as CR LF.
        let text = text.replace("\r\n", "\n");
        let text = text.trim();
        bounded(text, Self::CHARS_MAX)?;
        if text.contains(|c| is_unfit(c) && c != '\n' && c != '\t') {
            return Err(Invalid::forbidden_character());
        }
        Ok(Self(text.to_owned()))
    }
}

checked_text!(Sentences);

fn bounded(text: &str, chars_max: usize) -> Result<(), Invalid> {
    if text.is_empty() {
        return Err(Invalid::required());
    }
    if text.chars().count() > chars_max {
        return Err(Invalid::too_long(chars_max));
    }
    Ok(())
}

/// Characters that break lines, hide, or turn the direction of the text around them.
fn is_unfit(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{fffd}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_visible_line() {
        let name =
            |text: &str| DisplayName::try_from(text.to_owned()).map(|name| name.0).map_err(|e| e.rule.code());
        assert_eq!(name("  PT Kereta – Ünïcode  "), Ok("PT Kereta – Ünïcode".to_owned()));
        assert_eq!(name(&"é".repeat(120)), Ok("é".repeat(120)));
        assert_eq!(name(&"é".repeat(121)), Err("too_long"));
        assert_eq!(name(" \t "), Err("required"));
        for bad in ["a\r\nBcc: x", "a\0b", "a\u{1b}[2J", "abc\u{202e}fed", "a\u{2028}b"] {
            assert_eq!(name(bad), Err("forbidden_character"), "{bad:?}");
        }
    }

    #[test]
    fn sentences_keep_their_lines_and_nothing_else_that_is_unseen() {
        let text =
            |text: &str| Sentences::try_from(text.to_owned()).map(|text| text.0).map_err(|e| e.rule.code());
        assert_eq!(text("satu\r\ndua"), Ok("satu\ndua".to_owned()));
        assert_eq!(text("satu\rdua"), Err("forbidden_character"));
        assert_eq!(text("satu\u{1b}dua"), Err("forbidden_character"));
    }
}
