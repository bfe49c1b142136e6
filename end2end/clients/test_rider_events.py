"""A rider's journey, from the consent to the webhook: the event comes to the application that the rider
allowed it, under the id by which that application knows them.

All of it as a partner would in the sandbox: the portal's forms make the rider and the taps, authlib asks
for the consent, standardwebhooks verifies what arrives.
"""

import os
import secrets

os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"

from authlib.common.security import generate_token
from authlib.integrations.requests_client import OAuth2Session

import portal
from portal import API, BASE_URL, Key, PortalTest, eventually
from receiver import Receiver
from test_webhooks import library


class RiderEvents(PortalTest):
    def setUp(self):
        super().setUp()
        self.receiver = Receiver()
        self.addCleanup(self.receiver.close)
        self.application = portal.application("sandbox", auto_consent=True)
        self.partner = portal.partner_named(self.application["partner"])
        self.key = Key(self.partner["test_key"])
        self.addCleanup(self.key.close)
        page = self.browser.open("/sign-in?next=/sandbox")
        sign_in = page.form("/sign-in")
        sign_in.fill(email=self.partner["email"], password=self.partner["password"])
        self.sandbox = self.browser.submit(sign_in)

    def in_sandbox(self, action, **values):
        """Fills in and sends a form of the sandbox page."""
        form = self.browser.open("/sandbox").form(action)
        form.fill(**values)
        page = self.browser.submit(form)
        self.assertEqual(page.status, 200, page.text[:600])
        return page

    def tap(self, rider, station, direction):
        form = self.browser.open("/sandbox").form("/sandbox/tap")
        form.choose("medium_id", rider)
        form.fill(station_id=station)
        for box in form.boxes:
            box[2] = box[1] == direction
        if any(field[0] == "direction" for field in form.fields):
            form.fill(direction=direction)
        page = self.browser.submit(form)
        self.assertIn("terbuka", page.text)

    def test_a_journey_is_told_to_the_application_that_the_rider_allowed(self):
        name = f"Wati {secrets.token_hex(3)}"
        email = f"{name.replace(' ', '.').lower()}@riders.example"
        self.in_sandbox("/sandbox/riders/create", name=name, email=email)
        events = ["journey.completed", "fare_cap.reached", "fraud.detected"]
        url = self.receiver.url("/good/journeys")
        endpoint = self.key("POST", "/webhooks", 201, {"url": url, "events": events})
        self.addCleanup(self.key, "DELETE", f"/webhooks/{endpoint['id']}", 204)

        # Before the consent: a journey that nobody is told of.
        self.ride(name)
        application = self.application
        client = OAuth2Session(
            application["client_id"],
            application["client_secret"],
            scope="journey:read profile:read",
            redirect_uri=application["redirect_uri"],
            code_challenge_method="S256",
            token_endpoint_auth_method="client_secret_basic" if application["client_secret"] else "none",
        )
        self.addCleanup(client.close)
        verifier = generate_token(48)
        address, _ = client.create_authorization_url(
            BASE_URL + "/oauth/authorize", code_verifier=verifier, login_hint=email
        )
        callback = self.browser.open(address)
        client.fetch_token(
            BASE_URL + "/oauth/token", authorization_response=callback, code_verifier=verifier
        )
        user = client.get(API + "/user/profile", timeout=20).json()["id"]

        self.ride(name)
        delivery = eventually(lambda: self.receiver.at("/good/journeys"), "the journey's event")[0]
        body = library(endpoint["secret"]).verify(delivery.body, delivery.headers)
        self.assertEqual(body["event"], "journey.completed")
        self.assertEqual((body["user_id"], body["application_id"]), (user, application["client_id"]))
        self.assertNotIn("test", body)
        # Of this journey the tap-in was the first event.
        self.assertEqual(body["sequence"], 2)
        data = body["data"]
        self.assertEqual((data["tap_in"]["station"], data["tap_out"]["station"]), ("STN_GMB", "STN_DPK"))
        # Gambir to Depok is 27.062 km: 5,000 up to 10 km and two started tens.
        self.assertEqual(data["fare"], 8_000)
        token = client.refresh_token(BASE_URL + "/oauth/token")
        self.assertIn("journey:read", token["scope"])
        (told, before) = client.get(API + "/journeys", timeout=20).json()["data"]
        self.assertEqual((told["id"], told["fare_charged"]), (data["journey_id"], data["fare"]))

        # The feed tells the same, and no more.
        pulled = [event for event in self.key("GET", "/events", 200, limit=100)["data"] if event.get("user_id") == user]
        self.assertEqual([event["id"] for event in pulled if event["event"] == "journey.completed"], [body["id"]])
        self.assertNotIn(before["id"], str(self.receiver.at("/good/journeys")[0].body))
        self.assertEqual(len(self.receiver.at("/good/journeys")), 1)

    def ride(self, name):
        self.tap(name, "STN_GMB", "in")
        self.in_sandbox("/sandbox/clock")
        self.tap(name, "STN_DPK", "out")
        self.in_sandbox("/sandbox/clock")
