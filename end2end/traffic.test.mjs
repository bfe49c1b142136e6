// Traffic, the map and the stations: whole without scripts, for the keyboard, on a phone; a station's
// hours for those whose tier has them.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { signIn } from './people.mjs';
import { demo, assertAccessible, assertNoFaults, baseUrl, demoPartner, launch, newVisitor, phone, screenshots } from './support.mjs';

const pages = ['/traffic', '/map', '/stations', '/stations?line=bogor&q=cikini', '/stations/STN_MGR', '/stations/GMR'];

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser?.close());

/** Opens `path` for a new visitor and closes after `use`. */
async function visit(path, options, use) {
  const page = await newVisitor(browser, options);
  try {
    const response = await page.goto(path, { waitUntil: 'load' });
    assert.equal(response.status(), options.status ?? 200);
    await use(page);
  } finally {
    await page.context().close();
  }
}

describe('traffic pages stand', () => {
  for (const path of pages) {
    test(`${path} with scripts off`, () =>
      visit(path, { javaScriptEnabled: false }, async (page) => {
        assert.equal(await page.locator('h1').count(), 1);
        assert.ok((await page.locator('main').innerText()).length > 200, 'the main part has text');
      }));
    for (const colorScheme of ['light', 'dark']) {
      test(`${path} for every reader, ${colorScheme}`, () =>
        visit(path, { colorScheme }, async (page) => {
          await assertAccessible(page);
          assertNoFaults(page);
        }));
    }
    test(`${path} fits a phone`, () =>
      visit(path, { viewport: { ...phone, width: 360 } }, async (page) => {
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        assert.ok(overflow <= 0, `${overflow} px too wide`);
      }));
  }
});

test('an unknown station is 404 and still a page', () =>
  visit('/stations/STN_XXX', { status: 404 }, async (page) => {
    assert.match(await page.locator('main').innerText(), /stasiun/i);
  }));

test('every open station is on the map, in words too, and leads to its page', () =>
  visit('/map', { javaScriptEnabled: false }, async (page) => {
    const { meta } = await (await fetch(`${baseUrl}/open-api/v1/stations?limit=1`)).json();
    const stops = page.locator('.map-drawing a');
    assert.equal(await stops.count(), meta.total);
    for (const label of await stops.evaluateAll((all) => all.map((stop) => stop.getAttribute('aria-label')))) {
      assert.match(label, / (rendah|sedang|tinggi|kritis)$/);
    }
    assert.match(await page.locator('.map').innerText(), /© OpenStreetMap contributors/);
    await page.locator('.map-drawing a[href="/stations/STN_BOO"]').click();
    assert.equal(await page.locator('h1').innerText(), 'Bogor');
  }));

test('no name on the map lies on another', () =>
  visit('/map', {}, async (page) => {
    const boxes = await page.locator('.map-drawing text').evaluateAll((texts) =>
      texts.map((text) => {
        const { left, right, top, bottom } = text.getBoundingClientRect();
        return { name: text.textContent, left, right, top: top + 2, bottom: bottom - 2 };
      }),
    );
    for (const [index, a] of boxes.entries()) {
      for (const b of boxes.slice(index + 1)) {
        const apart = a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top;
        assert.ok(apart, `${a.name} and ${b.name}`);
      }
    }
  }));

test('the map is read and zoomed by keyboard alone', () =>
  visit('/map', {}, async (page) => {
    const map = page.locator('.map-scroll');
    const width = () => page.locator('.map-drawing').evaluate((drawing) => drawing.getBoundingClientRect().width);
    const whole = await width();
    await map.focus();
    await page.keyboard.press('+');
    assert.ok((await width()) > whole * 1.4, 'larger');
    await page.keyboard.press('-');
    assert.ok(Math.abs((await width()) - whole) < 2, 'as before');
    await page.locator('button[name=zoom][value=in]').press('Enter');
    assert.ok((await width()) > whole * 1.4, 'by button');
    await map.focus();
    await page.keyboard.press('0');
    assert.ok(Math.abs((await width()) - whole) < 2, 'reset');
    // The next thing after the map's frame is its first stop.
    await page.keyboard.press('Tab');
    const focused = () => page.evaluate(() => document.activeElement.getAttribute('href') ?? '');
    assert.match(await focused(), /^\/stations\/STN_/);
    const first = await focused();
    await page.keyboard.press('Enter');
    await page.waitForURL(`**${first}`);
  }));

test('hours are for Pro and above, and for the operator', async () => {
  await visit('/traffic', {}, async (page) => {
    assert.match(await page.locator('main').innerText(), /Mulai tier Pro/);
  });
  for (const [who, has] of [[await demoPartner('pro'), true], [await demoPartner('free'), false], [(await demo()).admin, true]]) {
    const page = await newVisitor(browser);
    try {
      await signIn(page, who);
      await page.goto('/traffic');
      assert.equal(await page.locator('#station-day').count(), has ? 1 : 0, who.email);
      if (has) {
        await page.selectOption('[name=station]', 'STN_BOO');
        await page.locator('form[action^="/traffic"] button').click();
        await page.waitForURL('**station=STN_BOO**');
        assert.match(await page.locator('#station-day h2').innerText(), /^Bogor/);
        await assertAccessible(page);
        assertNoFaults(page);
      } else {
        // In the sandbox everybody may try.
        const response = await page.goto('/traffic?environment=test');
        assert.equal(response.status(), 200);
        assert.equal(await page.locator('#station-day').count(), 1);
      }
    } finally {
      await page.context().close();
    }
  }
});

test('the reference of the traffic statistics answers', () =>
  visit('/docs/endpoints/get-traffic', {}, async (page) => {
    const text = await page.locator('main').innerText();
    assert.doesNotMatch(text, /segera hadir/i);
    assert.match(text, /crowd_level/);
    await assertAccessible(page);
  }));

test('screenshots', async () => {
  for (const [name, path] of Object.entries({ traffic: '/traffic', map: '/map', stations: '/stations', station: '/stations/STN_MGR' })) {
    await visit(path, {}, (page) => screenshots(page, name));
  }
});
