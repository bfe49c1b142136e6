// Applications in the portal: registered by a partner, judged by an operator, their secrets replaced;
// those of the sandbox, which work at once; and OAuth tried out in the pages that explain it.

import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { decide, done, fill, form, signIn, submit, unfold } from './people.mjs';
import { assertAccessible, assertNoFaults, baseUrl, demo, demoPartner, desktop, eventually, launch, newestMailTo, newVisitor, phone, screenshots } from './support.mjs';

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser?.close());

const verifier = randomBytes(32).toString('base64url');
const challengeOf = (text) => createHash('sha256').update(text).digest('base64url');

/** What becomes of a browser that an application sends to ask a rider, and where it is sent, if it is. */
async function asks(clientId, redirectUri, more = {}) {
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: clientId,
    redirect_uri: redirectUri,
    scope: 'profile:read',
    state: 'peron-2',
    code_challenge: challengeOf(verifier),
    code_challenge_method: 'S256',
    ...more,
  });
  const answer = await fetch(`${baseUrl}/oauth/authorize?${query}`, { redirect: 'manual' });
  const to = answer.headers.get('location');
  return { status: answer.status, to: to && new URL(to, baseUrl) };
}

/** A page of ours: nobody is sent to an address that was not approved, or is not any more. */
const nowhere = { status: 400, to: null };

/** Asks the server about a token that there is not: it answers whoever shows a secret that works. */
async function isTaken(clientId, secret) {
  const authorization = `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}`;
  const body = new URLSearchParams({ token: 'nfcg_at_x' });
  const { status } = await fetch(`${baseUrl}/oauth/introspect`, { method: 'POST', headers: { authorization }, body });
  assert.ok([200, 401].includes(status), `${status}`);
  return status === 200;
}

/** Presses what leads to another page. */
const follow = (page, link) => Promise.all([page.waitForEvent('load'), link.click()]);

/** Nothing went wrong, but that forms were refused as they were meant to be. */
function assertNoFaultsButRefusals(page) {
  page.faults = page.faults.filter((fault) => !/status of (413|422)/.test(fault));
  assertNoFaults(page);
}

async function assertNamed(target, field, words) {
  const described = await target.locator(`[name="${field}"]`).getAttribute('aria-describedby');
  const error = described?.split(' ').find((id) => id.endsWith('error'));
  assert.ok(error, `${field} has an error`);
  assert.match(await target.locator(`[id="${error}"]`).innerText(), words, field);
}

/** Pixels that a page is too wide by. */
const sideways = (page) => page.evaluate(() => Math.max(0, document.documentElement.scrollWidth - window.innerWidth));

/** A test rider of the partner who is signed in, the newest there is. */
async function makeTestRider(page) {
  const rider = { name: 'Penumpang CI', email: `ci${randomBytes(4).toString('hex')}@contoh.example` };
  await page.goto('/sandbox');
  const creation = form(page, '/sandbox/riders/create');
  await unfold(creation);
  await fill(creation, rider);
  await submit(page, creation);
  assert.match(page.url(), /done=rider/);
  return rider;
}

