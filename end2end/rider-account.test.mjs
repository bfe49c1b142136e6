// A rider's account: money and caps, what an application read, taking it back, and leaving.

import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import { done, fill, form, password, submit } from './people.mjs';
import { assertAccessible, assertNoFaults, baseUrl, demo, launch, newVisitor, newestMailTo, phone, screenshots } from './support.mjs';

const pages = ['/account', '/account/journeys', '/account/apps', '/account/access-log', '/account/data'];

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser?.close());

async function signIn(page, { email, password }) {
  await page.goto('/rider/sign-in');
  const target = form(page, '/rider/sign-in');
  await fill(target, { login: email, password });
  await submit(page, target);
  assert.match(page.url(), /\/account\/rider$/);
}

async function json(path, { cookie, token, body } = {}) {
  const headers = { ...(cookie && { cookie }), ...(token && { authorization: `Bearer ${token}` }) };
  if (body) headers['content-type'] = 'application/json';
  return fetch(baseUrl + path, { method: body ? 'POST' : 'GET', headers, body: body && JSON.stringify(body) });
}

/** The rider allows the demo's live application everything; a token for it. */
async function allow(rider) {
  const { applications } = await demo();
  const application = applications.find((each) => each.environment === 'live' && !each.client_secret);
  const verifier = randomBytes(32).toString('base64url');
  const request = new URLSearchParams({
    response_type: 'code',
    client_id: application.client_id,
    redirect_uri: application.redirect_uri,
    scope: 'journey:read profile:read balance:read',
    state: 'a',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  }).toString();
  const credentials = { login: rider.email, password: rider.password };
  const signedIn = await json('/portal-api/v1/rider/sign-in', { body: credentials });
  const cookie = signedIn.headers.get('set-cookie').split(';')[0];
  const asked = await (await json(`/portal-api/v1/rider/authorize?${request}`, { cookie })).json();
  assert.equal(asked.step, 'consent');
  const scopes = ['journey:read', 'profile:read', 'balance:read'];
  const answer = { request: asked.request, form: asked.form, scopes, decision: 'allow' };
  const agreed = await (await json('/portal-api/v1/rider/authorize', { cookie, body: answer })).json();
  const tokens = await fetch(`${baseUrl}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      code: new URL(agreed.to).searchParams.get('code'),
      redirect_uri: application.redirect_uri,
      client_id: application.client_id,
      code_verifier: verifier,
    }),
  });
  assert.equal(tokens.status, 200);
  return (await tokens.json()).access_token;
}

const profile = (token) => json('/open-api/v1/user/profile', { token });

describe("a rider's account", () => {
  for (const javaScriptEnabled of [false, true]) {
    test(`shows who read what, and withdrawing ends it, scripts ${javaScriptEnabled ? 'on' : 'off'}`, async () => {
      const rider = (await demo()).riders[3];
      const page = await newVisitor(browser, { javaScriptEnabled });
      await signIn(page, rider);
      assert.equal(await page.locator('meter').count(), 3, 'a day, a week, a month');
      const token = await allow(rider);
      assert.equal((await profile(token)).status, 200);

      await page.goto('/account/access-log');
      const latest = page.locator('tbody tr').first();
      assert.match(await latest.innerText(), /Profil[^]*profile:read[^]*1[^]*WIB/);

      await page.goto('/account/apps');
      assert.equal(await page.locator('ul.checks li').count(), 3);
      await submit(page, form(page, '/account/apps/'));
      assert.match(await done(page), /Izin dicabut/);
      assert.equal((await profile(token)).status, 401, 'at once');
      assert.equal(await form(page, '/account/apps/').count(), 0);
      await page.goto('/account/access-log');
      assert.match(await page.locator('tbody tr').first().innerText(), /Profil/, 'still to be seen');
      assertNoFaults(page);
      await page.context().close();
    });
  }

  test('can be read by everybody, on a phone too', async () => {
    const page = await newVisitor(browser, { viewport: { width: 360, height: phone.height } });
    await signIn(page, (await demo()).riders[3]);
    for (const path of pages) {
      await page.goto(path);
      await assertAccessible(page);
      const sideways = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      assert.ok(sideways <= 0, `${path} is ${sideways} px too wide`);
      await screenshots(page, `rider${path.replaceAll('/', '-')}`);
    }
    assertNoFaults(page);
    await page.context().close();
  });

  test('is taken along as a file, and deleted', async () => {
    const email = `dewi${randomBytes(4).toString('hex')}@riders.example`;
    const page = await newVisitor(browser);
    await page.goto('/rider/sign-up');
    const target = form(page, '/rider/sign-up');
    await fill(target, { name: 'Dewi Lestari', email, password });
    await target.locator('[name^=accept_terms]').check();
    await submit(page, target);
    const { link } = await newestMailTo(email);
    await page.goto(link);
    await submit(page, form(page, '/rider/confirm-email'));
    await page.goto('/account/data');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: /Unduh data saya/ }).click(),
    ]);
    assert.equal(download.suggestedFilename(), 'nfc-gate-data.json');
    const data = JSON.parse(await readFile(await download.path(), 'utf8'));
    assert.deepEqual([data.profile.email, data.journeys, data.ledger], [email, [], []]);

    const deletion = form(page, '/account/delete');
    await fill(deletion, { password: 'bukan kata sandinya' });
    await submit(page, deletion);
    assert.match(await page.locator('#delete .field-error').innerText(), /salah/);
    await fill(deletion, { password });
    await submit(page, deletion);
    assert.equal(new URL(page.url()).pathname, '/rider/deleted');
    await assertAccessible(page);
    await page.goto('/account/data');
    assert.match(page.url(), /\/rider\/sign-in\?next=/);
    const target2 = form(page, '/rider/sign-in');
    await fill(target2, { login: email, password });
    await submit(page, target2);
    assert.match(page.url(), /\/rider\/sign-in/);
    // The refused forms are told to the console by the browser itself.
    page.faults = page.faults.filter((fault) => !/status of 4(01|22)/.test(fault));
    assertNoFaults(page);
    await page.context().close();
  });
});
