//! The log of deliveries: what was sent where, and what became of it.

use data_encoding::BASE64;
use domain::{
    events::EventKind,
    ids::{DeliveryId, WebhookId},
    page::{Page, PageRequest},
    webhooks::{AttemptView, DeliveryRow, DeliveryStatus, DeliveryView, RequestView, ResponseView, Timing},
};
use jiff::Timestamp;

use super::{Acting, WebhookError, queries};
use crate::{
    app::{App, Environment},
    store::{DbError, Row, Value, params},
};

/// Which deliveries a list shows.
#[derive(Debug, Clone, Default)]
pub struct DeliveryFilter {
    pub endpoint: Option<WebhookId>,
    pub event: Option<EventKind>,
    pub status: Option<DeliveryStatus>,
    /// Made at this instant or later.
    pub from: Option<Timestamp>,
    /// Made before this instant.
    pub to: Option<Timestamp>,
}

/// A page of a partner's deliveries, newest first.
///
/// # Errors
/// When the store fails.
pub async fn list(
    app: &App,
    acting: &Acting,
    environment: Environment,
    filter: &DeliveryFilter,
    request: PageRequest,
) -> Result<Page<DeliveryRow>, DbError> {
    let realm = acting.realm(environment);
    let db = app.store(environment);
    let (count, rows) = match &filter.endpoint {
        Some(_) => (&queries::COUNT_DELIVERIES_OF_ENDPOINT, &queries::DELIVERIES_OF_ENDPOINT),
        None => (&queries::COUNT_DELIVERIES, &queries::DELIVERIES),
    };
    let mut values: Vec<Value> = params![
        &realm,
        &acting.partner,
        filter.event.map(EventKind::as_str),
        filter.status.map(DeliveryStatus::as_str),
        filter.from,
        filter.to,
    ]
    .to_vec();
    values.extend(filter.endpoint.as_ref().map(Value::from));
    let total = db.row(count, &values).await?.map_or(Ok(0), |row| row.get("total"))?;
    values.extend(params![request.limit(), request.offset()].to_vec());
    let rows = db.rows(rows, &values).await?;
    let data = rows.iter().map(read_row).collect::<Result<_, _>>()?;
    Ok(Page { data, meta: request.meta(total) })
}

/// A delivery, where it lives.
///
/// # Errors
/// [`WebhookError::NotFound`], also for somebody else's.
pub async fn find(app: &App, acting: &Acting, id: &DeliveryId) -> Result<(Environment, Row), WebhookError> {
    for environment in acting.environments() {
        let params = params![id, &acting.realm(environment), &acting.partner];
        if let Some(row) = app.store(environment).row(&queries::DELIVERY, params).await? {
            return Ok((environment, row));
        }
    }
    Err(WebhookError::NotFound)
}

/// A delivery with its body and all attempts.
///
/// # Errors
/// [`WebhookError::NotFound`], also for somebody else's.
pub async fn show(app: &App, acting: &Acting, id: &DeliveryId) -> Result<DeliveryView, WebhookError> {
    let (environment, row) = find(app, acting, id).await?;
    let body: String = row.get::<Option<String>>("body")?.unwrap_or_default();
    let attempts = app.store(environment).rows(&queries::ATTEMPTS, params![id]).await?;
    let attempt_log = attempts.iter().map(|row| read_attempt(row, &body)).collect::<Result<_, _>>()?;
    Ok(DeliveryView { delivery: read_row(&row)?, body, attempt_log })
}

fn corrupt(column: &str) -> DbError {
    DbError::Corrupt { column: column.to_owned() }
}

fn number<T: TryFrom<i64>>(row: &Row, column: &str) -> Result<T, DbError> {
    T::try_from(row.get::<i64>(column)?).map_err(|_| corrupt(column))
}

fn number_or_none<T: TryFrom<i64>>(row: &Row, column: &str) -> Result<Option<T>, DbError> {
    let value: Option<i64> = row.get(column)?;
    value.map(|value| T::try_from(value).map_err(|_| corrupt(column))).transpose()
}

