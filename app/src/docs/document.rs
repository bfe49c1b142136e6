//! What the OpenAPI document says of one operation, as a page needs it.
//!
//! The document is the server's own (`/open-api/v1/openapi.json`), printed from the code that
//! answers; so parameters, answers and refusals on the pages cannot drift from it. Members that are
//! not there are left out of the page, never guessed.

use domain::lang::Lang;
use domain::operations::Operation;
use domain::problem::Code;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Where the document is.
pub const PATH: &str = "/open-api/v1/openapi.json";

/// How deep references and members are followed; real ones are far shallower.
const DEPTH_MAX: usize = 12;

/// The document.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(transparent)]
pub struct Document(Value);

/// An operation the server answers.
#[derive(Debug, Clone, PartialEq)]
pub struct OperationDoc {
    /// What it does, Markdown.
    pub description: String,
    pub parameters: Vec<Parameter>,
    /// What is sent in the body, by an example; none if nothing is.
    pub body: Option<Value>,
    /// Answers that are a success, by status.
    pub answers: Vec<Answer>,
    /// What it may refuse with, by status.
    pub refusals: Vec<Code>,
}

/// Where a parameter stands in the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Place {
    Path,
    Query,
    Header,
}

/// One parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter {
    pub name: String,
    pub place: Place,
    /// `string`, `integer`, `date`.
    pub kind: String,
    pub required: bool,
    pub default: Option<String>,
    /// The values it may take, if they are few.
    pub values: Vec<String>,
    pub example: Option<String>,
    /// Markdown.
    pub description: String,
}

/// One answer that is a success.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    pub status: u16,
    /// Markdown.
    pub description: String,
    /// Media type; none for an answer without a body.
    pub media: Option<String>,
    pub example: Option<Value>,
}

impl Document {
    /// Where the API is reached from outside; none if the document does not say.
    pub fn base_url(&self) -> Option<&str> {
        let url = self.0.pointer("/servers/0/url")?.as_str()?;
        let url = url.trim_end_matches('/');
        url.starts_with("http").then(|| url.strip_suffix(domain::operations::BASE).unwrap_or(url))
    }

    /// What it says of `operation`; none while the server does not answer it.
    pub fn operation(&self, operation: Operation, lang: Lang) -> Option<OperationDoc> {
        let items = self.0.get("paths")?.as_object()?;
        let found = items.values().find_map(|item| {
            let found =
                item.as_object()?.values().find(|it| text(it, "operationId") == Some(operation.id()))?;
            Some((item, found))
        });
        let (item, found) = found?;
        let shared = item.get("parameters").and_then(Value::as_array).into_iter().flatten();
        let own = found.get("parameters").and_then(Value::as_array).into_iter().flatten();
        let answers = found.get("responses").and_then(Value::as_object);
        let codes = found.get("x-codes").and_then(Value::as_array);
        let codes: Vec<_> = codes.into_iter().flatten().filter_map(Value::as_str).collect();
        let successes = answers.into_iter().flatten().filter_map(|(status, answer)| {
            let status = status.parse().ok().filter(|status| (200..300).contains(status))?;
            Some(self.answer(status, self.resolved(answer), lang))
        });
        Some(OperationDoc {
            description: described(found, lang),
            parameters: shared.chain(own).filter_map(|it| self.parameter(it, lang)).collect(),
            body: found.pointer("/requestBody/content/application~1json/example").cloned(),
            answers: successes.collect(),
            refusals: Code::ALL.iter().copied().filter(|code| codes.contains(&code.as_str())).collect(),
        })
    }

