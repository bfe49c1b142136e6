//! An operation's page as one Markdown text, to paste into notes, tickets and assistants.

use std::fmt::Write as _;

use domain::lang::Lang;
use domain::operations::{BASE, Operation};
use domain::samples::SampleRequest;

use super::document::OperationDoc;
use super::reference;

/// Everything the page says of the operation.
pub fn as_markdown(operation: Operation, doc: &OperationDoc, request: &SampleRequest, lang: Lang) -> String {
    let mut text = format!(
        "# {}\n\n`{} {BASE}{}`\n\n{}\n",
        reference::name(operation, lang),
        operation.method(),
        operation.path(),
        doc.description,
    );
    // Writing to a String does not fail.
    if !doc.parameters.is_empty() {
        let _ = writeln!(
            text,
            "\n## Parameter\n\n| {} | {} | {} |\n|---|---|---|",
            lang.pick("Nama", "Name"),
            lang.pick("Tipe", "Type"),
            lang.pick("Keterangan", "Meaning"),
        );
        for parameter in &doc.parameters {
            let need = if parameter.required { lang.pick(", wajib", ", required") } else { "" };
            let description = parameter.description.replace(['\n', '\r'], " ").replace('|', "\\|");
            let _ = writeln!(text, "| `{}` | {}{need} | {description} |", parameter.name, parameter.kind);
        }
    }
    let _ = writeln!(
        text,
        "\n## {}\n\n```sh\n{}\n```",
        lang.pick("Contoh request", "Sample request"),
        request.curl()
    );
    for answer in &doc.answers {
        let _ = writeln!(text, "\n## {} {}", lang.pick("Jawaban", "Response"), answer.status);
        let _ = match &answer.example {
            Some(example) => writeln!(text, "\n```json\n{example:#}\n```"),
            None => writeln!(text, "\n{}", answer.description),
        };
    }
    if !doc.refusals.is_empty() {
        let _ = writeln!(text, "\n## {}\n", lang.pick("Kesalahan", "Errors"));
        for code in &doc.refusals {
            let _ = writeln!(text, "- {} `{}`: {}", code.status(), code.as_str(), code.title(lang));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use domain::problem::Code;
    use serde_json::json;

    use super::super::document::{Answer, Parameter, Place};
    use super::*;

    #[test]
    fn it_says_what_the_page_says() {
        let doc = OperationDoc {
            description: "Detail satu stasiun.".to_owned(),
            body: None,
            parameters: vec![Parameter {
                name: "id".to_owned(),
                place: Place::Path,
                kind: "string".to_owned(),
                required: true,
                default: None,
                values: Vec::new(),
                example: None,
                description: "Kode | alias\nstasiun".to_owned(),
            }],
            answers: vec![Answer {
                status: 200,
                description: String::new(),
                media: None,
                example: Some(json!({"id": "STN_GMB"})),
            }],
            refusals: vec![Code::NotFound],
        };
        let request = SampleRequest {
            method: "GET".to_owned(),
            url: "https://api.example.test/x".to_owned(),
            headers: Vec::new(),
            json: None,
        };
        assert_eq!(
            as_markdown(Operation::GetStation, &doc, &request, Lang::Id),
            "# Detail stasiun\n\n`GET /open-api/v1/stations/{id}`\n\nDetail satu stasiun.\n\n## Parameter\n\n\
             | Nama | Tipe | Keterangan |\n|---|---|---|\n| `id` | string, wajib | Kode \\| alias stasiun |\n\n\
             ## Contoh request\n\n```sh\ncurl 'https://api.example.test/x'\n```\n\n\
             ## Jawaban 200\n\n```json\n{\n  \"id\": \"STN_GMB\"\n}\n```\n\n\
             ## Kesalahan\n\n- 404 `not_found`: Resource tidak ditemukan\n"
        );
    }
}
