//! Riders at the portal: what they send to sign up and in, what their account shows them, and what
//! they are asked when an application wants to see something of theirs.
//!
//! A **rider** signs in by e-mail address or telephone number. A rider's session and a partner's
//! have nothing to do with each other; one browser may have both.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    identity::{Accepted, EmailAddress, Password, PasswordAttempt},
    ids::{ApplicationId, GrantId, RiderId},
    invalid::Invalid,
    journeys::RecordedJourney,
    oauth::Scope,
    page::Page,
    return_to::ReturnTo,
    riders::{PhoneNumber, RiderView},
    sandbox::StationChoice,
    scoped::{BalanceView, FareCapView, JourneyView, ProfileView},
    text::DisplayName,
};

/// Name of the cookie of a rider's session; the prefix as for [`crate::identity::SESSION_COOKIE`].
pub const RIDER_COOKIE: &str = "__Host-nfcg_rider";

/// [`AccessRow::operation`] of an event that was sent to a webhook.
pub const SENT_BY_WEBHOOK: &str = "webhook";

/// How long a consent page may be looked at before it is answered, in seconds.
pub const CONSENT_FORM_S: i64 = 10 * 60;

/// `POST rider/sign-up`. Everybody begins as an adult; who is a student or disabled shows it to the
/// operator's staff.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RiderSignUp {
    pub name: DisplayName,
    /// Needed: nothing else can be confirmed, and without it a lost password is lost.
    pub email: EmailAddress,
    #[serde(default)]
    pub phone: Option<PhoneNumber>,
    pub password: Password,
    pub accept_terms: Accepted,
    /// Where the mailed link leads on to.
    #[serde(default)]
    pub return_to: ReturnTo,
}

/// The answer to signing up: the same whether or not the address was known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RiderSignedUp {
    pub email: String,
}

/// `POST rider/sign-in`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RiderSignIn {
    /// E-mail address or telephone number.
    pub login: Login,
    pub password: PasswordAttempt,
    /// Where a link that is mailed once more leads on to.
    #[serde(default)]
    pub return_to: ReturnTo,
}

/// `POST rider/password/forgot`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RiderForgotPassword {
    pub email: EmailAddress,
    /// Where one goes on to with the new password.
    #[serde(default)]
    pub return_to: ReturnTo,
}

/// What a rider types to say who they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Login {
    Email(EmailAddress),
    Phone(PhoneNumber),
}

impl Login {
    /// As the store keeps it: one text for all ways of writing it.
    #[must_use]
    pub fn folded(&self) -> String {
        match self {
            Self::Email(email) => email.folded(),
            Self::Phone(phone) => phone.to_string(),
        }
    }
}

impl TryFrom<String> for Login {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        // No telephone number has an @, and no address is without.
        let looks_like_a_number = text.trim().starts_with(['+', '0']) && !text.contains('@');
        if looks_like_a_number {
            return PhoneNumber::try_from(text).map(Self::Phone);
        }
        EmailAddress::try_from(text).map(Self::Email)
    }
}

impl<'de> Deserialize<'de> for Login {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::try_from(String::deserialize(deserializer)?).map_err(Invalid::into_serde)
    }
}

/// `POST rider/delete`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeleteRiderAccount {
    pub password: PasswordAttempt,
}

/// `GET rider/session`: who is signed in here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RiderSession {
    pub id: RiderId,
    pub name: String,
    pub email: Option<String>,
    pub phone: Option<String>,
}

/// `GET rider/overview`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RiderOverview {
    pub rider: RiderView,
    pub fare_cap: FareCapView,
    /// The latest.
    pub journeys: Vec<RecordedJourney>,
    /// Names of the stations in them.
    pub stations: Vec<StationChoice>,
}

/// `GET rider/journeys`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RiderJourneys {
    #[serde(flatten)]
    pub page: Page<RecordedJourney>,
    /// Names of the stations in them.
    pub stations: Vec<StationChoice>,
}

/// A row of `GET rider/applications`: an application that may read something of the rider's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectedApplication {
    /// Names it when it is withdrawn.
    pub grant_id: GrantId,
    pub application: ApplicationCard,
    /// In the order of the pages.
    pub scopes: Vec<AllowedScope>,
    /// The first consent since the last withdrawal; a scope may have come later.
    pub since: Timestamp,
    /// When the rider last answered the consent page.
    pub changed_at: Timestamp,
    /// When the last of the scopes ends, unless the rider consents again.
    pub ends_at: Timestamp,
    /// When it last read something.
    pub last_access_at: Option<Timestamp>,
}

/// A scope that is allowed at present.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct AllowedScope {
    pub scope: Scope,
    pub since: Timestamp,
    pub until: Timestamp,
}

