// What people do in the portal, for stories about it: fill in forms, sign up and in, make keys, call.

import assert from 'node:assert/strict';
import { baseUrl, demo, newestMailTo } from './support.mjs';

export const fare = '/open-api/v1/fare/calculate?from=STN_GMB&to=STN_DPK';
export const password = 'kereta pagi ke Depok 2026';

/** The form that posts to a path, whatever follows the path. */
export const form = (page, action) => page.locator(`form[action^="${action}"]`);

/** Presses the form's button and waits for the page that follows. */
export async function submit(page, target) {
  await Promise.all([page.waitForEvent('load'), target.locator('button:not([name])').first().click()]);
}

export async function fill(target, fields) {
  for (const [name, value] of Object.entries(fields)) await target.locator(`[name="${name}"]`).fill(value);
}

/** The page's message about what was done. */
export const done = (page) => page.locator('main [role=status]').first().innerText();

export async function signIn(page, account, next = '') {
  await page.goto(`/sign-in${next && `?next=${encodeURIComponent(next)}`}`);
  const signInForm = form(page, '/sign-in');
  await fill(signInForm, { email: account.email, password: account.password });
  await submit(page, signInForm);
}

/** Opens every fold around an element, as its reader would. */
export async function unfold(target) {
  const folds = target.locator('xpath=ancestor::details[not(@open)]/summary');
  for (let left = await folds.count(); left > 0; left -= 1) await folds.first().click();
}

/** Makes a key of an environment and returns it: it is shown this once. */
export async function createKey(page, environment, name) {
  await page.goto(`/keys?environment=${environment}`);
  const creation = form(page, '/keys/create');
  await fill(creation, { name });
  await submit(page, creation);
  const key = (await page.locator('#key-secret').innerText()).trim();
  assert.match(key, new RegExp(`^nfcg_${environment}_[0-9A-Za-z]{38}$`));
  await page.goto(`/keys?environment=${environment}`);
  assert.ok(!(await page.content()).includes(key), 'the key is shown once');
  return key;
}

/** Opens the page of a key by its name, with the form for an act unfolded. */
export async function manage(page, environment, name, act) {
  await page.goto(`/keys?environment=${environment}`);
  await Promise.all([page.waitForEvent('load'), page.getByRole('link', { name: `Kelola ${name}` }).click()]);
  const target = page.locator(`form[action*="/${act}?"]`);
  await unfold(target);
  return target;
}

export const ask = (key) => fetch(baseUrl + fare, { headers: { 'X-API-Key': key } });

export async function call(key, times) {
  for (let count = 0; count < times; count += 1) {
    const response = await ask(key);
    assert.equal(response.status, 200);
    assert.equal((await response.json()).fare, 8000);
  }
}

/** Calls of the fare endpoint, as the usage page's table tells them. */
export async function countedCalls(page, environment) {
  await page.goto(`/usage?environment=${environment}`);
  const row = page.locator('tr', { hasText: 'GET /fare/calculate' });
  return (await row.count()) ? Number(await row.locator('td').first().innerText()) : 0;
}

/** An organisation signs up and verifies its address; `page` is signed in afterwards. */
export async function signUp(page, name, email) {
  await page.goto('/sign-up');
  const target = form(page, '/sign-up');
  await fill(target, {
    organisation: name,
    legal_name: `PT ${name} Nusantara`,
    contact_name: 'Sari Wulandari',
    email,
    password,
    description: 'Menampilkan tarif pulang kepada pelanggan di kedai stasiun.',
  });
  await target.locator('[name=accept_terms]').check();
  await submit(page, target);
  const { link } = await newestMailTo(email);
  await page.goto(link);
  await submit(page, form(page, '/verify-email'));
}

/** An operator looks a partner up by name and opens its page. */
export async function openPartner(page, name) {
  await signIn(page, (await demo()).admin, `/admin/partners?q=${encodeURIComponent(name)}`);
  await Promise.all([page.waitForEvent('load'), page.getByRole('link', { name, exact: true }).click()]);
}

/** Sends one of an operator's decisions; returns what the page says then. */
export async function decide(page, act, fields = {}) {
  const target = page.locator(`form[action*="/${act}#"]`);
  await unfold(target);
  for (const [name, value] of Object.entries(fields)) {
    const field = target.locator(`[name="${name}"]`);
    if (name === 'tier') await field.selectOption(value);
    else await field.fill(value);
  }
  await submit(page, target);
  return page.locator('main').innerText();
}
