"""Real deliveries, verified by programs that are not ours.

standardwebhooks judges the `webhook-*` headers, the Go recipe of the portal's page and Python's `hmac`
judge `X-NFCG-Signature`, and Python's `hmac` over bytes judges the body's own `signature`. Each must
also refuse what was tampered with.
"""

import base64
import hashlib
import hmac
import json
import os
import pathlib
import secrets
import subprocess
import tempfile
import time

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

import portal
from portal import Key, PortalTest, eventually
from receiver import Receiver

HERE = pathlib.Path(__file__).parent
RECIPE = HERE / "go" / "verify.go"
PRO_EVENTS = ["journey.completed", "station.crowded", "gate.offline", "fare_cap.reached", "fraud.detected"]
ALL_EVENTS = ["journey.tap_in", *PRO_EVENTS]
ABOUT_JOURNEYS = ("journey.tap_in", "journey.completed")
MEMBER = b',"signature":"sha256='


def sha256_hmac(secret, body):
    """As the page says: over the raw bytes, with the bytes of the secret as it is written."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def own_signature(body):
    """A body taken apart by its bytes: the body without its last member, and that member's value."""
    rest, found, tail = body.rpartition(MEMBER)
    assert found and tail.endswith(b'"}') and len(tail) == 66, body
    return rest + b"}", "sha256=" + tail[:-2].decode()


def library(secret):
    """standardwebhooks for a secret: bytes as they are, unless it is written as the library writes it."""
    return Webhook(secret if secret.startswith("whsec_") else secret.encode())


