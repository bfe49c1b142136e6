// A partner's test network in the portal: a rider, money, taps, a clock that moves, and an empty network again.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { done, fill, form, signIn, submit, unfold } from './people.mjs';
import { assertAccessible, assertNoFaults, demo, demoPartner, eventually, launch, newVisitor, phone } from './support.mjs';

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser?.close());

/** Presses the button of a form that has nothing to fill in. */
const press = (page, id) => submit(page, page.locator(`form#${id}`));

/** Sends one tap with the card that is chosen and returns what the page says of it. */
async function tap(page, station, direction) {
  const target = form(page, '/sandbox/tap');
  await target.locator('[name=station_id]').selectOption(station);
  await target.locator('[name=direction]').selectOption(direction);
  await submit(page, target);
  return page.locator('#tap-answer').innerText();
}

/** The latest journey's row. */
const latest = async (page) => (await page.locator('#journeys tbody tr').first().innerText()).replace(/\s+/g, ' ');

async function empty(page) {
  const reset = page.locator('form#reset-sandbox');
  await reset.locator('#reset-confirm').fill('KOSONGKAN');
  await submit(page, reset);
  assert.match(await done(page), /dikosongkan/);
}

const tooWide = (page) =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

describe('sandbox', () => {
  for (const [javaScriptEnabled, tier] of [[true, 'pro'], [false, 'enterprise']]) {
    test(`a rider pays a ride, and four hours later an open one, scripts ${javaScriptEnabled ? 'on' : 'off'}`, async () => {
      const page = await newVisitor(browser, { javaScriptEnabled });
      await signIn(page, await demoPartner(tier), '/sandbox');
      await empty(page);
      const creation = form(page, '/sandbox/riders/create');
      await unfold(creation);
      await fill(creation, { name: 'Ani Uji' });
      await submit(page, creation);
      await Promise.all([page.waitForEvent('load'), page.getByRole('link', { name: 'Kelola Ani Uji' }).click()]);
      const topUp = page.locator('form#top-up');
      await fill(topUp, { 'amount:int': '100000' });
      await submit(page, topUp);
      assert.match(await page.locator('#riders tbody tr', { hasText: 'Ani Uji' }).innerText(), /100\.000/);

      assert.match(await tap(page, 'STN_GMB', 'in'), /gate terbuka/);
      await page.goto('/sandbox');
      await press(page, 'clock-five-minutes');
      // Gambir to Depok: 27.062 km, Rp 8.000.
      assert.match(await tap(page, 'STN_DPK', 'out'), /Rp 8\.000.*Rp 92\.000/s);
      await page.goto('/sandbox');
      assert.match(await latest(page), /Ani Uji .*Gambir → Depok.* Selesai .*8\.000/);

      await press(page, 'clock-one-hour');
      assert.match(await tap(page, 'STN_GMB', 'in'), /gate terbuka/);
      await page.goto('/sandbox');
      assert.match(await latest(page), /Di perjalanan/);
      await press(page, 'clock-four-hours');
      await eventually(async () => {
        await page.goto('/sandbox');
        return /Tanpa tap keluar/.test(await latest(page));
      }, 'the end of the open journey');
      assert.match(await page.locator('#events').innerText(), /journey\.completed/);
      assert.ok((await tooWide(page)) <= 0, 'what happened fits the page');
      await empty(page);
      assertNoFaults(page);
    });
  }

  test('the page is accessible and no wider than a phone', async () => {
    for (const options of [{}, { viewport: phone }, { colorScheme: 'dark' }]) {
      const page = await newVisitor(browser, options);
      await signIn(page, await demoPartner('pro'), '/sandbox');
      await assertAccessible(page);
      assert.ok((await tooWide(page)) <= 0, 'nothing to scroll sideways');
      assertNoFaults(page);
    }
  });

  test('staff find a rider and put money into the wallet, with a reason', async () => {
    const page = await newVisitor(browser);
    await signIn(page, (await demo()).admin, '/admin/riders');
    const name = `Penumpang ${Date.now()}`;
    const creation = form(page, '/admin/riders/create');
    await fill(creation, { name });
    await submit(page, creation);
    await page.goto(`/admin/riders?q=${encodeURIComponent(name)}`);
    await assertAccessible(page);
    await Promise.all([page.waitForEvent('load'), page.getByRole('link', { name }).click()]);
    const topUp = page.locator('form#top-up');
    await fill(topUp, { 'amount:int': '25000' });
    await submit(page, topUp);
    assert.match(await page.locator('#top-up-card').innerText(), /Wajib diisi/);
    await fill(page.locator('form#top-up'), { 'amount:int': '25000', reason: 'Pengembalian dana' });
    await submit(page, page.locator('form#top-up'));
    assert.match(await page.locator('main').innerText(), /Rp 25\.000/);
    await assertAccessible(page);
  });
});
