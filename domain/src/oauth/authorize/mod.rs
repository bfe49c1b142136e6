//! The authorization request, from what came in to what a rider agrees to.
//!
//! ```text
//! Received ──▶ Trusted ──▶ Asked ──▶ Consented
//!    │            │          │
//!    ▼            ▼          ▼
//! PageError     a redirect to the application, with error, state and iss
//! ```
//!
//! Each step consumes the one before, and holds only what was proven by then.
//!
//! | what is wrong | answer |
//! | --- | --- |
//! | `client_id` missing, doubled or unknown; `redirect_uri` missing, doubled or not registered; an application whose addresses were never approved, or are not any more | [`PageError`]: a page of ours, no redirect |
//! | everything else | [`Refusal`]: a redirect with a code of RFC 6749 section 4.1.2.1, by itself only where [`Trusted::may_redirect_unasked`] |
//!
//! `redirect_uri` is always needed, also where only one is registered. What a request has beside the
//! parameters known here is passed over (RFC 6749 section 3.1), but nothing may come twice.

mod refusal;
#[cfg(test)]
mod tests;

pub use self::refusal::{PageError, Refusal};
use super::{
    dpop::Thumbprint,
    parameters::{Doubled, Parameters, with_parameters},
    pkce::CodeChallenge,
    redirect::{ClientType, RedirectUri, is_on_own_machine},
    scope::{ScopeError, Scopes},
    token_text::Token,
};
use crate::ids::ApplicationId;

/// Longest `state` that is carried, in bytes.
pub const STATE_BYTES_MAX: usize = 2_048;

/// Longest request that is carried over signing in, in bytes of its known parameters: sealed and in an
/// address, it must fit into one.
pub const REQUEST_BYTES_MAX: usize = 3_200;

/// The parameters that are read here. All others are passed over, and kept by nobody.
pub const PARAMETERS: [&str; 10] = [
    "client_id",
    "response_type",
    "redirect_uri",
    "scope",
    "state",
    "code_challenge",
    "code_challenge_method",
    "response_mode",
    "dpop_jkt",
    "login_hint",
];

/// Who answers for the addresses of an application. Without anybody, a link to us that leads on by
/// itself would be at the service of whoever signs up (RFC 9700 section 4.11.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Vouched {
    /// An operator looked at them, and what was decided stands.
    Reviewed,
    /// Nobody: an application for tests.
    Nobody,
    /// They were not approved, or are not any more: nothing leads there.
    Refused,
}

/// What is known of an application.
#[derive(Debug, Clone)]
pub struct Client {
    pub id: ApplicationId,
    pub client_type: ClientType,
    pub redirect_uris: Vec<RedirectUri>,
    /// Most that it may ask for.
    pub scopes: Scopes,
    /// Reviewed, and its partner active and on a tier with OAuth.
    pub may_ask: bool,
    pub vouched: Vouched,
}

/// A request of which only the name of the application was read.
#[derive(Debug)]
pub struct Received {
    pairs: Vec<(String, String)>,
    client_id: String,
}

impl Received {
    /// `pairs` are the request's parameters, decoded, in their order.
    ///
    /// # Errors
    /// [`PageError`] when it does not name one application.
    pub fn read(pairs: Vec<(String, String)>) -> Result<Self, PageError> {
        let client_id = match Parameters(&pairs).one("client_id") {
            Ok(Some(client_id)) => client_id.to_owned(),
            Ok(None) => return Err(PageError::ClientMissing),
            Err(Doubled) => return Err(PageError::ClientDoubled),
        };
        Ok(Self { pairs, client_id })
    }

    /// To look the application up with. Not checked.
    #[must_use]
    pub fn client_id(&self) -> &str {
        &self.client_id
    }

    /// Whether the answer may be sent where the request says. `client` is the one it names, if there is.
    ///
    /// # Errors
    /// [`PageError`] when not.
    pub fn trust(self, client: Option<&Client>) -> Result<Trusted<'_>, PageError> {
        let client = client.filter(|client| client.id.as_str() == self.client_id);
        let client = client.ok_or(PageError::ClientUnknown)?;
        let redirect_uri = match Parameters(&self.pairs).one("redirect_uri") {
            Ok(Some(redirect_uri)) => redirect_uri,
            Ok(None) => return Err(PageError::RedirectMissing),
            Err(Doubled) => return Err(PageError::RedirectDoubled),
        };
        if !client.redirect_uris.iter().any(|uri| uri.admits(redirect_uri, client.client_type)) {
            return Err(PageError::RedirectUnknown);
        }
        if client.vouched == Vouched::Refused {
            return Err(PageError::ClientNotAllowed);
        }
        // Which of two states is the true one can't be known, so neither is returned.
        let state = Parameters(&self.pairs).one("state").ok().flatten();
        let reply = ReplyTo { redirect_uri: redirect_uri.to_owned(), state: state.map(ToOwned::to_owned) };
        Ok(Trusted { pairs: self.pairs, client, reply })
    }
}

/// Where the answer goes. Comes from [`Received::trust`], or from the store where such a one was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplyTo {
    /// As the request named it: the token request must name the same.
    pub redirect_uri: String,
    pub state: Option<String>,
}

