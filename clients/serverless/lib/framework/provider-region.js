'use strict';

// provider.region: ${secrets:NAME.region}. The framework needs it as early as provider.credentials.

const { mentionsSecrets, parseAddress } = require('../reference');
const { Refusal } = require('../refusal');
const { textOf, wholeVariable } = require('../variables');
const { configurationOf } = require('./provider-credentials');

const rawRegion = (serverless) => {
  const { provider } = configurationOf(serverless);
  return typeof provider === 'object' && provider !== null ? provider.region : undefined;
};

const isForHourkey = (raw) => typeof raw === 'string' && mentionsSecrets(raw);

/**
 * The connection's own region, else the default that stands behind the reference; `resolve` as in
 * reference.candidatesOf.
 */
const findRegion = async (raw, connections, resolve) => {
  const variable = wholeVariable(raw);
  const address = variable && variable.source === 'secrets' ? textOf(variable.address, resolve) : undefined;
  const { connection, field } = address === undefined ? {} : parseAddress(address);
  if (field !== 'region')
    throw new Refusal('invalid_reference', 'provider.region: it is to be ${secrets:NAME.region} as a whole');
  const { region } = await connections.first(connection);
  if (region) return region;
  for (const parts of variable.defaults) {
    const text = textOf(parts, resolve);
    if (text && text.trim()) return text.trim();
  }
  throw new Refusal(
    'no_region',
    `provider.region: the connection ${connection} has no region of its own; name one in serverless.yml`
  );
};

module.exports = { findRegion, isForHourkey, rawRegion };
