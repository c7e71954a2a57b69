'use strict';

const assert = require('assert');
const test = require('node:test');
const util = require('util');

const { RefreshingCredentials } = require('../lib/refreshing-credentials');
const { Connections } = require('../lib/connections');
const { Refusal } = require('../lib/refusal');

const MINUTE = 60000;

/** Credentials over a clock that the test moves; `vends` counts, `answer` may be made to fail. */
const make = (life = 60 * MINUTE) => {
  const state = { now: 1000000, vends: 0, failing: false };
  const vend = async () => {
    state.vends += 1;
    if (state.failing) throw new Refusal('unreachable', 'down');
    const keys = { accessKeyId: `ASIA${state.vends}`, secretAccessKey: 'the-secret', sessionToken: 'the-token' };
    return { ...keys, endsAt: state.now + life };
  };
  return { state, credentials: new RefreshingCredentials(vend, { now: () => state.now }) };
};

test('an hour is renewed in its last quarter, once for all who ask', async () => {
  const { state, credentials } = make();
  await Promise.all([credentials.current(), credentials.current(), credentials.getPromise()]);
  assert.strictEqual(state.vends, 1);
  state.now += 45 * MINUTE - 1;
  assert.strictEqual((await credentials.current()).accessKeyId, 'ASIA1');
  assert.strictEqual(credentials.needsRefresh(), false);
  state.now += 1;
  assert.strictEqual(credentials.needsRefresh(), true);
  await Promise.all([credentials.current(), credentials.current()]);
  assert.deepStrictEqual([state.vends, credentials.accessKeyId], [2, 'ASIA2']);
});

test('short ones are renewed at half their life', async () => {
  const { state, credentials } = make(10 * MINUTE);
  await credentials.current();
  state.now += 5 * MINUTE;
  assert.strictEqual((await credentials.current()).accessKeyId, 'ASIA2');
});

test('while hourkey is away the old ones serve, and it is asked every half minute', async () => {
  const { state, credentials } = make();
  await credentials.current();
  state.now += 46 * MINUTE;
  state.failing = true;
  assert.strictEqual((await credentials.current()).accessKeyId, 'ASIA1');
  await credentials.current();
  assert.strictEqual(state.vends, 2);
  state.now += 30000;
  await credentials.current();
  assert.strictEqual(state.vends, 3);
  state.failing = false;
  state.now += 30000;
  assert.strictEqual((await credentials.current()).accessKeyId, 'ASIA4');
});

test('once they have ended they do not serve', async () => {
  const { state, credentials } = make();
  await credentials.current();
  state.now += 60 * MINUTE;
  state.failing = true;
  await assert.rejects(credentials.current(), { code: 'unreachable' });
  await assert.rejects(credentials.identity(), { code: 'unreachable' });
});

test('renewals are told', async () => {
  const { state, credentials } = make();
  const told = [];
  await credentials.current();
  credentials.onRenewal(({ accessKeyId }) => told.push(accessKeyId));
  state.now += 50 * MINUTE;
  await credentials.current();
  assert.deepStrictEqual(told, ['ASIA2']);
});

test('SDK v2 gets them by callback, or the reason', async () => {
  const { state, credentials } = make();
  await new Promise((resolve, reject) => credentials.get((error) => (error ? reject(error) : resolve())));
  assert.strictEqual(credentials.secretAccessKey, 'the-secret');
  await util.promisify(credentials.refresh).call(credentials);
  assert.strictEqual(credentials.accessKeyId, 'ASIA2');
  state.failing = true;
  state.now += 60 * MINUTE;
  await assert.rejects(util.promisify(credentials.get).call(credentials), { code: 'unreachable' });
});

test('SDK v3 gets them with their end', async () => {
  const { state, credentials } = make();
  const identity = await credentials.provider();
  const expiration = new Date(state.now + 60 * MINUTE);
  assert.deepStrictEqual(identity, {
    accessKeyId: 'ASIA1',
    secretAccessKey: 'the-secret',
    sessionToken: 'the-token',
    expiration,
  });
});

test('however they are printed, no secret shows', async () => {
  const { credentials } = make();
  await credentials.current();
  const shown = [
    util.inspect({ credentials }, { showHidden: false, depth: 9 }),
    util.format('%O %o %s', credentials, {}, credentials),
  ];
  shown.push(
    JSON.stringify({ credentials }),
    String(credentials),
    JSON.stringify({ ...credentials }),
    util.inspect({ ...credentials })
  );
  for (const text of shown) assert.doesNotMatch(text, /the-secret|the-token/);
  assert.match(shown[0], /ASIA1/);
});

const connectionsWith = (answers) => {
  const asked = [];
  const ask = async (name) => {
    asked.push(name);
    if (answers[name] instanceof Error) throw answers[name];
    return { accessKeyId: name, endsAt: Date.now() + 60 * MINUTE };
  };
  return { asked, connections: new Connections({ settings: () => ({}), context: () => ({}), ask }) };
};

test('one vend a name, a refusal too', async () => {
  const { asked, connections } = connectionsWith({ bad: new Refusal('app_not_allowed', 'no') });
  await Promise.all([connections.first('api'), connections.first('api')]);
  await assert.rejects(connections.first('bad'), { message: 'secrets:bad: no' });
  await assert.rejects(connections.first('bad'), { code: 'app_not_allowed' });
  assert.deepStrictEqual(asked, ['api', 'bad']);
});

test('a default is taken for what is not there, and for nothing else', async () => {
  const { connections } = connectionsWith({
    gone: new Refusal('not_found', 'no'),
    bad: new Refusal('app_not_allowed', 'no'),
    down: new Refusal('unreachable', 'no'),
  });
  assert.strictEqual((await connections.firstOf(['gone', 'api'])).name, 'api');
  await assert.rejects(connections.firstOf(['gone']), { code: 'not_found' });
  await assert.rejects(connections.firstOf(['bad', 'api']), /the default is not taken/);
  await assert.rejects(connections.firstOf(['down', 'api']), { code: 'unreachable' });
});