impl ReplyTo {
    /// Address to send the browser to with a refusal. `issuer` is this server's (RFC 9207).
    #[must_use]
    pub fn refused(&self, refusal: Refusal, issuer: &str) -> String {
        let description = refusal.to_string();
        self.with(&[("error", refusal.code().as_str()), ("error_description", &description)], issuer)
    }

    /// Address to send the browser to with a code.
    #[must_use]
    pub fn granted(&self, code: &Token, issuer: &str) -> String {
        self.with(&[("code", code.expose())], issuer)
    }

    fn with(&self, answer: &[(&str, &str)], issuer: &str) -> String {
        let mut parameters = answer.to_vec();
        parameters.extend(self.state.as_deref().map(|state| ("state", state)));
        parameters.push(("iss", issuer));
        with_parameters(&self.redirect_uri, &parameters)
    }
}

/// A request whose application is known and whose redirect URI is its own.
#[derive(Debug)]
pub struct Trusted<'a> {
    pairs: Vec<(String, String)>,
    client: &'a Client,
    reply: ReplyTo,
}

impl Trusted<'_> {
    /// Whether the browser may be sent there with a refusal before anybody saw a page of ours: to an
    /// address that was reviewed, or back to the machine that it is on.
    #[must_use]
    pub fn may_redirect_unasked(&self) -> bool {
        self.client.vouched == Vouched::Reviewed || is_on_own_machine(&self.reply.redirect_uri)
    }

    /// Checks the rest of the request.
    ///
    /// # Errors
    /// The [`Refusal`], and where it is to be sent.
    pub fn check(self) -> Result<Asked, (ReplyTo, Refusal)> {
        match self.read() {
            Ok((scopes, challenge, dpop_jkt)) => Ok(Asked {
                client_id: self.client.id.clone(),
                reply: self.reply,
                scopes,
                challenge,
                dpop_jkt,
            }),
            Err(refusal) => Err((self.reply, refusal)),
        }
    }

    fn read(&self) -> Result<(Scopes, CodeChallenge, Option<Thumbprint>), Refusal> {
        let parameters = Parameters(&self.pairs);
        let one = |name| parameters.one(name).map_err(|Doubled| Refusal::Doubled);
        parameters.check_doubled().map_err(|Doubled| Refusal::Doubled)?;
        if !self.client.may_ask {
            return Err(Refusal::NotAllowed);
        }
        if self.reply.state.as_ref().is_some_and(|state| state.len() > STATE_BYTES_MAX) {
            return Err(Refusal::StateTooLong);
        }
        if self.reply.state.as_ref().is_some_and(|state| state.contains(char::is_control)) {
            return Err(Refusal::StateUnprintable);
        }
        if parameters.bytes_of(&PARAMETERS) > REQUEST_BYTES_MAX {
            return Err(Refusal::TooLong);
        }
        match one("response_type")? {
            Some("code") => {}
            Some(_) => return Err(Refusal::ResponseTypeUnsupported),
            None => return Err(Refusal::ResponseTypeMissing),
        }
        if !matches!(one("response_mode")?, None | Some("query")) {
            return Err(Refusal::ResponseModeUnsupported);
        }
        let challenge = CodeChallenge::read(one("code_challenge")?, one("code_challenge_method")?)?;
        let scopes: Scopes = one("scope")?.unwrap_or_default().parse()?;
        if !scopes.is_within(self.client.scopes) {
            return Err(Refusal::ScopeNotRegistered);
        }
        let dpop_jkt =
            one("dpop_jkt")?.map(str::parse).transpose().map_err(|_| Refusal::ThumbprintMalformed)?;
        Ok((scopes, challenge, dpop_jkt))
    }
}

/// A sound request: what a rider is to be asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    pub client_id: ApplicationId,
    pub reply: ReplyTo,
    pub scopes: Scopes,
    pub challenge: CodeChallenge,
    /// Key that the code is to be bound to (RFC 9449 section 10).
    pub dpop_jkt: Option<Thumbprint>,
}

/// The form names scopes that were not asked for: it was tampered with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the answer to the consent page has scopes that were not asked for")]
pub struct Tampered;

/// What a rider answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answered {
    Consented(Consented),
    /// To be told by [`ReplyTo::refused`] with [`Refusal::Denied`].
    Denied(ReplyTo),
}

impl Asked {
    /// The rider's answer: the scopes left ticked. None of them is a no.
    ///
    /// # Errors
    /// [`Tampered`] when there are others among them.
    pub fn answered(self, ticked: Scopes) -> Result<Answered, Tampered> {
        match self.scopes.narrowed_to(ticked) {
            Ok(scopes) => Ok(Answered::Consented(Consented {
                client_id: self.client_id,
                reply: self.reply,
                asked: self.scopes,
                scopes,
                challenge: self.challenge,
                dpop_jkt: self.dpop_jkt,
            })),
            Err(ScopeError::Missing) => Ok(Answered::Denied(self.reply)),
            Err(ScopeError::Wider | ScopeError::Unknown) => Err(Tampered),
        }
    }
}

/// What a rider agreed to: what a code is issued for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consented {
    pub client_id: ApplicationId,
    pub reply: ReplyTo,
    pub asked: Scopes,
    /// Those that were asked for, or fewer.
    pub scopes: Scopes,
    pub challenge: CodeChallenge,
    pub dpop_jkt: Option<Thumbprint>,
}
