'use strict';

const assert = require('assert');
const test = require('node:test');

const { vend } = require('../lib/vend');
const { makeAuthority } = require('./support/authority');
const { granted, startHourkey, startProxy } = require('./support/servers');

const TOKEN = 'hk_app_of_this_test';

const settingsFor = (port, authority, host = '127.0.0.1') => ({
  url: new URL(`https://${host}:${port}`),
  token: TOKEN,
  tokenSource: 'HOURKEY_TOKEN',
  authority: authority && authority.pem,
});

const set = async (t, ...answers) => {
  const authority = makeAuthority(t);
  const server = await startHourkey(t, authority.issue('IP:127.0.0.1,DNS:hourkey.test'), answers);
  return { authority, ...server, settings: settingsFor(server.port, authority) };
};

const refused = async (promise, code, message) => {
  await assert.rejects(promise, (error) => {
    assert.strictEqual(error.code, code, error.message);
    assert.match(error.message, message);
    assert.doesNotMatch(error.message, /[\n\r]|hk_app|the-secret-key|the-session-token/);
    assert.strictEqual(error.stack, `${error.name}: ${error.message}`);
    return true;
  });
};

const failure = (status, code, more = {}) => ({
  status,
  body: { code, message: 'It failed.', hint: 'Do this.', retryable: false, request_id: '01REQUEST', ...more },
});
const environment = {};

test('a vend asks once, with token and context', async (t) => {
  const { settings, requests } = await set(t, { body: granted({ Region: 'eu-west-1' }) });
  const triple = await vend('api', { stage: 'dev', service: 'walk', region: undefined }, settings, { environment });
  assert.deepStrictEqual(
    [triple.accessKeyId, triple.secretAccessKey, triple.sessionToken, triple.region, triple.accountId],
    ['ASIATEST', 'the-secret-key', 'the-session-token', 'eu-west-1', '444455556666']
  );
  assert.strictEqual(requests.length, 1);
  assert.strictEqual(requests[0].url, '/v1/credentials/api?stage=dev&service=walk');
  assert.strictEqual(requests[0].headers.authorization, `Bearer ${TOKEN}`);
});

test('what the server would refuse is not sent as context', async (t) => {
  const { settings, requests } = await set(t, {});
  await vend('api', { stage: 'a b', service: 'x'.repeat(64) }, settings, { environment });
  assert.strictEqual(requests[0].url, '/v1/credentials/api');
});

test('a server under a path', async (t) => {
  const { settings, requests } = await set(t, {});
  settings.url = new URL('/hourkey/', settings.url);
  await vend('api', {}, settings, { environment });
  assert.strictEqual(requests[0].url, '/hourkey/v1/credentials/api');
});

test('a denial names secret, app and connection, and is not asked again', async (t) => {
  const who = { body: { role: 'app', tenant: 'acme', app: 'web' } };
  const { settings, requests } = await set(t, failure(403, 'app_not_allowed'), who);
  const wanted =
    /^use of the secret is not allowed: app "web", connection "api"\. It failed\. Do this \(request 01REQUEST\)$/;
  await refused(vend('api', {}, settings, { environment }), 'app_not_allowed', wanted);
  assert.deepStrictEqual(
    requests.map(({ url }) => url),
    ['/v1/credentials/api', '/v1/whoami']
  );
});

for (const [name, answer, code, message] of [
  [
    'a token that nobody knows',
    failure(401, 'unauthenticated'),
    'unauthenticated',
    /does not know the token of HOURKEY_TOKEN/,
  ],
  ['a name that is not there', failure(404, 'not_found'), 'not_found', /It failed/],
  ['AWS says no', failure(502, 'sts_rejected', { aws: { code: 'AccessDenied' } }), 'sts_rejected', /AWS: AccessDenied/],
  ['an HTML page', { status: 403, body: '<html>no</html>' }, 'http_403', /nothing that hourkey says/],
  [
    'a redirect',
    { status: 302, body: '', headers: { Location: 'https://127.0.0.1:9' } },
    'http_302',
    /nothing that hourkey says/,
  ],
  ['a page instead of credentials', { body: '<html></html>' }, 'not_hourkey', /200 without credentials/],
  ['no session token', { body: granted({ SessionToken: undefined }) }, 'not_hourkey', /200 without credentials/],
  ['a number as a key', { body: granted({ AccessKeyId: 5 }) }, 'not_hourkey', /200 without credentials/],
  ['no time', { body: granted({ Expiration: 'tomorrow' }) }, 'not_hourkey', /no time/],
  ['ended', { body: granted({ Expiration: '2020-01-01T00:00:00Z' }) }, 'expired', /clock/],
  ['endless', { body: 'x'.repeat(70000) }, 'not_hourkey', /too long/],
  ['the token said again', failure(403, 'x', { message: `no\n${TOKEN}\u001b[31m` }), 'x', /no \*\*\*/],
]) {
  test(`refused: ${name}`, async (t) => {
    const { settings } = await set(t, answer);
    await refused(vend('api', {}, settings, { environment }), code, message);
  });
}

