"""What the clients share: where the demo runs, its accounts, and a browser without scripts.

`cargo xtask test --only clients` starts a demo and sets BASE_URL and DEMO_JSON.
"""

import base64
import html.parser
import json
import os
import time
import unittest
import urllib.parse

import requests

BASE_URL = os.environ.get("BASE_URL", "").rstrip("/")
if not BASE_URL:
    raise SystemExit("BASE_URL is not set; run the clients by `cargo xtask test --only clients`")

API = BASE_URL + "/open-api/v1"
SCOPES = ["journey:read", "profile:read", "balance:read"]


def demo():
    with open(os.environ["DEMO_JSON"], encoding="utf-8") as file:
        return json.load(file)


def partner(tier):
    return next(partner for partner in demo()["partners"] if partner["tier"] == tier)


def partner_named(name):
    return next(partner for partner in demo()["partners"] if partner["name"] == name)


def rider():
    """A rider who can sign in."""
    return next(rider for rider in demo()["riders"] if rider.get("password"))


def application(environment, confidential=None, auto_consent=False):
    """An application of the demo; `confidential` is None where either will do."""
    for candidate in demo()["applications"]:
        if (
            candidate["environment"] == environment
            and bool(candidate.get("auto_consent")) == auto_consent
            and confidential in (None, bool(candidate["client_secret"]))
        ):
            return candidate
    raise AssertionError(f"demo.json has no such application: {environment}, confidential: {confidential}")


def advance(seconds):
    """Moves the demo's clock, for everything alike."""
    admin = demo()["admin"]
    answer = requests.post(
        BASE_URL + "/internal/clock",
        json={"advance_s": seconds},
        auth=(admin["email"], admin["password"]),
        timeout=20,
    )
    answer.raise_for_status()


def within(seconds, look, every_s=0.1):
    """What `look` sees once it is something, or whatever it sees when the time is over."""
    deadline = time.monotonic() + seconds
    while not (seen := look()) and time.monotonic() < deadline:
        time.sleep(every_s)
    return seen


def eventually(look, what, seconds=20.0):
    """Waits for what happens in its own time; a failure when it does not."""
    seen = within(seconds, look)
    if not seen:
        raise AssertionError(f"{what}: not within {seconds:.0f} s")
    return seen


class Key:
    """The public API, with a key."""

    def __init__(self, key):
        self.session = requests.Session()
        self.session.headers["X-API-Key"] = key

    def __call__(self, method, path, expected, body=None, **query):
        answer = self.session.request(method, API + path, json=body, params=query or None, timeout=20)
        if answer.status_code != expected:
            raise AssertionError(f"{method} {path}: {answer.status_code}, not {expected}: {answer.text[:600]}")
        return answer.json() if answer.content else None

    def close(self):
        self.session.close()


class Form:
    """A form as the page has it: what would be sent if it were submitted untouched."""

    def __init__(self, page, attributes):
        self.url = urllib.parse.urljoin(page.url, attributes.get("action") or page.url)
        self.method = (attributes.get("method") or "get").lower()
        self.fields = []  # [name, value, kind]
        self.boxes = []  # [name, value, checked]
        self.buttons = []  # (name, value, text)
        self.options = {}  # of each select: [value, text]

    def input_of(self, *kinds):
        return next((field for field in self.fields if field[2] in kinds), None)

    def fill(self, **values):
        for name, value in values.items():
            field = next((field for field in self.fields if field[0] == name), None)
            if field is None:
                raise AssertionError(f"{self.url} has no field {name}: {self.fields}")
            field[1] = value

    def choose(self, name, text):
        """Takes the option of a select whose words contain `text`."""
        options = self.options.get(name, [])
        value = next((value for value, words in options if text in words), None)
        if value is None:
            raise AssertionError(f"{self.url}: {name} has no option {text}: {options}")
        self.fill(**{name: value})

    def tick(self, wanted):
        """Leaves exactly the boxes with these values ticked."""
        for box in self.boxes:
            box[2] = box[1] in wanted

    def pairs(self, button=None):
        pairs = [(name, value) for name, value, kind in self.fields if name]
        pairs += [(name, value) for name, value, checked in self.boxes if checked]
        if button and button[0]:
            pairs.append(button[:2])
        return pairs


