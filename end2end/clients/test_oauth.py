"""authlib and requests-oauthlib, unchanged, as a partner's application would use them.

Each goes the whole way: metadata, code with PKCE and a rider's consent, a call, refresh, the replay of
an old refresh token, revocation. Nothing here knows how the server is made.
"""

import os
import time

# The demo answers on http; both libraries refuse that unless told.
os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"
os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"
# A rider may allow less than was asked; oauthlib takes that for an error unless told.
os.environ["OAUTHLIB_RELAX_TOKEN_SCOPE"] = "1"

import requests
from authlib.common.security import generate_token
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc8414 import AuthorizationServerMetadata, get_well_known_url
from oauthlib.oauth2 import InvalidGrantError
from requests_oauthlib import OAuth2Session as RequestsOAuth2Session

import portal
from portal import API, SCOPES, PortalTest


def discover():
    """The metadata (RFC 8414), read and judged by authlib."""
    address = get_well_known_url(portal.BASE_URL, external=True, suffix="oauth-authorization-server")
    answer = requests.get(address, timeout=20)
    answer.raise_for_status()
    metadata = AuthorizationServerMetadata(answer.json())
    metadata.validate()
    return metadata


class Discovery(PortalTest):
    def test_the_metadata_is_valid_and_true(self):
        metadata = discover()
        self.assertEqual(metadata["issuer"], portal.BASE_URL)
        self.assertEqual(metadata["code_challenge_methods_supported"], ["S256"])
        self.assertEqual(set(metadata["scopes_supported"]), set(SCOPES))
        self.assertIs(metadata["authorization_response_iss_parameter_supported"], True)
        for name, method in [("authorization", "GET"), ("token", "POST"), ("revocation", "POST")]:
            answer = requests.request(method, metadata[f"{name}_endpoint"], allow_redirects=False, timeout=20)
            self.assertEqual(answer.status_code // 100, 4, f"{name}: an empty request is refused")
            self.assertNotIn(answer.status_code, (404, 405), name)


class Authlib(PortalTest):
    """Authlib's `OAuth2Session`."""

    def setUp(self):
        super().setUp()
        self.metadata = discover()
        self.rider = portal.rider()

    def client(self, application, method):
        session = OAuth2Session(
            application["client_id"],
            application["client_secret"],
            scope=" ".join(SCOPES),
            redirect_uri=application["redirect_uri"],
            code_challenge_method="S256",
            token_endpoint_auth_method=method,
            revocation_endpoint_auth_method=method,
            introspection_endpoint_auth_method=method,
            default_timeout=20,
        )
        self.addCleanup(session.close)
        return session

    def authorize(self, session, ticked=SCOPES, hint=None):
        """From the address that authlib makes to the tokens that it accepts."""
        verifier = generate_token(48)
        extra = {"login_hint": hint} if hint else {}
        url, state = session.create_authorization_url(
            self.metadata["authorization_endpoint"], code_verifier=verifier, **extra
        )
        if hint:
            callback = self.browser.open(url)
            self.assertIsInstance(callback, str, "automatic consent redirects at once")
        else:
            callback = portal.rider_consents(self.browser, url, self.rider, ticked)
        self.assertTrue(callback.startswith(session.redirect_uri), callback)
        answer = portal.parameters(callback)
        self.assertEqual((answer["state"], answer["iss"]), (state, self.metadata["issuer"]))
        self.callback, self.verifier = callback, verifier
        token = session.fetch_token(
            self.metadata["token_endpoint"], authorization_response=callback, code_verifier=verifier
        )
        self.assertEqual(set(token["scope"].split()), set(ticked))
        self.assertEqual((token["token_type"], token["expires_in"]), ("Bearer", 600))
        return token

    def calls(self, session, path, expected):
        answer = session.get(API + path, timeout=20)
        self.assertEqual(answer.status_code, expected, answer.text)
        return answer

    def is_refused(self, access):
        """Whether nothing opens any more to this access token, asked without a library in between."""
        answer = requests.get(
            API + "/user/profile", headers={"Authorization": f"Bearer {access}"}, timeout=20
        )
        self.assertEqual(answer.status_code, 401, answer.text)
        self.assertIn('error="invalid_token"', answer.headers["WWW-Authenticate"])
        self.assertEqual(answer.json()["status"], 401)

    def whole_way(self, application, method):
        """Two consents of one rider: the first ends by revocation, the second by a replay."""
        session = self.client(application, method)
        token = self.authorize(session, ["journey:read", "profile:read"])
        profile = self.calls(session, "/user/profile", 200).json()
        journeys = self.calls(session, "/journeys", 200).json()
        self.assertLessEqual({"total", "page", "limit"}, set(journeys["meta"]))
        # The rider unticked the balance.
        refused = self.calls(session, "/user/balance", 403)
        self.assertEqual(refused.json()["code"], "scope_insufficient")
        self.assertIn('error="insufficient_scope"', refused.headers["WWW-Authenticate"])

        second = session.refresh_token(self.metadata["token_endpoint"])
        self.assertNotEqual(second["refresh_token"], token["refresh_token"])
        self.assertEqual(self.calls(session, "/user/profile", 200).json(), profile)
        revoked = session.revoke_token(
            self.metadata["revocation_endpoint"],
            token=second["refresh_token"],
            token_type_hint="refresh_token",
        )
        self.assertEqual(revoked.status_code, 200, revoked.text)
        self.is_refused(second["access_token"])
        with self.assertRaises(OAuthError) as refusal:
            session.refresh_token(self.metadata["token_endpoint"], refresh_token=second["refresh_token"])
        self.assertEqual(refusal.exception.error, "invalid_grant")

        token = self.authorize(session)
        self.assertEqual(self.calls(session, "/user/profile", 200).json()["id"], profile["id"])
        balance = self.calls(session, "/user/balance", 200).json()
        self.assertGreaterEqual(balance["balance"], 0)
        second = session.refresh_token(self.metadata["token_endpoint"])
        self.calls(session, "/user/profile", 200)
        # The old one once more: someone has a copy, so the whole family ends.
        with self.assertRaises(OAuthError) as refusal:
            session.refresh_token(self.metadata["token_endpoint"], refresh_token=token["refresh_token"])
        self.assertEqual(refusal.exception.error, "invalid_grant")
        self.is_refused(second["access_token"])
        return profile

    def test_a_public_client_goes_the_whole_way(self):
        self.whole_way(portal.application("live", confidential=False), "none")

    def test_a_confidential_client_goes_the_whole_way_by_basic(self):
        self.whole_way(portal.application("live", confidential=True), "client_secret_basic")

    def test_a_confidential_client_goes_the_whole_way_by_body(self):
        self.whole_way(portal.application("live", confidential=True), "client_secret_post")

    def test_a_rider_has_another_id_in_every_application(self):
        ids = set()
        for confidential, method in [(False, "none"), (True, "client_secret_basic")]:
            session = self.client(portal.application("live", confidential), method)
            self.authorize(session)
            profile = self.calls(session, "/user/profile", 200).json()
            self.assertTrue(profile["id"].startswith("usr_"), profile)
            self.assertNotIn(self.rider["email"], str(profile))
            ids.add(profile["id"])
        self.assertEqual(len(ids), 2)

    def test_a_confidential_client_asks_what_a_token_is_worth(self):
        session = self.client(portal.application("live", confidential=True), "client_secret_basic")
        token = self.authorize(session, ["profile:read"])
        endpoint = self.metadata["introspection_endpoint"]
        asked = session.introspect_token(endpoint, token=token["access_token"]).json()
        self.assertEqual((asked["active"], asked["scope"]), (True, "profile:read"))
        self.assertEqual(asked["client_id"], session.client_id)
        self.assertLessEqual(asked["exp"] - time.time(), 600)
        session.revoke_token(self.metadata["revocation_endpoint"], token=token["access_token"])
        self.assertEqual(
            session.introspect_token(endpoint, token=token["access_token"]).json(), {"active": False}
        )

    def test_a_code_used_twice_ends_what_it_made(self):
        session = self.client(portal.application("live", confidential=False), "none")
        token = self.authorize(session)
        self.calls(session, "/user/profile", 200)
        with self.assertRaises(OAuthError) as refusal:
            session.fetch_token(
                self.metadata["token_endpoint"],
                authorization_response=self.callback,
                code_verifier=self.verifier,
            )
        self.assertEqual(refusal.exception.error, "invalid_grant")
        self.is_refused(token["access_token"])

    def test_a_wrong_verifier_gets_nothing(self):
        session = self.client(portal.application("live", confidential=False), "none")
        url, _ = session.create_authorization_url(
            self.metadata["authorization_endpoint"], code_verifier=generate_token(48)
        )
        callback = portal.rider_consents(self.browser, url, self.rider, SCOPES)
        with self.assertRaises(OAuthError) as refusal:
            session.fetch_token(
                self.metadata["token_endpoint"],
                authorization_response=callback,
                code_verifier=generate_token(48),
            )
        self.assertEqual(refusal.exception.error, "invalid_grant")

    def test_plain_pkce_is_refused_in_words(self):
        application = portal.application("live", confidential=False)
        session = self.client(application, "none")
        url, state = session.create_authorization_url(
            self.metadata["authorization_endpoint"],
            code_challenge=generate_token(48),
            code_challenge_method="plain",
        )
        answer = portal.parameters(self.browser.open(url))
        self.assertEqual((answer["error"], answer["state"]), ("invalid_request", state))
        self.assertIn("S256", answer["error_description"])

    def test_automatic_consent_serves_a_machine(self):
        application = portal.application("sandbox", auto_consent=True)
        method = "client_secret_basic" if application["client_secret"] else "none"
        # A rider of the machine's own: the demo's may have gone with a reset of the sandbox.
        key = portal.Key(portal.partner_named(application["partner"])["test_key"])
        self.addCleanup(key.close)
        rider = key("POST", "/sandbox/riders", 201, {"name": "Mesin Uji"})
        session = self.client(application, method)
        self.authorize(session, hint=rider["id"])
        self.calls(session, "/user/profile", 200)
        self.calls(session, "/journeys", 200)
        self.calls(session, "/user/balance", 200)
        session.refresh_token(self.metadata["token_endpoint"])
        self.calls(session, "/user/profile", 200)


class RequestsOAuthlib(PortalTest):
    """requests-oauthlib, and oauthlib below it."""

    def whole_way(self, application):
        metadata = discover()
        rider = portal.rider()
        client = RequestsOAuth2Session(
            application["client_id"], redirect_uri=application["redirect_uri"], scope=SCOPES, pkce="S256"
        )
        self.addCleanup(client.close)
        secret = application["client_secret"]
        proof = {"client_secret": secret} if secret else {"include_client_id": True}
        url, _ = client.authorization_url(metadata["authorization_endpoint"])
        callback = portal.rider_consents(self.browser, url, rider, ["profile:read"])
        token = client.fetch_token(
            metadata["token_endpoint"], authorization_response=callback, timeout=20, **proof
        )
        self.assertEqual(token["scope"], ["profile:read"])
        self.assertEqual(client.get(API + "/user/profile", timeout=20).status_code, 200)
        self.assertEqual(client.get(API + "/journeys", timeout=20).status_code, 403)
        pair = (application["client_id"], secret)
        renewing = {"auth": pair} if secret else {"client_id": application["client_id"]}
        renewed = client.refresh_token(metadata["token_endpoint"], timeout=20, **renewing)
        self.assertEqual(client.get(API + "/user/profile", timeout=20).status_code, 200)
        with self.assertRaises(InvalidGrantError):
            client.refresh_token(
                metadata["token_endpoint"], refresh_token=token["refresh_token"], timeout=20, **renewing
            )
        answer = requests.get(
            API + "/user/profile",
            headers={"Authorization": f"Bearer {renewed['access_token']}"},
            timeout=20,
        )
        self.assertEqual(answer.status_code, 401)

    def test_a_public_client_goes_the_whole_way(self):
        self.whole_way(portal.application("live", confidential=False))

    def test_a_confidential_client_goes_the_whole_way(self):
        self.whole_way(portal.application("live", confidential=True))
