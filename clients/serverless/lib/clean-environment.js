'use strict';

// No other identity may sign: not while hourkey is asked, not when it refuses, not beside its credentials.

const os = require('os');
const path = require('path');

// AWS_PROFILE, AWS_DEFAULT_PROFILE, AWS_ACCESS_KEY_ID and, which the framework prefers to all else, AWS_<STAGE>_PROFILE
// and so on.
// SDK v2 reads AMAZON_ACCESS_KEY_ID too.
const OF_OTHERS = /^(AWS|AMAZON)_(.+_)?(PROFILE|ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN)$/;

const ALSO_OF_OTHERS = [
  'AWS_SECURITY_TOKEN',
  'AWS_CREDENTIAL_FILE',
  'AWS_CREDENTIAL_PROFILES_FILE',
  'AWS_CREDENTIAL_EXPIRATION',
  'AWS_CREDENTIAL_SCOPE',
  'AWS_ACCOUNT_ID',
  'AWS_ACCESS_KEY',
  'AWS_SECRET_KEY',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
  'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
  'AWS_ROLE_ARN',
  'AWS_ROLE_SESSION_NAME',
  'AWS_BEARER_TOKEN',
  'AWS_EC2_METADATA_SERVICE_ENDPOINT',
  'AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE',
];

/**
 * Takes away what names another identity. The machine's own role is not asked any more, by anyone in this process or
 * its children.
 */
const forgetOthers = (environment) => {
  for (const name of Object.keys(environment)) {
    // On Windows names have any case.
    if (OF_OTHERS.test(name.toUpperCase()) || ALSO_OF_OTHERS.includes(name.toUpperCase())) delete environment[name];
  }
  environment.AWS_EC2_METADATA_DISABLED = 'true';
};

const FILE_SETTINGS = ['AWS_SHARED_CREDENTIALS_FILE', 'AWS_CONFIG_FILE', 'AWS_SDK_LOAD_CONFIG'];

/**
 * Until there are credentials of hourkey's in the environment, static keys under [default] would be next: hides the
 * user's files. Returns what shows them again, for other plugins may name a profile of their own there.
 */
const hideFiles = (environment) => {
  const before = FILE_SETTINGS.map((name) => [name, environment[name]]);
  environment.AWS_SHARED_CREDENTIALS_FILE = os.devNull || (process.platform === 'win32' ? '\\\\.\\nul' : '/dev/null');
  // SDK v2 wants a regular file here, and without AWS_SDK_LOAD_CONFIG it does not look at either variable.
  environment.AWS_CONFIG_FILE = path.join(__dirname, 'no-profiles.ini');
  environment.AWS_SDK_LOAD_CONFIG = '1';
  return () => {
    for (const [name, value] of before) {
      if (value === undefined) delete environment[name];
      else environment[name] = value;
    }
  };
};

/** For what reads the environment itself: other plugins, and programs that they start. */
const tell = (environment, triple) => {
  forgetOthers(environment);
  environment.AWS_ACCESS_KEY_ID = triple.accessKeyId;
  environment.AWS_SECRET_ACCESS_KEY = triple.secretAccessKey;
  environment.AWS_SESSION_TOKEN = triple.sessionToken;
  environment.AWS_CREDENTIAL_EXPIRATION = triple.expiration;
  if (triple.accountId) environment.AWS_ACCOUNT_ID = triple.accountId;
};

module.exports = { forgetOthers, hideFiles, tell };
