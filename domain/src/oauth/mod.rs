//! OAuth 2.0: the rules of the authorization server, and what a rider's consent is made of.
//!
//! Words: an **application** is a partner's OAuth client; a **grant** is what a rider allowed it; a
//! **code** is exchanged once for an access token and a refresh token; the refresh tokens that follow
//! one another are a **family**. Owns reading requests, judging them, and which error says so; the
//! server keeps applications, grants and tokens, and knows who the rider is.
//!
//! | rule | where |
//! | --- | --- |
//! | PKCE, S256 only (RFC 7636) | [`pkce`] |
//! | scopes, and narrowing them | [`Scopes`] |
//! | redirect URIs: registering, comparing, loopback ports (RFC 8252) | [`RedirectUri`] |
//! | the authorization request, from untrusted to consented (RFC 6749, RFC 9207) | [`authorize`] |
//! | the token request, and who sends it | [`token`] |
//! | how long a consent holds, scope by scope | [`Allowed`] |
//! | using a code once | [`code`] |
//! | refresh tokens: rotation, replay, the lost answer | [`Family`] |
//! | binding tokens to a key of the client's (RFC 9449) | [`dpop`] |
//! | token texts, hashes, lifetimes | [`Token`] |
//! | every refusal, its RFC code and its status | [`ErrorCode`], [`authorize::Refusal`], [`token::Refusal`] |
//! | the id by which one application knows a rider | [`PairwiseId`] |
//!
//! E-mail addresses and telephone numbers are masked by [`crate::riders::masked_email`] and
//! [`crate::riders::masked_phone`].
//!
//! **Promise.** A request whose application or redirect URI can't be trusted never leads to a
//! redirect: there is no way to a [`authorize::ReplyTo`] but past both checks.

mod allowed;
pub mod authorize;
pub mod code;
pub mod dpop;
mod error;
mod family;
mod pairwise;
mod parameters;
pub mod pkce;
mod redirect;
mod scope;
pub mod token;
mod token_text;

pub(crate) use self::parameters::with_parameters;
pub use self::{
    allowed::{Allowed, CONSENT_LIFETIME_S, Span, consent_ends_at},
    error::ErrorCode,
    family::{Decision, Ending, Family, LOST_ANSWER_S, Live, Previous, RefreshRefusal, Standing},
    pairwise::PairwiseId,
    redirect::{ClientType, RedirectUri},
    scope::{Scope, ScopeError, Scopes},
    token_text::{
        ACCESS_LIFETIME_S, CODE_LIFETIME_S, NotAToken, REFRESH_LIFETIME_S, Token, TokenHash, TokenKind,
        access_expires_at,
    },
};
