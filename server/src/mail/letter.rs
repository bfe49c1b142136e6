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
        Self { recipient: to.as_str().to_owned(), subject: one_line(&subject), text: visible(&text) }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_value_can_add_a_header_line() {
        let to = "rani@example.id".parse().unwrap();
        let text = |subject: &str| Text { subject: subject.to_owned(), paragraphs: vec!["a\r\n.\r\nb\u{1b}[2J".to_owned()] };
        let letter = Letter::new(&to, &text("Halo\r\nBcc: x@y.id"), &text("Hello\0\u{85}X: y"));
        assert_eq!(letter.subject(), "Halo  Bcc: x@y.id / Hello  X: y");
        assert!(!letter.text().contains(['\r', '\u{1b}']));
    }
}
