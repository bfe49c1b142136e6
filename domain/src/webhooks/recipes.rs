//! How a receiver checks a delivery: the programs that the documentation prints.
//!
//! Each checks the raw bytes of the body, before anything parses them. The tests run them against a
//! message that was really signed; the Go recipe is the one that was always on the page, unchanged.

/// Programs that check something the same way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recipes {
    /// For a POSIX shell with OpenSSL; reads the body from `body.json`.
    pub shell: &'static str,
    pub go: &'static str,
    pub typescript: &'static str,
    pub python: &'static str,
}

/// By `X-NFCG-Signature` alone, with what each language brings along.
pub const SIMPLE: Recipes = Recipes {
    shell: r#"secret='whsec_TkZDIEdhdGUgY29udG9oIHNlY3JldCB3ZWJob29rIQ=='

expected="sha256=$(openssl dgst -sha256 -hmac "$secret" < body.json | sed 's/.* //')"
[ "$signature" = "$expected" ] && echo valid || echo invalid"#,
    go: r#"func verifyWebhook(body []byte, sig, secret string) bool {
    mac := hmac.New(sha256.New, []byte(secret))
    mac.Write(body)
    expected := "sha256=" + hex.EncodeToString(mac.Sum(nil))
    return hmac.Equal([]byte(sig), []byte(expected))
}"#,
    typescript: r#"import { createHmac, timingSafeEqual } from "node:crypto";

export function verifyWebhook(body: Buffer, sig: string, secret: string): boolean {
  const expected = "sha256=" + createHmac("sha256", secret).update(body).digest("hex");
  const [given, own] = [Buffer.from(sig), Buffer.from(expected)];
  return given.length === own.length && timingSafeEqual(given, own);
}"#,
    python: r#"import hashlib
import hmac


def verify_webhook(body: bytes, sig: str, secret: str) -> bool:
    expected = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(sig.encode(), expected.encode())"#,
};

/// By the three headers of Standard Webhooks, with its libraries: these check the time too.
pub const STANDARD: Recipes = Recipes {
    shell: r#"secret='whsec_TkZDIEdhdGUgY29udG9oIHNlY3JldCB3ZWJob29rIQ=='

key=$(printf '%s' "${secret#whsec_}" | openssl base64 -d -A | od -An -v -tx1 | tr -d ' \n')
expected="v1,$({ printf '%s.%s.' "$webhook_id" "$webhook_timestamp"; cat body.json; } |
  openssl dgst -sha256 -mac HMAC -macopt "hexkey:$key" -binary | openssl base64 -A)"
case " $webhook_signature " in *" $expected "*) echo valid ;; *) echo invalid ;; esac"#,
    go: r#"// go get github.com/standard-webhooks/standard-webhooks/libraries/go
wh, err := standardwebhooks.NewWebhook(secret)
if err != nil {
    log.Fatal(err)
}

http.HandleFunc("POST /webhooks/kci", func(w http.ResponseWriter, r *http.Request) {
    body, err := io.ReadAll(r.Body)
    if err != nil || wh.Verify(body, r.Header) != nil {
        http.Error(w, "invalid signature", http.StatusUnauthorized)
        return
    }
    w.WriteHeader(http.StatusNoContent)
})"#,
    typescript: r#"// npm install standardwebhooks express
import express from "express";
import { Webhook } from "standardwebhooks";

const webhook = new Webhook(process.env.WEBHOOK_SECRET!);

express()
  .post("/webhooks/kci", express.raw({ type: "*/*" }), (request, response) => {
    try {
      const event = webhook.verify(request.body, request.headers as Record<string, string>);
      console.log(event);
      response.sendStatus(204);
    } catch {
      response.sendStatus(401);
    }
  })
  .listen(8080);"#,
    python: r#"# pip install standardwebhooks flask
import os

from flask import Flask, request
from standardwebhooks import Webhook, WebhookVerificationError

app = Flask(__name__)
webhook = Webhook(os.environ["WEBHOOK_SECRET"])


