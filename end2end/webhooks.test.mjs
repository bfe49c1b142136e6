// A partner's webhooks in the portal, with a real receiver: register → event → log → replay → doctor.

import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import { after, before, describe, test } from 'node:test';
import { done, fill, form, signUp, submit, unfold } from './people.mjs';
import { assertAccessible, assertNoFaults, desktop, eventually, launch, newVisitor, phone, screenshots } from './support.mjs';

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser?.close());

/** A partner's server: keeps what it gets, and answers as it is told. */
async function receive() {
  const receiver = { got: [], status: 200 };
  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString();
    receiver.got.push({ headers: request.headers, body, event: JSON.parse(body) });
    response.writeHead(receiver.status, { 'content-type': 'text/plain' }).end('diterima <b>server</b>');
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  receiver.url = `http://127.0.0.1:${server.address().port}/webhooks/kci`;
  receiver.close = () => server.close();
  receiver.of = (kind) => receiver.got.filter(({ event }) => event.event === kind);
  return receiver;
}

const isSigned = ({ headers, body }, secret) =>
  headers['x-nfcg-signature'] === `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;

/** Header lines as a developer would paste them. */
const pasted = ({ headers }) => Object.entries(headers).map(([name, value]) => `${name}: ${value}`).join('\n');

/** The partner's sandbox application, registered as a member does, by a browser that runs scripts. */
async function registerApplication(page) {
  const helper = await newVisitor(browser, { storageState: await page.context().storageState() });
  await helper.goto('/sandbox');
  const status = await helper.evaluate(async () => {
    const application = {
      environment: 'test',
      client_type: 'public',
      name: 'Perjalanan Uji',
      description: 'Riwayat perjalanan',
      redirect_uris: ['https://app.example/callback'],
      scopes: { 'journey:read': 'Menampilkan riwayat' },
    };
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch('/portal-api/v1/applications', { method: 'POST', headers, body: JSON.stringify(application) });
    return answer.status;
  });
  assert.equal(status, 201);
  await helper.context().close();
}

/** Asks the doctor; returns the findings' text. */
async function consult(page, fields) {
  await page.goto('/webhooks/doctor');
  const consultation = form(page, '/webhooks/doctor');
  await fill(consultation, fields);
  await submit(page, consultation);
  return page.locator('#findings').innerText();
}

for (const javaScriptEnabled of [true, false]) {
  describe(`webhooks, scripts ${javaScriptEnabled ? 'on' : 'off'}`, () => {
    let page;
    let receiver;
    let secret;
    before(async () => {
      page = await newVisitor(browser, { javaScriptEnabled });
      receiver = await receive();
      const name = javaScriptEnabled ? 'Kabar Kereta' : 'Kabar Polos';
      await signUp(page, name, `sari@${javaScriptEnabled ? 'kabarkereta' : 'kabarpolos'}.example`);
    });
    after(async () => {
      receiver?.close();
      await page?.context().close();
    });

    test('a faulty URL is named, a good one is registered, and a signed test event arrives', async () => {
      await page.goto('/webhooks?environment=test');
      const registration = form(page, '/webhooks/create');
      await fill(registration, { url: 'http://10.0.0.1/' });
      await registration.locator('input[value="journey.completed"]').check();
      await submit(page, registration);
      page.faults = page.faults.filter((fault) => !fault.includes('422'));
      assert.match(await registration.locator('#create-url-error').innerText(), /\S/);
      assert.ok(await registration.locator('input[value="journey.completed"]').isChecked(), 'what was ticked stays');
      await fill(registration, { url: receiver.url });
      for (const kind of ['station.crowded', 'gate.offline']) await registration.locator(`input[value="${kind}"]`).check();
      await submit(page, registration);
      secret = (await page.locator('#webhook-secret').innerText()).trim();
      assert.match(secret, /^whsec_/);
      const first = await eventually(() => receiver.got[0], 'the test event');
      assert.ok(first.event.test && isSigned(first, secret), 'a signed test event');
      const delivery = await page.locator('#first-test').getAttribute('href');
      await eventually(async () => {
        await page.goto(delivery);
        return (await page.locator('main').innerText()).includes('Terkirim');
      }, 'the state of the delivery');
      const shown = await page.locator('#attempts').innerText();
      // What a receiver answers is text, whatever it looks like.
      assert.ok(shown.includes('diterima <b>server</b>') && shown.includes(first.headers['webhook-id']), shown);
      await page.goto('/webhooks?environment=test');
      assert.ok(!(await page.content()).includes(secret), 'the secret is shown once');
      assertNoFaults(page);
    });

    test('a journey by one press is told to the endpoint, and can be found, replayed and verified', async () => {
      await page.goto('/sandbox');
      await submit(page, page.locator('form#send-journey'));
      assert.match(await page.locator('#journey').innerText(), /Belum ada aplikasi sandbox/);
      await registerApplication(page);
      await page.goto('/sandbox');
      await submit(page, page.locator('form#send-journey'));
      assert.match(await page.locator('#journey').innerText(), /Perjalanan Uji/);
      const told = await eventually(() => receiver.of('journey.completed').find(({ event }) => !event.test), 'the journey');
      assert.ok(isSigned(told, secret));
      assert.match(told.event.user_id, /^usr_/);
      assert.equal(told.event.data.tap_in.station, 'STN_GMB');

      await page.goto('/webhooks/deliveries?environment=test&event=journey.completed&status=delivered');
      const rows = page.locator('tbody tr:not(.table-instead)');
      await eventually(async () => {
        await page.reload();
        return (await rows.count()) >= 1;
      }, 'the journey in the log');
      const row = rows.filter({ hasNotText: 'uji' }).first();
      await submit(page, row.locator('form'));
      assert.match(await done(page), /dijadwalkan/);
      const again = await eventually(() => receiver.of('journey.completed').filter(({ event }) => event.id === told.event.id)[1], 'the replay');
      assert.ok(isSigned(again, secret));

      const right = { headers: pasted(told), body: told.body };
      assert.match(await consult(page, right), /Sehat/);
      assert.match(await consult(page, { ...right, body: JSON.stringify(told.event, null, 2) }), /reserialised/);
      assert.match(await consult(page, { ...right, body: told.body.replace('STN_GMB', 'STN_BOO') }), /bytes_changed/);
      assert.match(await consult(page, { ...right, secret: 'bukan_secret_endpoint_ini_2026' }), /wrong_secret/);
      assert.ok(!(await page.content()).includes('bukan_secret_endpoint_ini_2026'), 'a secret does not come back');
      assertNoFaults(page);
    });

    test('an endpoint is paused, collects, goes on; its secret is replaced; it is deleted', async () => {
      await page.goto('/webhooks?environment=test');
      await Promise.all([page.waitForEvent('load'), page.locator('tbody th a').first().click()]);
      const endpoint = page.url();
      await submit(page, page.locator('form#pause-endpoint'));
      assert.match(await done(page), /dijeda/);
      const before = receiver.got.length;
      await page.goto(endpoint);
      await submit(page, page.locator('form#pause-endpoint'));
      assert.match(await done(page), /aktif/);
      await page.goto(endpoint);
      await page.locator('#test-event').selectOption('gate.offline');
      await submit(page, page.locator('form#test-endpoint'));
      await eventually(() => receiver.got.length > before, 'a test event');

      await page.goto(endpoint);
      const rotation = page.locator('form#rotate-secret');
      await unfold(rotation);
      await submit(page, rotation);
      const fresh = (await page.locator('#webhook-secret').innerText()).trim();
      assert.notEqual(fresh, secret);
      await page.goto(endpoint);
      await submit(page, page.locator('form#test-endpoint'));
      const both = await eventually(() => receiver.got.find(({ headers }) => headers['webhook-signature'].includes(' ')), 'two signatures');
      assert.ok(isSigned(both, secret), 'the single header keeps the old secret');
      await page.goto(endpoint);
      const end = page.locator('form#end-overlap');
      await unfold(end);
      await submit(page, end);
      assert.match(await done(page), /secret terbaru/);

      await page.goto(endpoint);
      const deletion = page.locator('form#delete-endpoint');
      await unfold(deletion);
      await deletion.locator('#delete-confirm').fill('HAPUS');
      await submit(page, deletion);
      assert.match(await done(page), /dihapus/);
      // Its page may have been renewing itself just then.
      page.faults = page.faults.filter((fault) => !fault.includes('404'));
      assertNoFaults(page);
    });
  });
}

describe('the webhook pages', () => {
  let page;
  let receiver;
  before(async () => {
    page = await newVisitor(browser);
    receiver = await receive();
    await signUp(page, 'Kabar Gambar', 'sari@kabargambar.example');
    await page.goto('/webhooks?environment=test');
    const registration = form(page, '/webhooks/create');
    await fill(registration, { url: receiver.url, description: 'Server produksi' });
    for (const kind of ['journey.completed', 'gate.offline']) await registration.locator(`input[value="${kind}"]`).check();
    await submit(page, registration);
  });
  after(async () => {
    receiver?.close();
    await page?.context().close();
  });

  test('the log grows while it is looked at', async () => {
    await eventually(() => receiver.got[0], 'the first test event');
    const watcher = await newVisitor(browser, { storageState: await page.context().storageState() });
    await watcher.goto('/webhooks/deliveries?environment=test');
    const rows = watcher.locator('tbody tr:not(.table-instead)');
    const before = await rows.count();
    receiver.status = 500;
    await page.goto('/webhooks?environment=test');
    await Promise.all([page.waitForEvent('load'), page.locator('tbody th a').first().click()]);
    await page.locator('#test-event').selectOption('gate.offline');
    await submit(page, page.locator('form#test-endpoint'));
    await eventually(async () => (await rows.count()) > before && (await rows.first().innerText()).includes('500'), 'the new row');
    assert.match(await rows.first().innerText(), /Dicoba lagi/);
    assertNoFaults(watcher);
    await watcher.context().close();
  });

  test('they are accessible, no wider than a phone, and look as they should', async () => {
    await page.goto('/webhooks?environment=test');
    const endpoint = await page.locator('tbody th a').first().getAttribute('href');
    await page.goto('/webhooks/deliveries?environment=test');
    const delivery = await page.locator('tbody tr td a').first().getAttribute('href');
    const pages = {
      'docs-webhooks': '/docs/webhooks',
      webhooks: '/webhooks?environment=test',
      'webhook-endpoint': endpoint,
      'webhook-deliveries': '/webhooks/deliveries?environment=test',
      'webhook-delivery': delivery,
      'webhook-doctor': '/webhooks/doctor',
    };
    const storageState = await page.context().storageState();
    for (const [name, path] of Object.entries(pages)) {
      for (const options of [{ viewport: desktop }, { viewport: { ...phone, width: 360 }, colorScheme: 'dark' }]) {
        const viewer = await newVisitor(browser, { storageState, ...options });
        await viewer.goto(path);
        await assertAccessible(viewer);
        const wider = await viewer.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        assert.ok(wider <= 0, `${path} is ${wider} px too wide`);
        assert.equal(await viewer.locator('h1').count(), 1, path);
        assertNoFaults(viewer);
        await viewer.context().close();
      }
      await page.goto(path);
      await screenshots(page, name);
    }
  });
});
