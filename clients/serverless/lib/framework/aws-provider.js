'use strict';

// How the framework's AWS provider comes to sign with hourkey's credentials, and with no others.

/** What v1 to v3 and osls 3 make an SDK v2 client with. */
const sdk2Options = (provider, credentials) => {
  const { provider: configured = {} } = provider.serverless ? provider.serverless.service : {};
  const bucket = configured.deploymentBucketObject;
  // As the framework's own getCredentials does: S3 with KMS wants Signature Version 4.
  const isEncrypted = Boolean(bucket) && bucket.serverSideEncryption === 'aws:kms';
  return isEncrypted ? { credentials, signatureVersion: 'v4' } : { credentials };
};

/**
 * Replaces the provider's two ways to find credentials: getCredentials (SDK v2: v1 to v3, osls 3),
 * getAwsSdkV3CredentialsProvider (osls). Both read files and variables otherwise. A profile that a caller names
 * outright is that caller's own.
 */
const signWith = (provider, credentials) => {
  if (typeof provider.getAwsSdkV3CredentialsProvider === 'function') {
    const original = provider.getAwsSdkV3CredentialsProvider;
    provider.getAwsSdkV3CredentialsProvider = function getAwsSdkV3CredentialsProvider(options) {
      return options && options.profile ? original.call(provider, options) : credentials.provider;
    };
  }
  // osls 4 has it only to say that it is gone.
  const hasSdk2 = provider.cachedCredentials !== undefined;
  if (hasSdk2) provider.getCredentials = () => sdk2Options(provider, credentials);
};

module.exports = { signWith };