class Page(html.parser.HTMLParser):
    """A page's forms and text."""

    def __init__(self, url, status, headers, text):
        super().__init__()
        self.url, self.status, self.headers, self.source = url, status, headers, text
        self.forms, self.pieces = [], []
        self._form = self._button = self._select = self._area = None
        self.feed(text)
        self.text = " ".join(" ".join(self.pieces).split())

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        if tag == "form":
            self._form = Form(self, attributes)
            self.forms.append(self._form)
        if self._form is None or "disabled" in attributes:
            return
        name, value = attributes.get("name"), attributes.get("value")
        if tag == "input":
            kind = (attributes.get("type") or "text").lower()
            if kind in ("checkbox", "radio"):
                self._form.boxes.append([name, value or "on", "checked" in attributes])
            elif kind not in ("submit", "button", "reset", "image", "file"):
                self._form.fields.append([name, value or "", kind])
        elif tag == "button":
            self._button = [name, value or "", ""]
        elif tag == "select":
            self._select = [name, None, "select"]
        elif tag == "option" and self._select is not None:
            self._form.options.setdefault(self._select[0], []).append([value or "", ""])
            if self._select[1] is None or "selected" in attributes:
                self._select[1] = value or ""
        elif tag == "textarea":
            self._area = [name, "", "textarea"]

    def handle_endtag(self, tag):
        if tag == "form":
            self._form = None
        elif tag == "button" and self._button and self._form:
            self._form.buttons.append((self._button[0], self._button[1], " ".join(self._button[2].split())))
            self._button = None
        elif tag == "select" and self._select and self._form:
            self._form.fields.append(self._select)
            self._select = None
        elif tag == "textarea" and self._area and self._form:
            self._form.fields.append(self._area)
            self._area = None

    def handle_data(self, data):
        self.pieces.append(data)
        if self._button:
            self._button[2] += data
        if self._area:
            self._area[1] += data
        if self._select and self._form and self._select[0] in self._form.options:
            self._form.options[self._select[0]][-1][1] += data

    def form(self, action):
        """The form that posts to a path, whatever follows the path."""
        for form in self.forms:
            if urllib.parse.urlsplit(form.url).path.startswith(action):
                return form
        raise AssertionError(f"{self.url} ({self.status}) has no form to {action}: {self.text[:800]}")


class Browser:
    """A browser without scripts: keeps cookies, follows redirects within the portal, sends forms.

    Cookies are kept by hand, because a browser counts 127.0.0.1 as trustworthy and sends `Secure`
    ones there, which Python's cookie jar does not.
    """

    def __init__(self):
        self.session = requests.Session()
        self.cookies = {}

    def open(self, url):
        """The page at a URL, or the address outside the portal that it leads to."""
        return self._go("GET", urllib.parse.urljoin(BASE_URL, url), None)

    def submit(self, form, button=None):
        if form.method == "get":
            query = urllib.parse.urlencode(form.pairs(button))
            return self._go("GET", f"{form.url.split('?')[0]}?{query}", None)
        return self._go("POST", form.url, form.pairs(button))

    def _go(self, method, url, pairs):
        for _ in range(10):
            headers = {"Accept": "text/html", "Accept-Language": "id", "Sec-Fetch-Mode": "navigate"}
            headers["Sec-Fetch-Site"] = "same-origin" if method == "POST" else "none"
            if method == "POST":
                headers["Origin"] = BASE_URL
            if self.cookies:
                headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
            answer = self.session.request(
                method, url, data=pairs, headers=headers, allow_redirects=False, timeout=30
            )
            self._keep(answer)
            if answer.status_code in (301, 302, 303):
                method, pairs = "GET", None
                url = urllib.parse.urljoin(url, answer.headers["Location"])
                if not url.startswith(BASE_URL + "/"):
                    return url
                continue
            return Page(url, answer.status_code, answer.headers, answer.text)
        raise AssertionError(f"redirected without end at {url}")

    def _keep(self, answer):
        for line in answer.raw.headers.getlist("Set-Cookie"):
            pair, *attributes = line.split(";")
            name, _, value = pair.strip().partition("=")
            ended = any(a.strip().lower() == "max-age=0" for a in attributes)
            if ended or not value:
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = value
        self.session.cookies.clear()

    def close(self):
        self.session.close()


def rider_consents(browser, url, rider, scopes):
    """Follows an authorization URL as the rider: signs in if asked, ticks, allows. Returns where it leads."""
    page = browser.open(url)
    if isinstance(page, Page) and not page_is_consent(page):
        sign_in = next((form for form in page.forms if form.input_of("password")), None)
        if sign_in is None:
            raise AssertionError(f"no sign-in at {page.url} ({page.status}): {page.text[:800]}")
        sign_in.input_of("text", "email", "tel")[1] = rider["email"]
        sign_in.input_of("password")[1] = rider["password"]
        page = browser.submit(sign_in)
    if not isinstance(page, Page):
        return page
    if not page_is_consent(page):
        raise AssertionError(f"no consent at {page.url} ({page.status}): {page.text[:800]}")
    consent = page.form("/oauth/authorize")
    consent.tick(scopes)
    allow = next(button for button in consent.buttons if "izinkan" in button[2].lower())
    landed = browser.submit(consent, allow)
    if isinstance(landed, Page):
        raise AssertionError(f"consent led to {landed.url} ({landed.status}): {landed.text[:800]}")
    return landed


def page_is_consent(page):
    return any(box[1] in SCOPES for form in page.forms for box in form.boxes)


def parameters(url):
    """The query of a URL; each name once."""
    pairs = urllib.parse.parse_qsl(urllib.parse.urlsplit(url).query, keep_blank_values=True)
    assert len(dict(pairs)) == len(pairs), f"a parameter twice: {url}"
    return dict(pairs)


def basic(user, password):
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


class PortalTest(unittest.TestCase):
    """A test with a browser of its own."""

    maxDiff = None

    def setUp(self):
        self.browser = Browser()
        self.addCleanup(self.browser.close)
