'use strict';

// ${secrets:...} anywhere but in provider.credentials.

const { parseAddress } = require('../reference');
const { Refusal } = require('../refusal');
const { complaining } = require('./complaint');

const mappingOf = ({ accessKeyId, secretAccessKey, sessionToken }) => ({ accessKeyId, secretAccessKey, sessionToken });

/** The mapping of three keys, or one field's text; undefined for a region that the connection does not have. */
const lookUp = async (connections, address) => {
  const { connection, field } = parseAddress(address);
  const triple = await connections.first(connection);
  return field ? triple[field] : mappingOf(triple);
};

/** v3 and osls: they take a default when the value is null. */
const modernSources = (serverless, connections) => ({
  secrets: {
    resolve: complaining(serverless, async ({ address, params }) => {
      if (params && params.length) throw new Refusal('invalid_reference', '${secrets:NAME}: it takes no parameters');
      if (!address) throw new Refusal('invalid_reference', '${secrets:NAME}: the name is missing');
      try {
        const value = await lookUp(connections, address);
        return { value: value === undefined ? null : value };
      } catch (error) {
        if (error.code === 'not_found') return { value: null };
        throw error;
      }
    }),
  },
});

/** v1 and v2: they would go on without a value, with no more than a warning, so there is always one or an error. */
const legacyResolvers = (serverless, connections) => ({
  secrets: {
    resolver: complaining(serverless, async (variable) => {
      const value = await lookUp(connections, variable.replace(/^secrets:/, ''));
      if (value !== undefined) return value;
      throw new Refusal(
        'no_region',
        `${variable.slice(0, 80)}: the connection has no region of its own; name one in serverless.yml`
      );
    }),
    isDisabledAtPrepopulation: false, // provider.credentials are resolved then
    serviceName: 'hourkey',
  },
});

module.exports = { legacyResolvers, mappingOf, modernSources };
