//! Configuration: the only place that reads the environment and the command line's files.

use std::{
    net::{IpAddr, SocketAddr},
    path::{Path, PathBuf},
    time::Duration,
};

use domain::keys::IpRule;
use secrecy::SecretString;
use serde::Deserialize;

/// Everything that can be set. Each field has a default that suits one machine.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Address to serve on.
    pub listen: SocketAddr,
    /// Address for `/metrics` apart from the public one; without it `/metrics` wants `metrics_token`.
    pub listen_metrics: Option<SocketAddr>,
    /// Bearer token for `/metrics` on the public address. Unset: not served there.
    #[serde(skip)]
    pub metrics_token: Option<SecretString>,
    /// Folder for databases, mails and demo credentials.
    pub data_dir: PathBuf,
    /// `postgres://…`; unset: SQLite in `data_dir`.
    #[serde(skip)]
    pub database_url: Option<SecretString>,
    /// Schema prefix on PostgreSQL: `<prefix>_live` and `<prefix>_sandbox`.
    pub database_schema: String,
    /// Connections to PostgreSQL per store.
    pub database_connections_max: u32,
    /// Where people reach the portal, without a slash at the end.
    pub portal_url: String,
    /// Where programs reach the API, without a slash at the end.
    pub api_url: String,
    /// Where the authorization server is reached, without a slash at the end: its issuer name.
    pub auth_url: String,
    /// Peers whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpAddr>,
    /// Connections served at once; more wait in the kernel's queue.
    pub connections_max: usize,
    /// Time a client has to send its request head.
    #[serde(with = "seconds")]
    pub header_timeout: Duration,
    /// Time requests in flight have to finish after SIGTERM.
    #[serde(with = "seconds")]
    pub drain_timeout: Duration,
    /// Outgoing mail; unset: mails land in `<data_dir>/mail`.
    pub smtp: Option<Smtp>,
    /// Sender of all mails.
    pub mail_from: String,
    /// Networks that webhooks may go to although they are not on the public internet: CIDR or single
    /// addresses. Plain `http` is allowed there.
    pub webhook_allow: Vec<IpRule>,
    /// Logs as JSON lines.
    pub log_json: bool,
    /// What is logged, as tracing's filters are written; `NFCGATE_LOG` outweighs it.
    pub log: String,
    /// What runs: production, or with demo data and a clock that may be moved.
    #[serde(skip)]
    pub mode: Mode,
}

/// An SMTP server to hand mails to.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Smtp {
    pub host: String,
    pub port: Option<u16>,
    pub username: Option<String>,
    /// File that holds the password.
    pub password_file: Option<PathBuf>,
    /// `tls` (default), `starttls`, or `none` for a server on this machine.
    #[serde(default)]
    pub security: SmtpSecurity,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SmtpSecurity {
    #[default]
    Tls,
    Starttls,
    None,
}

/// What the server is for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Mode {
    #[default]
    Production,
    /// Made-up partners, marked as such; `/internal/clock` is there; two-step verification is optional for admins.
    Demo,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 3000)),
            listen_metrics: None,
            metrics_token: None,
            data_dir: PathBuf::from("var"),
            database_url: None,
            database_schema: "nfcgate".to_owned(),
            database_connections_max: 8,
            portal_url: String::new(),
            api_url: String::new(),
            auth_url: String::new(),
            trusted_proxies: Vec::new(),
            connections_max: 10_000,
            header_timeout: Duration::from_secs(10),
            drain_timeout: Duration::from_secs(10),
            smtp: None,
            mail_from: "NFC Gate Open API <no-reply@kci-nfc.co.id>".to_owned(),
            webhook_allow: Vec::new(),
            log_json: false,
            log: "info,sqlx=warn,hyper=warn,leptos=warn".to_owned(),
            mode: Mode::Production,
        }
    }
}

/// Why the configuration can't be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("cannot read {path}")]
    Read {
        path: PathBuf,
        #[source]
        cause: std::io::Error,
    },
    #[error("{path} is not a valid configuration")]
    Parse {
        path: PathBuf,
        #[source]
        cause: Box<toml::de::Error>,
    },
}

impl Config {
    /// Reads the file, if one is named, then the secrets from `NFCGATE_*` or `NFCGATE_*_FILE`. Call
    /// [`Self::finished`] once nothing more is to be changed.
    ///
    /// # Errors
    /// When a named file can't be read or understood.
    pub fn load(file: Option<&Path>) -> Result<Self, ConfigError> {
        let mut config: Self = match file {
            None => Self::default(),
            Some(path) => toml::from_str(&read(path)?)
                .map_err(|cause| ConfigError::Parse { path: path.to_owned(), cause: Box::new(cause) })?,
        };
        config.database_url = secret("NFCGATE_DATABASE_URL")?.or(config.database_url);
        config.metrics_token = secret("NFCGATE_METRICS_TOKEN")?.or(config.metrics_token);
        if let Ok(log) = std::env::var("NFCGATE_LOG") {
            config.log = log;
        }
        Ok(config)
    }

    /// Fills in the addresses that follow from others.
    #[must_use]
    pub fn finished(mut self) -> Self {
        let own = format!("http://{}", self.listen);
        if self.portal_url.is_empty() {
            self.portal_url.clone_from(&own);
        }
        if self.auth_url.is_empty() {
            // Riders sign in on the portal's pages.
            self.auth_url.clone_from(&self.portal_url);
        }
        for url in [&mut self.portal_url, &mut self.api_url, &mut self.auth_url] {
            if url.is_empty() {
                url.clone_from(&own);
            }
            while url.ends_with('/') {
                url.pop();
            }
        }
        self
    }

    /// Where mails land when no SMTP server is configured.
    #[must_use]
    pub fn mail_dir(&self) -> PathBuf {
        self.data_dir.join("mail")
    }

    /// What [`domain::webhooks::addresses::check`] is to let through: the operator's list, and in a demo
    /// this machine's own address.
    #[must_use]
    pub fn webhook_allowed(&self) -> Vec<IpRule> {
        let own = self.is_demo().then(|| "127.0.0.1/32".parse().ok()).flatten();
        self.webhook_allow.iter().copied().chain(own).collect()
    }

    #[must_use]
    pub fn is_demo(&self) -> bool {
        self.mode == Mode::Demo
    }
}

fn read(path: &Path) -> Result<String, ConfigError> {
    std::fs::read_to_string(path).map_err(|cause| ConfigError::Read { path: path.to_owned(), cause })
}

fn secret(name: &str) -> Result<Option<SecretString>, ConfigError> {
    if let Ok(value) = std::env::var(name) {
        return Ok(Some(value.into()));
    }
    match std::env::var_os(format!("{name}_FILE")) {
        Some(path) => Ok(Some(read(Path::new(&path))?.trim().to_owned().into())),
        None => Ok(None),
    }
}

mod seconds {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer};

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
        u64::deserialize(deserializer).map(Duration::from_secs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_member_is_explained_to_operators() {
        let guide = include_str!("../../docs/operating.md");
        // A member that is not there is refused with the names of those that are.
        let refusal = toml::from_str::<Config>("no_such_member = 1").unwrap_err().to_string();
        let (_, members) = refusal.split_once("expected one of ").unwrap();
        let members: Vec<&str> = members.lines().next().unwrap().split(", ").collect();
        assert!(members.len() > 15, "{members:?}");
        for member in members {
            assert!(guide.contains(&format!("| {member} |")), "{member}");
        }
    }
}
