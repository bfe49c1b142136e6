// Gates as operators look after them: made, heard of, replaced, retired; events and findings beside them.

import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { fill, form, signIn, submit, unfold } from './people.mjs';
import { assertAccessible, assertNoFaults, baseUrl, demo, eventually, launch, newVisitor, phone, screenshots } from './support.mjs';

let browser;
let admin;
before(async () => {
  browser = await launch();
  admin = (await demo()).admin;
});
after(() => browser?.close());

/** Sends a message signed as a gate signs it. */
async function send(gate, path, message) {
  const [timestamp, body] = [String(Math.floor(Date.now() / 1000)), JSON.stringify(message)];
  const signature = createHmac('sha256', gate.secret).update(`${timestamp}.${body}`).digest('hex');
  return fetch(`${baseUrl}/gate/v1${path}`, {
    method: 'POST',
    headers: { 'X-Gate-Id': gate.id, 'X-Gate-Timestamp': timestamp, 'X-Gate-Signature': `sha256=${signature}` },
    body,
  });
}

const heartbeat = (gate) => send(gate, '/heartbeats', { firmware: '9.1-uji', sent_at: new Date().toISOString() });

describe('gates', () => {
  for (const javaScriptEnabled of [true, false]) {
    test(`one is made, comes online, gets another secret and is retired, scripts ${javaScriptEnabled ? 'on' : 'off'}`, async () => {
      const page = await newVisitor(browser, { javaScriptEnabled });
      await signIn(page, admin, '/admin/gates');
      const creation = form(page, '/admin/gates/create');
      await creation.locator('[name=station]').selectOption('STN_DPK');
      await creation.locator('[name=direction]').selectOption('out');
      await submit(page, creation);
      const secret = (await page.locator('#gate-secret').innerText()).trim();
      assert.match(secret, /^[0-9a-f]{64}$/);
      const link = page.locator('#new-secret a');
      const id = (await link.getAttribute('href')).split('/').at(-1);
      assert.match(id, /^GATE_DPK_OUT_\d+$/);
      await Promise.all([page.waitForEvent('load'), link.click()]);
      assert.match(await page.locator('.page-head').innerText(), /Belum melapor/);
      assert.ok(!(await page.content()).includes(secret), 'the secret is shown once');

      assert.equal((await heartbeat({ id, secret: `${secret.slice(1)}0` })).status, 401);
      assert.equal((await heartbeat({ id, secret })).status, 200);
      await page.goto(`/admin/gates?station=STN_DPK&state=online`);
      const row = page.locator('tr', { hasText: id });
      assert.match(await row.innerText(), /Online[\s\S]*9\.1-uji/);

      await page.goto(`/admin/gates/${id}`);
      const rotation = form(page, `/admin/gates/${id}/rotate`);
      await unfold(rotation);
      await rotation.locator('[name="overlap_hours:int"]').selectOption('0');
      await submit(page, rotation);
      const next = (await page.locator('#gate-secret').innerText()).trim();
      assert.equal((await heartbeat({ id, secret })).status, 401);
      assert.equal((await heartbeat({ id, secret: next })).status, 200);

      await page.goto(`/admin/gates/${id}`);
      const retirement = form(page, `/admin/gates/${id}/retire`);
      await unfold(retirement);
      await retirement.locator('#retire-confirm').fill(id);
      await submit(page, retirement);
      assert.match(await page.locator('main').innerText(), /Gate dipensiunkan/);
      const refused = await heartbeat({ id, secret: next });
      assert.deepEqual([refused.status, (await refused.json()).code], [403, 'gate_retired']);
      assertNoFaults(page);
      await page.context().close();
    });
  }

  test('a gate name that is taken is refused beside its field', async () => {
    const page = await newVisitor(browser);
    await signIn(page, admin, '/admin/gates');
    const creation = form(page, '/admin/gates/create');
    await fill(creation, { id: 'GATE_GMB_IN_01' });
    await submit(page, creation);
    assert.match(await creation.locator('.field-error').innerText(), /Sudah ada gate GATE_GMB_IN_01/);
    await page.context().close();
  });

  test('a tap at a gate appears in the open event stream by itself, and can be held still', async () => {
    const gate = (await demo()).gates.find(({ direction }) => direction === 'in');
    const tap = () => ({
      sequence: Math.floor(Math.random() * 2 ** 50),
      direction: 'in',
      media: `uji-${Math.random()}`,
      payment_method: 'qris_tap',
      tapped_at: new Date().toISOString(),
    });
    const page = await newVisitor(browser);
    await signIn(page, admin, '/admin/events?kind=journey.tap_in');
    const here = `Masuk di ${gate.station_id} dengan qris_tap`;
    const first = page.locator('.table tbody tr').first();
    const before = await first.innerText();
    const taken = await (await send(gate, '/taps', { taps: [tap()] })).json();
    assert.deepEqual([taken.results[0].status, taken.results[0].decision], ['accepted', 'open']);
    await eventually(async () => (await first.innerText()) !== before && (await first.innerText()).includes(here), 'the event');
    await page.getByRole('button', { name: 'Tahan' }).click();
    assert.match(await page.locator('[data-live-state]').innerText(), /Dihentikan/);
    assertNoFaults(page);
    await page.context().close();

    const plain = await newVisitor(browser, { javaScriptEnabled: false });
    await signIn(plain, admin, '/admin/events');
    assert.match(await plain.locator('main').innerText(), /journey\.tap_in/);
    await plain.context().close();
  });
});

describe('the pages of gates', () => {
  const paths = ['/admin/gates', '/admin/gates/GATE_GMB_IN_01', '/admin/events', '/admin/fraud'];

  for (const colorScheme of ['light', 'dark']) {
    test(`no faults, no accessibility violations, no sideways scrolling, ${colorScheme}`, async () => {
      const page = await newVisitor(browser, { colorScheme, ...(colorScheme === 'dark' && { viewport: { ...phone, width: 360 } }) });
      await signIn(page, admin, '/admin/gates');
      for (const path of paths) {
        const response = await page.goto(path, { waitUntil: 'load' });
        assert.equal(response.status(), 200, path);
        await assertAccessible(page);
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        assert.ok(overflow <= 0, `${path} is ${overflow} px too wide`);
        assert.equal(await page.locator('h1').count(), 1, path);
      }
      assertNoFaults(page);
      await page.context().close();
    });
  }

  test('screenshots', async () => {
    const page = await newVisitor(browser);
    await signIn(page, admin, '/admin/gates');
    for (const path of paths) {
      await page.goto(path);
      await screenshots(page, path.slice(1).replace(/GATE_.*/, 'one').replaceAll('/', '-'));
    }
    await page.context().close();
  });
});
