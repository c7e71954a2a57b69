'use strict';

const assert = require('assert');
const test = require('node:test');

const { candidatesOf, mentionsSecrets, parseAddress } = require('../lib/reference');
const { InnerVariables } = require('../lib/inner-variables');

const configuration = {
  provider: { stage: "${opt:stage, 'test'}", region: 'eu-west-1' },
  params: { default: { team: 'red' }, prod: { team: 'blue' } },
  custom: {
    name: 'api-${sls:stage}',
    aws: '${secrets:api-services}',
    chained: '${self:custom.aws}',
    loop: '${self:custom.loop}',
    late: '${ssm:/name}',
    listed: ['a'],
  },
};

const namesFor = (text, { options = {}, environment = {}, more = {} } = {}) => {
  const inner = new InnerVariables({ configuration: { ...configuration, ...more }, options, environment });
  return candidatesOf(text, (source, address) => inner.resolve(source, address)).map(({ connection }) => connection);
};

test('an address is a name, and a field behind its first dot', () => {
  assert.deepStrictEqual(parseAddress('api'), { connection: 'api' });
  assert.deepStrictEqual(parseAddress(' 0-api.accessKeyId '), { connection: '0-api', field: 'accessKeyId' });
  assert.deepStrictEqual(parseAddress('a'.repeat(63)), { connection: 'a'.repeat(63) });
  for (const wrong of ['', 'A', '-a', 'a_b', 'a/b', 'a'.repeat(64), 'a.b', 'a.accessKeyId.x', 'a.', 'a.AccessKeyId']) {
    assert.throws(() => parseAddress(wrong), { code: 'invalid_reference' }, wrong);
  }
});

test('what is no name is not said again', () => {
  const secret = 'AKIA/wJalrXUtnFEMI';
  assert.throws(
    () => parseAddress(secret),
    (error) => !error.message.includes('wJalr')
  );
});

for (const [name, text, given, wanted] of [
  ['a plain one', '${secrets:api}', {}, ['api']],
  ['blanks around it', '  ${secrets: api }  ', {}, ['api']],
  ['angle brackets', '$<secrets:api>', {}, ['api']],
  ['a stage by option', '${secrets:api-${sls:stage}}', { options: { stage: 'prod' } }, ['api-prod']],
  ['a stage by the default of the configuration', '${secrets:api-${sls:stage}}', {}, ['api-test']],
  ['the same by its path', '${secrets:api-${self:provider.stage}}', {}, ['api-test']],
  ['no stage anywhere', '${secrets:api-${sls:stage}}', { more: { provider: {} } }, ['api-dev']],
  ['a variable of the environment', '${secrets:${env:NAME}}', { environment: { NAME: 'api' } }, ['api']],
  ['variables in a value', '${secrets:${self:custom.name}}', { options: { stage: 'prod' } }, ['api-prod']],
  ["a stage's parameter", '${secrets:${param:team}}', { options: { stage: 'prod' } }, ['blue']],
  ['a default parameter', '${secrets:${param:team}}', {}, ['red']],
  ['a parameter of the command line', '${secrets:${param:team}}', { options: { param: ['team=a=b', 'x=y'] } }, null],
  ['the same, once', '${secrets:${param:team}}', { options: { param: 'team=green' } }, ['green']],
  ["an inner variable's default", "${secrets:${opt:account, 'api'}}", {}, ['api']],
  [
    "a default that is a variable, in v1's way",
    '${secrets:${opt:account, ${env:NAME}}}',
    { environment: { NAME: 'x' } },
    ['x'],
  ],
  [
    "a default that is a variable, in v3's way",
    '${secrets:${opt:account, env:NAME}}',
    { environment: { NAME: 'x' } },
    ['x'],
  ],
  ['a quoted default with a comma and a bracket', "${secrets:${opt:account, 'a,}'}}", {}, null],
  ['a second reference', '${secrets:api, secrets:other}', {}, ['api', 'other']],
  ["a second reference in v1's way", '${secrets:api, ${secrets:other}}', {}, ['api', 'other']],
  ['a second for an empty variable', '${secrets:${opt:account}, secrets:other}', {}, ['other']],
  ['one that leads to it', '${self:custom.aws}', {}, ['api-services']],
  ['one that leads to one that leads to it', '${self:custom.chained}', {}, ['api-services']],
  ['nothing but empty variables', '${secrets:${opt:account}}', {}, null],
  ['a default that is no reference', "${secrets:api, 'x'}", {}, null],
  ['a default that is another variable', '${secrets:api, ${env:NAME}}', { environment: { NAME: 'x' } }, null],
  ['no variable', 'api', {}, null],
  ['text around it', 'x${secrets:api}', {}, null],
  ['two of them', '${secrets:api}${secrets:api}', {}, null],
  ['not closed', '${secrets:api', {}, null],
  ['closed with another bracket', '${secrets:api>', {}, null],
  ['another source', '${file(x.yml):api}', {}, null],
  // A default must not stand in for what is merely not known yet: it may name another account.
  ['a source that comes later', '${secrets:${ssm:/name}, secrets:other}', {}, null],
  ['a source that comes later, with a default of its own', "${secrets:${ssm:/name, 'other'}}", {}, null],
  ['a value that comes later', '${secrets:${self:custom.late}, secrets:other}', {}, null],
  ['a parameter of the dashboard', '${secrets:${param:no}, secrets:other}', { more: { org: 'acme' } }, null],
  ['an instance id', '${secrets:${sls:instanceId}}', {}, null],
  ['a loop', '${secrets:${self:custom.loop}}', {}, null],
  ['a loop without a reference', '${self:custom.loop}', {}, null],
  ["what an object's prototype has", '${secrets:${self:constructor.name}}', {}, null],
]) {
  test(`provider.credentials: ${name}`, () => {
    if (wanted) assert.deepStrictEqual(namesFor(text, given), wanted);
    else assert.throws(() => namesFor(text, given), { code: 'invalid_reference' });
  });
}

test('what is meant for hourkey is seen, however it is written', () => {
  for (const text of ['${secrets:a}', '$<secrets:a>', '${ secrets', 'x${secrets}'])
    assert.ok(mentionsSecrets(text), text);
  for (const text of ['secrets:a', '${self:secrets}', '${secretsmanager:a}']) assert.ok(!mentionsSecrets(text), text);
});
