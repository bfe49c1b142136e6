// The main job, as people do it: a stranger signs up, verifies, is approved, makes a key, calls the
// API with it, and sees those very calls counted. Once with scripts and once without.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { assertAccessible, assertNoFaults, baseUrl, demo, eventually, launch, newestMailTo, newVisitor, screenshots } from './support.mjs';

const fare = '/open-api/v1/fare/calculate?from=STN_GMB&to=STN_DPK';
const password = 'kereta-pagi-ke-depok-2026';

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser?.close());

/** A form by the path it posts to. */
const form = (page, action) => page.locator(`form[action="${action}"]`);

/** Presses the form's button and waits for the page that follows. */
async function submit(page, target) {
  await Promise.all([page.waitForEvent('load'), target.locator('button[type=submit], button:not([type])').first().click()]);
}

async function fill(target, fields) {
  for (const [name, value] of Object.entries(fields)) {
    const field = target.locator(`[name="${name}"]`).first();
    if (await field.evaluate((element) => element.tagName === 'SELECT')) await field.selectOption(value);
    else await field.fill(value);
  }
}

async function signIn(page, account) {
  await page.goto('/sign-in');
  await fill(form(page, '/sign-in'), { email: account.email, password: account.password });
  await submit(page, form(page, '/sign-in'));
}

async function signUp(page, email) {
  await page.goto('/sign-up');
  const signUpForm = form(page, '/sign-up');
  await fill(signUpForm, {
    organisation: 'Kopi Stasiun',
    legal_name: 'PT Kopi Stasiun Nusantara',
    contact_name: 'Sari Wulandari',
    email,
    password,
    description: 'Menampilkan tarif pulang kepada pelanggan di kedai stasiun.',
  });
  await signUpForm.locator('[name=accept_terms]').check();
  await submit(page, signUpForm);
  assert.match(page.url(), /\/sign-up\?done=check_mail/);

  const { link } = await newestMailTo(email);
  await page.goto(link);
  await submit(page, form(page, '/verify-email'));
  assert.match(page.url(), /\/keys/);
}

/** The operator finds the registration and lets it in. */
async function approve(email) {
  const admin = await newVisitor(browser);
  await signIn(admin, (await demo()).admin);
  await admin.goto('/admin/partners?status=in_review');
  await admin.getByRole('link', { name: /Kopi Stasiun/ }).first().click();
  await admin.waitForURL(/\/admin\/partners\/ptn_/);
  const approval = admin.locator('form[action$="/approve"]');
  await fill(approval, { tier: 'pro' });
  await submit(admin, approval);
  assert.match(admin.url(), /done=approved/);
  await assertAccessible(admin);
  await screenshots(admin, 'admin-partner');
  assertNoFaults(admin);
  await admin.context().close();
  await newestMailTo(email, /disetujui|diterima|aktif|approved/i);
}

/** Makes a key of an environment and returns it: it is shown this once. */
async function createKey(page, environment) {
  await page.goto(`/keys?environment=${environment}`);
  const creation = form(page, '/keys/create');
  await creation.locator('[name=name]').fill(`Kedai ${environment}`);
  const choice = creation.locator('[name=environment]').first();
  const kind = await choice.getAttribute('type');
  if (kind === 'radio') await creation.locator(`[name=environment][value=${environment}]`).check();
  else if (kind !== 'hidden') await choice.selectOption(environment);
  await submit(page, creation);
  const text = await page.locator('main').innerText();
  const [key] = text.match(new RegExp(`nfcg_${environment}_[0-9A-Za-z]{38}`)) ?? [];
  assert.ok(key, `the page shows the new ${environment} key`);
  return key;
}

async function call(key, times) {
  for (let count = 0; count < times; count += 1) {
    const response = await fetch(baseUrl + fare, { headers: { 'X-API-Key': key } });
    assert.equal(response.status, 200);
    assert.equal((await response.json()).fare, 8000);
  }
}

for (const javaScriptEnabled of [true, false]) {
  describe(`from sign-up to a counted call, scripts ${javaScriptEnabled ? 'on' : 'off'}`, () => {
    const email = `sari.${javaScriptEnabled ? 'skrip' : 'polos'}@kopistasiun.example`;
    let page;
    before(async () => {
      page = await newVisitor(browser, { javaScriptEnabled });
    });
    after(() => page?.context().close());

    test('a stranger signs up and verifies the address', () => signUp(page, email));

    test('an operator approves, and the partner is told', () => approve(email));

    test('a live key answers, and its calls are counted', async () => {
      const key = await createKey(page, 'live');
      await call(key, 3);
      const usage = await eventually(async () => {
        await page.goto('/usage');
        const text = await page.locator('main').innerText();
        return /calculate|fare/i.test(text) && /\b3\b/.test(text) ? text : undefined;
      }, 'the three calls on the usage page');
      assert.ok(usage);
      if (javaScriptEnabled) {
        await assertAccessible(page);
        await screenshots(page, 'usage');
        await screenshots(page, 'keys', '/keys');
      }
    });

    test('a revoked key is refused at the next call', async () => {
      const key = await createKey(page, 'test');
      await call(key, 1);
      await page.goto('/keys?environment=test');
      const revocation = page.locator('form[action^="/keys/key_"][action$="/revoke"]').first();
      // A fold may hide it until it is wanted.
      await revocation.evaluate((element) => {
        for (let fold = element.closest('details'); fold; fold = fold.parentElement.closest('details')) fold.open = true;
      });
      await submit(page, revocation);
      const response = await fetch(baseUrl + fare, { headers: { 'X-API-Key': key } });
      assert.equal(response.status, 401);
    });

    test('nothing went wrong on the way', () => assertNoFaults(page));
  });
}

describe('the try-it console', () => {
  test('sends a real sandbox request with the key of who is signed in', async () => {
    const page = await newVisitor(browser);
    await signIn(page, { email: 'sari.skrip@kopistasiun.example', password });
    const key = await createKey(page, 'test');
    await page.goto('/docs/endpoints/calculate-fare');
    const console_ = page.locator('leptos-island').filter({ has: page.locator('form') }).first();
    await console_.scrollIntoViewIfNeeded();
    await console_.hover();
    await page.locator('html[data-hydrated]').waitFor({ state: 'attached' });
    await fill(console_, { key, from: 'STN_GMB', to: 'STN_DPK' });
    const [response] = await Promise.all([
      page.waitForResponse((candidate) => candidate.url().includes('/open-api/v1/fare/calculate')),
      console_.locator('button[type=submit]').first().click(),
    ]);
    assert.equal(response.status(), 200);
    await console_.getByText('8000').first().waitFor();
    await assertAccessible(page);
    await screenshots(page, 'endpoint-signed-in');
    assertNoFaults(page);
    await page.context().close();
  });
});
