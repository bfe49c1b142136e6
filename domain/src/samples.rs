//! Code samples: one description of a request, written out as a program in four languages.
//!
//! Plain HTTP with what each language brings along, so that a sample runs as pasted. Every value is
//! quoted by the rules of its language; whatever a value holds, it stays a value (the tests run the
//! samples in the real interpreters with hostile ones).

use std::fmt::Write as _;

use serde_json::Value;

/// What stands in a sample where the reader's own key belongs.
pub const KEY_PLACEHOLDER: &str = "nfcg_test_...";

/// A request, ready to be sent or written out.
#[derive(Debug, Clone, PartialEq)]
pub struct SampleRequest {
    /// `GET`, `POST`…
    pub method: String,
    /// Whole address; see [`url`].
    pub url: String,
    /// Names and values, in the order they are written.
    pub headers: Vec<(String, String)>,
    /// Sent as `application/json`; that header is written by itself.
    pub json: Option<Value>,
}

/// Address of an operation: `base`, then `path` with its `{name}`s filled in, then the query.
/// Values are percent-encoded; a path parameter without a value keeps its name in braces, encoded.
#[must_use]
pub fn url(base: &str, path: &str, path_values: &[(&str, &str)], query: &[(&str, &str)]) -> String {
    let mut url = base.trim_end_matches('/').to_owned();
    for segment in path.split('/').skip(1) {
        url.push('/');
        let name = segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
        let value = name.and_then(|name| path_values.iter().find(|(key, _)| *key == name));
        percent_encode(&mut url, value.map_or(segment, |(_, value)| value));
    }
    for (index, (name, value)) in query.iter().enumerate() {
        url.push(if index == 0 { '?' } else { '&' });
        percent_encode(&mut url, name);
        url.push('=');
        percent_encode(&mut url, value);
    }
    url
}

/// Everything but RFC 3986's unreserved characters, as bytes of UTF-8.
fn percent_encode(into: &mut String, text: &str) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            into.push(char::from(byte));
        } else {
            into.push('%');
            into.push(char::from(HEX[usize::from(byte >> 4)]));
            into.push(char::from(HEX[usize::from(byte & 15)]));
        }
    }
}

impl SampleRequest {
    /// For a POSIX shell, one flag a line.
    #[must_use]
    pub fn curl(&self) -> String {
        let mut lines = vec![format!("curl {}", shell(&self.url))];
        if self.method != "GET" {
            lines.insert(0, format!("curl --request {}", shell(&self.method)));
            lines[1] = shell(&self.url);
        }
        // Brackets of an IPv6 host would be taken for a pattern.
        if self.url.contains(['[', '{']) {
            lines.push("--globoff".to_owned());
        }
        lines.extend(
            self.header_lines()
                .map(|(name, value)| format!("--header {}", shell(&format!("{name}: {value}")))),
        );
        if let Some(json) = &self.json {
            lines.push(format!("--data-raw {}", shell(&format!("{json:#}"))));
        }
        lines.join(" \\\n  ")
    }

    /// A whole program on `net/http`.
    #[must_use]
    pub fn go(&self) -> String {
        let strings = if self.json.is_some() { "\t\"strings\"\n" } else { "" };
        let mut text = format!(
            "package main\n\nimport (\n\t\"fmt\"\n\t\"io\"\n\t\"log\"\n\t\"net/http\"\n{strings})\n\nfunc main() {{\n"
        );
        let body = match &self.json {
            None => "nil",
            Some(json) => {
                let _ = writeln!(text, "\tbody := strings.NewReader({})\n", go_text(&format!("{json:#}")));
                "body"
            }
        };
        let _ = writeln!(
            text,
            "\treq, err := http.NewRequest({}, {}, {body})\n\tif err != nil {{\n\t\tlog.Fatal(err)\n\t}}",
            go_string(&self.method),
            go_string(&self.url),
        );
        for (name, value) in self.header_lines() {
            let _ = writeln!(text, "\treq.Header.Set({}, {})", go_string(name), go_string(&value));
        }
        text + "
\tres, err := http.DefaultClient.Do(req)
\tif err != nil {
\t\tlog.Fatal(err)
\t}
\tdefer res.Body.Close()

\tanswer, err := io.ReadAll(res.Body)
\tif err != nil {
\t\tlog.Fatal(err)
\t}
\tfmt.Println(res.Status)
\tfmt.Println(string(answer))
}"
    }

    /// A module on `fetch`: browsers, Node.js, Deno, Bun.
    #[must_use]
    pub fn typescript(&self) -> String {
        let mut options = String::new();
        if self.method != "GET" {
            let _ = writeln!(options, "  method: {},", js_string(&self.method));
        }
        let headers: Vec<_> = self.header_lines().collect();
        if !headers.is_empty() {
            options.push_str("  headers: {\n");
            for (name, value) in headers {
                let _ = writeln!(options, "    {}: {},", js_string(name), js_string(&value));
            }
            options.push_str("  },\n");
        }
        if let Some(json) = &self.json {
            let _ = writeln!(options, "  body: JSON.stringify({}),", literal(json, JS, 1));
        }
        let url = js_string(&self.url);
        let call = if options.is_empty() { url } else { format!("{url}, {{\n{options}}}") };
        format!(
            "const response = await fetch({call});\n\nconsole.log(response.status);\nconsole.log(await response.text());"
        )
    }

    /// A script on `urllib` of the standard library, Python 3.
    #[must_use]
    pub fn python(&self) -> String {
        let mut arguments = format!("    {},\n", python_string(&self.url));
        if self.method != "GET" {
            let _ = writeln!(arguments, "    method={},", python_string(&self.method));
        }
        let headers: Vec<_> = self.header_lines().collect();
        if !headers.is_empty() {
            arguments.push_str("    headers={\n");
            for (name, value) in headers {
                let _ = writeln!(arguments, "        {}: {},", python_string(name), python_string(&value));
            }
            arguments.push_str("    },\n");
        }
        let mut import = "";
        if let Some(json) = &self.json {
            import = "import json\n";
            let _ = writeln!(arguments, "    data=json.dumps({}).encode(),", literal(json, PYTHON, 1));
        }
        format!(
            "{import}from urllib.error import HTTPError
from urllib.request import Request, urlopen

request = Request(
{arguments})
try:
    with urlopen(request) as response:
        print(response.status)
        print(response.read().decode())
except HTTPError as problem:
    print(problem.code)
    print(problem.read().decode())"
        )
    }

    /// Headers as they may stand in a sample: names and values that cannot be sent are mended, so
    /// that a value never starts a header of its own.
    fn header_lines(&self) -> impl Iterator<Item = (&str, String)> {
        let typed = self.json.as_ref().map(|_| ("Content-Type", "application/json".to_owned()));
        let given = self.headers.iter().map(|(name, value)| {
            let value: String = value.chars().filter(|c| !c.is_control()).collect();
            (name.as_str(), value.trim().to_owned())
        });
        let is_name = |name: &str| {
            !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
        };
        given.chain(typed).filter(move |(name, value)| is_name(name) && !value.is_empty())
    }
}

