//! The way out: an SMTP server, or a folder of `.eml` files.

use std::{path::PathBuf, time::Duration};

use jiff::Timestamp;
use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{
        Body, Mailbox,
        header::{ContentTransferEncoding, ContentType},
    },
    transport::smtp::authentication::Credentials,
};

use crate::config::{Config, Smtp, SmtpSecurity};

const SMTP_TIMEOUT: Duration = Duration::from_secs(20);

/// Why a mail could not be sent, or none can be.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    #[error("mail_from is not an address: {0}")]
    Sender(String),
    #[error("the SMTP password cannot be read from {path}")]
    Password {
        path: PathBuf,
        #[source]
        cause: std::io::Error,
    },
    #[error("the SMTP server cannot be used")]
    Smtp(#[from] lettre::transport::smtp::Error),
    #[error("the mail cannot be put together")]
    Message(#[from] lettre::error::Error),
    #[error("the recipient is not an address")]
    Recipient(#[from] lettre::address::AddressError),
    #[error("the text does not open under this master key")]
    Sealed(#[from] crate::vault::Unopenable),
    #[error("the mail cannot be written to {path}")]
    File {
        path: PathBuf,
        #[source]
        cause: std::io::Error,
    },
}

impl MailError {
    /// False when trying again changes nothing.
    pub fn is_retryable(&self) -> bool {
        match self {
            // Permanent for the server may still be our settings: a wrong password, a new sender.
            Self::Smtp(_) | Self::Sender(_) | Self::Password { .. } | Self::File { .. } => true,
            Self::Message(_) | Self::Recipient(_) | Self::Sealed(_) => false,
        }
    }
}

/// What is put into an envelope.
pub(super) struct Outgoing<'m> {
    /// Unique among all mails.
    pub id: &'m str,
    pub recipient: &'m str,
    pub subject: &'m str,
    pub text: String,
    pub at: Timestamp,
}

#[derive(Debug)]
pub(super) struct Transport {
    sender: Mailbox,
    way: Way,
}

#[derive(Debug)]
enum Way {
    Smtp(AsyncSmtpTransport<Tokio1Executor>),
    Folder(PathBuf),
}

impl Transport {
    pub async fn open(config: &Config) -> Result<Self, MailError> {
        let sender = config.mail_from.parse().map_err(|_| MailError::Sender(config.mail_from.clone()))?;
        let way = match &config.smtp {
            Some(smtp) => Way::Smtp(connect(smtp).await?),
            None => {
                let path = config.mail_dir();
                make_folder(&path).await.map_err(|cause| MailError::File { path: path.clone(), cause })?;
                Way::Folder(path)
            }
        };
        Ok(Self { sender, way })
    }

    pub async fn send(&self, mail: Outgoing<'_>) -> Result<(), MailError> {
        let recipient = Mailbox::new(None, mail.recipient.parse()?);
        let builder = Message::builder()
            .from(self.sender.clone())
            .to(recipient)
            .subject(mail.subject)
            .date(mail.at.into())
            .message_id(Some(format!("<{}@{}>", mail.id, self.sender.email.domain())))
            .header(ContentType::TEXT_PLAIN);
        match &self.way {
            Way::Smtp(smtp) => {
                smtp.send(builder.body(mail.text)?).await?;
            }
            Way::Folder(folder) => {
                let path = folder.join(file_name(mail.at, mail.recipient, mail.id));
                // As it is, so that people can read the file; a letter's lines are short enough.
                let text = mail.text.replace('\n', "\r\n").into_bytes();
                let message =
                    builder.body(Body::dangerous_pre_encoded(text, ContentTransferEncoding::EightBit))?;
                write(&path, &message.formatted()).await.map_err(|cause| MailError::File { path, cause })?;
            }
        }
        Ok(())
    }
}

async fn connect(smtp: &Smtp) -> Result<AsyncSmtpTransport<Tokio1Executor>, MailError> {
    type Relay = AsyncSmtpTransport<Tokio1Executor>;
    let mut builder = match smtp.security {
        SmtpSecurity::Tls => Relay::relay(&smtp.host)?,
        SmtpSecurity::Starttls => Relay::starttls_relay(&smtp.host)?,
        SmtpSecurity::None => Relay::builder_dangerous(&smtp.host),
    };
    builder = builder.timeout(Some(SMTP_TIMEOUT));
    if let Some(port) = smtp.port {
        builder = builder.port(port);
    }
    if let (Some(username), Some(path)) = (&smtp.username, &smtp.password_file) {
        let password = tokio::fs::read_to_string(path)
            .await
            .map_err(|cause| MailError::Password { path: path.clone(), cause })?;
        builder = builder.credentials(Credentials::new(username.clone(), password.trim().to_owned()));
    }
    Ok(builder.build())
}

/// For the server's user alone: the mails open accounts.
async fn make_folder(path: &std::path::Path) -> std::io::Result<()> {
    let mut builder = tokio::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    builder.mode(0o700);
    builder.create(path).await
}

/// Complete or not there: whoever watches the folder reads whole mails.
async fn write(path: &std::path::Path, bytes: &[u8]) -> std::io::Result<()> {
    let draft = path.with_extension("draft");
    tokio::fs::write(&draft, bytes).await?;
    tokio::fs::rename(&draft, path).await
}

/// `20260308T084100Z_rani@example.id_mail_….eml`: sorts by time, says for whom.
fn file_name(at: Timestamp, recipient: &str, id: &str) -> String {
    let at = at.strftime("%Y%m%dT%H%M%SZ");
    // A local part may contain a slash.
    let plain = |c: char| if c.is_ascii_alphanumeric() || "@.+-_".contains(c) { c } else { '_' };
    let recipient: String = recipient.chars().take(100).map(plain).collect();
    format!("{at}_{recipient}_{id}.eml")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_name_says_when_and_for_whom_and_stays_in_its_folder() {
        let at = "2026-03-08T08:41:00.5Z".parse().unwrap();
        assert_eq!(file_name(at, "rani@example.id", "mail_1"), "20260308T084100Z_rani@example.id_mail_1.eml");
        assert_eq!(
            file_name(at, "../../x@example.id", "mail_1"),
            "20260308T084100Z_.._.._x@example.id_mail_1.eml"
        );
    }
}
