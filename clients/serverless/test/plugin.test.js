'use strict';

const assert = require('assert');
const fs = require('fs');
const path = require('path');
const test = require('node:test');

const HourkeyPlugin = require('..');
const { makeAuthority } = require('./support/authority');
const { granted, startHourkey } = require('./support/servers');

class FrameworkError extends Error {
  constructor(message, code) {
    super(message);
    this.name = 'ServerlessError';
    this.code = code;
  }
}

/** As much of a framework as the plugin touches; the real ones run in tests/e2e. */
const framework = ({
  credentials = '${secrets:api}',
  commands = ['deploy'],
  options = {},
  provider = {},
  ...more
} = {}) => {
  const aws = {
    cachedCredentials: null,
    getCredentials: () => ({ local: true }),
    getAwsSdkV3CredentialsProvider: () => 'local',
  };
  const configurationInput = {
    service: 'walk',
    provider: { name: 'aws', ...provider, ...(credentials && { credentials }) },
    ...more,
  };
  const serverless = {
    version: '3.40.0',
    classes: { Error: FrameworkError },
    processedInput: { commands, options },
    pluginManager: { commands: { deploy: { commands: { list: {} } }, info: {} } },
    configurationInput,
    service: { provider: configurationInput.provider },
    extendConfiguration: ([, key], value) => {
      configurationInput.provider[key] = value;
    },
    getProvider: () => aws,
    aws,
  };
  aws.serverless = serverless;
  return serverless;
};

const RIVALS = {
  AWS_PROFILE: 'p',
  AWS_DEFAULT_PROFILE: 'p',
  'AWS_MY-STAGE_PROFILE': 'p',
  AWS_DEV_ACCESS_KEY_ID: 'AKIA',
  AWS_DEV_SECRET_ACCESS_KEY: 's',
  AWS_ACCESS_KEY_ID: 'AKIA',
  AWS_SECRET_ACCESS_KEY: 's',
  AWS_SESSION_TOKEN: 't',
  AMAZON_ACCESS_KEY_ID: 'AKIA',
  AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://127.0.0.1/',
  AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '/',
  AWS_WEB_IDENTITY_TOKEN_FILE: '/token',
  AWS_ROLE_ARN: 'arn',
  AWS_EC2_METADATA_SERVICE_ENDPOINT: 'http://127.0.0.1/',
};
const FILES = { AWS_CONFIG_FILE: '/theirs/config', AWS_SHARED_CREDENTIALS_FILE: '/theirs/credentials' };

/** process.env for one test. */
const surroundings = (t, variables) => {
  const before = { ...process.env };
  t.after(() => {
    for (const name of Object.keys(process.env)) delete process.env[name];
    Object.assign(process.env, before);
  });
  for (const name of Object.keys(process.env))
    if (/^(AWS_|HOURKEY_|https?_proxy)/i.test(name)) delete process.env[name];
  Object.assign(process.env, { HOME: '/nonexistent', ...RIVALS, ...FILES, ...variables });
};

const withServer = async (t, ...answers) => {
  const authority = makeAuthority(t);
  const server = await startHourkey(t, authority.issue('IP:127.0.0.1'), answers.length ? answers : [{}]);
  surroundings(t, {
    HOURKEY_URL: `https://127.0.0.1:${server.port}`,
    HOURKEY_TOKEN: 'hk_test',
    HOURKEY_CACERT: authority.file,
  });
  return server;
};

const rivals = () => Object.keys(RIVALS).filter((name) => process.env[name] === RIVALS[name]);

test('others are out of reach from the constructor on, before hourkey is asked', async (t) => {
  const { requests } = await withServer(t);
  const plugin = new HourkeyPlugin(framework(), {});
  assert.deepStrictEqual(rivals(), []);
  assert.strictEqual(process.env.AWS_EC2_METADATA_DISABLED, 'true');
  assert.strictEqual(process.env.AWS_SHARED_CREDENTIALS_FILE, '/dev/null');
  assert.ok(fs.statSync(process.env.AWS_CONFIG_FILE).isFile(), 'SDK v2 wants a regular file');
  assert.strictEqual(requests.length, 0);
  await plugin.asyncInit();
  assert.strictEqual(process.env.AWS_ACCESS_KEY_ID, 'ASIATEST');
  assert.strictEqual(process.env.AWS_ACCOUNT_ID, '444455556666');
  assert.deepStrictEqual(
    [process.env.AWS_CONFIG_FILE, process.env.AWS_SHARED_CREDENTIALS_FILE, process.env.AWS_SDK_LOAD_CONFIG],
    ['/theirs/config', '/theirs/credentials', undefined]
  );
});