/// Single-quoted: nothing is special to the shell but the quote itself. No argument can hold a NUL.
fn shell(text: &str) -> String {
    format!("'{}'", text.replace('\0', "").replace('\'', r"'\''"))
}

/// Raw where several lines read better so and the text allows it.
fn go_text(text: &str) -> String {
    let raw = text.contains('\n') && !text.contains(['`', '\r', '\u{feff}']);
    if raw { format!("`{text}`") } else { go_string(text) }
}

fn go_string(text: &str) -> String {
    quoted(text, |code| if code > 0xffff { format!("\\U{code:08x}") } else { format!("\\u{code:04x}") })
}

fn js_string(text: &str) -> String {
    quoted(text, |code| if code > 0xffff { format!("\\u{{{code:x}}}") } else { format!("\\u{code:04x}") })
}

fn python_string(text: &str) -> String {
    go_string(text)
}

/// In double quotes. Control and format characters (line separators, byte order marks, the ones
/// that turn the reading direction round) are written as escapes, so that code reads as it runs.
fn quoted(text: &str, escape: fn(u32) -> String) -> String {
    let mut literal = String::with_capacity(text.len() + 2);
    literal.push('"');
    for c in text.chars() {
        match c {
            '"' => literal.push_str("\\\""),
            '\\' => literal.push_str("\\\\"),
            '\n' => literal.push_str("\\n"),
            '\t' => literal.push_str("\\t"),
            '\r' => literal.push_str("\\r"),
            c if c.is_control() || is_invisible(c) => literal.push_str(&escape(u32::from(c))),
            c => literal.push(c),
        }
    }
    literal.push('"');
    literal
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// How a language writes the values JSON knows.
#[derive(Clone, Copy)]
struct Literals {
    null: &'static str,
    yes: &'static str,
    no: &'static str,
    text: fn(&str) -> String,
    /// Member names are texts too, except where one of them would mean something else.
    key: fn(&str) -> String,
    indent: &'static str,
}

const JS: Literals =
    Literals { null: "null", yes: "true", no: "false", text: js_string, key: js_key, indent: "  " };
const PYTHON: Literals = Literals {
    null: "None",
    yes: "True",
    no: "False",
    text: python_string,
    key: python_string,
    indent: "    ",
};

/// `"__proto__": x` sets the prototype; computed, it is a member like any other.
fn js_key(name: &str) -> String {
    if name == "__proto__" { format!("[{}]", js_string(name)) } else { js_string(name) }
}

fn literal(value: &Value, rules: Literals, depth: usize) -> String {
    let (outer, inner) = (rules.indent.repeat(depth), rules.indent.repeat(depth + 1));
    let block = |open, members: Vec<String>, close| {
        let members = members.into_iter().fold(String::new(), |text, member| text + &inner + &member + ",\n");
        if members.is_empty() { format!("{open}{close}") } else { format!("{open}\n{members}{outer}{close}") }
    };
    match value {
        Value::Null => rules.null.to_owned(),
        Value::Bool(flag) => if *flag { rules.yes } else { rules.no }.to_owned(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => (rules.text)(text),
        Value::Array(items) => {
            block("[", items.iter().map(|item| literal(item, rules, depth + 1)).collect(), "]")
        }
        Value::Object(members) => {
            let member =
                |name: &str, value| format!("{}: {}", (rules.key)(name), literal(value, rules, depth + 1));
            block("{", members.iter().map(|(name, value)| member(name, value)).collect(), "}")
        }
    }
}

#[cfg(test)]
mod tests;