    fn parameter(&self, parameter: &Value, lang: Lang) -> Option<Parameter> {
        let parameter = self.resolved(parameter);
        let place = match text(parameter, "in")? {
            "path" => Place::Path,
            "query" => Place::Query,
            "header" => Place::Header,
            _ => return None,
        };
        let schema = self.schema(parameter.get("schema")?, 0);
        let written = |value: &Value| value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned);
        let of_schema =
            |member| schema.iter().find_map(|schema| schema.get(member)).filter(|value| !value.is_null());
        let description = match described(parameter, lang) {
            text if text.is_empty() => {
                schema.iter().map(|it| described(it, lang)).find(|it| !it.is_empty()).unwrap_or_default()
            }
            text => text,
        };
        let values = of_schema("enum").and_then(Value::as_array).into_iter().flatten();
        let mut values: Vec<_> = values.filter(|value| !value.is_null()).map(written).collect();
        let kind = kind(&schema);
        if kind == "boolean" && values.is_empty() {
            values = vec!["true".to_owned(), "false".to_owned()];
        }
        Some(Parameter {
            name: text(parameter, "name")?.to_owned(),
            place,
            kind,
            required: parameter.get("required").and_then(Value::as_bool).unwrap_or(false),
            default: of_schema("default").map(written),
            values,
            example: parameter
                .get("example")
                .or_else(|| of_schema("example"))
                .or_else(|| of_schema("examples")?.get(0))
                .map(written),
            description,
        })
    }

    fn answer(&self, status: u16, answer: &Value, lang: Lang) -> Answer {
        let content =
            answer.get("content").and_then(Value::as_object).and_then(|content| content.iter().next());
        let example = content.and_then(|(_, body)| {
            let named = || body.get("examples")?.as_object()?.values().next()?.get("value");
            let schema = || body.get("schema").and_then(|schema| self.example(schema, 0));
            body.get("example").or_else(named).cloned().or_else(schema)
        });
        Answer {
            status,
            description: described(answer, lang),
            media: content.map(|(media, _)| media.clone()),
            example,
        }
    }

    /// The schema with what it refers to: itself first, then the first alternative that is not null.
    fn schema<'a>(&'a self, schema: &'a Value, depth: usize) -> Vec<&'a Value> {
        let schema = self.resolved(schema);
        let mut found = vec![schema];
        let alternatives =
            ["oneOf", "anyOf", "allOf"].iter().filter_map(|word| schema.get(*word)?.as_array()).flatten();
        let real = alternatives.map(|it| self.resolved(it)).find(|it| text(it, "type") != Some("null"));
        if let Some(real) = real.filter(|_| depth < DEPTH_MAX) {
            found.extend(self.schema(real, depth + 1));
        }
        found
    }

    /// A value made of the examples of a schema's members; none if one of them has none.
    fn example(&self, schema: &Value, depth: usize) -> Option<Value> {
        if depth > DEPTH_MAX {
            return None;
        }
        let schema = self.resolved(schema);
        if let Some(example) = schema.get("example").or_else(|| schema.get("examples")?.get(0)) {
            return Some(example.clone());
        }
        if let Some(parts) = schema.get("allOf").and_then(Value::as_array) {
            let parts = parts.iter().map(|part| self.example(part, depth + 1));
            let mut whole = serde_json::Map::new();
            for part in parts {
                whole.extend(part?.as_object()?.clone());
            }
            return Some(Value::Object(whole));
        }
        if let Some(members) = schema.get("properties").and_then(Value::as_object) {
            let member =
                |(name, schema): (&String, &Value)| Some((name.clone(), self.example(schema, depth + 1)?));
            return members.iter().map(member).collect::<Option<_>>().map(Value::Object);
        }
        if let Some(item) = schema.get("items") {
            return Some(Value::Array(vec![self.example(item, depth + 1)?]));
        }
        self.schema(schema, depth).into_iter().skip(1).find_map(|it| self.example(it, depth + 1))
    }

    /// What a `$ref` into this document points at.
    fn resolved<'a>(&'a self, value: &'a Value) -> &'a Value {
        let mut value = value;
        for _ in 0..DEPTH_MAX {
            let target = text(value, "$ref").and_then(|to| self.0.pointer(to.strip_prefix('#')?));
            let Some(target) = target else { break };
            value = target;
        }
        value
    }
}

fn text<'a>(value: &'a Value, member: &str) -> Option<&'a str> {
    value.get(member)?.as_str()
}

/// The description in the reader's language; the document's own is Indonesian.
fn described(value: &Value, lang: Lang) -> String {
    let english = (lang == Lang::En).then(|| text(value, "x-description-en")).flatten();
    english.or_else(|| text(value, "description")).unwrap_or_default().to_owned()
}

