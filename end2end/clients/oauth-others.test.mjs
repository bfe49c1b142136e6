// npm's openid-client and simple-oauth2, unchanged: the ones that most programs in Node are written with.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as openid from 'openid-client';
import { AuthorizationCode } from 'simple-oauth2';
import { api, application, baseUrl, Browser, rider, riderConsents, scopes } from './portal.mjs';

const profileWith = (token) => fetch(`${api}/user/profile`, { headers: { authorization: `Bearer ${token}` } });

async function isRefused(token) {
  const answer = await profileWith(token);
  assert.equal(answer.status, 401);
  assert.match(answer.headers.get('www-authenticate'), /error="invalid_token"/);
}

describe('openid-client', () => {
  for (const [kind, confidential] of [['public', false], ['confidential', true]]) {
    test(`a ${kind} client goes the whole way`, async () => {
      const app = application('live', { confidential });
      const proof = confidential ? openid.ClientSecretBasic(app.client_secret) : openid.None();
      const server = await openid.discovery(new URL(baseUrl), app.client_id, undefined, proof, {
        algorithm: 'oauth2',
        // The demo answers on http.
        execute: [openid.allowInsecureRequests],
      });
      const authorize = async (ticked) => {
        const pkceCodeVerifier = openid.randomPKCECodeVerifier();
        const expectedState = openid.randomState();
        const url = openid.buildAuthorizationUrl(server, {
          redirect_uri: app.redirect_uri,
          scope: scopes.join(' '),
          code_challenge: await openid.calculatePKCECodeChallenge(pkceCodeVerifier),
          code_challenge_method: 'S256',
          state: expectedState,
        });
        const landed = await riderConsents(new Browser(), url.href, rider, ticked);
        return openid.authorizationCodeGrant(server, new URL(landed), { pkceCodeVerifier, expectedState });
      };
      const call = (tokens, path) => openid.fetchProtectedResource(server, tokens.access_token, new URL(api + path), 'GET');

      const first = await authorize(['profile:read']);
      assert.equal((await call(first, '/user/profile')).status, 200);
      await assert.rejects(call(first, '/user/balance'), (refusal) => refusal.status === 403);
      const second = await openid.refreshTokenGrant(server, first.refresh_token);
      assert.equal((await call(second, '/user/profile')).status, 200);
      if (confidential) assert.equal((await openid.tokenIntrospection(server, second.access_token)).active, true);
      await openid.tokenRevocation(server, second.refresh_token);
      await isRefused(second.access_token);

      const third = await authorize(scopes);
      const fourth = await openid.refreshTokenGrant(server, third.refresh_token);
      assert.equal((await call(fourth, '/user/balance')).status, 200);
      await assert.rejects(openid.refreshTokenGrant(server, third.refresh_token), (refusal) => refusal.error === 'invalid_grant');
      await isRefused(fourth.access_token);
    });
  }
});

describe('simple-oauth2', () => {
  for (const authorizationMethod of ['header', 'body']) {
    test(`a confidential client goes the whole way, its secret in the ${authorizationMethod}`, async () => {
      const app = application('live', { confidential: true });
      const client = new AuthorizationCode({
        client: { id: app.client_id, secret: app.client_secret },
        // Its own defaults for the paths are ours.
        auth: { tokenHost: baseUrl },
        options: { authorizationMethod },
      });
      // It knows nothing of PKCE; openid-client's two functions make the pair.
      const verifier = openid.randomPKCECodeVerifier();
      const url = client.authorizeURL({
        redirect_uri: app.redirect_uri,
        scope: scopes,
        state: 'kembali',
        code_challenge: await openid.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      });
      const landed = new URL(await riderConsents(new Browser(), url, rider, scopes));
      assert.equal(landed.searchParams.get('state'), 'kembali');
      const code = landed.searchParams.get('code');
      const first = await client.getToken({ code, redirect_uri: app.redirect_uri, code_verifier: verifier });
      assert.equal(first.expired(), false);
      assert.equal((await profileWith(first.token.access_token)).status, 200);
      const second = await first.refresh();
      assert.equal((await profileWith(second.token.access_token)).status, 200);
      await assert.rejects(first.refresh(), (refusal) => refusal.data.payload.error === 'invalid_grant');
      await isRefused(second.token.access_token);

      const replayed = client.getToken({ code, redirect_uri: app.redirect_uri, code_verifier: verifier });
      await assert.rejects(replayed, (refusal) => refusal.data.payload.error === 'invalid_grant');
    });
  }

  test('revoking takes the tokens away', async () => {
    const app = application('live', { confidential: true });
    const client = new AuthorizationCode({ client: { id: app.client_id, secret: app.client_secret }, auth: { tokenHost: baseUrl } });
    const verifier = openid.randomPKCECodeVerifier();
    const challenge = await openid.calculatePKCECodeChallenge(verifier);
    const url = client.authorizeURL({ redirect_uri: app.redirect_uri, scope: scopes, code_challenge: challenge, code_challenge_method: 'S256' });
    const code = new URL(await riderConsents(new Browser(), url, rider, scopes)).searchParams.get('code');
    const tokens = await client.getToken({ code, redirect_uri: app.redirect_uri, code_verifier: verifier });
    await tokens.revokeAll();
    await isRefused(tokens.token.access_token);
  });
});
