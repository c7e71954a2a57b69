'use strict';

/**
 * osls 4 refuses a provider.credentials that its schema does not have, others warn of it; and custom.hourkey is checked
 * by settings.js.
 */
const allowCredentials = (serverless) => {
  const { schema } = serverless.configSchemaHandler || {};
  const provider = schema && schema.properties && schema.properties.provider;
  if (provider && provider.properties && !provider.properties.credentials) {
    provider.properties.credentials = { anyOf: [{ type: 'string' }, { type: 'object' }] };
  }
};

module.exports = { allowCredentials };
