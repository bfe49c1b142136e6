"""Receivers that fail, hang, cut, drip, redirect and never end: nothing is lost, and nobody else waits.

The last of the tests, since it moves the demo's clock past the waits between attempts.
"""

import time

import portal
from portal import Key, PortalTest, eventually, within
from receiver import Receiver

EVENTS = ["station.crowded", "gate.offline", "fraud.detected"]
BAD = ["/hangs", "/cuts", "/drips", "/redirects", "/endless-head", "/down"]
EACH = 12
# A little more than the longest wait before each retry: the contract's table and a fifth of it.
WAITS_S = [seconds * 6 // 5 + 1 for seconds in (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000)]


class WorstReceivers(PortalTest):
    def setUp(self):
        super().setUp()
        self.receiver = Receiver()
        self.addCleanup(self.receiver.close)
        # Enterprise: the looking below takes many calls.
        self.key = Key(portal.partner("enterprise")["test_key"])
        self.addCleanup(self.key.close)
        self.endpoints, self.sent = {}, {}

    def register(self, *paths):
        for path in paths:
            endpoint = self.key("POST", "/webhooks", 201, {"url": self.receiver.url(path), "events": EVENTS})
            self.endpoints[path], self.sent[path] = endpoint["id"], set()
            self.addCleanup(self.key, "DELETE", f"/webhooks/{endpoint['id']}", 204)

    def send(self, path, count=1):
        for number in range(count):
            event = EVENTS[number % len(EVENTS)]
            test = self.key("POST", f"/webhooks/{self.endpoints[path]}/test", 202, {"event": event})
            self.sent[path].add(test["event_id"])

    def deliveries(self, path):
        return self.key("GET", f"/webhooks/{self.endpoints[path]}/deliveries", 200, limit=100)["data"]

    def statuses(self, path):
        return {delivery["event_id"]: delivery["status"] for delivery in self.deliveries(path)}

    def test_nothing_is_lost_and_good_receivers_do_not_notice(self):
        self.register("/good/a", "/good/b", "/fails/30", "/busy", "/endless", *BAD)
        # The bad ones first, so that they are what stands in the way.
        for _ in range(EACH):
            for path in BAD:
                self.send(path)
        began = time.monotonic()
        for path in ("/good/a", "/good/b", "/fails/30", "/busy", "/endless"):
            self.send(path, EACH)
        for path in ("/good/a", "/good/b", "/endless"):
            eventually(lambda: self.receiver.accepted_at(path) == self.sent[path], f"all of {path}", 15)
        delays = sorted(
            delivery.at - began for path in ("/good/a", "/good/b") for delivery in self.receiver.at(path)
        )
        print(f"good receivers had all of {2 * EACH} events after {delays[-1]:.2f} s", flush=True)

        # Retries, one wait after the other, until the receivers that can take all have.
        healing = ("/fails/30", "/busy")
        healed = lambda: all(self.receiver.accepted_at(path) == self.sent[path] for path in healing)
        waited = 0
        while not within(2, healed):
            self.assertLess(waited, len(WAITS_S), f"not delivered: {[self.deliveries(p) for p in healing]}")
            portal.advance(WAITS_S[waited])
            waited += 1
        for path in healing:
            eventually(lambda: set(self.statuses(path).values()) == {"delivered"}, f"{path} is told so")
        print(f"receivers that fail now and then had theirs after {waited} waits", flush=True)

        # What a receiver never took is not given up: it waits, and says why.
        for path in BAD:
            statuses = self.statuses(path)
            self.assertEqual(set(statuses), self.sent[path], f"{path}: every event is listed")
            self.assertLessEqual(set(statuses.values()), {"pending", "exhausted"}, path)
            self.assertEqual(self.receiver.accepted_at(path), set())
            tried = eventually(
                lambda: [delivery for delivery in self.deliveries(path) if delivery["attempts"]],
                f"an attempt at {path} that ended",
                25,
            )
            (attempt, *_) = self.key("GET", f"/deliveries/{tried[0]['id']}", 200)["attempt_log"]
            self.assertTrue(attempt["error"] or attempt["response"]["status"] in (307, 503), attempt)
            self.assertLess(attempt["timing"]["total_us"], 16_000_000)
        self.assertEqual(self.receiver.at("/sentinel"), [], "no redirect is followed")
        # Of an endless answer little more is taken than the sockets hold.
        self.assertLess(self.receiver.written, 16 * 1024 * 1024)

    def test_an_endpoint_that_is_gone_is_asked_no_more(self):
        self.register("/gone")
        self.send("/gone")
        eventually(lambda: self.receiver.at("/gone"), "the first attempt")
        identifier = self.endpoints["/gone"]
        seen = eventually(
            lambda: (view := self.key("GET", f"/webhooks/{identifier}", 200))["status"] == "disabled" and view,
            "the endpoint is disabled",
        )
        self.assertEqual((seen["active"], seen["disabled_reason"]), (False, "gone"))
        self.assertEqual(len(self.receiver.at("/gone")), 1)
