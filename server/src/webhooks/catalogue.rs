//! The catalogue of events, with a schema of each body.

use std::sync::LazyLock;

use domain::{
    events::EventKind,
    webhooks::{CatalogueEntry, schemas},
};
use serde_json::{Value, json};

static CATALOGUE: LazyLock<Vec<CatalogueEntry>> = LazyLock::new(|| {
    EventKind::ALL.iter().map(|&kind| CatalogueEntry::of(kind, schemas::document(kind))).collect()
});

/// Every kind of event, in the order of the pages.
#[must_use]
pub fn entries() -> &'static [CatalogueEntry] {
    &CATALOGUE
}

/// Adds to an OpenAPI document what it says of webhooks: its section of that name, and the schemas that
/// the section names.
pub fn describe(document: &mut Value) {
    for entry in entries() {
        for (name, schema) in schemas::data(entry.event) {
            let known = &mut document["components"]["schemas"][name];
            if known.is_null() {
                *known = schema;
            }
        }
        document["webhooks"][entry.event.as_str()] = json!({ "post": {
            "operationId": format!("on_{}", entry.event.as_str().replace('.', "_")),
            "summary": format!("{} || {}", entry.description, entry.description_en),
            "tags": ["webhooks"],
            "x-tier-min": entry.tier_min,
            "parameters": headers(),
            "requestBody": { "required": true, "content": { "application/json": {
                "schema": schemas::body(entry.event, "#/components/schemas/"),
                "example": entry.example,
            } } },
            "responses": {
                "2XX": { "description": "Diterima dalam 15 detik. || Taken within 15 seconds." },
                "410": { "description": "Endpoint dinonaktifkan. || Disables the endpoint." },
                "default": { "description": "Dikirim ulang. || Sent again." },
            },
        } });
    }
}

fn headers() -> Value {
    let header = |name: &str, words: &str| json!({ "name": name, "in": "header", "required": true, "schema": { "type": "string" }, "description": words });
    json!([
        header(
            "X-NFCG-Signature",
            "`sha256=` dan HMAC-SHA256 isi mentah dengan secret endpoint, heksadesimal. \
             || `sha256=` and the HMAC-SHA256 of the raw body with the endpoint's secret, in hexadecimal.",
        ),
        header(
            "webhook-id",
            "Id event, sama di semua percobaan (Standard Webhooks). \
             || Id of the event, the same over all attempts (Standard Webhooks).",
        ),
        header("webhook-timestamp", "Detik epoch percobaan ini. || Epoch seconds of this attempt."),
        header(
            "webhook-signature",
            "Satu `v1,` per secret yang berlaku, dipisah spasi. || One `v1,` per valid secret, separated by spaces.",
        ),
    ])
}
