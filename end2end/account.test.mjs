// What people do with their account, and what an operator's decisions do to it.

import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { ask, call, createKey, decide, fill, form, manage, openPartner, password, signIn, signUp, submit, unfold } from './people.mjs';
import { assertNoFaults, launch, newestMailTo, newVisitor } from './support.mjs';

const name = 'Kios Peron';
const account = { email: 'sari@kiosperon.example', password };

let browser;
before(async () => {
  browser = await launch();
  const [owner, admin] = [await newVisitor(browser), await newVisitor(browser)];
  await signUp(owner, name, account.email);
  await openPartner(admin, name);
  await decide(admin, 'approve', { tier: 'pro' });
  for (const page of [owner, admin]) await page.context().close();
});
after(() => browser?.close());

describe('the account', () => {
  test('the password is changed, other sessions end, and a forgotten one is reset by mail', async () => {
    const { email } = account;
    const [first, second] = [await newVisitor(browser), await newVisitor(browser)];
    for (const page of [first, second]) await signIn(page, { email, password });
    await first.goto('/account');
    const change = form(first, '/account/password');
    await fill(change, { current_password: password, password: 'kereta sore ke Bogor' });
    await submit(first, change);
    assert.match(await first.locator('#password [role=status]').innerText(), /diganti/);
    await second.goto('/account');
    assert.match(second.url(), /\/sign-in/);

    await second.goto('/forgot-password');
    await fill(form(second, '/forgot-password'), { email });
    await submit(second, form(second, '/forgot-password'));
    assert.match(second.url(), /done=sent/);
    const { link } = await newestMailTo(email, /reset-password/);
    await second.goto(link);
    await fill(form(second, '/reset-password'), { password });
    await submit(second, form(second, '/reset-password'));
    assert.match(second.url(), /\/sign-in\?done=password_reset/);
    await signIn(second, { email, password });
    for (const page of [first, second]) {
      assertNoFaults(page);
      await page.context().close();
    }
  });

  test('a colleague is invited, joins, only looks, and is let go', async () => {
    const owner = await newVisitor(browser);
    await signIn(owner, account);
    await owner.goto('/account');
    const invitation = form(owner, '/account/members/invite');
    await unfold(invitation);
    await fill(invitation, { name: 'Budi', email: 'budi@kiosperon.example' });
    await invitation.locator('[name=role]').selectOption('viewer');
    await submit(owner, invitation);
    assert.match(await owner.locator('#members [role=status]').innerText(), /Undangan/);

    const colleague = await newVisitor(browser);
    const { link } = await newestMailTo('budi@kiosperon.example');
    await colleague.goto(link);
    await fill(form(colleague, '/accept-invitation'), { name: 'Budi Santoso', password });
    await submit(colleague, form(colleague, '/accept-invitation'));
    assert.match(colleague.url(), /\/account/);
    await colleague.goto('/keys?environment=test');
    assert.equal(await form(colleague, '/keys/').count(), 0);

    await owner.goto('/account');
    await Promise.all([owner.waitForEvent('load'), owner.getByRole('link', { name: 'Ubah Budi Santoso' }).click()]);
    await submit(owner, owner.locator('form[action*="/remove"]'));
    assert.match(await owner.locator('#members [role=status]').innerText(), /dikeluarkan/);
    await colleague.goto('/keys');
    assert.match(colleague.url(), /\/sign-in/);
    for (const page of [owner, colleague]) {
      assertNoFaults(page);
      await page.context().close();
    }
  });
});

/** The code an authenticator shows now (RFC 6238) for a secret in base32. */
function oneTimeCode(secret, now = Date.now()) {
  const bits = [...secret].map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(now / 30_000)));
  const mac = createHmac('sha1', key).update(counter).digest();
  const number = mac.readUInt32BE(mac.at(-1) & 15) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, '0');
}

