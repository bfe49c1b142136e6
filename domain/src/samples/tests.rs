//! The samples are run, not only read: by the shell, Python and Node.js, each with its way of
//! sending replaced by one that tells what it was given.

use std::process::Command;

use proptest::prelude::*;
use serde_json::json;

use super::*;

const BASE: &str = "https://api.example.test";

fn fare(from: &str, to: &str, key: &str) -> SampleRequest {
    SampleRequest {
        method: "GET".to_owned(),
        url: url(BASE, "/open-api/v1/fare/calculate", &[], &[("from", from), ("to", to)]),
        headers: vec![("X-API-Key".to_owned(), key.to_owned())],
        json: None,
    }
}

fn webhook(json: Value) -> SampleRequest {
    SampleRequest {
        method: "POST".to_owned(),
        url: url(BASE, "/open-api/v1/webhooks", &[], &[]),
        headers: vec![("X-API-Key".to_owned(), KEY_PLACEHOLDER.to_owned())],
        json: Some(json),
    }
}

#[test]
fn an_address_holds_its_values_and_nothing_else() {
    assert_eq!(
        url("http://127.0.0.1:3000/", "/open-api/v1/stations/{id}", &[("id", "STN_GMB")], &[]),
        "http://127.0.0.1:3000/open-api/v1/stations/STN_GMB"
    );
    assert_eq!(
        url(BASE, "/stations/{id}", &[("id", "../a b/é?x#")], &[("q", "a&b=c"), ("line", "bogor")]),
        "https://api.example.test/stations/..%2Fa%20b%2F%C3%A9%3Fx%23?q=a%26b%3Dc&line=bogor"
    );
    assert_eq!(url(BASE, "/stations/{id}", &[], &[]), "https://api.example.test/stations/%7Bid%7D");
}

#[test]
fn curl_reads_one_flag_a_line() {
    assert_eq!(
        fare("STN_GMB", "STN_DPK", KEY_PLACEHOLDER).curl(),
        "curl 'https://api.example.test/open-api/v1/fare/calculate?from=STN_GMB&to=STN_DPK' \\\n  --header 'X-API-Key: nfcg_test_...'"
    );
    let request =
        SampleRequest { headers: vec![], json: None, method: "DELETE".to_owned(), ..webhook(json!(null)) };
    assert_eq!(
        request.curl(),
        "curl --request 'DELETE' \\\n  'https://api.example.test/open-api/v1/webhooks'"
    );
}

#[test]
fn an_open_call_in_typescript_is_one_line() {
    let request = SampleRequest { headers: vec![], ..fare("A", "B", "") };
    assert!(request.typescript().starts_with(
        "const response = await fetch(\"https://api.example.test/open-api/v1/fare/calculate?from=A&to=B\");\n"
    ));
}

#[test]
fn go_imports_only_what_it_uses() {
    assert!(!fare("A", "B", "k").go().contains("\"strings\""));
    let text = webhook(json!({"url": "https://x.test"})).go();
    assert!(text.contains("\"strings\"") && text.contains("body := strings.NewReader(`{\n"));
    assert!(
        text.contains("http.NewRequest(\"POST\", \"https://api.example.test/open-api/v1/webhooks\", body)")
    );
}

#[test]
fn a_value_never_starts_a_header_of_its_own() {
    let request = fare("A", "B", "x\r\nX-Evil: 1");
    for text in [request.curl(), request.go(), request.typescript(), request.python()] {
        assert!(text.contains("xX-Evil: 1"), "{text}");
    }
    let request = SampleRequest { headers: vec![("@/etc/passwd".to_owned(), "x".to_owned())], ..request };
    assert!(!request.curl().contains("passwd"));
}

/// Go is not at hand everywhere, so its rules are read here: the specification's interpreted string
/// literals, as far as they are written.
fn go_unquote(literal: &str) -> Option<String> {
    let inner = literal.strip_prefix('"')?.strip_suffix('"')?;
    let (mut text, mut rest) = (String::new(), inner.chars());
    while let Some(c) = rest.next() {
        let c = match c {
            '"' | '\n' => return None,
            '\\' => match rest.next()? {
                'n' => '\n',
                't' => '\t',
                'r' => '\r',
                c @ ('"' | '\\') => c,
                kind @ ('u' | 'U') => {
                    let digits: String = rest.by_ref().take(if kind == 'u' { 4 } else { 8 }).collect();
                    char::from_u32(u32::from_str_radix(&digits, 16).ok()?)?
                }
                _ => return None,
            },
            c => c,
        };
        text.push(c);
    }
    Some(text)
}

/// One word of quoted stretches and escaped characters (POSIX shell language, 2.2); none if
/// anything of it lies bare.
fn read_shell_word(word: &str) -> Option<String> {
    let (mut text, mut rest) = (String::new(), word.chars());
    while let Some(c) = rest.next() {
        match c {
            '\\' => text.push(rest.next()?),
            '\'' => loop {
                match rest.next()? {
                    '\'' => break,
                    c => text.push(c),
                }
            },
            _ => return None,
        }
    }
    Some(text)
}

