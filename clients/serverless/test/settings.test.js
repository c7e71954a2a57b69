'use strict';

const assert = require('assert');
const fs = require('fs');
const os = require('os');
const path = require('path');
const test = require('node:test');

const { loadSettings } = require('../lib/settings');

const PEM = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
const WORK = { url: 'https://work.test:8443', token: 'hk_work', tenant: 'acme' };
const HOME = { url: 'https://home.test', token: 'hk_home', tenant: 'home', cacert: 'ca.pem' };

/** A home with these contexts, and files beside them. */
const makeHome = (t, { current = 'work', contexts = { work: WORK, home: HOME }, text, mode = 0o600 } = {}) => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'serverless-hourkey-'));
  t.after(() => fs.rmSync(folder, { recursive: true, force: true }));
  fs.writeFileSync(path.join(folder, 'ca.pem'), PEM);
  fs.writeFileSync(path.join(folder, 'token'), 'hk_file\n');
  const located = {};
  for (const [name, one] of Object.entries(contexts || {})) {
    located[name] = one.cacert ? { ...one, cacert: path.join(folder, one.cacert) } : one;
  }
  if (contexts) {
    fs.mkdirSync(path.join(folder, '.config/hourkey'), { recursive: true });
    const file = path.join(folder, '.config/hourkey/contexts.json');
    fs.writeFileSync(file, text === undefined ? JSON.stringify({ version: 1, current, contexts: located }) : text);
    fs.chmodSync(file, mode);
  }
  return folder;
};

const chosen = (settings) => [settings.url.href, settings.token, settings.tokenSource];

for (const [name, environment, custom, wanted] of [
  ['the current context', {}, {}, ['https://work.test:8443/', 'hk_work', "the context 'work'"]],
  ['a named context', { HOURKEY_CONTEXT: 'home' }, {}, ['https://home.test/', 'hk_home', "the context 'home'"]],
  ["serverless.yml's context", {}, { context: 'home' }, ['https://home.test/', 'hk_home', "the context 'home'"]],
  [
    "a variable before serverless.yml's",
    { HOURKEY_CONTEXT: 'work' },
    { context: 'home' },
    ['https://work.test:8443/', 'hk_work', "the context 'work'"],
  ],
  [
    "the context of serverless.yml's server",
    {},
    { url: 'https://HOME.test' },
    ['https://home.test/', 'hk_home', "the context 'home'"],
  ],
  [
    "the context of serverless.yml's tenant",
    {},
    { tenant: 'home' },
    ['https://home.test/', 'hk_home', "the context 'home'"],
  ],
  [
    'a token from a file, before one in a variable',
    { HOURKEY_TOKEN_FILE: 'token', HOURKEY_TOKEN: 'hk_env' },
    {},
    ['https://work.test:8443/', 'hk_file', 'HOURKEY_TOKEN_FILE'],
  ],
  [
    'variables before all',
    { HOURKEY_URL: 'https://env.test/base/', HOURKEY_TOKEN: 'hk_env' },
    { url: 'https://home.test' },
    ['https://env.test/base/', 'hk_env', 'HOURKEY_TOKEN'],
  ],
]) {
  test(`settings: ${name}`, (t) => {
    const folder = makeHome(t);
    const given = { HOME: folder, ...environment };
    if (given.HOURKEY_TOKEN_FILE) given.HOURKEY_TOKEN_FILE = path.join(folder, given.HOURKEY_TOKEN_FILE);
    assert.deepStrictEqual(chosen(loadSettings({ environment: given, custom })), wanted);
  });
}

