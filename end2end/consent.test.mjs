// A rider is asked by an application, narrows what it may see, watches it read, and takes it back.
//
// The application is a real one: registered and approved in the portal, on this machine, with the
// port that it got (RFC 8252). So the browser applies the page's policy to the redirect, too.

import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { after, before, describe, test } from 'node:test';
import { fill, form, submit } from './people.mjs';
import { assertAccessible, baseUrl, demo, demoPartner, launch, newVisitor, phone, screenshots } from './support.mjs';

let browser;
let callback;
let elsewhere;
before(async () => {
  browser = await launch();
  const landing = (request, response) => {
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end('<!DOCTYPE html><html lang="id"><title>Kembali</title><h1>Kembali di aplikasi</h1>');
  };
  elsewhere = await listening(landing);
  // As many applications do: the callback keeps the code and sends the browser on to the application.
  callback = await listening((request, response) => {
    if (!request.url.startsWith('/kembali?lanjut')) return landing(request, response);
    response.writeHead(303, { location: `http://127.0.0.1:${elsewhere.address().port}/beranda` }).end();
  });
});
after(async () => {
  await browser?.close();
  callback?.close();
  elsewhere?.close();
});

async function listening(handler) {
  const server = createServer(handler);
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  return server;
}

const redirectUri = () => `http://127.0.0.1:${callback.address().port}/kembali`;

/** A program that signs in and calls the portal's API. */
async function signedIn(account) {
  const answer = await post('/portal-api/v1/sign-in', { email: account.email, password: account.password });
  const cookie = answer.headers.get('set-cookie').split(';')[0];
  return (path, body) => post(`/portal-api/v1${path}`, body, { cookie });
}

async function post(path, body, headers = {}) {
  const response = await fetch(baseUrl + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  assert.ok(response.ok, `${path}: ${response.status} ${await response.clone().text()}`);
  return response;
}

/** A public application of the partner on Pro, approved; its id. */
async function application(name, path = '/kembali') {
  const owner = await signedIn(await demoPartner('pro'));
  const made = await owner('/applications', {
    environment: 'live',
    client_type: 'public',
    name,
    description: 'Catatan perjalanan di ponsel',
    redirect_uris: [`http://127.0.0.1${path}`],
    scopes: { 'journey:read': 'Mencatat perjalanan', 'profile:read': 'Menyapa dengan nama', 'balance:read': 'Mengingatkan isi saldo' },
  });
  const { id, changed_at: seen } = (await made.json()).application;
  const admin = await signedIn((await demo()).admin);
  await admin(`/admin/applications/${id}/approve`, { seen });
  return id;
}

function request(clientId) {
  const verifier = randomBytes(32).toString('base64url');
  const challenge = createHash('sha256').update(verifier).digest('base64url');
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: clientId,
    redirect_uri: redirectUri(),
    scope: 'journey:read profile:read balance:read',
    state: randomBytes(8).toString('hex'),
    code_challenge: challenge,
    code_challenge_method: 'S256',
  });
  return { verifier, query, address: `/oauth/authorize?${query}` };
}

const token = (fields) =>
  fetch(`${baseUrl}/oauth/token`, { method: 'POST', body: new URLSearchParams(fields) });

/** Nothing went wrong, but that the browser went where the application is. */
function assertNoFaultsButTheCallback(page) {
  const faults = page.faults.filter((fault) => !fault.includes(`127.0.0.1:${callback.address().port}/`));
  assert.deepEqual(faults, []);
}

