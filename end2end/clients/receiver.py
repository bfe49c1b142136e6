#!/usr/bin/env python3
"""A webhook receiver that behaves as its path says, well or as badly as can be.

By itself it is a target for trying things out (standard library only):

    python3 end2end/clients/receiver.py --port 4100

| path | behaviour |
| --- | --- |
| `/good` | 204 |
| `/fails/30` | 500 to 30 of 100 attempts, 204 to the others |
| `/down` | 503 |
| `/gone` | 410 |
| `/busy` | 429 with `Retry-After: 30` to the first request, then 204 |
| `/redirects` | 307 to `/sentinel`, where nobody should come |
| `/hangs` | takes the request and never answers |
| `/cuts` | half an answer's head, then the connection is reset |
| `/drips` | a byte of an endless head every 200 ms |
| `/endless` | 200 and a body without end |
| `/endless-head` | 200 and header fields without end |

What stands behind a second slash tells users apart: `/good/a` and `/good/b` are two endpoints.
"""

import argparse
import hashlib
import http.server
import socket
import struct
import threading
import time
from collections import Counter


class Delivery:
    """One request as it arrived."""

    def __init__(self, path, headers, body):
        self.path, self.headers, self.body = path, headers, body
        self.at = time.monotonic()

    @property
    def id(self):
        return self.headers.get("webhook-id")


class Receiver:
    """Listens on a free port of 127.0.0.1 until it is closed."""

    def __init__(self, port=0, tell=None):
        self.arrived, self.accepted = [], Counter()
        self.written = 0  # bytes of the longest answer without end
        self.tell = tell
        self.lock = threading.Lock()
        self.stopping = threading.Event()
        handler = type("Bound", (Handler,), {"receiver": self})
        self.server = Server(("127.0.0.1", port), handler)
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)
        self.thread.start()

    def url(self, path):
        return f"http://127.0.0.1:{self.server.server_port}{path}"

    def at(self, path):
        """What has arrived at a path."""
        with self.lock:
            return [delivery for delivery in self.arrived if delivery.path == path]

    def note(self, delivery):
        """Keeps it; the how manyth event of its path it is, and the how manyth attempt, from 1."""
        with self.lock:
            self.arrived.append(delivery)
            here = [other.id for other in self.arrived if other.path == delivery.path]
        return list(dict.fromkeys(here)).index(here[-1]) + 1, here.count(here[-1])

    def accept(self, delivery):
        """It was answered with 2xx."""
        with self.lock:
            self.accepted[delivery.path, delivery.id] += 1

    def accepted_at(self, path):
        with self.lock:
            return {event for at, event in self.accepted if at == path}

    def close(self):
        self.stopping.set()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def shutdown_request(self, request):
        # A reset is for a connection that nobody shut down before.
        if request.getsockopt(socket.SOL_SOCKET, socket.SO_LINGER):
            self.close_request(request)
        else:
            super().shutdown_request(request)

    def handle_error(self, request, client_address):
        """A sender that gives up on us is what most paths here are for."""


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    receiver: Receiver

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        delivery = Delivery(self.path, headers, body)
        self.number, self.attempt = self.receiver.note(delivery)
        self.delivery = delivery
        if self.receiver.tell:
            self.receiver.tell(f"{self.path} {headers.get('webhook-id')} attempt {self.attempt}")
        kind = self.path.split("/")[1].replace("-", "_")
        getattr(self, f"be_{kind}", self.be_unknown)()

    def be_good(self):
        self.receiver.accept(self.delivery)
        self.answer(204)

    def be_fails(self):
        # Drawn by counting, not at random, so that every run fails alike.
        chance = int(self.path.split("/")[2])
        draw = hashlib.sha256(f"{self.path} {self.number} {self.attempt}".encode()).digest()[0] * 100 // 256
        if draw < chance:
            self.answer(500)
        else:
            self.be_good()

    def be_down(self):
        self.answer(503)

    def be_gone(self):
        self.answer(410)

    def be_busy(self):
        if (self.number, self.attempt) == (1, 1):
            self.answer(429, ("Retry-After", "30"))
        else:
            self.be_good()

    def be_redirects(self):
        self.answer(307, ("Location", self.receiver.url("/sentinel")))

    def be_hangs(self):
        # Ends when the sender has had enough.
        self.connection.settimeout(60)
        self.connection.recv(1)
        self.close_connection = True

    def be_cuts(self):
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Le")
        self.wfile.flush()
        # Without lingering, closing resets the connection.
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True

    def be_drips(self):
        self.until_the_sender_ends(b"HTTP/1.1 200 OK\r\nX-Slow: ", b"a", every_s=0.2)

    def be_endless(self):
        self.receiver.accept(self.delivery)
        self.until_the_sender_ends(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n", b"a" * 65_536)

    def be_endless_head(self):
        self.until_the_sender_ends(b"HTTP/1.1 200 OK\r\n", b"X-More: " + b"a" * 4_000 + b"\r\n")

    def be_unknown(self):
        self.answer(404)

    def until_the_sender_ends(self, first, then, every_s=0.0):
        self.close_connection = True
        written = self.connection.send(first)
        deadline = time.monotonic() + 60
        try:
            while time.monotonic() < deadline and not self.receiver.stopping.wait(every_s):
                self.connection.settimeout(5)
                written += self.connection.send(then)
        except OSError:
            pass
        with self.receiver.lock:
            self.receiver.written = max(self.receiver.written, written)

    def answer(self, status, *headers):
        self.send_response_only(status)
        for name, value in headers:
            self.send_header(name, value)
        if status != 204:
            self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format, *args):
        """Told by `tell`, if at all."""


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    arguments.add_argument("--port", type=int, default=4100)
    receiver = Receiver(arguments.parse_args().port, tell=lambda line: print(line, flush=True))
    print(f"listening on {receiver.url('/good')} and its like; Ctrl-C stops", flush=True)
    try:
        receiver.thread.join()
    except KeyboardInterrupt:
        receiver.close()
