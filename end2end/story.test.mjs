// The main job, as people do it: a stranger signs up, verifies, is approved, makes a key, tries it in
// the page, calls the API with it, and sees those very calls counted. Once with scripts, once without.

import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { assertAccessible, assertNoFaults, baseUrl, demo, eventually, launch, newestMailTo, newVisitor, phone, screenshots } from './support.mjs';

const fare = '/open-api/v1/fare/calculate?from=STN_GMB&to=STN_DPK';
const password = 'kereta pagi ke Depok 2026';

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser?.close());

/** The form that posts to a path, whatever follows the path. */
const form = (page, action) => page.locator(`form[action^="${action}"]`);

/** Presses the form's button and waits for the page that follows. */
async function submit(page, target) {
  await Promise.all([page.waitForEvent('load'), target.locator('button:not([name])').first().click()]);
}

async function fill(target, fields) {
  for (const [name, value] of Object.entries(fields)) await target.locator(`[name="${name}"]`).fill(value);
}

/** The page's message about what was done. */
const done = (page) => page.locator('main [role=status]').first().innerText();

async function signIn(page, account, next = '') {
  await page.goto(`/sign-in${next && `?next=${encodeURIComponent(next)}`}`);
  const signInForm = form(page, '/sign-in');
  await fill(signInForm, { email: account.email, password: account.password });
  await submit(page, signInForm);
}

/** Opens every fold around an element, as its reader would. */
async function unfold(target) {
  const folds = target.locator('xpath=ancestor::details[not(@open)]/summary');
  for (let left = await folds.count(); left > 0; left -= 1) await folds.first().click();
}