class Webhooks(PortalTest):
    def setUp(self):
        super().setUp()
        self.receiver = Receiver()
        self.addCleanup(self.receiver.close)

    def key(self, tier, environment="test"):
        key = Key(portal.partner(tier)[f"{environment}_key"])
        self.addCleanup(key.close)
        return key

    def register(self, key, path, events, **more):
        """An endpoint at a path of the receiver; deleted at the end."""
        endpoint = key("POST", "/webhooks", 201, {"url": self.receiver.url(path), "events": events, **more})
        self.addCleanup(key, "DELETE", f"/webhooks/{endpoint['id']}", 204)
        return endpoint

    def send(self, key, endpoint, path, events):
        """Has test events sent and waits for them; the deliveries in the order of `events`."""
        sent = [key("POST", f"/webhooks/{endpoint['id']}/test", 202, {"event": event}) for event in events]
        wanted = [test["event_id"] for test in sent]

        def arrived():
            by_id = {delivery.id: delivery for delivery in self.receiver.at(path)}
            return [by_id[event] for event in wanted] if set(wanted) <= set(by_id) else None

        return eventually(arrived, f"test events at {path}")

    def check(self, delivery, event, secret):
        """Everything a receiver can check, by other people's code."""
        body = library(secret).verify(delivery.body, delivery.headers)
        self.assertEqual((body["event"], body["id"]), (event, delivery.headers["webhook-id"]))
        self.assertTrue(body["id"].startswith("evt_"))
        self.assertEqual(delivery.headers["content-type"].split(";")[0], "application/json")
        self.assertLess(abs(int(delivery.headers["webhook-timestamp"]) - time.time()), 60)
        self.assertEqual(delivery.headers["x-nfcg-signature"], sha256_hmac(secret, delivery.body))
        unsigned, signature = own_signature(delivery.body)
        self.assertEqual(signature, sha256_hmac(secret, unsigned))
        # The member is the last, and what is left of the bytes is the same body.
        members = json.loads(delivery.body)
        self.assertEqual(list(members)[-1], "signature")
        self.assertEqual(members.pop("signature"), signature)
        self.assertEqual(json.loads(unsigned), members)
        return body

    def test_every_event_verifies_with_a_secret_of_ours(self):
        key = self.key("enterprise", "live")
        endpoint = self.register(key, "/good/ours", ALL_EVENTS)
        self.assertTrue(endpoint["secret"].startswith("whsec_"))
        self.assertNotIn("secret", key("GET", f"/webhooks/{endpoint['id']}", 200))
        for event, delivery in zip(ALL_EVENTS, self.send(key, endpoint, "/good/ours", ALL_EVENTS)):
            body = self.check(delivery, event, endpoint["secret"])
            self.assertIs(body["test"], True)
            if event in ABOUT_JOURNEYS:
                self.assertTrue(body["data"]["journey_id"].startswith("jrn_"))

    def test_every_event_verifies_with_a_secret_of_the_partners(self):
        key = self.key("pro")
        chosen = {
            "plain": "your_webhook_secret_key_2026",
            "longest": secrets.token_urlsafe(48),
            "encoded": "whsec_" + base64.b64encode(secrets.token_bytes(24)).decode(),
        }
        for name, secret in chosen.items():
            path = f"/good/{name}"
            endpoint = self.register(key, path, PRO_EVENTS, secret=secret)
            self.assertNotIn("secret", endpoint)
            for event, delivery in zip(PRO_EVENTS, self.send(key, endpoint, path, PRO_EVENTS)):
                self.check(delivery, event, secret)

    def test_the_recipe_of_the_page_verifies_in_go(self):
        recipe = RECIPE.read_text(encoding="utf-8")
        recipe = recipe[recipe.index("func verifyWebhook") : recipe.index("func main")]
        page = self.browser.open("/docs/webhooks")
        self.assertEqual(page.status, 200)
        self.assertIn("".join(recipe.split()), "".join(page.text.split()), "the page prints this recipe")

        key = self.key("pro")
        endpoint = self.register(key, "/good/go", PRO_EVENTS)
        cases = []
        for delivery in self.send(key, endpoint, "/good/go", PRO_EVENTS):
            signature, secret = delivery.headers["x-nfcg-signature"], endpoint["secret"]
            flipped = bytes([delivery.body[0] ^ 1]) + delivery.body[1:]
            cases += [
                (delivery.body, signature, secret, True),
                (flipped, signature, secret, False),
                (delivery.body[:-1], signature, secret, False),
                (delivery.body, signature.swapcase(), secret, False),
                (delivery.body, signature, secret[:-1], False),
                (delivery.body, "", secret, False),
            ]
        lines = [
            json.dumps({"body": base64.b64encode(body).decode(), "signature": sig, "secret": secret})
            for body, sig, secret, _ in cases
        ]
        with tempfile.TemporaryDirectory() as folder:
            program = os.path.join(folder, "verify")
            environment = {**os.environ, "GO111MODULE": "off", "GOFLAGS": "", "CGO_ENABLED": "0"}
            subprocess.run(
                [os.environ.get("GO", "go"), "build", "-o", program, str(RECIPE)], check=True, env=environment
            )
            said = subprocess.run(
                [program], input="\n".join(lines), check=True, capture_output=True, text=True
            ).stdout.split()
        self.assertEqual(said, ["true" if genuine else "false" for *_, genuine in cases])

    def test_what_was_tampered_with_is_refused(self):
        key = self.key("pro")
        endpoint = self.register(key, "/good/tampered", PRO_EVENTS)
        (delivery,) = self.send(key, endpoint, "/good/tampered", ["fraud.detected"])
        headers, body, genuine = delivery.headers, delivery.body, library(endpoint["secret"])
        genuine.verify(body, headers)

        def refused(what, body=body, library=genuine, **changed):
            changed = {name.replace("_", "-"): value for name, value in changed.items()}
            with self.assertRaises((WebhookVerificationError, UnicodeDecodeError), msg=what):
                library.verify(body, {**headers, **changed})

        for place in range(len(body)):
            changed = bytearray(body)
            changed[place] ^= 1 << place % 7
            refused(f"byte {place}", body=bytes(changed))
            self.assertNotEqual(headers["x-nfcg-signature"], sha256_hmac(endpoint["secret"], bytes(changed)))
        refused("a body that is cut", body=body[:-1])
        refused("a body that is longer", body=body + b" ")
        refused("re-serialised JSON", body=json.dumps(json.loads(body)).encode())
        refused("another id", webhook_id=headers["webhook-id"][:-1] + "_")
        refused("another second", webhook_timestamp=str(int(headers["webhook-timestamp"]) + 1))
        old = int(time.time()) - 301
        resigned = "v1," + base64.b64encode(
            hmac.new(
                base64.b64decode(endpoint["secret"].removeprefix("whsec_")),
                f"{headers['webhook-id']}.{old}.".encode() + body,
                hashlib.sha256,
            ).digest()
        ).decode()
        # Signed rightly, and yet a replay.
        refused("301 s old", webhook_timestamp=str(old), webhook_signature=resigned)
        refused("another scheme", webhook_signature=headers["webhook-signature"].replace("v1,", "v2,"))
        refused("another secret", library=Webhook("whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()))
        refused("none", webhook_signature="")

    def test_both_secrets_verify_while_they_overlap(self):
        key = self.key("pro")
        path = "/good/rotated"
        endpoint = self.register(key, path, PRO_EVENTS)
        old = endpoint["secret"]
        rotated = key("POST", f"/webhooks/{endpoint['id']}/rotate-secret", 200, {})
        new = rotated["secret"]
        self.assertNotEqual(old, new)
        self.assertIsNotNone(rotated["overlap_until"])
        for delivery in self.send(key, endpoint, path, PRO_EVENTS):
            self.assertEqual(delivery.headers["webhook-signature"].count("v1,"), 2)
            for secret in (old, new):
                library(secret).verify(delivery.body, delivery.headers)
            # Where there is room for one, it is the one that receivers have.
            self.assertEqual(delivery.headers["x-nfcg-signature"], sha256_hmac(old, delivery.body))
            unsigned, signature = own_signature(delivery.body)
            self.assertEqual(signature, sha256_hmac(old, unsigned))

    def test_without_an_overlap_the_new_secret_signs_alone(self):
        key = self.key("pro")
        path = "/good/replaced"
        endpoint = self.register(key, path, PRO_EVENTS)
        new = key("POST", f"/webhooks/{endpoint['id']}/rotate-secret", 200, {"overlap_hours": 0})["secret"]
        (delivery,) = self.send(key, endpoint, path, ["gate.offline"])
        self.check(delivery, "gate.offline", new)
        with self.assertRaises(WebhookVerificationError):
            library(endpoint["secret"]).verify(delivery.body, delivery.headers)

    def test_a_replay_is_the_same_event_signed_anew(self):
        key = self.key("pro")
        path = "/good/replayed"
        endpoint = self.register(key, path, PRO_EVENTS)
        (first,) = self.send(key, endpoint, path, ["station.crowded"])
        listed = key("GET", f"/webhooks/{endpoint['id']}/deliveries", 200)
        self.assertEqual(listed["meta"]["total"], 1)
        key("POST", f"/deliveries/{listed['data'][0]['id']}/replay", 202)
        again = eventually(lambda: self.receiver.at(path)[1:], "the replay")[0]
        self.assertEqual((again.id, again.body), (first.id, first.body))
        self.check(again, "station.crowded", endpoint["secret"])
