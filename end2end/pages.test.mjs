// The pages of members and operators, and those of mailed links: no faults, sound for screen readers,
// no wider than a phone, closed to whom they do not concern.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { signIn } from './people.mjs';
import { assertAccessible, assertNoFaults, demo, launch, newVisitor, phone, screenshots } from './support.mjs';

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser?.close());

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

