// Every public page stands: with scripts off, without faults, for every reader, on a phone.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { assertAccessible, assertNoFaults, baseUrl, demoPartner, launch, newVisitor, phone, screenshots } from './support.mjs';

const pages = [
  '/',
  '/docs/endpoints/list-stations',
  '/docs/endpoints/get-station',
  '/docs/endpoints/calculate-fare',
  '/docs/endpoints/list-journeys',
  '/docs/endpoints/get-traffic',
  '/docs/endpoints/get-profile',
  '/docs/endpoints/get-balance',
  '/docs/endpoints/create-webhook',
  '/docs/endpoints/delete-webhook',
  '/docs/authentication',
  '/docs/rate-limits',
  '/sign-up',
  '/sign-in',
  '/forgot-password',
  '/leaked-key',
];

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser?.close());

/** Opens `path` for a new visitor, expects `status`, and closes after `use`. */
async function visit(path, { status = 200, ...options }, use) {
  const page = await newVisitor(browser, options);
  try {
    const response = await page.goto(path, { waitUntil: 'load' });
    assert.equal(response.status(), status);
    await use(page);
  } finally {
    await page.context().close();
  }
}

describe('a page can be read with scripts off', () => {
  for (const path of pages) {
    test(path, () =>
      visit(path, { javaScriptEnabled: false }, async (page) => {
        assert.equal(await page.locator('html').getAttribute('lang'), 'id');
        assert.equal(await page.locator('h1').count(), 1);
        assert.notEqual(await page.title(), '');
        assert.ok((await page.locator('main').innerText()).length > 80, 'the main part has text');
      }),
    );
  }
});

describe('a page has no faults and no accessibility violations, light and dark', () => {
  for (const path of pages) {
    for (const colorScheme of ['light', 'dark']) {
      test(`${path} ${colorScheme}`, () =>
        visit(path, { colorScheme }, async (page) => {
          await assertAccessible(page);
          assertNoFaults(page);
        }));
    }
  }
});

describe('a page fits a phone without scrolling sideways', () => {
  for (const path of pages) {
    test(path, () =>
      visit(path, { viewport: { ...phone, width: 360 } }, async (page) => {
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        assert.ok(overflow <= 0, `${overflow} px too wide`);
      }),
    );
  }
});

test('the English portal answers in English', () =>
  visit('/', { extraHTTPHeaders: { 'Accept-Language': 'en' } }, async (page) => {
    await page.context().addCookies([{ name: 'lang', value: 'en', url: baseUrl }]);
    await page.reload();
    assert.equal(await page.locator('html').getAttribute('lang'), 'en');
    assert.notEqual(await page.locator('h1').innerText(), '');
  }));

test('an unknown page is 404 and still a page', () =>
  visit('/no-such-page', { status: 404 }, async (page) => {
    assert.equal(await page.locator('h1').count(), 1);
  }));

test('a demo key gets the published fare', async () => {
  const { live_key: key } = await demoPartner('pro');
  const response = await fetch(`${baseUrl}/open-api/v1/fare/calculate?from=STN_GMB&to=STN_DPK`, { headers: { 'X-API-Key': key } });
  assert.equal(response.status, 200);
  // Gambir to Depok under the default tariff, as the portal's own sample prints it.
  assert.equal((await response.json()).fare, 8000);
});

test('screenshots of the public pages', async () => {
  for (const [name, path] of Object.entries({ home: '/', endpoint: '/docs/endpoints/calculate-fare', 'rate-limits': '/docs/rate-limits' })) {
    await visit(path, {}, (page) => screenshots(page, name));
  }
});
