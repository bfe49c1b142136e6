//! The body that tells of an event, and the same as it is pulled.

use std::fmt::Write as _;

use jiff::Timestamp;

use crate::{
    events::EventKind,
    ids::{ApplicationId, EventId},
    oauth::PairwiseId,
};

/// A rider, as one application knows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    pub user_id: PairwiseId,
    pub application_id: ApplicationId,
}

/// What a partner is told of an event.
#[derive(Debug, Clone, Copy)]
pub struct Envelope<'a> {
    pub id: &'a EventId,
    pub event: EventKind,
    /// When it happened.
    pub timestamp: Timestamp,
    /// Which of its journey's events it is, from 1; none for events of no journey.
    pub sequence: Option<i64>,
    /// Whom it is about.
    pub subject: Option<&'a Subject>,
    /// Sent on request, with made-up data.
    pub test: bool,
    /// The event's `data`, a JSON object as it was first written.
    pub data: &'a str,
}

impl Envelope<'_> {
    /// The body without its signature: compact JSON, the members in the order of the pages. Bytes
    /// depend on the values alone.
    #[must_use]
    pub fn unsigned(&self) -> String {
        let mut body = String::with_capacity(192 + self.data.len());
        // Ids, kinds and instants have no character that JSON would escape; writing to a text can't fail.
        let _ = write!(
            body,
            r#"{{"id":"{}","event":"{}","timestamp":"{}""#,
            self.id,
            self.event.as_str(),
            self.timestamp
        );
        if let Some(sequence) = self.sequence {
            let _ = write!(body, r#","sequence":{sequence}"#);
        }
        if let Some(Subject { user_id, application_id }) = self.subject {
            let _ = write!(body, r#","user_id":"{user_id}","application_id":"{application_id}""#);
        }
        if self.test {
            body.push_str(r#","test":true"#);
        }
        body.push_str(r#","data":"#);
        body.push_str(self.data);
        body.push('}');
        body
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        ids::RiderId,
        webhooks::{SecretSet, SigningSecret, sign},
    };

    #[test]
    fn a_body_has_the_printed_members_and_the_added_ones_in_this_order() {
        let id = EventId::new(1_772_980_327_000, [3; 10]);
        let subject = Subject {
            user_id: PairwiseId::derive(&[1; 32], &RiderId::new(1, [1; 10]), &ApplicationId::new(2, [2; 10])),
            application_id: ApplicationId::new(2, [2; 10]),
        };
        let envelope = Envelope {
            id: &id,
            event: EventKind::JourneyCompleted,
            timestamp: "2026-03-08T14:32:07Z".parse().unwrap(),
            sequence: Some(2),
            subject: Some(&subject),
            test: true,
            data: r#"{"fare":5000}"#,
        };
        let Subject { user_id, application_id } = &subject;
        assert_eq!(
            envelope.unsigned(),
            format!(
                r#"{{"id":"{id}","event":"journey.completed","timestamp":"2026-03-08T14:32:07Z","sequence":2,"user_id":"{user_id}","application_id":"{application_id}","test":true,"data":{{"fare":5000}}}}"#
            )
        );
        let bare = Envelope { sequence: None, subject: None, test: false, ..envelope };
        let unsigned = bare.unsigned();
        assert_eq!(
            unsigned,
            format!(
                r#"{{"id":"{id}","event":"journey.completed","timestamp":"2026-03-08T14:32:07Z","data":{{"fare":5000}}}}"#
            )
        );
        // It can be signed, and the signature is the last member.
        let secrets = SecretSet::new(SigningSecret::generate([9; 32]));
        let signed = sign(&secrets, id.as_str(), 1_772_980_327, &unsigned).unwrap();
        let body: serde_json::Value = serde_json::from_slice(&signed.body).unwrap();
        assert!(body["signature"].as_str().unwrap().starts_with("sha256="));
    }
}