describe('two-step verification', () => {
  test('is set up with an authenticator, asked for at sign-in, and turned off again, scripts off', async () => {
    const page = await newVisitor(browser, { javaScriptEnabled: false });
    await signIn(page, account);
    await page.goto('/account');
    await submit(page, form(page, '/account/totp/enrol'));
    const secret = (await page.locator('#totp-secret').innerText()).trim();
    assert.ok(await page.locator('#two-step svg').first().isVisible());

    await fill(form(page, '/account/totp/confirm'), { code: '000000' });
    await submit(page, form(page, '/account/totp/confirm'));
    assert.match(await form(page, '/account/totp/confirm').innerText(), /Kode salah/);
    page.faults = page.faults.filter((fault) => !fault.includes('422'));

    await fill(form(page, '/account/totp/confirm'), { code: oneTimeCode(secret) });
    await submit(page, form(page, '/account/totp/confirm'));
    const codes = (await page.locator('#recovery-codes').innerText()).trim().split('\n');
    assert.ok(codes.length >= 8 && new Set(codes).size === codes.length, 'recovery codes are shown');
    await page.goto('/account');
    assert.equal(await page.locator('#recovery-codes').count(), 0, 'they are shown once');

    const other = await newVisitor(browser, { javaScriptEnabled: false });
    await signIn(other, account, '/keys');
    await fill(form(other, '/sign-in'), { password, totp: codes[0] });
    await submit(other, form(other, '/sign-in'));
    assert.match(other.url(), /\/keys$/);

    const off = form(page, '/account/totp/disable');
    await unfold(off);
    await fill(off, { password, code: codes[1] });
    await submit(page, off);
    assert.match(await page.locator('#two-step [role=status]').innerText(), /dimatikan/);
    assertNoFaults(page);
    for (const one of [page, other]) await one.context().close();
  });
});

describe('what an operator decides takes effect', () => {
  test('suspended keys are refused, reinstated ones work, and terms change', async () => {
    const owner = await newVisitor(browser);
    await signIn(owner, account);
    const key = await createKey(owner, 'live', 'Peta');
    await call(key, 1);

    const admin = await newVisitor(browser);
    await openPartner(admin, name);
    assert.match(await decide(admin, 'suspend', { reason: '' }), /Wajib diisi|wajib/i);
    admin.faults = admin.faults.filter((fault) => !fault.includes('422'));
    assert.match(await decide(admin, 'suspend', { reason: 'Kunci tersebar di repositori publik' }), /Partner ditangguhkan/);
    assert.equal((await ask(key)).status, 403);
    // Their sessions ended with it; they may come back and read why.
    await signIn(owner, account, '/keys');
    assert.match(await owner.locator('main').innerText(), /Kunci tersebar di repositori publik/);
    assert.match(await decide(admin, 'reinstate'), /Penangguhan dicabut/);
    await call(key, 1);
    assert.match(await decide(admin, 'tier', { tier: 'enterprise', 'quota_per_day:int': '250000' }), /250\.000/);
    for (const page of [owner, admin]) {
      assertNoFaults(page);
      await page.context().close();
    }
  });
});

describe('the rest of the account', () => {
  test('name, organisation, key limits and sessions are changed by their forms', async () => {
    const [page, other] = [await newVisitor(browser), await newVisitor(browser)];
    for (const one of [page, other]) await signIn(one, account);
    await page.goto('/account');
    await fill(form(page, '/account/profile'), { name: 'Sari W.' });
    await submit(page, form(page, '/account/profile'));
    assert.match(await page.locator('#profile [role=status]').innerText(), /disimpan/);
    await fill(form(page, '/account/organisation'), { description: 'Peta tarif untuk semua.' });
    await submit(page, form(page, '/account/organisation'));
    assert.match(await page.locator('#organisation').innerText(), /disimpan/);
    await submit(page, page.locator('form[action*="/revoke#sessions"]').first());
    assert.match(await page.locator('#sessions [role=status]').innerText(), /diakhiri/);

    const edit = await manage(page, 'live', 'Peta', 'update');
    await fill(edit, { name: 'Peta kantor', 'ip_allow[]': '203.0.113.0/24\n198.51.100.7', expires_at: '2030-12-31' });
    await submit(page, edit);
    const row = await page.locator('tr', { hasText: 'Peta kantor' }).innerText();
    assert.match(row, /2 alamat IP/);
    assert.match(row, /1 Jan 2031 · 00:00 WIB|31 Des 2030/);

    await page.goto('/account');
    await submit(page, form(page, '/account/sign-out-everywhere'));
    assert.match(page.url(), /\/sign-in\?done=signed_out_everywhere/);
    await other.goto('/account');
    assert.match(other.url(), /\/sign-in/);
    for (const one of [page, other]) {
      assertNoFaults(one);
      await one.context().close();
    }
  });
});