/** Makes a key of an environment and returns it: it is shown this once. */
async function createKey(page, environment, name) {
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
async function manage(page, environment, name, act) {
  await page.goto(`/keys?environment=${environment}`);
  await Promise.all([page.waitForEvent('load'), page.getByRole('link', { name: `Kelola ${name}` }).click()]);
  const target = page.locator(`form[action*="/${act}?"]`);
  await unfold(target);
  return target;
}

const ask = (key) => fetch(baseUrl + fare, { headers: { 'X-API-Key': key } });

async function call(key, times) {
  for (let count = 0; count < times; count += 1) {
    const response = await ask(key);
    assert.equal(response.status, 200);
    assert.equal((await response.json()).fare, 8000);
  }
}

/** Calls of the fare endpoint, as the usage page's table tells them. */
async function countedCalls(page, environment) {
  await page.goto(`/usage?environment=${environment}`);
  const row = page.locator('tr', { hasText: 'GET /fare/calculate' });
  return (await row.count()) ? Number(await row.locator('td').first().innerText()) : 0;
}

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
      await signIn(admin, (await demo()).admin, '/admin/partners?status=in_review');
      assert.match(admin.url(), /\/admin\/partners\?status=in_review$/);
      await Promise.all([admin.waitForEvent('load'), admin.getByRole('link', { name, exact: true }).click()]);
      const approval = admin.locator('form[action*="/approve"]');
      await approval.locator('[name=tier]').selectOption('pro');
      await submit(admin, approval);
      assert.match(await done(admin), /disetujui/);
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

describe('the pages of who is signed in', () => {
  const pages = {
    partner: ['/account', '/keys?environment=live', '/keys?environment=test', '/usage?environment=live', '/usage?environment=test'],
    operator: ['/account', '/admin/partners', '/admin/usage'],
    stranger: ['/verify-email?token=x', '/verify-email', '/reset-password?token=x', '/accept-invitation?token=x'],
  };
  const visitors = {};
  before(async () => {
    const accounts = await demo();
    const partner = accounts.partners.find(({ name }) => name === 'TravelKu App');
    for (const [who, account] of Object.entries({ partner, operator: accounts.admin, stranger: null })) {
      const page = await newVisitor(browser);
      if (account) await signIn(page, account);
      visitors[who] = await page.context().storageState();
      await page.context().close();
    }
    pages.operator.push(`/admin/partners/${partner.id}`);
    pages.operator.push(`/admin/partners/${accounts.partners.find(({ tier }) => tier === null)?.id ?? partner.id}`);
  });

  for (const who of Object.keys(pages)) {
    for (const colorScheme of ['light', 'dark']) {
      test(`${who}: no faults, no accessibility violations, no sideways scrolling, ${colorScheme}`, async () => {
        const viewport = colorScheme === 'dark' ? { ...phone, width: 360 } : undefined;
        const page = await newVisitor(browser, { storageState: visitors[who], colorScheme, ...(viewport && { viewport }) });
        for (const path of pages[who]) {
          page.faults = [];
          const response = await page.goto(path, { waitUntil: 'load' });
          await assertAccessible(page);
          if (response.status() === 200) assertNoFaults(page);
          const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
          assert.ok(overflow <= 0, `${path} is ${overflow} px too wide`);
          assert.equal(await page.locator('h1').count(), 1, path);
        }
        await page.context().close();
      });
    }
  }

  test('a chart is drawn where scripts run, and its rows stand in a table either way', async () => {
    for (const javaScriptEnabled of [true, false]) {
      const page = await newVisitor(browser, { storageState: visitors.partner, javaScriptEnabled });
      await page.goto('/usage?environment=live');
      assert.equal(await page.locator('.chart-rows tbody tr').count(), 30);
      if (javaScriptEnabled) await page.locator('.chart svg').first().waitFor();
      else assert.equal(await page.locator('.chart').isVisible(), false);
      assertNoFaults(page);
      await page.context().close();
    }
  });

  test('members of a partner are not operators', async () => {
    const page = await newVisitor(browser, { storageState: visitors.partner });
    for (const path of pages.operator.filter((path) => path.startsWith('/admin'))) {
      const response = await page.goto(path);
      assert.equal(response.status(), 403, path);
    }
    await page.context().close();
  });

  test('screenshots', async () => {
    const shots = { partner: ['account', 'keys', 'usage'], operator: ['admin/partners', 'admin/usage', pages.operator.at(-2).slice(1)] };
    for (const [who, names] of Object.entries(shots)) {
      const page = await newVisitor(browser, { storageState: visitors[who] });
      for (const name of names) {
        await page.goto(`/${name}`);
        await screenshots(page, name.replace(/\/ptn_.*/, '-one').replaceAll('/', '-'));
      }
      await page.context().close();
    }
  });
});

describe('the account', () => {
  test('the password is changed, other sessions end, and a forgotten one is reset by mail', async () => {
    const email = 'sari@kopistasiun.example';
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
    await signIn(owner, { email: 'sari@kopistasiun.example', password });
    await owner.goto('/account');
    const invitation = form(owner, '/account/members/invite');
    await unfold(invitation);
    await fill(invitation, { name: 'Budi', email: 'budi@kopistasiun.example' });
    await invitation.locator('[name=role]').selectOption('viewer');
    await submit(owner, invitation);
    assert.match(await owner.locator('#members [role=status]').innerText(), /Undangan/);

    const colleague = await newVisitor(browser);
    const { link } = await newestMailTo('budi@kopistasiun.example');
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
    const account = { email: 'sari@petapolos.example', password };
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
    await signIn(owner, { email: 'sari@petapolos.example', password });
    const key = await createKey(owner, 'live', 'Peta');
    await call(key, 1);

    const admin = await newVisitor(browser);
    await signIn(admin, (await demo()).admin, '/admin/partners?q=peta+polos');
    await Promise.all([admin.waitForEvent('load'), admin.getByRole('link', { name: 'Peta Polos', exact: true }).click()]);
    const decide = async (act, fields) => {
      const target = admin.locator(`form[action*="/${act}#"]`);
      await unfold(target);
      for (const [name, value] of Object.entries(fields)) {
        const field = target.locator(`[name="${name}"]`);
        if (name === 'tier') await field.selectOption(value);
        else await field.fill(value);
      }
      await submit(admin, target);
      return admin.locator('main').innerText();
    };
    assert.match(await decide('suspend', { reason: '' }), /Wajib diisi|wajib/i);
    admin.faults = admin.faults.filter((fault) => !fault.includes('422'));
    assert.match(await decide('suspend', { reason: 'Kunci tersebar di repositori publik' }), /Partner ditangguhkan/);
    assert.equal((await ask(key)).status, 403);
    // Their sessions ended with it; they may come back and read why.
    await signIn(owner, { email: 'sari@petapolos.example', password }, '/keys');
    assert.match(await owner.locator('main').innerText(), /Kunci tersebar di repositori publik/);
    assert.match(await decide('reinstate', {}), /Penangguhan dicabut/);
    await call(key, 1);
    assert.match(await decide('tier', { tier: 'enterprise', 'quota_per_day:int': '250000' }), /250\.000/);
    for (const page of [owner, admin]) {
      assertNoFaults(page);
      await page.context().close();
    }
  });
});

describe('the rest of the account', () => {
  test('name, organisation, key limits and sessions are changed by their forms', async () => {
    const account = { email: 'sari@petapolos.example', password };
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
