// The main job, as people do it: a stranger signs up, verifies, is approved, makes a key, tries it in
// the page, calls the API with it, and sees those very calls counted. Once with scripts, once without.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { ask, call, countedCalls, createKey, decide, done, fill, form, manage, openPartner, password, signIn, submit, unfold } from './people.mjs';
import { assertAccessible, assertNoFaults, eventually, launch, newestMailTo, newVisitor, screenshots } from './support.mjs';

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser?.close());

for (const javaScriptEnabled of [true, false]) {
  const name = javaScriptEnabled ? 'Kopi Stasiun' : 'Peta Polos';
  const email = `sari@${javaScriptEnabled ? 'kopistasiun' : 'petapolos'}.example`;

  describe(`from sign-up to a counted call, scripts ${javaScriptEnabled ? 'on' : 'off'}`, () => {
    let page;
    let live;
    before(async () => {
      page = await newVisitor(browser, { javaScriptEnabled });
    });
    after(() => page?.context().close());

    test('a form with faults comes back with what was typed and the faults named', async () => {
      await page.goto('/sign-up');
      const signUp = form(page, '/sign-up');
      await fill(signUp, { organisation: name, email: 'sari@', password: 'pendek' });
      await submit(page, signUp);
      // The browser reports the 422 that is meant here.
      page.faults = page.faults.filter((fault) => !fault.includes('422'));
      assert.equal(await signUp.locator('[name=organisation]').inputValue(), name);
      assert.equal(await signUp.locator('[name=password]').inputValue(), '');
      for (const field of ['legal_name', 'email', 'password', 'accept_terms']) {
        const described = await signUp.locator(`[name=${field}]`).getAttribute('aria-describedby');
        assert.match(described ?? '', /error/, field);
      }
    });

    test('a stranger signs up', async () => {
      const signUp = form(page, '/sign-up');
      await fill(signUp, {
        legal_name: `PT ${name} Nusantara`,
        contact_name: 'Sari Wulandari',
        email,
        password,
        description: 'Menampilkan tarif pulang kepada pelanggan di kedai stasiun.',
      });
      await signUp.locator('[name=accept_terms]').check();
      await submit(page, signUp);
      assert.match(page.url(), /\/sign-up\?done=check_mail$/);
      await page.getByRole('heading', { name: 'Periksa email Anda', level: 1 }).waitFor();
    });

    test('opening the mailed link uses nothing up; its button does', async () => {
      const { link } = await newestMailTo(email);
      await fetch(link);
      await page.goto(link);
      await submit(page, form(page, '/verify-email'));
      assert.match(page.url(), /\/keys\?done=verified/);
      assert.match(await done(page), /terverifikasi/);
    });

    test('the sandbox is open and live keys wait for the approval', async () => {
      await page.goto('/keys?environment=live');
      assert.equal(await form(page, '/keys/create').count(), 0);
      await call(await createKey(page, 'test', 'Percobaan'), 1);
    });

    test('an operator approves, and the partner is told', async () => {
      const admin = await newVisitor(browser, { javaScriptEnabled });
      await openPartner(admin, name);
      assert.match(await decide(admin, 'approve', { tier: 'pro' }), /disetujui/);
      assertNoFaults(admin);
      await admin.context().close();
      await newestMailTo(email, /disetujui/i);
    });

    test('signing in leads to where one was going', async () => {
      await page.context().clearCookies();
      await page.goto('/keys?environment=live');
      assert.match(page.url(), /\/sign-in\?next=/);
      await fill(form(page, '/sign-in'), { email, password });
      await submit(page, form(page, '/sign-in'));
      assert.match(page.url(), /\/keys\?environment=live$/);
    });

    test('a live key answers, and the usage page shows those very calls', async () => {
      live = await createKey(page, 'live', 'Kedai');
      await call(live, 3);
      await eventually(async () => (await countedCalls(page, 'live')) === 3, 'the three calls on the usage page');
    });

    test('a replaced key works on through the overlap beside the new one', async () => {
      const rotation = await manage(page, 'live', 'Kedai', 'rotate');
      await rotation.locator('select').selectOption('24');
      await submit(page, rotation);
      const next = (await page.locator('#key-secret').innerText()).trim();
      assert.notEqual(next, live);
      await call(live, 1);
      await call(next, 1);
      live = next;
    });

    test('the name must be typed to revoke a live key, and the next call is refused', async () => {
      await page.goto('/keys?environment=live');
      const row = page.locator('tr', { hasText: live.slice(-4) });
      await Promise.all([page.waitForEvent('load'), row.getByRole('link').click()]);
      const revocation = page.locator('form[action*="/revoke?"]');
      await unfold(revocation);
      await revocation.locator('button').click();
      assert.equal((await ask(live)).status, 200, 'nothing is sent without the name');
      await revocation.locator('input[type=text]').fill('Kedai');
      await submit(page, revocation);
      assert.match(await done(page), /dicabut/);
      assert.equal((await ask(live)).status, 401);
    });

    test('whoever finds a key can end it', async () => {
      const key = await createKey(page, 'test', 'Bocor');
      const finder = await newVisitor(browser, { javaScriptEnabled });
      await finder.goto('/leaked-key');
      await fill(form(finder, '/leaked-key'), { secret: key });
      await submit(finder, form(finder, '/leaked-key'));
      assert.match(await done(finder), /dicabut/);
      assert.equal((await ask(key)).status, 401);
      assertNoFaults(finder);
      await finder.context().close();
    });

    test('nothing went wrong on the way', () => assertNoFaults(page));
  });
}

describe('the try-it console', () => {
  test('sends a real sandbox request with a key of its own, and the call is counted', async () => {
    const page = await newVisitor(browser);
    await signIn(page, { email: 'sari@kopistasiun.example', password });
    const before = await countedCalls(page, 'test');
    await page.goto('/docs/endpoints/calculate-fare');
    const island = page.locator('leptos-island').filter({ has: page.locator('#try-key') });
    await island.hover();
    await page.locator('html[data-hydrated]').waitFor({ state: 'attached' });
    await island.getByRole('button', { name: 'Buat kunci konsol' }).click();
    await page.waitForFunction(() => document.querySelector('#try-key').value.startsWith('nfcg_test_'));
    const [response] = await Promise.all([
      page.waitForResponse((candidate) => candidate.url().includes('/open-api/v1/fare/calculate')),
      island.getByRole('button', { name: 'Kirim' }).click(),
    ]);
    assert.equal(response.status(), 200);
    await assertAccessible(page);
    await screenshots(page, 'endpoint-signed-in');
    await eventually(async () => (await countedCalls(page, 'test')) === before + 1, 'the console\'s call on the usage page');
    assertNoFaults(page);
    await page.context().close();
  });
});
