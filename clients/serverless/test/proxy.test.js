'use strict';

const assert = require('assert');
const test = require('node:test');

const { proxyFor } = require('../lib/proxy');

const PROXY = { HTTPS_PROXY: 'http://proxy.test:3128' };

for (const [name, server, environment, wanted] of [
  ['none', 'https://hourkey.test', {}, null],
  ['upper case', 'https://hourkey.test', PROXY, 'http://proxy.test:3128/'],
  [
    'lower case goes first',
    'https://hourkey.test',
    { ...PROXY, https_proxy: 'http://lower.test:1' },
    'http://lower.test:1/',
  ],
  ['for all', 'https://hourkey.test', { ALL_PROXY: 'http://all.test:1' }, 'http://all.test:1/'],
  ['HTTP_PROXY is for http', 'https://hourkey.test', { HTTP_PROXY: 'http://proxy.test:3128' }, null],
  ['without a scheme', 'https://hourkey.test', { HTTPS_PROXY: 'proxy.test:3128' }, 'http://proxy.test:3128/'],
  ['excepted by name', 'https://hourkey.test', { ...PROXY, NO_PROXY: 'a.test, hourkey.test' }, null],
  ['excepted by suffix', 'https://a.hourkey.test', { ...PROXY, NO_PROXY: 'hourkey.test' }, null],
  ['excepted by dotted suffix', 'https://a.hourkey.test', { ...PROXY, NO_PROXY: '.hourkey.test' }, null],
  ['excepted by star and suffix', 'https://a.hourkey.test', { ...PROXY, no_proxy: '*.hourkey.test' }, null],
  [
    'a suffix ends at a dot',
    'https://xhourkey.test',
    { ...PROXY, NO_PROXY: 'hourkey.test' },
    'http://proxy.test:3128/',
  ],
  ['all excepted', 'https://hourkey.test', { ...PROXY, NO_PROXY: '*' }, null],
  ['excepted with its port', 'https://hourkey.test', { ...PROXY, NO_PROXY: 'hourkey.test:443' }, null],
  ['another port', 'https://hourkey.test:8443', { ...PROXY, NO_PROXY: 'hourkey.test:443' }, 'http://proxy.test:3128/'],
  ['an address', 'https://10.1.2.3', { ...PROXY, NO_PROXY: '10.1.2.3' }, null],
  ['an address has no suffix', 'https://10.1.2.3', { ...PROXY, NO_PROXY: '2.3' }, 'http://proxy.test:3128/'],
  ['in another case', 'https://hourkey.test', { ...PROXY, NO_PROXY: 'HOURKEY.TEST' }, null],
  ['this machine', 'https://localhost:8443', PROXY, null],
  ['its address', 'https://127.0.0.1:8443', PROXY, null],
  ['its other address', 'https://[::1]:8443', PROXY, null],
  ['plain http', 'http://127.0.0.1', PROXY, null],
]) {
  test(`proxy: ${name}`, () => {
    const found = proxyFor(new URL(server), environment);
    assert.strictEqual(found && found.url.href, wanted);
  });
}

test('user and password leave the URL', () => {
  const { url, authorization } = proxyFor(new URL('https://hourkey.test'), {
    HTTPS_PROXY: 'http://me:p%40ss@proxy.test',
  });
  assert.strictEqual(url.href, 'http://proxy.test/');
  assert.strictEqual(authorization, `Basic ${Buffer.from('me:p@ss').toString('base64')}`);
});

test('what is no URL is not said again', () => {
  for (const text of ['http://me:secret@', 'socks5://me:secret@proxy.test']) {
    const environment = { HTTPS_PROXY: text };
    assert.throws(
      () => proxyFor(new URL('https://hourkey.test'), environment),
      (error) => error.code === 'not_configured' && !error.message.includes('secret')
    );
  }
});