test('and stay so when it refuses', async (t) => {
  await withServer(t, { status: 401, body: { code: 'unauthenticated', message: 'no' } });
  const serverless = framework();
  await assert.rejects(new HourkeyPlugin(serverless, {}).asyncInit(), (error) => {
    assert.ok(error instanceof FrameworkError);
    assert.strictEqual(error.code, 'HOURKEY_UNAUTHENTICATED');
    assert.strictEqual(error.stack, `ServerlessError: ${error.message}`);
    return true;
  });
  assert.deepStrictEqual(rivals(), []);
  assert.strictEqual(process.env.AWS_SHARED_CREDENTIALS_FILE, '/dev/null');
  assert.strictEqual(process.env.AWS_ACCESS_KEY_ID, undefined);
});

test("the framework's AWS provider signs with them, in the shapes of both SDKs", async (t) => {
  await withServer(t);
  const serverless = framework();
  await new HourkeyPlugin(serverless, {}).asyncInit();
  const { credentials } = serverless.aws.getCredentials();
  assert.strictEqual(credentials.accessKeyId, 'ASIATEST');
  assert.strictEqual((await serverless.aws.getAwsSdkV3CredentialsProvider()()).sessionToken, 'the-session-token');
  assert.strictEqual(
    serverless.aws.getAwsSdkV3CredentialsProvider({ profile: 'p' }),
    'local',
    'one that a plugin names outright'
  );
  serverless.service.provider.deploymentBucketObject = { serverSideEncryption: 'aws:kms' };
  assert.strictEqual(serverless.aws.getCredentials().signatureVersion, 'v4');
});

test('the configuration has the keys for print alone', async (t) => {
  await withServer(t);
  for (const [command, wanted] of [
    ['print', { accessKeyId: 'ASIATEST', secretAccessKey: 'the-secret-key', sessionToken: 'the-session-token' }],
    ['package', 'secrets:api'],
  ]) {
    const serverless = framework({ commands: [command] });
    await new HourkeyPlugin(serverless, {}).asyncInit();
    assert.deepStrictEqual(serverless.configurationInput.provider.credentials, wanted);
  }
});

for (const [name, given] of [
  ['help', { commands: ['deploy'], options: { help: true } }],
  ['no command', { commands: [] }],
  ['a command that signs nothing', { commands: ['plugin', 'list'] }],
  ['no credentials of ours', { credentials: { accessKeyId: '${env:A}', secretAccessKey: '${env:B}' } }],
  ['no credentials', { credentials: null }],
  ['another cloud, whose credentials are a file', { credentials: '~/.gcloud/key.json', provider: { name: 'google' } }],
]) {
  test(`nothing is asked and nothing taken away: ${name}`, async (t) => {
    const { requests } = await withServer(t);
    await new HourkeyPlugin(framework(given), given.options || {}).asyncInit();
    assert.strictEqual(requests.length, 0);
    assert.deepStrictEqual(rivals(), Object.keys(RIVALS));
    assert.strictEqual(process.env.AWS_EC2_METADATA_DISABLED, undefined);
  });
}

for (const given of [true, null, '']) {
  test(`--use-local-credentials, read as ${JSON.stringify(given)}`, async (t) => {
    const { requests } = await withServer(t);
    const serverless = framework();
    const said = [];
    const tools = { log: { notice: (text) => said.push(text) } };
    await new HourkeyPlugin(serverless, { 'use-local-credentials': given }, tools).asyncInit();
    assert.strictEqual(requests.length, 0);
    assert.deepStrictEqual(rivals(), Object.keys(RIVALS));
    assert.deepStrictEqual(serverless.aws.getCredentials(), { local: true });
    assert.deepStrictEqual(said, [
      "hourkey: not asked, this machine's own AWS credentials sign (--use-local-credentials)",
    ]);
    assert.deepStrictEqual(serverless.configurationInput.provider.credentials, {});
  });
}

test('the option is declared for commands that there are', (t) => {
  surroundings(t, {});
  const { commands } = new HourkeyPlugin(framework({ credentials: null }), {});
  assert.deepStrictEqual(Object.keys(commands), ['deploy', 'info']);
  assert.deepStrictEqual(Object.keys(commands.deploy.commands), ['list']);
  assert.strictEqual(commands.info.options['use-local-credentials'].type, 'boolean');
});

for (const [name, credentials] of [
  [
    'two connections in one triple',
    {
      accessKeyId: '${secrets:a.accessKeyId}',
      secretAccessKey: '${secrets:b.secretAccessKey}',
      sessionToken: '${secrets:a.sessionToken}',
    },
  ],
  ['a key short', { accessKeyId: '${secrets:a.accessKeyId}', secretAccessKey: '${secrets:a.secretAccessKey}' }],
  [
    'a key of somewhere else',
    { accessKeyId: '${secrets:a.accessKeyId}', secretAccessKey: '${env:S}', sessionToken: '${secrets:a.sessionToken}' },
  ],
  [
    'keys that are swapped',
    {
      accessKeyId: '${secrets:a.secretAccessKey}',
      secretAccessKey: '${secrets:a.accessKeyId}',
      sessionToken: '${secrets:a.sessionToken}',
    },
  ],
  ['a plain text', 'api'],
]) {
  test(`refused before anything is asked: ${name}`, async (t) => {
    const { requests } = await withServer(t);
    await assert.rejects(new HourkeyPlugin(framework({ credentials }), {}).asyncInit(), {
      code: 'HOURKEY_INVALID_REFERENCE',
    });
    assert.strictEqual(requests.length, 0);
  });
}

