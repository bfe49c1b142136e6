// npm's oauth4webapi, unchanged: metadata, code with PKCE and a rider's consent, a call, refresh, replay,
// revocation; with pushed requests (PAR) and sender-constrained tokens (DPoP) as well.

import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import * as oauth from 'oauth4webapi';
import { api, application, baseUrl, Browser, demo, rider, riderConsents, scopes, withKey } from './portal.mjs';

// The demo answers on http; the library refuses that unless told.
const options = { [oauth.allowInsecureRequests]: true };

let server;
before(async () => {
  const issuer = new URL(baseUrl);
  const answer = await oauth.discoveryRequest(issuer, { ...options, algorithm: 'oauth2' });
  server = await oauth.processDiscoveryResponse(issuer, answer);
});

const byBody = ({ client_secret: secret }) => (secret ? oauth.ClientSecretPost(secret) : oauth.None());
const byBasic = ({ client_secret: secret }) => (secret ? oauth.ClientSecretBasic(secret) : oauth.None());

/** One application as the library sees it, with a rider and a browser. */
class Client {
  constructor(app, proof = byBasic, dpopKeys) {
    this.app = app;
    this.client = { client_id: app.client_id };
    this.proof = proof(app);
    this.options = dpopKeys ? { ...options, DPoP: oauth.DPoP(this.client, dpopKeys) } : options;
    this.browser = new Browser();
  }

  /** From a code verifier to tokens. `pushed`: the request goes ahead by PAR. */
  async authorize(ticked, { pushed = false, hint } = {}) {
    const verifier = oauth.generateRandomCodeVerifier();
    const state = oauth.generateRandomState();
    let asked = {
      client_id: this.app.client_id,
      redirect_uri: this.app.redirect_uri,
      response_type: 'code',
      scope: scopes.join(' '),
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state,
      ...(hint && { login_hint: hint }),
    };
    if (pushed) {
      const answer = await oauth.pushedAuthorizationRequest(server, this.client, this.proof, asked, this.options);
      const { request_uri: uri } = await oauth.processPushedAuthorizationResponse(server, this.client, answer);
      asked = { client_id: this.app.client_id, request_uri: uri };
    }
    const url = `${server.authorization_endpoint}?${new URLSearchParams(asked)}`;
    const landed = hint ? await this.browser.open(url) : await riderConsents(this.browser, url, rider, ticked);
    assert.ok(String(landed).startsWith(this.app.redirect_uri), `${landed.said ?? landed}`);
    // Checks state, and iss because the metadata promises it.
    const callback = oauth.validateAuthResponse(server, this.client, new URL(landed), state);
    this.exchange = () =>
      oauth.authorizationCodeGrantRequest(server, this.client, this.proof, callback, this.app.redirect_uri, verifier, this.options);
    return oauth.processAuthorizationCodeResponse(server, this.client, await this.exchange());
  }

  async refresh(token) {
    const answer = await oauth.refreshTokenGrantRequest(server, this.client, this.proof, token, this.options);
    return oauth.processRefreshTokenResponse(server, this.client, answer);
  }

  async revoke(token) {
    await oauth.processRevocationResponse(await oauth.revocationRequest(server, this.client, this.proof, token, this.options));
  }

  async introspect(token) {
    const answer = await oauth.introspectionRequest(server, this.client, this.proof, token, this.options);
    return oauth.processIntrospectionResponse(server, this.client, answer);
  }

  /** Calls a scoped endpoint; the body of an answer, or the challenge of a refusal. */
  async call(token, path, method = 'GET') {
    try {
      const answer = await oauth.protectedResourceRequest(token, method, new URL(api + path), new Headers(), null, this.options);
      assert.equal(answer.status, 200, path);
      return await answer.json();
    } catch (error) {
      if (!(error instanceof oauth.WWWAuthenticateChallengeError)) throw error;
      const [{ scheme, parameters }] = error.cause;
      return { status: error.status, scheme, error: parameters.error, scope: parameters.scope };
    }
  }
}

const refused = (error) => (thrown) => {
  assert.ok(thrown instanceof oauth.ResponseBodyError, String(thrown));
  assert.equal(thrown.error, error);
  return true;
};

