//! Using an authorization code: once, within 60 s, by whom and for what it was issued.

use jiff::{SignedDuration, Timestamp};

use super::{authorize::Consented, pkce::CodeVerifier, token::Refusal, token_text::CODE_LIFETIME_S};
use crate::ids::ApplicationId;

/// A code as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuedCode {
    pub consented: Consented,
    pub issued_at: Timestamp,
    pub is_used: bool,
}

/// What presenting a code leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Redemption {
    /// To be marked as used, and a family begun, in the same transaction.
    Exchange,
    Refuse(Refusal),
    /// Used before: the tokens made of it end, for one of the two who hold it stole it.
    RefuseAndEndTokens,
}

impl IssuedCode {
    /// `client` has proven who it is. Another's presenting a code ends nothing: it could be anybody.
    #[must_use]
    pub fn redeem(
        &self,
        client: &ApplicationId,
        redirect_uri: &str,
        verifier: &CodeVerifier,
        now: Timestamp,
    ) -> Redemption {
        if self.consented.client_id != *client {
            return Redemption::Refuse(Refusal::CodeOfAnother);
        }
        if self.is_used {
            return Redemption::RefuseAndEndTokens;
        }
        if now.duration_since(self.issued_at) >= SignedDuration::from_secs(CODE_LIFETIME_S) {
            return Redemption::Refuse(Refusal::CodeExpired);
        }
        if self.consented.reply.redirect_uri != redirect_uri {
            return Redemption::Refuse(Refusal::RedirectDiffers);
        }
        match self.consented.challenge.prove(verifier) {
            Ok(()) => Redemption::Exchange,
            Err(error) => Redemption::Refuse(Refusal::Pkce(error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oauth::{Scope, authorize::ReplyTo, pkce::PkceError};

    const REDIRECT: &str = "https://app.travelku.co.id/cb";

    fn application(n: u8) -> ApplicationId {
        ApplicationId::new(1, [n; 10])
    }

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_millisecond(1_772_900_000_000 + ms).unwrap()
    }

    fn code(is_used: bool) -> IssuedCode {
        let reply = ReplyTo { redirect_uri: REDIRECT.to_owned(), state: None };
        let scopes = [Scope::JourneyRead].into_iter().collect();
        let consented = Consented {
            client_id: application(1),
            reply,
            asked: scopes,
            scopes,
            dpop_jkt: None,
            challenge: CodeVerifier::generate([1; 32]).challenge(),
        };
        IssuedCode { consented, issued_at: at(0), is_used }
    }

    #[test]
    fn a_code_works_once_in_a_minute_for_the_one_it_was_issued_to() {
        let (own, other) = (CodeVerifier::generate([1; 32]), CodeVerifier::generate([2; 32]));
        let redeem = |client, redirect_uri, verifier: &CodeVerifier, ms| {
            code(false).redeem(&application(client), redirect_uri, verifier, at(ms))
        };
        assert_eq!(redeem(1, REDIRECT, &own, 0), Redemption::Exchange);
        assert_eq!(redeem(1, REDIRECT, &own, 59_999), Redemption::Exchange);
        for (redemption, refusal) in [
            (redeem(1, REDIRECT, &own, 60_000), Refusal::CodeExpired),
            (redeem(1, REDIRECT, &own, 61_000), Refusal::CodeExpired),
            (redeem(2, REDIRECT, &own, 0), Refusal::CodeOfAnother),
            (redeem(1, "https://app.travelku.co.id/cb/", &own, 0), Refusal::RedirectDiffers),
            (redeem(1, REDIRECT, &other, 0), Refusal::Pkce(PkceError::VerifierWrong)),
        ] {
            assert_eq!(redemption, Redemption::Refuse(refusal));
            assert_eq!(refusal.code().as_str(), "invalid_grant");
        }
    }

    #[test]
    fn a_second_use_ends_the_tokens_unless_it_is_anothers() {
        let own = CodeVerifier::generate([1; 32]);
        let again = |client, ms| code(true).redeem(&application(client), REDIRECT, &own, at(ms));
        assert_eq!(again(1, 1), Redemption::RefuseAndEndTokens);
        assert_eq!(again(1, 3_600_000), Redemption::RefuseAndEndTokens, "late too");
        assert_eq!(again(2, 1), Redemption::Refuse(Refusal::CodeOfAnother));
    }
}
