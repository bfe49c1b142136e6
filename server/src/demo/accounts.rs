//! The demo's accounts: printed, and kept in `demo.json` for people, SDK tests and scripts.

use std::{
    fmt, fs,
    path::{Path, PathBuf},
};

use domain::{gates::GateCreated, tiers::Tier};
use serde_json::{Value, json};

use super::{applications::ApplicationAccount, commuters::RiderAccount};
use crate::{app::App, config::Config};

/// A partner and how to get in as one.
pub struct PartnerAccount {
    pub id: String,
    pub name: &'static str,
    /// None: not approved yet.
    pub tier: Option<Tier>,
    pub email: &'static str,
    pub password: String,
    pub live_key: Option<String>,
    pub test_key: Option<String>,
    pub calls_per_day: u32,
}

/// Everybody.
pub struct Accounts {
    base_url: String,
    admin_email: String,
    admin_password: String,
    pub partners: Vec<PartnerAccount>,
    /// Riders with a wallet.
    pub riders: Vec<RiderAccount>,
    /// Applications that can be used.
    pub applications: Vec<ApplicationAccount>,
    /// Gates to sign messages for.
    pub gates: Vec<GateCreated>,
    /// The gates that the demo's own riders use.
    pub own_gates: Vec<GateCreated>,
}

/// Where the accounts are kept.
#[must_use]
pub fn path(config: &Config) -> PathBuf {
    config.data_dir.join("demo.json")
}

impl Accounts {
    pub fn new(app: &App, admin_email: &str, admin_password: &str) -> Self {
        Self {
            base_url: app.config.portal_url.clone(),
            admin_email: admin_email.to_owned(),
            admin_password: admin_password.to_owned(),
            partners: Vec::new(),
            riders: Vec::new(),
            applications: Vec::new(),
            gates: Vec::new(),
            own_gates: Vec::new(),
        }
    }

    /// Writes `demo.json`, and `gates.json` for `nfcgate simulate`; readable by their owner only.
    ///
    /// # Errors
    /// When a file can't be written.
    pub fn write(&self, config: &Config) -> std::io::Result<()> {
        let partners: Vec<Value> = self
            .partners
            .iter()
            .map(|partner| {
                json!({
                    "id": partner.id,
                    "name": partner.name,
                    "tier": partner.tier,
                    "email": partner.email,
                    "password": partner.password,
                    "live_key": partner.live_key,
                    "test_key": partner.test_key,
                })
            })
            .collect();
        let accounts = json!({
            "base_url": self.base_url,
            "admin": {"email": self.admin_email, "password": self.admin_password},
            "partners": partners,
            "riders": self.riders.iter().map(RiderAccount::listed).collect::<Vec<_>>(),
            "gates": self.gates.iter().map(super::gates::listed).collect::<Vec<_>>(),
            "applications": self.applications.iter().map(ApplicationAccount::listed).collect::<Vec<_>>(),
        });
        let own_gates = json!({"gates": self.own_gates.iter().map(super::gates::listed).collect::<Vec<_>>()});
        write_private(&config.data_dir.join("gates.json"), &format!("{own_gates:#}\n"))?;
        write_private(&path(config), &format!("{accounts:#}\n"))
    }
}

#[cfg(unix)]
fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    use std::{io::Write as _, os::unix::fs::OpenOptionsExt as _};
    let mut file = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
    file.write_all(text.as_bytes())
}

#[cfg(not(unix))]
fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    fs::write(path, text)
}

impl fmt::Display for Accounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Demo accounts (also in demo.json):")?;
        writeln!(f, "  {:<18} {:<11} {:<26} {}", "Admin", "-", self.admin_email, self.admin_password)?;
        for partner in &self.partners {
            let tier = partner.tier.map_or_else(|| "in review".to_owned(), |tier| tier.to_string());
            writeln!(f, "  {:<18} {tier:<11} {:<26} {}", partner.name, partner.email, partner.password)?;
        }
        for rider in &self.riders {
            writeln!(f, "  {:<18} {:<11} {:<26} {}", rider.name(), "rider", rider.email(), rider.password)?;
        }
        Ok(())
    }
}