test('what may pass is asked again', async (t) => {
  const later = { ...failure(503, 'sts_unavailable', { retryable: true }), headers: { 'Retry-After': '0' } };
  const { settings, requests } = await set(t, later, later, {});
  assert.strictEqual((await vend('api', {}, settings, { environment })).accessKeyId, 'ASIATEST');
  assert.strictEqual(requests.length, 3);
});

test('four times and no more', async (t) => {
  const later = { ...failure(429, 'rate_limited', { retryable: true }), headers: { 'Retry-After': '0' } };
  const { settings, requests } = await set(t, later);
  await refused(vend('api', {}, settings, { environment }), 'rate_limited', /It failed/);
  assert.strictEqual(requests.length, 4);
});

test('an end that the server clock tells, on a machine whose clock is wrong', async (t) => {
  const hour = 3600000;
  const server = Date.now() - 48 * hour; // two days behind this machine's
  const body = granted({ Expiration: new Date(server + hour).toISOString() });
  const { settings } = await set(t, { body, headers: { Date: new Date(server).toUTCString() } });
  const { endsAt } = await vend('api', {}, settings, { environment });
  assert.ok(Math.abs(endsAt - (Date.now() + hour)) < 60000);
});

test('a certificate of a CA that nobody named', async (t) => {
  const { settings, requests } = await set(t, {});
  settings.authority = undefined;
  await refused(vend('api', {}, settings, { environment }), 'untrusted', /set HOURKEY_CACERT/);
  assert.strictEqual(requests.length, 0, 'the token was sent');
});

test('a CA that NODE_EXTRA_CA_CERTS or SSL_CERT_FILE names', async (t) => {
  const { authority, settings } = await set(t, {});
  settings.authority = undefined;
  for (const name of ['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE']) {
    const named = { [name]: authority.file };
    assert.strictEqual((await vend('api', {}, settings, { environment: named })).accessKeyId, 'ASIATEST', name);
  }
});

test("another host's certificate", async (t) => {
  const { settings, authority } = await set(t, {});
  const elsewhere = settingsFor(settings.url.port, authority, 'localhost');
  await refused(vend('api', {}, elsewhere, { environment }), 'untrusted', /for another host than localhost/);
});

test('through a proxy, by CONNECT, with its own user', async (t) => {
  const { authority, port, requests } = await set(t, {});
  const proxy = await startProxy(t, port);
  const settings = settingsFor(port, authority, 'hourkey.test');
  const through = { HTTPS_PROXY: `http://me:hunter2@127.0.0.1:${proxy.port}` };
  assert.strictEqual((await vend('api', {}, settings, { environment: through })).accessKeyId, 'ASIATEST');
  assert.deepStrictEqual(proxy.asked, [
    { target: `hourkey.test:${port}`, authorization: `Basic ${Buffer.from('me:hunter2').toString('base64')}` },
  ]);
  assert.strictEqual(requests[0].headers['proxy-authorization'], undefined);
});

for (const [status, message] of [
  [407, /refuses \(407\): it wants a user/],
  [403, /refuses \(403\): it may not lead to hourkey\.test/],
]) {
  test(`a proxy that answers ${status}`, async (t) => {
    const { authority, port } = await set(t, {});
    const proxy = await startProxy(t, port, { status });
    const through = { HTTPS_PROXY: `http://me:hunter2@127.0.0.1:${proxy.port}` };
    const asked = vend('api', {}, settingsFor(port, authority, 'hourkey.test'), { environment: through });
    await assert.rejects(asked, (error) => message.test(error.message) && !error.message.includes('hunter2'));
  });
}

test('a name that is none is not asked for', async (t) => {
  const { settings, requests } = await set(t, {});
  await refused(vend('../whoami', {}, settings, { environment }), 'invalid_reference', /has a name of/);
  assert.strictEqual(requests.length, 0);
});

test('a server that does not answer', async (t) => {
  const { settings } = await set(t, {});
  const silent = await startProxy(t, 0);
  settings.url = new URL(`https://127.0.0.1:${silent.port}`);
  await refused(
    vend('api', {}, settings, { environment, patienceMs: 50 }),
    'unreachable',
    /no answer in time|speaks no TLS|connection reset/
  );
});