/// One word for a schema: its format where that says more than its type.
fn kind(schema: &[&Value]) -> String {
    let of = |member: &str| {
        schema.iter().find_map(|schema| match schema.get(member)? {
            Value::String(word) => Some(word.clone()),
            Value::Array(words) => {
                words.iter().filter_map(Value::as_str).find(|it| *it != "null").map(ToOwned::to_owned)
            }
            _ => None,
        })
    };
    let format =
        of("format").filter(|format| ["date", "date-time", "uri", "uuid"].contains(&format.as_str()));
    format.or_else(|| of("type")).unwrap_or_else(|| "string".to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn document() -> Document {
        Document(json!({
            "servers": [{"url": "https://api.example.test/open-api/v1"}],
            "paths": {"/fare/calculate": {
                "parameters": [{"$ref": "#/components/parameters/Lang"}],
                "get": {
                    "operationId": "calculate_fare", "x-codes": ["validation_failed", "invalid_api_key"], "description": "Tarif.", "x-description-en": "Fare.",
                    "parameters": [
                        {"name": "from", "in": "query", "required": true, "description": "Asal", "example": "STN_GMB",
                         "schema": {"type": "string"}},
                        {"name": "user_type", "in": "query", "schema": {"oneOf": [{"type": "null"}, {"$ref": "#/components/schemas/UserType"}]}},
                        {"name": "at", "in": "query", "schema": {"type": ["string", "null"], "format": "date"}},
                        {"name": "session", "in": "cookie", "schema": {"type": "string"}},
                    ],
                    "responses": {
                        "200": {"description": "Tarif", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Quote"}}}},
                    }
                }
            }},
            "components": {
                "parameters": {"Lang": {"name": "Accept-Language", "in": "header", "schema": {"type": "string", "default": "id"}}},
                "schemas": {
                    "UserType": {"type": "string", "enum": ["adult", "student"], "default": "adult", "description": "Tipe"},
                    "Quote": {"type": "object", "properties": {"fare": {"type": "integer", "example": 8000}, "to": {"$ref": "#/components/schemas/Id"}}},
                    "Id": {"type": "string", "examples": ["STN_DPK"]},
                    "Loop": {"$ref": "#/components/schemas/Loop"},
                }
            }
        }))
    }

    #[test]
    fn a_page_says_what_the_document_says() {
        let doc = document().operation(Operation::CalculateFare, Lang::En).unwrap();
        assert_eq!(doc.description, "Fare.");
        assert_eq!(doc.refusals, [Code::InvalidApiKey, Code::ValidationFailed]);
        assert_eq!(doc.answers[0].example, Some(json!({"fare": 8000, "to": "STN_DPK"})));
        let names: Vec<_> =
            doc.parameters.iter().map(|it| (it.name.as_str(), it.place, it.kind.as_str())).collect();
        assert_eq!(
            names,
            [
                ("Accept-Language", Place::Header, "string"),
                ("from", Place::Query, "string"),
                ("user_type", Place::Query, "string"),
                ("at", Place::Query, "date"),
            ]
        );
        let user_type = &doc.parameters[2];
        assert_eq!(user_type.values, ["adult", "student"]);
        assert_eq!((user_type.default.as_deref(), user_type.description.as_str()), (Some("adult"), "Tipe"));
        assert!(doc.parameters[1].required && !user_type.required);
    }

    #[test]
    fn an_operation_that_is_not_in_the_document_is_not_made_up() {
        assert_eq!(document().operation(Operation::ListJourneys, Lang::Id), None);
        assert_eq!(Document::default().operation(Operation::CalculateFare, Lang::Id), None);
    }

    #[test]
    fn a_reference_to_itself_ends() {
        let document = document();
        let looping = json!({"$ref": "#/components/schemas/Loop"});
        assert_eq!(document.example(&looping, 0), None);
        assert_eq!(document.schema(&looping, 0).len(), 1);
    }

    #[test]
    fn the_base_is_the_host_without_the_path_operations_carry() {
        assert_eq!(document().base_url(), Some("https://api.example.test"));
        assert_eq!(Document(json!({"servers": [{"url": "/open-api/v1"}]})).base_url(), None);
    }
}