test('elsewhere, v3 gets a mapping or a field, and null for what has none', async (t) => {
  const { requests } = await withServer(t, {}, { status: 404, body: { code: 'not_found', message: 'no' } });
  const { secrets } = new HourkeyPlugin(framework({ credentials: null }), {}).configurationVariablesSources;
  assert.deepStrictEqual(await secrets.resolve({ address: 'api.accountId' }), { value: '444455556666' });
  assert.deepStrictEqual(Object.keys((await secrets.resolve({ address: 'api' })).value), [
    'accessKeyId',
    'secretAccessKey',
    'sessionToken',
  ]);
  assert.deepStrictEqual(await secrets.resolve({ address: 'api.region' }), { value: null });
  assert.strictEqual(requests.length, 1);
  assert.deepStrictEqual(await secrets.resolve({ address: 'gone' }), { value: null });
  await assert.rejects(secrets.resolve({ address: 'api', params: ['x'] }), /takes no parameters/);
  await assert.rejects(secrets.resolve({}), /the name is missing/);
});

test('elsewhere, v1 and v2 get a value or an error', async (t) => {
  await withServer(t, {}, { body: granted({ Region: 'eu-west-1' }) });
  const { secrets } = new HourkeyPlugin(framework({ credentials: null }), {}).variableResolvers;
  assert.strictEqual(await secrets.resolver('secrets:api.accessKeyId'), 'ASIATEST');
  await assert.rejects(secrets.resolver('secrets:api.region'), /no region of its own/);
  assert.strictEqual(await secrets.resolver('secrets:other.region'), 'eu-west-1');
});

for (const [name, region, body, wanted] of [
  ["the connection's", '${secrets:api.region}', { Region: 'eu-west-1' }, 'eu-west-1'],
  ['before a default', "${secrets:api.region, 'eu-west-3'}", { Region: 'eu-west-1' }, 'eu-west-1'],
  ['a default', "${secrets:api.region, 'eu-west-3'}", {}, 'eu-west-3'],
  ["a default in v3's way", '${secrets:api.region, self:custom.region}', {}, 'eu-north-1'],
  ['none', '${secrets:api.region}', {}, null],
  ['another field', '${secrets:api.accountId}', {}, null],
  ['the mapping', '${secrets:api}', {}, null],
  ['a part of it', 'eu-${secrets:api.region}', {}, null],
]) {
  test(`provider.region: ${name}`, async (t) => {
    const { requests } = await withServer(t, { body: granted(body) });
    const serverless = framework({ provider: { region }, custom: { region: 'eu-north-1' } });
    const adopted = new HourkeyPlugin(serverless, {}).asyncInit();
    if (!wanted) {
      await assert.rejects(adopted, /provider\.region/);
      return;
    }
    await adopted;
    assert.strictEqual(serverless.configurationInput.provider.region, wanted);
    assert.strictEqual(requests.length, 1);
    assert.strictEqual(requests[0].url, '/v1/credentials/api?stage=dev&service=walk');
  });
}

test('custom.hourkey may hold variables that are known', async (t) => {
  const { port } = await withServer(t);
  delete process.env.HOURKEY_URL;
  process.env.PORT_OF_TEST = String(port);
  const custom = { hourkey: { url: 'https://127.0.0.1:${env:PORT_OF_TEST}' } };
  await new HourkeyPlugin(framework({ custom }), {}).asyncInit();
  assert.strictEqual(process.env.AWS_ACCESS_KEY_ID, 'ASIATEST');
  const early = { hourkey: { url: '${ssm:/url}' } };
  await assert.rejects(new HourkeyPlugin(framework({ custom: early }), {}).asyncInit(), /cannot be had before/);
});

test('a defect shows no stack and nothing of what it met', async (t) => {
  await withServer(t);
  const serverless = framework();
  serverless.getProvider = () => {
    throw new TypeError('the-secret-key is undefined');
  };
  await assert.rejects(new HourkeyPlugin(serverless, {}).asyncInit(), (error) => {
    assert.match(error.message, /^hourkey: defect in serverless-hourkey \(TypeError\)/);
    return !/the-secret-key|\n/.test(error.stack);
  });
});

test('every file that the code needs is in the package', () => {
  const { files } = require('../package.json');
  assert.deepStrictEqual(files, ['index.js', 'index.d.ts', 'lib', 'README.md', 'LICENSE']);
  for (const file of files) assert.ok(fs.existsSync(path.join(__dirname, '..', file)), file);
});
