//! The OpenAPI document: committed, complete, and the same as what is served.

use domain::{
    operations::{BASE, Operation},
    problem::Code,
};
use serde_json::Value;

use crate::{
    http::openapi::{document, document_json},
    testing::TestApp,
};

#[test]
fn the_committed_document_is_the_one_the_code_makes() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/openapi.json");
    // As `cargo xtask openapi` does, without building the server first.
    if std::env::var_os("NFCGATE_UPDATE_SNAPSHOTS").is_some() {
        std::fs::write(path, document_json()).unwrap();
    }
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    // By value: which features of serde_json other crates turn on decides about the order of members.
    let committed: Value = serde_json::from_str(&committed).unwrap_or_default();
    let made: Value = serde_json::from_str(&document_json()).unwrap();
    assert!(committed == made, "docs/openapi.json is stale: run `cargo xtask openapi` and look at its diff");
}

#[tokio::test]
async fn the_served_document_differs_only_in_the_servers_addresses() {
    const FLOW: &str = "/components/securitySchemes/OAuth/flows/authorizationCode";
    let test = TestApp::one().await;
    let reply = test.anonymous().get("/open-api/v1/openapi.json").await;
    let mut served = reply.json();
    assert_eq!(served["servers"][0]["url"], test.app.config.api_url);
    served["servers"] = document()["servers"].clone();
    let flow = served.pointer_mut(FLOW).unwrap();
    assert_eq!(flow["authorizationUrl"], format!("{}/oauth/authorize", test.app.config.auth_url));
    for endpoint in ["tokenUrl", "refreshUrl"] {
        assert_eq!(flow[endpoint], format!("{}/oauth/token", test.app.config.auth_url));
    }
    *flow = document().pointer(FLOW).unwrap().clone();
    assert_eq!(served, document());
    assert_eq!(served["openapi"], "3.1.0");
    let again = test.anonymous().header("if-none-match", reply.text("etag"));
    assert_eq!(again.get("/open-api/v1/openapi.json").await.status.as_u16(), 304);
}

/// Every operation in the document, with its path and method.
fn operations(document: &Value) -> Vec<(String, String, Value)> {
    let paths = document["paths"].as_object().unwrap();
    paths
        .iter()
        .flat_map(|(path, item)| {
            let item = item.as_object().unwrap();
            item.iter()
                .map(move |(method, operation)| (path.clone(), method.to_uppercase(), operation.clone()))
        })
        .collect()
}

#[test]
fn every_operation_is_known_and_stands_where_the_list_says() {
    for (path, method, operation) in operations(&document()) {
        let known =
            operation["operationId"].as_str().and_then(Operation::from_id).expect("a known operation");
        assert_eq!((path, method.as_str()), (format!("{BASE}{}", known.path()), known.method()));
    }
}

#[test]
fn every_operation_has_words_examples_and_refusals() {
    for (path, _, operation) in operations(&document()) {
        for member in ["summary", "x-summary-en", "description", "x-description-en", "x-tier-min"] {
            assert!(operation[member].as_str().is_some_and(|text| !text.is_empty()), "{path}: {member}");
        }
        let answers = operation["responses"].as_object().expect("answers");
        let (status, success) =
            answers.iter().find(|(status, _)| status.starts_with('2')).expect("a success");
        if status != "204" {
            let success = success.pointer("/content/application~1json").expect("a success in JSON");
            assert!(success["example"].is_object(), "{path}: no example of a success");
        }
        for parameter in operation["parameters"].as_array().unwrap_or(&Vec::new()) {
            for member in ["description", "x-description-en"] {
                assert!(parameter[member].is_string(), "{path}: {} has no {member}", parameter["name"]);
            }
            assert!(!parameter["example"].is_null(), "{path}: {} has no example", parameter["name"]);
        }
        for code in operation["x-codes"].as_array().expect("codes") {
            let code = Code::ALL.iter().find(|known| code == known.as_str()).expect("a known code");
            let pointer = format!(
                "/responses/{}/content/application~1problem+json/examples/{}/value/code",
                code.status(),
                code.as_str()
            );
            assert_eq!(operation.pointer(&pointer).and_then(Value::as_str), Some(code.as_str()), "{path}");
        }
    }
}

#[test]
fn no_text_is_left_in_two_languages_and_every_reference_leads_somewhere() {
    fn walk(value: &Value, whole: &Value) {
        match value {
            Value::String(text) => assert!(!text.contains(" || "), "{text}"),
            Value::Array(items) => items.iter().for_each(|item| walk(item, whole)),
            Value::Object(members) => {
                if let Some(reference) = members.get("$ref").and_then(Value::as_str) {
                    assert!(whole.pointer(&reference[1..]).is_some(), "{reference} leads nowhere");
                }
                // An example may hold a schema of its own.
                members
                    .iter()
                    .filter(|(name, _)| *name != "example")
                    .for_each(|(_, member)| walk(member, whole));
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
    let document = document();
    walk(&document, &document);
}

/// One that does not was registered without `openapi::operation`, and is not served below the base.
#[test]
fn every_operation_lies_below_the_base() {
    let document = document();
    let paths = document["paths"].as_object().unwrap();
    let astray: Vec<_> = paths.keys().filter(|path| !path.starts_with(BASE)).collect();
    assert!(astray.is_empty(), "wrap these in openapi::operation: {astray:?}");
}