/** The whole way: the first consent ends by revocation, the second by a replay. */
async function wholeWay(client, { pushed = false, type = 'bearer' } = {}) {
  const first = await client.authorize(['journey:read', 'profile:read'], { pushed });
  assert.equal(first.token_type, type);
  assert.deepEqual(new Set(first.scope.split(' ')), new Set(['journey:read', 'profile:read']));
  const profile = await client.call(first.access_token, '/user/profile');
  assert.match(profile.id, /^usr_/);
  assert.ok(Array.isArray((await client.call(first.access_token, '/journeys')).data));
  const unticked = await client.call(first.access_token, '/user/balance');
  assert.deepEqual([unticked.status, unticked.error, unticked.scope], [403, 'insufficient_scope', 'balance:read']);

  const second = await client.refresh(first.refresh_token);
  assert.notEqual(second.refresh_token, first.refresh_token);
  assert.deepEqual(await client.call(second.access_token, '/user/profile'), profile);
  if (client.app.client_secret) assert.equal((await client.introspect(second.access_token)).active, true);
  await client.revoke(second.refresh_token);
  if (client.app.client_secret) assert.deepEqual(await client.introspect(second.access_token), { active: false });
  const ended = await client.call(second.access_token, '/user/profile');
  assert.deepEqual([ended.status, ended.error], [401, 'invalid_token']);
  await assert.rejects(client.refresh(second.refresh_token), refused('invalid_grant'));

  const third = await client.authorize(scopes, { pushed });
  assert.equal((await client.call(third.access_token, '/user/profile')).id, profile.id);
  const fourth = await client.refresh(third.refresh_token);
  assert.equal(typeof (await client.call(fourth.access_token, '/user/balance')).balance, 'number');
  // The old one once more: someone has a copy, so the whole family ends.
  await assert.rejects(client.refresh(third.refresh_token), refused('invalid_grant'));
  assert.equal((await client.call(fourth.access_token, '/user/profile')).status, 401);
}

describe('oauth4webapi', () => {
  test('the metadata says what is served', () => {
    assert.equal(server.issuer, baseUrl);
    assert.deepEqual(server.code_challenge_methods_supported, ['S256']);
    assert.deepEqual(server.response_types_supported, ['code']);
    assert.deepEqual(new Set(server.scopes_supported), new Set(scopes));
  });

  test('a public client goes the whole way', () => wholeWay(new Client(application('live', { confidential: false }))));

  test('a confidential client goes the whole way by Basic', () => wholeWay(new Client(application('live', { confidential: true }), byBasic)));

  test('a confidential client goes the whole way by body', () => wholeWay(new Client(application('live', { confidential: true }), byBody)));

  for (const confidential of [false, true]) {
    const kind = confidential ? 'confidential' : 'public';
    test(`a ${kind} client goes the whole way with pushed requests`, () =>
      wholeWay(new Client(application('live', { confidential })), { pushed: true }));

    for (const algorithm of ['ES256', 'Ed25519']) {
      test(`a ${kind} client goes the whole way with tokens bound to its ${algorithm} key`, async () => {
        const keys = await oauth.generateKeyPair(algorithm);
        await wholeWay(new Client(application('live', { confidential }), byBasic, keys), { pushed: confidential, type: 'dpop' });
      });
    }
  }

  test('a token bound to a key is worth nothing to whoever copies it', async () => {
    const app = application('live', { confidential: false });
    const owner = new Client(app, byBasic, await oauth.generateKeyPair('ES256'));
    const { access_token: token } = await owner.authorize(scopes);
    assert.match((await owner.call(token, '/user/profile')).id, /^usr_/);
    const thief = new Client(app, byBasic, await oauth.generateKeyPair('ES256'));
    const without = new Client(app);
    for (const copy of [thief, without]) assert.equal((await copy.call(token, '/user/profile')).status, 401);
    assert.match((await owner.call(token, '/user/profile')).id, /^usr_/);
  });

  test('a code used twice ends what it made', async () => {
    const client = new Client(application('live', { confidential: false }));
    const tokens = await client.authorize(scopes);
    await client.call(tokens.access_token, '/user/profile');
    const again = client.exchange().then((answer) => oauth.processAuthorizationCodeResponse(server, client.client, answer));
    await assert.rejects(again, refused('invalid_grant'));
    assert.equal((await client.call(tokens.access_token, '/user/profile')).status, 401);
  });

  test('automatic consent serves a machine', async () => {
    const app = application('sandbox', { autoConsent: true });
    const client = new Client(app);
    // A rider of the machine's own: the demo's may have gone with a reset of the sandbox.
    const call = withKey(demo.partners.find(({ name }) => name === app.partner).test_key);
    const { id } = await call('POST', '/sandbox/riders', 201, { name: 'Mesin Uji' });
    const tokens = await client.authorize(scopes, { hint: id });
    assert.match((await client.call(tokens.access_token, '/user/profile')).id, /^usr_/);
    const next = await client.refresh(tokens.refresh_token);
    assert.equal(typeof (await client.call(next.access_token, '/user/balance')).balance, 'number');
  });
});
