//! JSON Schemas of the bodies, from the types that they are written with.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use utoipa::{PartialSchema, ToSchema};

use crate::{
    events::{
        EventKind, FareCapReached, FraudDetected, GateOffline, JourneyCompleted, StationCrowded, TappedIn,
    },
    ids::{ApplicationId, EventId},
};

/// Schemas by name, as OpenAPI's `components/schemas` holds them.
pub type Named = BTreeMap<String, Value>;

/// Name of the schema of a kind's `data`.
#[must_use]
pub fn data_name(kind: EventKind) -> &'static str {
    match kind {
        EventKind::JourneyTapIn => "TappedIn",
        EventKind::JourneyCompleted => "JourneyCompleted",
        EventKind::StationCrowded => "StationCrowded",
        EventKind::GateOffline => "GateOffline",
        EventKind::FareCapReached => "FareCapReached",
        EventKind::FraudDetected => "FraudDetected",
    }
}

/// The schema of a kind's `data`, with all that it names.
#[must_use]
pub fn data(kind: EventKind) -> Named {
    match kind {
        EventKind::JourneyTapIn => named::<TappedIn>(data_name(kind)),
        EventKind::JourneyCompleted => named::<JourneyCompleted>(data_name(kind)),
        EventKind::StationCrowded => named::<StationCrowded>(data_name(kind)),
        EventKind::GateOffline => named::<GateOffline>(data_name(kind)),
        EventKind::FareCapReached => named::<FareCapReached>(data_name(kind)),
        EventKind::FraudDetected => named::<FraudDetected>(data_name(kind)),
    }
}

fn named<T: ToSchema>(name: &str) -> Named {
    let mut schemas = Vec::new();
    T::schemas(&mut schemas);
    schemas.push((name.to_owned(), T::schema()));
    schemas.into_iter().map(|(name, schema)| (name, value(&schema))).collect()
}

fn value(schema: &impl serde::Serialize) -> Value {
    serde_json::to_value(schema).unwrap_or_default()
}

/// The schema of a whole body. What it names lies below `names`, such as `#/components/schemas/`.
#[must_use]
pub fn body(kind: EventKind, names: &str) -> Value {
    let instant = json!({ "type": "string", "format": "date-time" });
    let mut members = Map::new();
    let mut required = vec!["id", "event", "timestamp"];
    members.insert("id".to_owned(), value(&EventId::schema()));
    members.insert("event".to_owned(), json!({ "type": "string", "const": kind.as_str() }));
    members.insert("timestamp".to_owned(), instant);
    if super::catalogue::sample(kind, super::catalogue::EXAMPLE_AT).sequence.is_some() {
        members.insert("sequence".to_owned(), json!({ "type": "integer", "minimum": 1 }));
    }
    if kind.is_about_a_rider() {
        let user = json!({ "type": "string", "pattern": "^usr_[0-9a-v]{26}$" });
        members.insert("user_id".to_owned(), user);
        members.insert("application_id".to_owned(), value(&ApplicationId::schema()));
        required.extend(["user_id", "application_id"]);
    }
    members.insert("test".to_owned(), json!({ "type": "boolean" }));
    members.insert("data".to_owned(), json!({ "$ref": format!("{names}{}", data_name(kind)) }));
    members.insert("signature".to_owned(), json!({ "type": "string", "pattern": "^sha256=[0-9a-f]{64}$" }));
    required.extend(["data", "signature"]);
    // Members are added in time: a receiver must not refuse those that it does not know.
    json!({ "type": "object", "properties": members, "required": required })
}

/// As [`body`], with all that it names inside: a document of its own.
#[must_use]
pub fn document(kind: EventKind) -> Value {
    let mut schema = body(kind, "#/$defs/");
    let mut definitions = serde_json::to_value(data(kind)).unwrap_or_default();
    refer(&mut definitions);
    schema["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
    schema["title"] = json!(kind.as_str());
    schema["$defs"] = definitions;
    schema
}

/// References to OpenAPI's components become references to the document's own definitions.
fn refer(value: &mut Value) {
    match value {
        Value::Object(members) => {
            if let Some(Value::String(reference)) = members.get_mut("$ref") {
                *reference = reference.replace("#/components/schemas/", "#/$defs/");
            }
            members.values_mut().for_each(refer);
        }
        Value::Array(items) => items.iter_mut().for_each(refer),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn references(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Object(members) => {
                found.extend(members.get("$ref").and_then(Value::as_str).map(str::to_owned));
                members.values().for_each(|member| references(member, found));
            }
            Value::Array(items) => items.iter().for_each(|item| references(item, found)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    #[test]
    fn a_schema_holds_everything_that_it_names() {
        for &kind in EventKind::ALL {
            let schema = document(kind);
            let mut found = Vec::new();
            references(&schema, &mut found);
            assert!(!found.is_empty(), "{kind:?}");
            for reference in found {
                let name = reference.strip_prefix("#/$defs/").expect("a definition of its own");
                assert!(schema["$defs"][name].is_object(), "{kind:?}: {name}");
            }
        }
    }
}