/// An application, as riders know it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApplicationCard {
    pub id: ApplicationId,
    pub name: String,
    /// The organisation behind it.
    pub partner: String,
    pub homepage: Option<String>,
    /// Path of its picture on this server.
    pub logo: Option<String>,
}

/// A row of `GET rider/access-log`: something of the rider's was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessRow {
    pub at: Timestamp,
    pub application_id: String,
    /// Its name now; the id where it is gone.
    pub application: String,
    /// Which operation read it: `list_journeys`; [`SENT_BY_WEBHOOK`]; none: of another version.
    pub operation: Option<String>,
    pub scope: Scope,
    /// How many records it was shown.
    pub records: u64,
    /// Where the call came from, or where the webhook is.
    pub ip: String,
}

/// `GET rider/access-log`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RiderAccesses {
    #[serde(flatten)]
    pub page: Page<AccessRow>,
    /// Whoever read anything ever, by name: to choose one of them.
    pub readers: Vec<ReaderName>,
}

/// An application that read something of a rider's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReaderName {
    pub id: ApplicationId,
    /// Its name now; the id where it is gone.
    pub name: String,
}

/// What comes next for an authorization request: `GET rider/authorize`, and the answer to the form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum AuthorizeStep {
    /// It can't be trusted: a page of ours, no redirect. `code` is stable.
    PageError {
        code: String,
        explanation: String,
    },
    /// The browser is sent there, by 303.
    Redirect {
        to: String,
    },
    /// It is refused, and nobody answers for where the application would hear that: the way there is
    /// a link.
    Leave(Box<Leave>),
    /// The rider signs in first.
    SignIn {
        login_hint: Option<String>,
        /// The query to come back with, where the one that came would not fit into another address.
        request: Option<String>,
    },
    /// A rider of the test network is to be chosen.
    ChooseRider(Box<ChooseRider>),
    Consent(Box<ConsentView>),
}

/// A way out that nobody is sent by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leave {
    pub application: ApplicationCard,
    /// Code of RFC 6749.
    pub error: String,
    /// For developers.
    pub description: String,
    /// The application's address, with the refusal.
    pub to: String,
}

/// The test riders to choose from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChooseRider {
    pub application: ApplicationCard,
    pub riders: Vec<TestRider>,
    /// The query of the request, to be continued with `test_rider`.
    pub request: String,
}

/// A rider of the test network.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestRider {
    pub id: RiderId,
    pub name: String,
    pub email: Option<String>,
}

/// What a rider is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsentView {
    pub application: ApplicationCard,
    /// Of a test network: no real rider is asked.
    pub is_test: bool,
    pub rider_name: String,
    /// Another rider is signed in by now than the one the form was shown to.
    pub rider_changed: bool,
    pub scopes: Vec<AskedScope>,
    /// Names of the stations in the samples.
    pub stations: Vec<StationChoice>,
    /// Since when the application has had all that it asks for; none: it has not.
    pub allowed_since: Option<Timestamp>,
    /// When access ends unless it is allowed anew or withdrawn before.
    pub until: Timestamp,
    /// The query of the request; sent back with the form.
    pub request: String,
    /// Says to whom what was shown when; sent back with the form.
    pub form: String,
}

/// A scope that is asked for, and what it would show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskedScope {
    pub scope: Scope,
    /// It is allowed already: unticked, it is taken back.
    pub is_allowed: bool,
    pub sample: Sample,
}

/// The rider's own data, as the application would see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "value", rename_all = "snake_case")]
pub enum Sample {
    /// The latest; none: there is none yet.
    Journey(Option<JourneyView>),
    Profile(ProfileView),
    Balance(BalanceView),
}

/// `POST rider/authorize`: the answer to the consent page.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnswerConsent {
    /// [`ConsentView::request`].
    pub request: String,
    /// [`ConsentView::form`].
    pub form: String,
    /// Those left ticked.
    #[serde(default)]
    pub scopes: Vec<String>,
    pub decision: Decision,
}

/// Yes or no.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    Allow,
    Deny,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_is_an_address_or_a_number_however_it_is_written() {
        let read = |text: &str| {
            Login::try_from(text.to_owned()).map(|login| login.folded()).map_err(|error| error.rule.code())
        };
        for (text, expected) in [
            ("Ayu@Riders.Example", Ok("ayu@riders.example")),
            (" 0812 3456 7890", Ok("+6281234567890")),
            ("+62 812-3456-7890", Ok("+6281234567890")),
            ("0812@riders.example", Ok("0812@riders.example")),
            ("ayu", Err("malformed")),
            ("0812", Err("malformed")),
            ("", Err("required")),
        ] {
            assert_eq!(read(text), expected.map(ToOwned::to_owned), "{text}");
        }
    }
}
