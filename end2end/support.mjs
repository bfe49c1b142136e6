// What browser tests share: the running portal's address, a Chromium, visitors with their own
// cookies, the demo's accounts, the mails that were sent, accessibility checks and screenshots.
//
// `cargo xtask test --only browser` starts the portal and sets BASE_URL, DEMO_JSON, MAIL_DIR, CHROMIUM.

import assert from 'node:assert/strict';
import { mkdir, readFile, readdir, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { chromium } from 'playwright-core';

const root = path.resolve(import.meta.dirname, '..');

/** Where the portal answers, without a slash at the end. */
export const baseUrl = required('BASE_URL').replace(/\/$/, '');

function required(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set; run the browser tests by \`cargo xtask test --only browser\``);
  return value;
}

/** Accounts and keys of the demo (`demo.json`). */
export async function demo() {
  return JSON.parse(await readFile(required('DEMO_JSON'), 'utf8'));
}

/** The demo's partner of a tier: `free`, `pro` or `enterprise`. */
export async function demoPartner(tier) {
  const partner = (await demo()).partners.find((candidate) => candidate.tier === tier);
  assert.ok(partner, `the demo has a partner of tier ${tier}`);
  return partner;
}

/** Starts a Chromium that asks no host but ours for anything. */
export function launch() {
  const args = [
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ];
  // Chromium's sandbox refuses to run as root.
  if (process.getuid?.() === 0) args.push('--no-sandbox');
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args });
}

export const desktop = { width: 1280, height: 900 };
export const phone = { width: 390, height: 844 };

/**
 * A visitor with cookies of their own and one page.
 *
 * `page.faults` gathers what must not happen: console errors, exceptions, requests to other hosts.
 * Options are Playwright's (`javaScriptEnabled`, `colorScheme`, `viewport`, `storageState`, ...).
 */
export async function newVisitor(browser, options = {}) {
  const context = await browser.newContext({
    baseURL: baseUrl,
    locale: 'id-ID',
    timezoneId: 'Asia/Jakarta',
    viewport: desktop,
    ...options,
  });
  context.setDefaultTimeout(15_000);
  const page = await context.newPage();
  page.faults = [];
  page.on('console', (message) => {
    if (message.type() === 'error') page.faults.push(`console: ${message.text()} (${message.location().url})`);
  });
  page.on('pageerror', (error) => page.faults.push(`exception: ${error.message}`));
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(`${baseUrl}/`) && !url.startsWith('data:') && !url.startsWith('blob:')) {
      page.faults.push(`request to another host: ${url}`);
    }
  });
  return page;
}

/** Fails when the page complained, threw, or asked another host. */
export function assertNoFaults(page) {
  assert.deepEqual(page.faults, [], `no faults on ${page.url()}`);
}

const axeSource = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Fails when axe-core finds a violation of WCAG 2.2 AA or of its best practices. */
export async function assertAccessible(page) {
  // Through the debugger, so the page's content security policy stays as strict as it is.
  await page.evaluate(axeSource);
  const violations = await page.evaluate(async () => {
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
    const result = await window.axe.run(document, { runOnly: { type: 'tag', values: tags } });
    return result.violations.map(
      ({ id, help, nodes }) => `${id}: ${help}\n${nodes.map((node) => `    ${node.target.join(' ')}: ${node.failureSummary}`).join('\n')}`,
    );
  });
  assert.deepEqual(violations, [], `axe-core on ${page.url()}`);
}

/** Waits until `look` gives something truthy; the mailbox and the meter are not told to us by the page. */
export async function eventually(look, what, limitMs = 10_000) {
  const deadline = Date.now() + limitMs;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > deadline) throw new Error(`${what} did not come within ${limitMs} ms`);
    await pause(50);
  }
}

/**
 * The newest mail to an address whose text matches `matching`: `{ subject, text, link }`.
 * Waits for it: mails are sent after the transaction that wrote them.
 */
export function newestMailTo(address, matching = /./) {
  return eventually(async () => {
    const mails = (await mailsTo(address)).filter((mail) => matching.test(`${mail.subject}\n${mail.text}`));
    return mails.at(-1);
  }, `a mail to ${address}`);
}

async function mailsTo(address) {
  const folder = required('MAIL_DIR');
  const names = await readdir(folder).catch(() => []);
  const mails = [];
  for (const name of names.filter((name) => name.endsWith('.eml'))) {
    const file = path.join(folder, name);
    const mail = readMail(await readFile(file));
    if (mail.to.includes(address)) mails.push({ ...mail, name, time: (await stat(file)).mtimeMs });
  }
  // File names sort by creation where two mails share a time stamp.
  return mails.sort((a, b) => a.time - b.time || a.name.localeCompare(b.name));
}

function readMail(bytes) {
  const raw = bytes.toString('latin1').replaceAll('\r\n', '\n');
  const split = raw.indexOf('\n\n');
  const head = raw.slice(0, split).replace(/\n[ \t]+/g, ' ');
  const header = (name) => head.match(new RegExp(`^${name}: (.*)$`, 'im'))?.[1] ?? '';
  const text = decoded(raw.slice(split + 2), header('Content-Transfer-Encoding').toLowerCase());
  return { to: header('To'), subject: words(header('Subject')), text, link: text.match(/https?:\/\/\S+/)?.[0] };
}

function decoded(body, encoding) {
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString('utf8');
  if (encoding === 'quoted-printable') return quotedPrintable(body.replaceAll('=\n', ''));
  return Buffer.from(body, 'latin1').toString('utf8');
}

function quotedPrintable(text) {
  const bytes = text.replace(/=([0-9A-F]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

/** Encoded words of RFC 2047, as subjects have them. */
function words(subject) {
  return subject.replace(/=\?utf-8\?([bq])\?([^?]*)\?=\s*/gi, (_, kind, text) =>
    kind.toLowerCase() === 'b' ? Buffer.from(text, 'base64').toString('utf8') : quotedPrintable(text.replaceAll('_', ' ')),
  );
}

/**
 * Saves the path as `page` may see it (its cookies) on desktop and phone, light and dark,
 * into target/screenshots/NAME-desktop-light.png and so on.
 */
export async function screenshots(page, name, url = page.url()) {
  const folder = path.join(root, 'target/screenshots');
  await mkdir(folder, { recursive: true });
  const storageState = await page.context().storageState();
  for (const [device, viewport] of Object.entries({ desktop, phone })) {
    for (const colorScheme of ['light', 'dark']) {
      const viewer = await newVisitor(page.context().browser(), { storageState, viewport, colorScheme });
      await viewer.goto(url);
      await viewer.evaluate(() => document.fonts.ready);
      for (const chart of await viewer.locator('.chart').all()) await chart.locator('svg').waitFor();
      await viewer.screenshot({ path: path.join(folder, `${name}-${device}-${colorScheme}.png`), fullPage: true, animations: 'disabled' });
      await viewer.context().close();
    }
  }
}
