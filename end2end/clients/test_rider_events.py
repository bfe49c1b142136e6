"""A rider's journey, from the consent to the webhook: the event comes to the application that the rider
allowed it, under the id by which that application knows them.

All of it as a partner would in the sandbox: a test key makes the rider and the taps, authlib asks for the
consent, standardwebhooks verifies what arrives.
"""

import datetime
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

    def ride(self, media):
        """Gambir to Depok in three quarters of an hour, paid from the wallet."""
        for station, direction in [("STN_GMB", "in"), ("STN_DPK", "out")]:
            tap = {"station_id": station, "direction": direction, "media": media}
            answer = self.key("POST", "/sandbox/taps", 200, {"taps": [tap]})
            self.assertEqual(answer["results"][0]["decision"], "open", answer)
            self.key("POST", "/sandbox/clock", 200, {"advance_s": 2_700})

    def test_a_journey_is_told_to_the_application_that_the_rider_allowed(self):
        media = f"med_{secrets.token_hex(8)}"
        email = f"wati.{secrets.token_hex(4)}@riders.example"
        rider = self.key("POST", "/sandbox/riders", 201, {"name": "Wati Uji", "email": email})["id"]
        self.key("POST", f"/sandbox/riders/{rider}/media", 200, {"media": media})
        self.key("POST", f"/sandbox/riders/{rider}/top-up", 200, {"amount": 50_000})
        events = ["journey.completed", "fare_cap.reached", "fraud.detected"]
        url = self.receiver.url("/good/journeys")
        endpoint = self.key("POST", "/webhooks", 201, {"url": url, "events": events})
        self.addCleanup(self.key, "DELETE", f"/webhooks/{endpoint['id']}", 204)

        # Eight in the morning of another day (WIB), so that both journeys fall under one day's cap.
        now = datetime.datetime.fromisoformat(self.key("GET", "/sandbox/clock", 200)["now"][:10])
        self.key("POST", "/sandbox/clock", 200, {"to": f"{now.date() + datetime.timedelta(2)}T01:00:00Z"})
        # Before the consent: a journey that nobody is told of.
        self.ride(media)
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

        self.ride(media)
        eventually(lambda: len(self.receiver.at("/good/journeys")) >= 2, "the events")
        arrived = self.receiver.at("/good/journeys")
        bodies = [library(endpoint["secret"]).verify(delivery.body, delivery.headers) for delivery in arrived]
        by_event = {body["event"]: body for body in bodies}
        self.assertEqual(sorted(by_event), ["fare_cap.reached", "journey.completed"])
        body = by_event["journey.completed"]
        self.assertEqual((body["user_id"], body["application_id"]), (user, application["client_id"]))
        self.assertNotIn("test", body)
        # Of this journey the tap-in was the first event.
        self.assertEqual(body["sequence"], 2)
        data = body["data"]
        self.assertEqual((data["tap_in"]["station"], data["tap_out"]["station"]), ("STN_GMB", "STN_DPK"))
        # Gambir to Depok is 27.062 km, 5,000 up to 10 km and two started tens; of the day's 10,000 the
        # first journey took 8,000.
        self.assertEqual((data["fare"], data["fare_cap_applied"]), (2_000, True))
        self.assertEqual(by_event["fare_cap.reached"]["user_id"], user)
        token = client.refresh_token(BASE_URL + "/oauth/token")
        self.assertIn("journey:read", token["scope"])
        (told, before) = client.get(API + "/journeys", timeout=20).json()["data"]
        self.assertEqual((told["id"], told["fare_charged"]), (data["journey_id"], data["fare"]))

        # The feed tells the same, and no more.
        pulled = [event for event in self.key("GET", "/events", 200, limit=100)["data"] if event.get("user_id") == user]
        self.assertEqual([event["id"] for event in pulled if event["event"] == "journey.completed"], [body["id"]])
        self.assertNotIn(before["id"], str([delivery.body for delivery in arrived]))
        self.assertEqual(len(self.receiver.at("/good/journeys")), 2)
