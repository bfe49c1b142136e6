// npm's standardwebhooks, unchanged, verifies real deliveries and refuses what was tampered with.

import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { Webhook, WebhookVerificationError } from 'standardwebhooks';
import { eventually, partner, receiver, withKey } from './portal.mjs';

const events = ['journey.completed', 'station.crowded', 'gate.offline', 'fare_cap.reached', 'fraud.detected'];
const asWritten = 'your_webhook_secret_key_2026';

describe('standardwebhooks in Node', () => {
  const call = withKey(partner('pro').test_key);
  const registered = [];
  let target;
  before(async () => {
    target = await receiver();
  });
  after(async () => {
    for (const id of registered) await call('DELETE', `/webhooks/${id}`, 204);
    target?.close();
  });

  async function register(path, more = {}) {
    const endpoint = await call('POST', '/webhooks', 201, { url: target.url(path), events, ...more });
    registered.push(endpoint.id);
    return endpoint;
  }

  /** Has a test event sent and waits for it. */
  async function deliver(endpoint, event) {
    const sent = await call('POST', `/webhooks/${endpoint.id}/test`, 202, { event });
    const arrived = () => target.arrived.find(({ headers }) => headers['webhook-id'] === sent.event_id);
    return eventually(arrived, `the test event ${event}`);
  }

  test('every event verifies, with a secret of ours and with one of the partner’s', async () => {
    const made = await register('/made');
    const chosen = await register('/chosen', { secret: asWritten });
    assert.equal(chosen.secret, undefined);
    for (const event of events) {
      for (const [endpoint, verifier] of [
        [made, new Webhook(made.secret)],
        [chosen, new Webhook(asWritten, { format: 'raw' })],
      ]) {
        const { headers, body } = await deliver(endpoint, event);
        const read = verifier.verify(body, headers);
        assert.equal(read.event, event);
        assert.equal(read.id, headers['webhook-id']);
        assert.equal(read.test, true);
        assert.equal(Object.keys(read).at(-1), 'signature');
        const expected = createHmac('sha256', endpoint.secret ?? asWritten).update(body).digest('hex');
        assert.equal(headers['x-nfcg-signature'], `sha256=${expected}`);
      }
    }
  });

  test('what was tampered with is refused', async () => {
    const { secret, id } = await register('/tampered');
    const { headers, body } = await deliver({ id }, 'station.crowded');
    const genuine = new Webhook(secret);
    genuine.verify(body, headers);
    const refused = (changedBody, changed = {}, verifier = genuine) =>
      assert.throws(() => verifier.verify(changedBody, { ...headers, ...changed }), WebhookVerificationError);
    for (let place = 0; place < body.length; place += 1) {
      const flipped = Buffer.from(body);
      flipped[place] ^= 1 << place % 7;
      refused(flipped);
    }
    const now = Number(headers['webhook-timestamp']);
    for (const seconds of [now + 1, now - 301, now + 301]) refused(body, { 'webhook-timestamp': String(seconds) });
    // Signed rightly, and yet too old or too new.
    for (const seconds of [Math.floor(Date.now() / 1000) - 302, Math.floor(Date.now() / 1000) + 330]) {
      const signature = genuine.sign(headers['webhook-id'], new Date(seconds * 1000), body);
      refused(body, { 'webhook-timestamp': String(seconds), 'webhook-signature': signature });
    }
    refused(body, { 'webhook-id': 'evt_another' });
    refused(body, {}, new Webhook(`whsec_${Buffer.alloc(32, 7).toString('base64')}`));
  });

  test('during a rotation both secrets verify', async () => {
    const endpoint = await register('/rotated');
    const rotated = await call('POST', `/webhooks/${endpoint.id}/rotate-secret`, 200, {});
    assert.notEqual(rotated.secret, endpoint.secret);
    for (const event of events) {
      const { headers, body } = await deliver(endpoint, event);
      for (const secret of [endpoint.secret, rotated.secret]) new Webhook(secret).verify(body, headers);
    }
  });
});
