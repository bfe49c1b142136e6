//! One mail, safe to put headers on.

use domain::identity::EmailAddress;

/// A plain text to one person, Indonesian first, English below.
#[derive(Debug, Clone)]
pub struct Letter {
    recipient: String,
    subject: String,
    text: String,
}

/// Words in one language.
#[derive(Debug, Clone)]
pub struct Text {
    pub subject: String,
    /// Paragraphs.
    pub paragraphs: Vec<String>,
}

const SIGNATURE: &str = "NFC Gate Open API · KAI Commuter";

impl Letter {
    #[must_use]
    pub fn new(to: &EmailAddress, indonesian: &Text, english: &Text) -> Self {
        let subject = format!("{} / {}", indonesian.subject, english.subject);
        let text = format!(
            "{}\n\n-- in English --\n\n{}\n\n{SIGNATURE}\n",
            indonesian.paragraphs.join("\n\n"),
            english.paragraphs.join("\n\n"),
        );
        Self {
            recipient: to.as_str().to_owned(),
            subject: one_line(&subject),
            text: wrapped(&visible(&text)),
        }
    }

    #[must_use]
    pub fn recipient(&self) -> &str {
        &self.recipient
    }

    #[must_use]
    pub fn subject(&self) -> &str {
        &self.subject
    }

    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }
}

/// The types names come in hold no control characters; a subject must not depend on that.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

fn visible(text: &str) -> String {
    text.chars().filter(|c| !c.is_control() || *c == '\n').collect()
}

/// Longest link that stays in one piece, in bytes of ASCII: a mail's line may have 998.
pub(super) const LINK_BYTES_MAX: usize = 900;

/// Lines of 76 characters where words allow. A link stays in one piece; other words are cut where
/// they are longer than any, so that no line passes the 998 bytes a mail's line may have.
fn wrapped(text: &str) -> String {
    const COLUMNS: usize = 76;
    const WORD_CHARS_MAX: usize = 240;
    let mut lines = Vec::new();
    for line in text.lines() {
        let (mut current, mut columns) = (String::new(), 0);
        for word in line.split(' ') {
            let mut word: &str = word;
            let is_link = word.is_ascii() && word.starts_with("http");
            let longest = if is_link { LINK_BYTES_MAX } else { WORD_CHARS_MAX };
            loop {
                let cut = word.char_indices().nth(longest).map_or(word.len(), |(place, _)| place);
                let (piece, rest) = word.split_at(cut);
                let length = piece.chars().count();
                if columns > 0 && columns + 1 + length > COLUMNS {
                    lines.push(std::mem::take(&mut current));
                    columns = 0;
                }
                if columns > 0 {
                    current.push(' ');
                    columns += 1;
                }
                current.push_str(piece);
                columns += length;
                word = rest;
                if word.is_empty() {
                    break;
                }
            }
        }
        lines.push(current);
    }
    lines.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_value_can_add_a_header_line() {
        let to = "rani@example.id".parse().unwrap();
        let text = |subject: &str| Text {
            subject: subject.to_owned(),
            paragraphs: vec!["a\r\n.\r\nb\u{1b}[2J".to_owned()],
        };
        let letter = Letter::new(&to, &text("Halo\r\nBcc: x@y.id"), &text("Hello\0\u{85}X: y"));
        assert_eq!(letter.subject(), "Halo  Bcc: x@y.id / Hello  X: y");
        assert!(!letter.text().contains(['\r', '\u{1b}']));
    }

    #[test]
    fn lines_are_short_but_links_stay_whole() {
        let link = format!("https://developers.example.id/verify-email?token={}", "x".repeat(843));
        let text = format!("{}\n\n{link}\n{}\n", "kata ".repeat(40).trim_end(), "é".repeat(1000));
        let wrapped = wrapped(&text);
        assert!(wrapped.lines().all(|line| line.len() <= 998));
        assert!(wrapped.lines().any(|line| line == link));
        let words: Vec<_> = wrapped.lines().take_while(|line| !line.is_empty()).collect();
        assert_eq!(words.len(), 3);
        assert!(words.iter().all(|line| line.len() <= 76));
        assert_eq!(words.join(" ").split(' ').count(), 40);
    }
}