/// Texts that try to end their literal, run a command, or start a comment, line or escape.
const HOSTILE: &[&str] = &[
    "'; touch /tmp/owned; echo '",
    "\"; process.exit(3); \"",
    "\"\"\" + exit(3) + \"\"\"",
    "`); panic(1) //",
    "$(exit 3) ${HOME} `exit 3` !! \\",
    "\\\" \\' \\x41 \\u0041 \\N{BULLET} %s {0}",
    "</script><!-- ]]> *\u{2f} //",
    "baris\nbaru\r\ttab \u{0}nol \u{7f}\u{85}",
    "\u{2028}\u{2029}\u{202e}kiri\u{feff}",
    "@/etc/passwd",
    "-o/tmp/owned",
    "Stasiun é ñ 駅 🚆",
];

/// What a program prints for a script. A missing interpreter fails the test: samples nobody ran are
/// not proven.
fn run(program: &str, flags: &[&str], script: &str) -> String {
    let output = Command::new(program).args(flags).arg(script).output();
    let output = output.unwrap_or_else(|error| panic!("{program} is needed to run the samples: {error}"));
    assert!(output.status.success(), "{}\n{script}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("samples print UTF-8")
}

/// What reaches the wire of a request with `text` in every place a value can stand.
fn hostile_request(text: &str) -> (SampleRequest, Value) {
    let json = json!({"url": text, text: [null, true, false, 1.5, {}, []], "__proto__": {"a": text}});
    let request = SampleRequest {
        method: "POST".to_owned(),
        url: url(BASE, "/webhooks/{id}", &[("id", text)], &[("q", text)]),
        headers: vec![("X-API-Key".to_owned(), format!("k{text}k"))],
        json: Some(json.clone()),
    };
    (request, json)
}

fn header_value(request: &SampleRequest) -> String {
    request.header_lines().find(|(name, _)| *name == "X-API-Key").unwrap().1
}

#[test]
fn the_shell_hands_curl_exactly_the_values() {
    for text in HOSTILE {
        let (request, json) = hostile_request(text);
        let script =
            format!("curl() {{ for a in \"$@\"; do printf '%s\\0' \"$a\"; done; }}\n{}", request.curl());
        let printed = run("sh", &["-c"], &script);
        let key = format!("X-API-Key: {}", header_value(&request));
        let arguments: Vec<_> = printed.trim_end_matches('\0').split('\0').collect();
        let (body, others) = arguments.split_last().unwrap();
        assert_eq!(
            others,
            [
                "--request",
                "POST",
                &request.url,
                "--header",
                &key,
                "--header",
                "Content-Type: application/json",
                "--data-raw"
            ]
        );
        assert_eq!(serde_json::from_str::<Value>(body).unwrap(), json);
    }
}

#[test]
fn python_sends_exactly_the_values() {
    for text in HOSTILE {
        let (request, json) = hostile_request(text);
        let spy = "import urllib.request, json as j\nclass R:\n    status = 200\n    def __enter__(self): return self\n    def __exit__(self, *a): pass\n    def read(self): return b''\ndef spy(r):\n    print(j.dumps([r.full_url, r.method, r.get_header('X-api-key'), j.loads(r.data)]))\n    return R()\nurllib.request.urlopen = spy\n";
        let script = format!("{spy}{}", request.python());
        let printed = run("python3", &["-I", "-X", "utf8", "-c"], &script);
        let told: Value = serde_json::from_str(printed.lines().next().unwrap()).unwrap();
        assert_eq!(told, json!([request.url, "POST", header_value(&request), json]));
    }
}

#[test]
fn node_sends_exactly_the_values() {
    for text in HOSTILE {
        let (request, json) = hostile_request(text);
        let spy = "globalThis.fetch = async (url, o) => { console.log(JSON.stringify([url, o.method, o.headers['X-API-Key'], o.body])); return { status: 200, text: async () => '' } };\n";
        let script = format!("{spy}{}", request.typescript());
        let printed = run("node", &["--input-type=module", "-e"], &script);
        let told: Vec<String> = serde_json::from_str(printed.lines().next().unwrap()).unwrap();
        assert_eq!(told[..3], [request.url.clone(), "POST".to_owned(), header_value(&request)]);
        assert_eq!(serde_json::from_str::<Value>(&told[3]).unwrap(), json);
    }
}

proptest! {
    #[test]
    fn every_text_comes_back_out_of_its_go_literal(text in any::<String>()) {
        let unquoted = go_unquote(&go_string(&text));
        prop_assert_eq!(unquoted.as_deref(), Some(text.as_str()));
    }

    #[test]
    fn every_text_comes_back_out_of_its_shell_word(text in any::<String>()) {
        prop_assert_eq!(read_shell_word(&shell(&text)), Some(text.replace('\0', "")));
    }

    #[test]
    fn every_value_comes_back_out_of_an_address(value in any::<String>()) {
        let address = url(BASE, "/s/{id}", &[("id", &value)], &[]);
        let encoded = address.strip_prefix("https://api.example.test/s/").unwrap();
        prop_assert!(encoded.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~%".contains(&byte)));
        let (mut bytes, mut rest) = (Vec::new(), encoded);
        while let Some(first) = rest.bytes().next() {
            let (byte, width) = match first {
                b'%' => (u8::from_str_radix(&rest[1..3], 16).unwrap(), 3),
                plain => (plain, 1),
            };
            bytes.push(byte);
            rest = &rest[width..];
        }
        prop_assert_eq!(String::from_utf8(bytes).unwrap(), value);
    }
}
