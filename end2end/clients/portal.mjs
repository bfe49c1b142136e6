// What the clients in Node share: where the demo runs, its accounts, a browser without scripts, and a
// receiver of webhooks.
//
// `cargo xtask test --only clients` starts a demo and sets BASE_URL and DEMO_JSON.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

function required(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set; run the clients by \`cargo xtask test --only clients\``);
  return value;
}

export const baseUrl = required('BASE_URL').replace(/\/$/, '');
export const api = `${baseUrl}/open-api/v1`;
export const demo = JSON.parse(await readFile(required('DEMO_JSON'), 'utf8'));
export const scopes = ['journey:read', 'profile:read', 'balance:read'];

export const partner = (tier) => demo.partners.find((candidate) => candidate.tier === tier);

/** A rider who can sign in. */
export const rider = demo.riders.find(({ password }) => password);

/** An application of the demo. */
export function application(environment, { confidential, autoConsent = false } = {}) {
  const found = demo.applications.find(
    (candidate) =>
      candidate.environment === environment &&
      Boolean(candidate.auto_consent) === autoConsent &&
      (confidential === undefined || Boolean(candidate.client_secret) === confidential),
  );
  assert.ok(found, `demo.json has such an application: ${environment}, confidential: ${confidential}`);
  return found;
}

/** Waits for what happens in its own time: the first true answer of `look`, or a failure. */
export async function eventually(look, what, withinMs = 20_000) {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const seen = await look();
    if (seen) return seen;
    assert.ok(Date.now() < deadline, `${what}: not within ${withinMs} ms`);
    await pause(50);
  }
}

/** A browser without scripts: keeps cookies, follows redirects inside the portal, sends forms. */
export class Browser {
  #cookies = new Map();

  /** The page at a URL, or the address outside the portal that it leads to, as a text. */
  open(url) {
    return this.#go('GET', new URL(url, baseUrl).href);
  }

  /** Sends a form of a page with these values for its fields; `button` is the one pressed. */
  submit(page, form, fields, button) {
    const pairs = form.controls.flatMap(({ name, value, sent }) => (sent ? [[name, fields[name] ?? value]] : []));
    if (button?.name) pairs.push([button.name, button.value]);
    return this.#go('POST', new URL(form.action, page.url).href, new URLSearchParams(pairs));
  }

  async #go(method, url, body) {
    for (let hops = 0; hops < 10; hops += 1) {
      const headers = { accept: 'text/html', 'accept-language': 'id', 'sec-fetch-site': method === 'POST' ? 'same-origin' : 'none' };
      if (method === 'POST') headers.origin = baseUrl;
      if (this.#cookies.size) headers.cookie = [...this.#cookies].map((pair) => pair.join('=')).join('; ');
      const answer = await fetch(url, { method, body, headers, redirect: 'manual' });
      for (const line of answer.headers.getSetCookie()) {
        const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
        if (value && !/;\s*max-age=0/i.test(line)) this.#cookies.set(name, value);
        else this.#cookies.delete(name);
      }
      const text = await answer.text();
      if (![301, 302, 303].includes(answer.status)) return new Page(url, answer.status, text);
      url = new URL(answer.headers.get('location'), url).href;
      if (!url.startsWith(`${baseUrl}/`)) return url;
      [method, body] = ['GET', undefined];
    }
    throw new Error(`redirected without end at ${url}`);
  }
}

const entities = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", '#x27': "'", '#x2F': '/' };
const unescaped = (text) => text.replace(/&([#\w]+);/g, (whole, name) => entities[name] ?? whole);
const words = (html) => unescaped(html.replace(/<[^>]*>/g, ' ')).replace(/\s+/g, ' ').trim();

function attributes(tag) {
  const pairs = [...tag.matchAll(/([\w:-]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+)))?/g)];
  return Object.fromEntries(pairs.map(([, name, double, single, bare]) => [name.toLowerCase(), unescaped(double ?? single ?? bare ?? '')]));
}

/** A page's forms and text. */
class Page {
  constructor(url, status, html) {
    Object.assign(this, { url, status, text: words(html) });
    this.forms = [...html.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/gi)].map(([, opening, inside]) => ({
      action: attributes(opening).action ?? url,
      controls: [...inside.matchAll(/<input\b([^>]*)>/gi)].map(([, tag]) => {
        const { name, type = 'text', value, checked } = attributes(tag);
        const box = type === 'checkbox' || type === 'radio';
        return { name, type, value: value ?? (box ? 'on' : ''), sent: Boolean(name) && (!box || checked !== undefined) };
      }),
      buttons: [...inside.matchAll(/<button\b([^>]*)>([\s\S]*?)<\/button>/gi)].map(([, tag, text]) => ({ ...attributes(tag), text: words(text) })),
    }));
  }

  get said() {
    return `${this.url} (${this.status}): ${this.text.slice(0, 800)}`;
  }
}

const consentForm = (page) => page.forms.find((form) => new URL(form.action, page.url).pathname === '/oauth/authorize');

/** Follows an authorization URL as the rider: signs in if asked, ticks, allows. Returns where it leads. */
export async function riderConsents(browser, url, rider, ticked) {
  let page = await browser.open(url);
  if (page instanceof Page && !consentForm(page)) {
    const signIn = page.forms.find((form) => form.controls.some(({ type }) => type === 'password'));
    assert.ok(signIn, `a sign-in form at ${page.said}`);
    const named = (...types) => signIn.controls.find(({ type }) => types.includes(type)).name;
    const fields = { [named('text', 'email', 'tel')]: rider.email, [named('password')]: rider.password };
    page = await browser.submit(page, signIn, fields);
  }
  if (!(page instanceof Page)) return page;
  const consent = consentForm(page);
  assert.ok(consent, `a consent form at ${page.said}`);
  for (const control of consent.controls) {
    if (control.type === 'checkbox') control.sent = ticked.includes(control.value);
  }
  const allow = consent.buttons.find(({ text }) => /izinkan/i.test(text));
  const landed = await browser.submit(page, consent, {}, allow);
  assert.equal(typeof landed, 'string', `consent leads back to the application, not to ${landed.said}`);
  return landed;
}

/** A receiver that takes everything that is sent to it. */
export async function receiver() {
  const arrived = [];
  const server = createServer(async (request, response) => {
    const pieces = [];
    for await (const piece of request) pieces.push(piece);
    arrived.push({ path: request.url, headers: request.headers, body: Buffer.concat(pieces) });
    response.writeHead(204).end();
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    arrived,
    url: (path) => `http://127.0.0.1:${server.address().port}${path}`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** The public API with a key. */
export function withKey(key) {
  return async (method, path, expected, body) => {
    const answer = await fetch(api + path, {
      method,
      headers: { 'x-api-key': key, ...(body && { 'content-type': 'application/json' }) },
      body: body && JSON.stringify(body),
    });
    const text = await answer.text();
    assert.equal(answer.status, expected, `${method} ${path}: ${text.slice(0, 600)}`);
    return text && JSON.parse(text);
  };
}