for (const javaScriptEnabled of [true, false]) {
  const name = javaScriptEnabled ? 'Laporan Dinas' : 'Laporan Polos';

  describe(`a live application, scripts ${javaScriptEnabled ? 'on' : 'off'}`, () => {
    const first = 'https://laporan.example/kembali';
    const second = 'https://laporan.example/masuk';
    const reasons = {
      'scopes[journey:read]': 'Menghitung biaya perjalanan dinas setiap bulan',
      'scopes[profile:read]': 'Mencocokkan penumpang dengan pegawai',
    };
    const typed = { name, description: 'Laporan biaya kereta untuk bagian keuangan', homepage: 'https://laporan.example', ...reasons };
    let owner;
    let admin;
    let account;
    let clientId;
    let secret;
    before(async () => {
      account = await demoPartner('pro');
      [owner, admin] = [await newVisitor(browser, { javaScriptEnabled }), await newVisitor(browser, { javaScriptEnabled })];
      await signIn(owner, account, '/applications?environment=live');
      await signIn(admin, (await demo()).admin);
    });
    after(async () => {
      for (const page of [owner, admin]) await page?.context().close();
    });

    const detail = () => owner.goto(`/applications/${clientId}`);
    const main = (page) => page.locator('main').innerText();
    const told = (words) => newestMailTo(account.email, new RegExp(`${words}[^]*/applications/${clientId}`));

    /** The partner changes it. */
    async function change(fields) {
      await detail();
      const target = form(owner, `/applications/${clientId}/update`);
      await unfold(target);
      await fill(target, fields);
      await submit(owner, target);
      assert.match(await done(owner), /Aplikasi disimpan/);
    }

    /** The operator's page of it, found where those are that wait for a decision. */
    async function review() {
      await admin.goto('/admin/applications?status=waiting');
      await follow(admin, admin.locator(`a[href="/admin/applications/${clientId}"]`));
    }

    test('a form with faults comes back with what was typed and the faults named', async () => {
      await follow(owner, owner.getByRole('link', { name: 'Daftarkan aplikasi Live' }));
      const registration = form(owner, '/applications/create');
      const kept = { ...typed, homepage: 'http://laporan.example', 'redirect_uris[]': first };
      await registration.locator('[name=client_type]').selectOption('confidential');
      await fill(registration, { ...kept, name: '' });
      await submit(owner, registration);
      await assertNamed(registration, 'name', /Wajib diisi/);
      await assertNamed(registration, 'homepage', /https:\/\//);
      assert.equal(await registration.locator('.field-error').count(), 2, 'nothing else is');
      assert.equal(await registration.locator('[name=client_type]').inputValue(), 'confidential');
      for (const [field, value] of Object.entries({ ...kept, name: '' })) {
        assert.equal(await registration.locator(`[name="${field}"]`).inputValue(), value, field);
      }
      if (javaScriptEnabled) await assertAccessible(owner);

      await fill(registration, { ...typed, 'redirect_uris[]': `${first}\nhttp://laporan.example/masuk` });
      await submit(owner, registration);
      await assertNamed(registration, 'redirect_uris[]', /^http:\/\/laporan\.example\/masuk: /);
      assert.equal(await registration.locator('[name="redirect_uris[]"]').inputValue(), `${first}\nhttp://laporan.example/masuk`);
      await fill(registration, Object.fromEntries(Object.keys(reasons).map((scope) => [scope, ''])));
      await submit(owner, registration);
      assert.match(await registration.innerText(), /Pilih paling sedikit satu scope dan tulis alasannya/);
      assertNoFaultsButRefusals(owner);
    });

    test('all that is missing is named at once', async () => {
      await owner.goto('/applications/new?environment=live');
      const registration = form(owner, '/applications/create');
      await submit(owner, registration);
      for (const field of ['name', 'description']) await assertNamed(registration, field, /Wajib diisi/);
      assert.match(await registration.innerText(), /Pilih paling sedikit satu scope/);
      await assertNamed(registration, 'redirect_uris[]', /Wajib diisi/);
    });

    test('is registered, and its secret is shown once', async () => {
      await owner.goto('/applications/new?environment=live');
      const registration = form(owner, '/applications/create');
      assert.equal(await registration.locator('[name="auto_consent:bool"]').count(), 0, 'real riders are always asked');
      await registration.locator('[name=client_type]').selectOption('confidential');
      await fill(registration, { ...typed, 'redirect_uris[]': `${first}\n` });
      await submit(owner, registration);
      secret = (await owner.locator('#client-secret').innerText()).trim();
      assert.match(secret, /^nfcg_cs_[\w-]{43}$/);
      if (javaScriptEnabled) await assertAccessible(owner);
      await follow(owner, owner.getByRole('link', { name: 'Ke halaman aplikasi' }));
      clientId = (await owner.locator('#client-id').innerText()).trim();
      assert.equal(new URL(owner.url()).pathname, `/applications/${clientId}`);
      assert.match(await main(owner), /Dalam review/);
      assert.ok(!(await owner.content()).includes(secret), 'the secret is shown once');
      assert.ok((await owner.locator('#secrets').innerText()).includes(`…${secret.slice(-4)}`), 'its end tells it apart');
    });

    test('asks no rider before it is approved', async () => {
      assert.deepEqual(await asks(clientId, first), nowhere);
    });

    const chooseLogo = async (mimeType, buffer) => {
      await detail();
      await owner.locator('#logo-file').setInputFiles({ name: 'logo', mimeType, buffer });
      await submit(owner, owner.locator('form#set-logo'));
    };
    const logoFault = async () => (await owner.locator('#set-logo .field-error').allInnerTexts()).join();

    test('shows the picture that was uploaded, and no program', async () => {
      await chooseLogo('image/png', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'));
      assert.match(await logoFault(), /PNG, JPEG, atau WebP \(SVG tidak diterima\)/);
      const picture = await owner.screenshot({ clip: { x: 0, y: 0, width: 64, height: 64 } });
      await chooseLogo('image/png', picture);
      assert.match(await done(owner), /Logo disimpan/);
      const shown = await owner.locator('#details img').getAttribute('src');
      const response = await owner.request.get(shown);
      assert.equal(response.headers()['content-type'], 'image/png');
      assert.deepEqual(await response.body(), picture);
      assertNoFaultsButRefusals(owner);
    });

    test('a picture that is too large is refused beside its field', async () => {
      for (const [kib, fault] of [[65, /64 KiB/], [76, /64 KiB/], [300, /Terlalu besar/]]) {
        await chooseLogo('image/png', Buffer.alloc(kib * 1024));
        assert.match(await logoFault(), fault, `a picture of ${kib} KiB`);
      }
    });

    test('an operator reads what it wants and why, and refuses with a reason that the partner gets', async () => {
      await review();
      const shown = await main(admin);
      for (const text of [name, account.name, clientId, first, ...Object.values(reasons)]) assert.ok(shown.includes(text), text);
      assert.equal(await admin.locator('#registered img').count(), 1);
      assert.match(await decide(admin, 'reject', { reason: '' }), /Wajib diisi/);
      assert.match(await main(admin), /Dalam review/, 'nothing is decided without a reason');
      assert.match(await decide(admin, 'reject', { reason: 'Sebutkan perusahaan pemakainya' }), /Ditolak; alasannya dikirim/);
      await told('Sebutkan perusahaan pemakainya');
      await detail();
      assert.match(await main(owner), /Tidak disetujui\s+Sebutkan perusahaan pemakainya/);
      assertNoFaultsButRefusals(admin);
    });

    test('what was refused is changed, reviewed again, and once approved asks riders', async () => {
      await change({ description: 'Laporan biaya kereta pegawai PT Contoh' });
      assert.match(await main(owner), /Menunggu review operator/);
      await review();
      assert.match(await main(admin), /PT Contoh/);
      assert.deepEqual(await asks(clientId, first), nowhere);
      assert.match(await decide(admin, 'approve'), /Disetujui; partner diberi kabar/);
      await told('disetujui');
      await owner.goto('/applications?environment=live');
      const row = owner.locator('tr', { has: owner.locator(`a[href="/applications/${clientId}"]`) });
      assert.match(await row.innerText(), /Disetujui/);
      assert.equal((await asks(clientId, first)).to.pathname, '/rider/sign-in');
    });

    test('a change waits beside what was approved, which holds until then', async () => {
      await change({ 'redirect_uris[]': second });
      assert.ok((await owner.locator('#proposed').innerText()).includes(second));
      assert.ok((await owner.locator('#details').innerText()).includes(first));
      assert.equal((await asks(clientId, first)).to.pathname, '/rider/sign-in');
      assert.deepEqual(await asks(clientId, second), { status: 400, to: null });

      await review();
      assert.match(await decide(admin, 'reject', { reason: 'Alamat itu belum ada' }), /Ditolak/);
      await told('Alamat itu belum ada');
      await detail();
      assert.match(await main(owner), /Perubahan terakhir tidak disetujui\s+Alamat itu belum ada/);
      assert.equal(await owner.locator('#proposed').count(), 0);

      await change({ 'redirect_uris[]': second });
      await review();
      assert.match(await decide(admin, 'approve'), /Disetujui/);
      assert.equal((await asks(clientId, second)).to.pathname, '/rider/sign-in');
      assert.deepEqual(await asks(clientId, first), { status: 400, to: null });
    });

    test('a replaced secret works on beside the new one, until it is ended', async () => {
      await detail();
      const rotation = form(owner, `/applications/${clientId}/secret/rotate`);
      await unfold(rotation);
      await rotation.locator('select').selectOption('24');
      await submit(owner, rotation);
      const next = (await owner.locator('#client-secret').innerText()).trim();
      assert.notEqual(next, secret);
      assert.deepEqual([await isTaken(clientId, secret), await isTaken(clientId, next)], [true, true]);
      assert.equal(await isTaken(clientId, `${next}x`), false);

      await detail();
      assert.ok(!(await owner.content()).includes(next), 'the secret is shown once');
      const row = (text) => owner.locator('#secrets tbody tr', { hasText: `…${text.slice(-4)}` });
      assert.match(await row(next).innerText(), /sekarang dipakai/);
      assert.match(await row(secret).innerText(), /WIB/);
      await submit(owner, row(secret).locator('form'));
      assert.match(await done(owner), /Secret lama tidak berlaku lagi/);
      assert.deepEqual([await row(secret).count(), await row(next).count()], [0, 1]);
      assert.deepEqual([await isTaken(clientId, secret), await isTaken(clientId, next)], [false, true]);
      secret = next;
    });

    test('what an operator disables, and what its partner deletes, is over at once', async () => {
      await admin.goto(`/admin/applications/${clientId}`);
      assert.match(await decide(admin, 'disable', { reason: 'Dipakai untuk hal lain' }), /Aplikasi dinonaktifkan/);
      assert.deepEqual(await asks(clientId, second), nowhere);
      await detail();
      assert.match(await main(owner), /Dinonaktifkan operator\s+Dipakai untuk hal lain/);
      assert.equal(await form(owner, `/applications/${clientId}/update`).count(), 0, 'and stays as it is');
      assert.match(await decide(admin, 'approve'), /Disetujui/);
      assert.equal((await asks(clientId, second)).to.pathname, '/rider/sign-in');

      await detail();
      const deletion = form(owner, `/applications/${clientId}/delete`);
      await unfold(deletion);
      await submit(owner, deletion);
      assert.match(await done(owner), /Aplikasi dihapus/);
      assert.equal(await owner.locator(`a[href="/applications/${clientId}"]`).count(), 0);
      assert.deepEqual(await asks(clientId, second), { status: 400, to: null });
      assert.equal(await isTaken(clientId, secret), false);
    });

    test('nothing went wrong on the way', () => {
      for (const page of [owner, admin]) assertNoFaultsButRefusals(page);
    });
  });
}

describe('a sandbox application', () => {
  test('works at once, and where it is told to, a test rider agrees without a page', async () => {
    const page = await newVisitor(browser);
    await signIn(page, await demoPartner('pro'));
    const { name, email } = await makeTestRider(page);

    const redirectUri = 'http://localhost:8080/kembali';
    await page.goto('/applications?environment=test');
    await follow(page, page.getByRole('link', { name: 'Daftarkan aplikasi Sandbox' }));
    const registration = form(page, '/applications/create');
    await fill(registration, { name: 'Uji Otomatis', description: 'Uji setiap malam', 'redirect_uris[]': redirectUri });
    await registration.locator('#auto-consent').check();
    await submit(page, registration);
    assert.ok(await registration.locator('#auto-consent').isChecked(), 'what was ticked stays');
    await fill(registration, { 'scopes[profile:read]': 'Membaca profil penumpang uji' });
    await submit(page, registration);
    assert.match(await page.locator('main').innerText(), /langsung bekerja/);
    assert.equal(await page.locator('#client-secret').count(), 0, 'a public one has no secret');
    await follow(page, page.getByRole('link', { name: 'Ke halaman aplikasi' }));
    const clientId = (await page.locator('#client-id').innerText()).trim();
    const address = page.url();
    assert.match(await page.locator('#details').innerText(), /Persetujuan otomatis\s+ya/);

    const { to } = await asks(clientId, redirectUri, { login_hint: email });
    assert.equal(to.origin + to.pathname, redirectUri);
    assert.equal(to.searchParams.get('state'), 'peron-2');
    const exchange = { grant_type: 'authorization_code', code: to.searchParams.get('code'), redirect_uri: redirectUri, client_id: clientId, code_verifier: verifier };
    const tokens = await (await fetch(`${baseUrl}/oauth/token`, { method: 'POST', body: new URLSearchParams(exchange) })).json();
    const profile = await fetch(`${baseUrl}/open-api/v1/user/profile`, { headers: { authorization: `Bearer ${tokens.access_token}` } });
    assert.equal((await profile.json()).name, name);

    // Nobody of that name, and nobody at all when it is turned off: the page asks who to be.
    assert.deepEqual(await asks(clientId, redirectUri, { login_hint: `x${email}` }), { status: 200, to: null });
    const edit = form(page, `/applications/${clientId}/update`);
    await unfold(edit);
    await edit.locator('#auto-consent').uncheck();
    await submit(page, edit);
    assert.match(await page.locator('#details').innerText(), /Persetujuan otomatis\s+tidak/);
    assert.deepEqual(await asks(clientId, redirectUri, { login_hint: email }), { status: 200, to: null });

    await page.goto(address);
    const deletion = form(page, `/applications/${clientId}/delete`);
    await unfold(deletion);
    await submit(page, deletion);
    assert.match(await done(page), /dihapus/);
    assert.match(page.url(), /environment=test/);
    assertNoFaultsButRefusals(page);
    await page.context().close();
  });
});

/** Waits until an island on the page works. */
async function hydrate(page, inside) {
  await page.locator('leptos-island').filter({ has: page.locator(inside) }).hover();
  await page.locator('html[data-hydrated]').waitFor({ state: 'attached' });
}

describe('the PKCE playground', () => {
  const text = (page, id) => page.locator(id).evaluate((element) => element.textContent);
  const plain = (words) => words.replace(/\s+/g, '');

  /** The partner's first step: verifier and challenge as the page shows them, and the request. */
  async function begin(page) {
    await page.goto('/docs/authentication');
    await hydrate(page, '#pkce-begin');
    await page.locator('#pkce-begin').click();
    await page.locator('#pkce-going').waitFor();
    const made = Object.fromEntries((await text(page, '#pkce-made')).trim().split('\n').map((line) => line.split(/\s*=\s*/)));
    const request = new URL(await page.locator('#pkce-go').getAttribute('href'));
    assert.equal(plain(await text(page, '#pkce-address')), `GET${request.href}`);
    return { ...made, request: request.searchParams };
  }

  /** Presses the button of a step and waits until the page shows the very request and answer. */
  async function step(page, id, path) {
    const [response] = await Promise.all([page.waitForResponse((it) => new URL(it.url()).pathname === path), page.locator(id).click()]);
    const [request, body] = [response.request(), await response.text()];
    const authorization = await request.headerValue('authorization');
    const sent = `${request.method()} ${request.url()} ${request.postData() ?? `Authorization: ${authorization}`}`;
    const answered = `${response.status()} ${response.statusText()} ${body}`;
    await eventually(async () => plain(await text(page, '#pkce-answered')) === plain(answered), `the answer of ${path} on the page`);
    assert.equal(plain(await text(page, '#pkce-sent')), plain(sent));
    return { status: response.status(), sent: new URLSearchParams(request.postData() ?? ''), ...(body && JSON.parse(body)) };
  }

  test('leads from the verifier to the revoked token, by real requests that it shows', async () => {
    const page = await newVisitor(browser);
    await signIn(page, await demoPartner('pro'));
    const { code_verifier: made, code_challenge: challenge, request } = await begin(page);
    assert.match(made, /^[\w-]{43}$/);
    assert.equal(challenge, challengeOf(made));
    assert.deepEqual([request.get('code_challenge'), request.get('code_challenge_method')], [challenge, 'S256']);
    await follow(page, page.locator('#pkce-go'));
    assert.equal(await page.locator('h1').innerText(), 'Pilih penumpang uji');
    await assertAccessible(page);
    const rider = await page.locator('main .list b').first().innerText();
    await follow(page, page.locator('main .list a').first());
    await follow(page, page.getByRole('button', { name: 'Izinkan' }));
    assert.equal(new URL(page.url()).pathname, '/docs/authentication/callback');
    const returned = new URLSearchParams(plain(await text(page, '#pkce-returned')));
    assert.equal(returned.get('state'), request.get('state'));
    await page.getByText('state cocok').waitFor();

    const first = await step(page, '#pkce-exchange', '/oauth/token');
    assert.equal(first.status, 200);
    assert.deepEqual([first.sent.get('code'), first.sent.get('code_verifier')], [returned.get('code'), made]);
    assert.equal(first.scope, 'profile:read');
    const profile = await step(page, '#pkce-profile', '/open-api/v1/user/profile');
    assert.deepEqual([profile.status, profile.name], [200, rider]);
    await assertAccessible(page);
    await page.setViewportSize({ ...phone, width: 360 });
    assert.equal(await sideways(page), 0, 'the answers fit a phone');
    await page.setViewportSize(desktop);
    const renewed = await step(page, '#pkce-renew', '/oauth/token');
    assert.equal(renewed.sent.get('refresh_token'), first.refresh_token);
    for (const token of ['access_token', 'refresh_token']) assert.notEqual(renewed[token], first[token]);
    assert.equal((await step(page, '#pkce-profile', '/open-api/v1/user/profile')).status, 200);
    assert.equal((await step(page, '#pkce-revoke', '/oauth/revoke')).status, 200);
    assert.equal((await step(page, '#pkce-profile', '/open-api/v1/user/profile')).status, 401);
    page.faults = page.faults.filter((fault) => !fault.includes('status of 401'));
    assertNoFaults(page);
    await page.context().close();
  });

  for (const colorScheme of ['light', 'dark']) {
    test(`can be read by everybody and on a phone once it has begun, ${colorScheme}`, async () => {
      const page = await newVisitor(browser, { colorScheme, viewport: { ...phone, width: 360 } });
      await signIn(page, await demoPartner('pro'));
      await begin(page);
      await assertAccessible(page);
      assert.equal(await sideways(page), 0, 'nothing to scroll sideways');
      await page.context().close();
    });
  }

  test("uses no code that answers another request, and says when the rider refused", async () => {
    const page = await newVisitor(browser);
    await signIn(page, await demoPartner('pro'));
    const { request } = await begin(page);
    await page.goto('/docs/authentication/callback?code=nfcg_ac_x&state=orang-lain');
    await page.getByText('state tidak cocok').waitFor();
    assert.equal(await page.locator('#pkce-exchange').isVisible(), false);

    await page.goto(`/oauth/authorize?${request}`);
    await follow(page, page.locator('main .list a').first());
    await follow(page, page.getByRole('button', { name: 'Tolak' }));
    assert.equal(new URL(page.url()).pathname, '/docs/authentication/callback');
    assert.match(await page.locator('main').innerText(), /Tidak diizinkan\s+access_denied/);
    assertNoFaults(page);
    await page.context().close();
  });

  test('asks a stranger to sign in, and comes back here', async () => {
    const page = await newVisitor(browser);
    await page.goto('/docs/authentication');
    assert.equal(await page.locator('#pkce-begin').count(), 0);
    await follow(page, page.getByRole('link', { name: 'Masuk sebagai partner untuk mencoba' }));
    const account = await demoPartner('pro');
    await fill(form(page, '/sign-in'), { email: account.email, password: account.password });
    await submit(page, form(page, '/sign-in'));
    assert.equal(new URL(page.url()).pathname, '/docs/authentication');
    await page.locator('#pkce-begin').waitFor();
    assertNoFaults(page);
    await page.context().close();
  });
});

describe('the try-it console of a scoped endpoint', () => {
  test("answers with a test rider's profile, masked, to a token made in the page", async () => {
    const page = await newVisitor(browser);
    await signIn(page, await demoPartner('pro'));
    const rider = await makeTestRider(page);
    await page.goto('/docs/endpoints/get-profile');
    await hydrate(page, '#try-key');
    const send = async () => {
      const [response] = await Promise.all([
        page.waitForResponse((candidate) => candidate.url().endsWith('/open-api/v1/user/profile')),
        page.getByRole('button', { name: 'Kirim' }).click(),
      ]);
      await page.locator('#try-status', { hasText: String(response.status()) }).waitFor();
      const shown = JSON.parse(await page.locator('#try-body').innerText());
      assert.deepEqual(shown, await response.json());
      return { status: response.status(), ...shown };
    };
    const { status, code } = await send();
    assert.deepEqual([status, code], [401, 'missing_credential']);

    await page.getByRole('button', { name: 'Buat token penumpang uji' }).click();
    await page.getByText('Access token penumpang uji siap dipakai').waitFor();
    const token = await page.locator('#try-key').inputValue();
    assert.match(token, /^nfcg_at_/);
    assert.ok((await page.locator('#try-curl').innerText()).includes(`Authorization: Bearer ${token}`));
    const profile = await send();
    assert.deepEqual([profile.status, profile.name, profile.email], [200, rider.name, 'c***@contoh.example']);
    assert.match(profile.id, /^usr_/);
    await assertAccessible(page);
    page.faults = page.faults.filter((fault) => !fault.includes('status of 401'));
    assertNoFaults(page);
    await page.context().close();
  });
});

describe('the pages of applications', () => {
  const visitors = {};
  const pages = {};
  const made = [];
  let owner;
  before(async () => {
    [owner, visitors.admin] = [await newVisitor(browser), await newVisitor(browser)];
    visitors.owner = owner;
    await signIn(owner, await demoPartner('pro'));
    await signIn(visitors.admin, (await demo()).admin);
    const ask = async (page, method, path, data) => {
      const answer = await page.request.fetch(`/portal-api/v1${path}`, { method, data });
      assert.ok(answer.ok(), `${path}: ${answer.status()} ${await answer.text()}`);
      return answer.json();
    };
    // One that waits, and one with all that a page can show: a change in review and two secrets.
    const wanted = {
      environment: 'live',
      client_type: 'confidential',
      name: 'Perjalanan Dinas Nusantara',
      description: 'Laporan biaya kereta untuk bagian keuangan',
      homepage: 'https://perjalanan-dinas-nusantara.example',
      redirect_uris: ['https://perjalanan-dinas-nusantara.example/integrasi/nfc-gate/oauth/kembali'],
      scopes: { 'journey:read': 'Menghitung biaya perjalanan dinas', 'profile:read': 'Mencocokkan dengan pegawai', 'balance:read': 'Mengingatkan isi saldo' },
    };
    for (const name of [wanted.name, `${wanted.name} Dua`]) {
      made.push((await ask(owner, 'POST', '/applications', { ...wanted, name })).application.id);
    }
    const [waiting, changed] = made;
    const { changed_at: seen } = (await ask(visitors.admin, 'GET', `/admin/applications/${changed}`)).application;
    await ask(visitors.admin, 'POST', `/admin/applications/${changed}/approve`, { seen });
    await ask(owner, 'PATCH', `/applications/${changed}`, { description: 'Laporan biaya kereta dan saldo' });
    await ask(owner, 'POST', `/applications/${changed}/secret/rotate`, { overlap_hours: 24 });
    pages.owner = {
      applications: '/applications?environment=live',
      'applications-sandbox': '/applications?environment=test',
      'application-new': '/applications/new?environment=live',
      'application-new-sandbox': '/applications/new?environment=test',
      'application-waiting': `/applications/${waiting}`,
      'application-changed': `/applications/${changed}`,
      authentication: '/docs/authentication',
      'authentication-callback': '/docs/authentication/callback?code=nfcg_ac_contoh&state=contoh',
      'authentication-denied': '/docs/authentication/callback?error=access_denied&state=contoh',
    };
    pages.admin = {
      'admin-applications': '/admin/applications',
      'admin-application-waiting': `/admin/applications/${waiting}`,
      'admin-application-changed': `/admin/applications/${changed}`,
    };
  });
  after(async () => {
    for (const id of made) await owner.request.delete(`/portal-api/v1/applications/${id}`);
    for (const page of Object.values(visitors)) await page.context().close();
  });

  for (const who of ['owner', 'admin']) {
    for (const colorScheme of ['light', 'dark']) {
      test(`${who}: sound for every reader and no wider than a phone, all folds open, ${colorScheme}`, async () => {
        const storageState = await visitors[who].context().storageState();
        const tooWide = {};
        for (const viewport of [desktop, { ...phone, width: 360 }]) {
          const page = await newVisitor(browser, { storageState, colorScheme, viewport });
          for (const path of Object.values(pages[who])) {
            const response = await page.goto(path);
            assert.equal(response.status(), 200, path);
            await page.evaluate(() => document.querySelectorAll('main details').forEach((fold) => { fold.open = true; }));
            await assertAccessible(page);
            if (await sideways(page)) tooWide[`${path} at ${viewport.width} px`] = await sideways(page);
            assert.equal(await page.locator('h1').count(), 1, path);
          }
          assertNoFaults(page);
          await page.context().close();
        }
        assert.deepEqual(tooWide, {});
      });
    }
  }

  test('are closed to whom they do not concern', async () => {
    const stranger = await newVisitor(browser);
    for (const path of [pages.owner.applications, pages.owner['application-waiting'], pages.admin['admin-applications']]) {
      await stranger.goto(path);
      assert.equal(new URL(stranger.url()).pathname, '/sign-in', path);
    }
    await signIn(stranger, await demoPartner('enterprise'));
    assert.equal((await stranger.goto(pages.owner['application-waiting'])).status(), 404);
    for (const path of Object.values(pages.admin)) assert.equal((await stranger.goto(path)).status(), 403, path);
    await stranger.context().close();
  });

  test('screenshots', async () => {
    for (const name of ['applications', 'application-new', 'application-changed', 'authentication']) {
      await screenshots(visitors.owner, name, pages.owner[name]);
    }
    for (const name of ['admin-applications', 'admin-application-changed']) await screenshots(visitors.admin, name, pages.admin[name]);
  });
});
