'use strict';

// provider.credentials: ${secrets:NAME}. The framework needs it before it resolves plugins' variables, and ignores it
// when it deploys.

const { candidatesOf, mentionsSecrets } = require('../reference');
const { hasVariable } = require('../variables');
const { InnerVariables } = require('../inner-variables');
const { Refusal } = require('../refusal');

const KEYS = ['accessKeyId', 'secretAccessKey', 'sessionToken'];

const invalid = (message) => new Refusal('invalid_reference', message);

/** serverless.yml as read (v2, v3, osls), or as v1 keeps it; its provider may be no more than `aws`. */
const configurationOf = (serverless) => {
  const { service = {} } = serverless;
  return (
    serverless.configurationInput || {
      provider: service.provider,
      custom: service.custom,
      params: service.params,
      service: service.service,
    }
  );
};

/** Other clouds' providers have credentials of their own. */
const isAws = (serverless) => {
  const { provider } = configurationOf(serverless);
  const name = typeof provider === 'object' && provider !== null ? provider.name : provider;
  return name === 'aws' || (typeof name === 'string' && hasVariable(name));
};

const rawCredentials = (serverless) => {
  const { provider } = configurationOf(serverless);
  return typeof provider === 'object' && provider !== null ? provider.credentials : undefined;
};

/**
 * Whether hourkey is to give the framework its credentials. A text that is no variable would be ignored, and others
 * would sign.
 */
const isForHourkey = (raw) => {
  if (typeof raw === 'string') return true;
  return (
    typeof raw === 'object' &&
    raw !== null &&
    Object.values(raw).some((value) => typeof value === 'string' && mentionsSecrets(value))
  );
};

const connectionsIn = (text, resolve, wantedField) => {
  const found = candidatesOf(text, resolve);
  const other = found.find(({ field }) => field !== wantedField);
  if (other && wantedField)
    throw invalid(`provider.credentials.${wantedField}: it is to be \${secrets:${other.connection}.${wantedField}}`);
  if (other)
    throw invalid(`provider.credentials: it is to be \${secrets:${other.connection}}, without .${other.field}`);
  return found.map(({ connection }) => connection);
};

/** The names of connections in the order to try. Keys of different connections would make a triple that is none. */
const namesIn = (raw, resolve) => {
  if (typeof raw === 'string') {
    if (!hasVariable(raw))
      throw invalid('provider.credentials: a plain text gives no credentials: write ${secrets:NAME}');
    return connectionsIn(raw, resolve);
  }
  const keys = Object.keys(raw);
  if (keys.length !== KEYS.length || !KEYS.every((key) => typeof raw[key] === 'string')) {
    throw invalid(
      `provider.credentials: with references it has ${KEYS.join(', ')}, all three, or is \${secrets:NAME} as a whole`
    );
  }
  const [names, ...others] = KEYS.map((key) => connectionsIn(raw[key], resolve, key));
  if (others.some((list) => list.join() !== names.join())) {
    throw invalid('provider.credentials: its three keys are to be of one connection');
  }
  return names;
};

const refuseRivals = (serverless, options) => {
  if (options['aws-profile']) {
    throw new Refusal(
      'rival_credentials',
      '--aws-profile and provider.credentials name two identities: leave it out, or add --use-local-credentials'
    );
  }
  const { provider } = configurationOf(serverless);
  if (provider.profile) {
    throw new Refusal(
      'rival_credentials',
      'provider.profile and provider.credentials name two identities: take one out of serverless.yml'
    );
  }
};

const resolverFor = (serverless, options) => {
  const inner = new InnerVariables({ configuration: configurationOf(serverless), options, environment: process.env });
  return (source, address) => inner.resolve(source, address);
};

/** Puts a value of `provider` where the framework reads it, in place of the variable that stands there. */
const placeInProvider = (serverless, key, value) => {
  const { configurationInput, service = {} } = serverless;
  if (typeof serverless.extendConfiguration === 'function') serverless.extendConfiguration(['provider', key], value);
  // v1 keeps the file as it was read, resolves that too, and writes both.
  for (const { provider } of [configurationInput, service, service.initialServerlessConfig].filter(Boolean)) {
    if (typeof provider === 'object' && provider !== null && provider[key] !== undefined) provider[key] = value;
  }
};

/**
 * What stands for the credentials in the configuration. `print` shows them, as people expect; all else must not have
 * them there: the framework writes its whole configuration into .serverless/serverless-state.json and uploads that to
 * the deployment bucket. The same text each time, or each deploy would be a change.
 */
const placeIn = (serverless, value) => placeInProvider(serverless, 'credentials', value);

module.exports = {
  configurationOf,
  isAws,
  isForHourkey,
  namesIn,
  placeIn,
  placeInProvider,
  rawCredentials,
  refuseRivals,
  resolverFor,
};