for (const [name, environment, custom, code, message] of [
  ['nothing is said', {}, undefined, 'not_configured', /set HOURKEY_URL/],
  ['no token', { HOURKEY_URL: 'https://a.test' }, {}, 'not_configured', /there is no token for https:\/\/a\.test/],
  ['http', { HOURKEY_URL: 'http://a.test' }, {}, 'not_configured', /use https/],
  ['no URL', { HOURKEY_URL: 'a.test' }, {}, 'not_configured', /HOURKEY_URL is no URL/],
  ['a user in the URL', { HOURKEY_URL: 'https://me:secret@a.test' }, {}, 'not_configured', /a user or password/],
  ['a query', { HOURKEY_URL: 'https://a.test/?x' }, {}, 'not_configured', /no query/],
  ['another scheme', { HOURKEY_URL: 'ftp://a.test' }, {}, 'not_configured', /begin with https/],
  [
    'a token of two lines',
    { HOURKEY_URL: 'https://a.test', HOURKEY_TOKEN: 'hk_a\nhk_b' },
    {},
    'not_configured',
    /line breaks/,
  ],
  ['no token file', { HOURKEY_URL: 'https://a.test', HOURKEY_TOKEN_FILE: '/nowhere' }, {}, 'not_configured', /ENOENT/],
  ['an unknown context', { HOURKEY_CONTEXT: 'x' }, {}, 'not_configured', /names no context/],
  ['an unknown key', {}, { server: 'x' }, 'not_configured', /has no server/],
  ['a token in serverless.yml', {}, { apiToken: 'hk' }, 'not_configured', /no place in serverless\.yml/],
  ['a variable in serverless.yml', {}, { url: '${env:X}' }, 'not_configured', /cannot be resolved so early/],
  ['a list in serverless.yml', {}, ['x'], 'not_configured', /takes url/],
  [
    'no CA file',
    { HOURKEY_URL: 'https://a.test', HOURKEY_TOKEN: 'hk', HOURKEY_CACERT: '/nowhere' },
    {},
    'not_configured',
    /HOURKEY_CACERT names \/nowhere/,
  ],
  [
    'a CA file without a certificate',
    { HOURKEY_URL: 'https://a.test', HOURKEY_TOKEN: 'hk', HOURKEY_CACERT: '/dev/null' },
    {},
    'not_configured',
    /no PEM/,
  ],
]) {
  test(`settings, refused: ${name}`, (t) => {
    const folder = makeHome(t, { contexts: null });
    assert.throws(
      () => loadSettings({ environment: { HOME: folder, ...environment }, custom }),
      (error) => error.code === code && message.test(error.message) && !/secret@|hk_[ab]/.test(error.message)
    );
  });
}

test("a context's token does not go to another server", (t) => {
  const environment = { HOME: makeHome(t), HOURKEY_URL: 'https://work.test:9443' };
  assert.throws(() => loadSettings({ environment }), /is for another server and is not sent there/);
});

test("a context's CA is for its own server alone", (t) => {
  const environment = { HOME: makeHome(t), HOURKEY_CONTEXT: 'home' };
  assert.strictEqual(loadSettings({ environment }).authority, PEM);
  const elsewhere = { ...environment, HOURKEY_URL: 'https://a.test', HOURKEY_TOKEN: 'hk' };
  assert.strictEqual(loadSettings({ environment: elsewhere }).authority, undefined);
});

test("serverless.yml's CA lies beside it", (t) => {
  const folder = makeHome(t);
  const settings = loadSettings({ environment: { HOME: folder }, custom: { cacert: 'ca.pem' }, serviceDir: folder });
  assert.strictEqual(settings.authority, PEM);
});

test('contexts lie where XDG says, if it says an absolute path', (t) => {
  const folder = makeHome(t);
  const settings = loadSettings({ environment: { HOME: '/nowhere', XDG_CONFIG_HOME: path.join(folder, '.config') } });
  assert.strictEqual(settings.token, 'hk_work');
  assert.strictEqual(loadSettings({ environment: { HOME: folder, XDG_CONFIG_HOME: 'config' } }).token, 'hk_work');
});

for (const mode of [0o640, 0o604, 0o620]) {
  test(`contexts of mode ${mode.toString(8)} are refused`, (t) => {
    assert.throws(() => loadSettings({ environment: { HOME: makeHome(t, { mode }) } }), {
      code: 'contexts_not_private',
    });
  });
}

for (const [name, text] of [
  ['no JSON', '{"token":"hk_leaked"'],
  ['another version', '{"version":2}'],
  ['null', 'null'],
  ['a context without a token', '{"version":1,"contexts":{"a":{"url":"https://a.test"}}}'],
]) {
  test(`damaged contexts: ${name}`, (t) => {
    const environment = { HOME: makeHome(t, { text }) };
    assert.throws(
      () => loadSettings({ environment }),
      (error) => error.code === 'invalid_contexts' && !error.message.includes('hk_leaked')
    );
  });
}

test('damaged contexts do not stop a job that has all it needs', (t) => {
  const folder = makeHome(t, { text: 'x' });
  const environment = {
    HOME: folder,
    HOURKEY_URL: 'https://a.test',
    HOURKEY_TOKEN: 'hk',
    HOURKEY_CACERT: path.join(folder, 'ca.pem'),
  };
  assert.strictEqual(loadSettings({ environment }).token, 'hk');
});