pub(super) fn read_row(row: &Row) -> Result<DeliveryRow, DbError> {
    Ok(DeliveryRow {
        id: row.parse("id")?,
        endpoint_id: row.parse("endpoint_id")?,
        endpoint_url: row.get("endpoint_url")?,
        event: row.parse("kind")?,
        event_id: row.parse("event_id")?,
        status: row.parse("status")?,
        attempts: number(row, "attempts")?,
        last_status: number_or_none(row, "last_status")?,
        last_error: row.parse_opt("last_error")?,
        next_attempt_at: row.get("next_attempt_at")?,
        created_at: row.get("created_at")?,
        ended_at: row.get("ended_at")?,
        test: row.get("test")?,
        replay_of: row.parse_opt("replay_of")?,
    })
}

fn read_attempt(row: &Row, body: &str) -> Result<AttemptView, DbError> {
    let signature: String = row.get("signature")?;
    Ok(AttemptView {
        number: number(row, "number")?,
        at: row.get("at")?,
        request: RequestView {
            headers: read_headers(row, "request_headers")?.unwrap_or_default(),
            body: with_signature(body, &signature),
        },
        response: read_response(row)?,
        error: row.parse_opt("error")?,
        address: row.get("address")?,
        timing: Timing {
            dns_us: number_or_none(row, "dns_us")?,
            connect_us: number_or_none(row, "connect_us")?,
            tls_us: number_or_none(row, "tls_us")?,
            first_byte_us: number_or_none(row, "first_byte_us")?,
            total_us: number(row, "total_us")?,
        },
    })
}

fn read_headers(row: &Row, column: &str) -> Result<Option<Vec<(String, String)>>, DbError> {
    let text: Option<String> = row.get(column)?;
    text.map(|text| serde_json::from_str(&text).map_err(|_| corrupt(column))).transpose()
}

fn read_response(row: &Row) -> Result<Option<ResponseView>, DbError> {
    let Some(status) = number_or_none(row, "status")? else { return Ok(None) };
    let bytes: Vec<u8> = row.get::<Option<Vec<u8>>>("response_body")?.unwrap_or_default();
    let truncated = row.get("response_truncated")?;
    let (body, body_is_base64) = as_text(bytes, truncated);
    let headers = read_headers(row, "response_headers")?.unwrap_or_default();
    Ok(Some(ResponseView { status, headers, body, body_is_base64, truncated }))
}

/// As text where it is some. One that was cut may end inside a character: that much is left out.
fn as_text(bytes: Vec<u8>, truncated: bool) -> (String, bool) {
    match String::from_utf8(bytes) {
        Ok(text) => (text, false),
        Err(error) => {
            let (valid, whole) = (error.utf8_error().valid_up_to(), error.utf8_error().error_len().is_some());
            let bytes = error.into_bytes();
            if truncated && !whole {
                return (String::from_utf8_lossy(bytes.get(..valid).unwrap_or_default()).into_owned(), false);
            }
            (BASE64.encode(&bytes), true)
        }
    }
}

/// The bytes that were sent: the body with its own signature as the last member.
fn with_signature(unsigned: &str, signature: &str) -> String {
    match unsigned.strip_suffix('}') {
        Some(inner) if !signature.is_empty() => format!(r#"{inner},"signature":"{signature}"}}"#),
        _ => unsigned.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use domain::webhooks::{SecretSet, SigningSecret, body_signature, sign, split_member};

    use super::*;

    #[test]
    fn a_kept_signature_gives_back_the_bytes_that_were_sent() {
        let secret = SigningSecret::generate([5; 32]);
        let unsigned = r#"{"id":"evt_1","data":{"fare":5000}}"#;
        let signed = sign(&SecretSet::new(secret.clone()), "evt_1", 1, unsigned).unwrap();
        let (bare, _) = split_member(&signed.body).unwrap();
        let kept = body_signature(&secret, &bare);
        assert_eq!(with_signature(unsigned, &kept).into_bytes(), signed.body);
        assert_eq!(with_signature(unsigned, ""), unsigned);
    }

    #[test]
    fn an_answer_is_shown_as_text_where_it_is_some() {
        assert_eq!(as_text("terima kasih".into(), false), ("terima kasih".to_owned(), false));
        // "é" cut in the middle.
        assert_eq!(as_text(vec![b'a', 0xc3], true), ("a".to_owned(), false));
        assert_eq!(as_text(vec![b'a', 0xc3], false), ("YcM=".to_owned(), true));
        assert_eq!(as_text(vec![0xff, b'a'], true), ("/2E=".to_owned(), true));
    }
}