describe('consent', () => {
  for (const [javaScriptEnabled, number] of [[true, 0], [false, 1]]) {
    test(`a rider narrows, and takes back, scripts ${javaScriptEnabled ? 'on' : 'off'}`, async () => {
      const rider = (await demo()).riders[number];
      const name = `Jurnal Kereta ${number}`;
      const clientId = await application(name);
      const { verifier, query, address } = request(clientId);
      const page = await newVisitor(browser, { javaScriptEnabled });

      // In by the front door, and back to the question.
      await page.goto(address);
      assert.equal(new URL(page.url()).pathname, '/rider/sign-in');
      const door = form(page, '/rider/sign-in');
      await fill(door, { login: rider.email, password: rider.password });
      await submit(page, door);
      assert.equal(new URL(page.url()).pathname, '/oauth/authorize');
      const asked = page.locator('form#consent');
      assert.equal(await asked.locator('[name=scope]:checked').count(), 3);
      const shown = await page.locator('main').innerText();
      assert.match(shown, new RegExp(`${name} ingin melihat data Anda`));
      assert.match(shown, /[a-z]\*\*\*@riders\.example/);
      if (javaScriptEnabled) {
        await assertAccessible(page);
        await screenshots(page, 'consent', address);
        await page.setViewportSize({ ...phone, width: 360 });
        const wider = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        assert.ok(wider <= 0, 'nothing to scroll sideways');
      }

      // Not the profile.
      await asked.locator('[value="profile:read"]').uncheck();
      await Promise.all([page.waitForURL(`${redirectUri()}**`), asked.getByRole('button', { name: 'Izinkan' }).click()]);
      const answer = new URL(page.url()).searchParams;
      assert.equal(answer.get('state'), query.get('state'));
      assert.equal(answer.get('error'), null);
      const exchange = { grant_type: 'authorization_code', code: answer.get('code'), redirect_uri: redirectUri(), client_id: clientId, code_verifier: verifier };
      const tokens = await (await token(exchange)).json();
      assert.equal(tokens.scope, 'journey:read balance:read');
      const read = (path) =>
        fetch(`${baseUrl}/open-api/v1${path}`, { headers: { authorization: `Bearer ${tokens.access_token}` } });
      assert.equal((await read('/user/balance')).status, 200);
      assert.equal((await read('/user/profile')).status, 403);

      // The rider sees who read what, and ends it.
      await page.goto('/account/apps');
      const connected = page.locator('main', { hasText: name });
      assert.match(await connected.innerText(), new RegExp(name));
      const withdrawal = page.locator('form[action*="/withdraw"]');
      const before = await withdrawal.count();
      await page.goto('/account/access-log');
      assert.match(await page.locator('main').innerText(), new RegExp(name));
      await page.goto('/account/apps');
      await submit(page, page.locator('main').locator('form[action*="/withdraw"]').first());
      assert.equal(await withdrawal.count(), before - 1);
      assert.equal((await read('/user/balance')).status, 401);
      const again = await token({ grant_type: 'refresh_token', refresh_token: tokens.refresh_token, client_id: clientId });
      assert.equal((await again.json()).error, 'invalid_grant');
      assertNoFaultsButTheCallback(page);
      await page.context().close();
    });
  }

  test('the callback may send the browser on to another origin', async () => {
    const clientId = await application('Jurnal Kereta 3', '/kembali?lanjut');
    const rider = (await demo()).riders[2];
    const { query } = request(clientId);
    query.set('redirect_uri', `${redirectUri()}?lanjut`);
    const page = await newVisitor(browser);
    await page.goto(`/oauth/authorize?${query}`);
    const door = form(page, '/rider/sign-in');
    await fill(door, { login: rider.email, password: rider.password });
    await submit(page, door);
    // Chromium holds a page's form-action against this second redirect, too.
    const home = `http://127.0.0.1:${elsewhere.address().port}/beranda`;
    await Promise.all([page.waitForURL(home), page.getByRole('button', { name: 'Izinkan' }).click()]);
    assert.match(await page.locator('h1').innerText(), /Kembali di aplikasi/);
    await page.context().close();
  });

  test('a request that cannot be trusted stays here, and a no is told to the application', async () => {
    const clientId = await application('Jurnal Kereta 2');
    const rider = (await demo()).riders[2];
    const { query, address } = request(clientId);
    const page = await newVisitor(browser);
    query.set('redirect_uri', 'https://evil.example/kembali');
    const refused = await page.goto(`/oauth/authorize?${query}`);
    assert.equal(refused.status(), 400);
    assert.match(await page.locator('main').innerText(), /redirect_uri_unknown/);
    await assertAccessible(page);

    await page.goto(address);
    const door = form(page, '/rider/sign-in');
    await fill(door, { login: rider.email, password: rider.password });
    await submit(page, door);
    await Promise.all([page.waitForURL(`${redirectUri()}**`), page.getByRole('button', { name: 'Tolak' }).click()]);
    assert.equal(new URL(page.url()).searchParams.get('error'), 'access_denied');
    await page.context().close();
  });
});