@app.post("/webhooks/kci")
def receive():
    try:
        event = webhook.verify(request.get_data(), dict(request.headers))
    except WebhookVerificationError:
        return "", 401
    print(event)
    return "", 204"#,
};

/// With the libraries, for a secret that does not begin with `whsec_`: its own bytes are the key.
pub const STANDARD_RAW: [(&str, &str); 3] = [
    ("Go", "standardwebhooks.NewWebhookRaw([]byte(secret))"),
    ("TypeScript", "new Webhook(secret, { format: \"raw\" })"),
    ("Python", "Webhook(secret.encode())"),
];

#[cfg(test)]
mod tests {
    use std::{
        process::Command,
        sync::atomic::{AtomicU32, Ordering},
    };

    use super::*;
    use crate::webhooks::{SecretSet, SignedMessage, catalogue::EXAMPLE_SECRET, sign};

    const UNSIGNED: &str = r#"{"id":"evt_068o40khj1u0000000000000g0","event":"journey.completed","timestamp":"2026-03-08T14:32:07Z","data":{"fare":5000,"note":"Gambir – Manggarai"}}"#;

    fn message() -> SignedMessage {
        let secrets = SecretSet::new(EXAMPLE_SECRET.parse().unwrap());
        sign(&secrets, "evt_068o40khj1u0000000000000g0", 1_772_980_327, UNSIGNED).unwrap()
    }

    /// Runs a program beside a `body.json`; the headers' values are in its environment, named as the
    /// shell recipes name them.
    fn run(program: &str, arguments: &[&str], body: &[u8], message: &SignedMessage) -> String {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("nfcgate-recipe-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("body.json"), body).unwrap();
        let [id, timestamp, standard, simple] = message.headers.each_ref().map(|(_, value)| value);
        let output = Command::new(program)
            .args(arguments)
            .current_dir(&folder)
            .envs([("webhook_id", id), ("webhook_timestamp", timestamp)])
            .envs([("webhook_signature", standard), ("signature", simple)])
            .env("secret", EXAMPLE_SECRET)
            .output()
            .unwrap();
        std::fs::remove_dir_all(&folder).unwrap();
        assert!(output.stderr.is_empty(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    /// The recipe says yes to the message and no to one with a space behind it.
    fn check(program: &str, arguments: &[&str]) {
        let message = message();
        assert_eq!(run(program, arguments, &message.body, &message), "valid", "{program}");
        let longer = [&message.body, " ".as_bytes()].concat();
        assert_eq!(run(program, arguments, &longer, &message), "invalid", "{program}");
    }

    #[test]
    fn the_recipes_accept_a_true_delivery_and_refuse_another_byte() {
        check("sh", &["-c", SIMPLE.shell]);
        let python = format!(
            "{}\n\nimport os\nok = verify_webhook(open('body.json', 'rb').read(), os.environ['signature'], os.environ['secret'])\nprint('valid' if ok else 'invalid')",
            SIMPLE.python
        );
        check("python3", &["-c", &python]);
        // Without its types it is the JavaScript that every Node.js runs.
        let mut script = SIMPLE.typescript.replace("export ", "");
        for types in [": Buffer", ": string", ": boolean"] {
            script = script.replace(types, "");
        }
        script.push_str(
            "\nimport { readFileSync } from 'node:fs';\nconst { signature, secret } = process.env;\nconsole.log(verifyWebhook(readFileSync('body.json'), signature, secret) ? 'valid' : 'invalid');",
        );
        check("node", &["--input-type=module", "--eval", &script]);
    }

    #[test]
    fn the_standard_recipe_for_the_shell_accepts_a_true_delivery_and_refuses_another_byte() {
        check("sh", &["-c", STANDARD.shell]);
    }

    #[test]
    fn the_recipes_hold_the_secret_of_the_examples() {
        for recipe in [SIMPLE.shell, STANDARD.shell] {
            assert!(recipe.contains(EXAMPLE_SECRET));
        }
    }
}
