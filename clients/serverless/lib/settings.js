'use strict';

// Which server to ask, with which token, trusting whom.

const fs = require('fs');
const path = require('path');

const { Refusal } = require('./refusal');
const { loadContexts } = require('./contexts');

const KNOWN = ['url', 'tenant', 'context', 'cacert'];
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

const settingsError = (message) => new Refusal('not_configured', message);

/**
 * `custom.hourkey` of serverless.yml: texts under KNOWN names, or a Refusal. Anyone may read that file: a token has no
 * place in it.
 */
const checkCustom = (custom) => {
  if (custom === undefined || custom === null) return {};
  if (typeof custom !== 'object' || Array.isArray(custom))
    throw settingsError(`custom.hourkey takes ${KNOWN.join(', ')}`);
  for (const [key, value] of Object.entries(custom)) {
    if (/token/i.test(key))
      throw settingsError(`custom.hourkey.${key}: a token has no place in serverless.yml; set HOURKEY_TOKEN_FILE`);
    if (!KNOWN.includes(key)) throw settingsError(`custom.hourkey has no ${key}; it takes ${KNOWN.join(', ')}`);
    if (typeof value !== 'string' || value === '') throw settingsError(`custom.hourkey.${key} is to be a text`);
    if (/[$][{<]/.test(value))
      throw settingsError(`custom.hourkey.${key} holds a variable that cannot be resolved so early`);
  }
  return custom;
};

/** `https://host[:port][/path]`; http for this machine only, where a sidecar may listen. */
const parseUrl = (text, source) => {
  let url;
  try {
    url = new URL(text);
  } catch (_) {
    throw settingsError(`${source} is no URL: it is to be like https://hourkey.example.com:8443`);
  }
  if (url.username || url.password)
    throw settingsError(`${source} has a user or password in it; the token goes into HOURKEY_TOKEN_FILE`);
  if (url.search || url.hash) throw settingsError(`${source} is to have no query and no fragment`);
  if (url.protocol === 'http:' && !LOOPBACK.test(url.hostname)) {
    throw settingsError(`${source} is http, which would show the token to the network: use https`);
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw settingsError(`${source} is to begin with https://`);
  return url;
};

const isSameServer = (one, other) => one.origin === other.origin;

const readToken = (file, source) => {
  try {
    return fs.readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw settingsError(`${source} names ${file}, which cannot be read (${error.code})`);
  }
};

/**
 * Node would say no more than "Invalid character in header content". Ours are `hk_` and letters; be as tolerant as the
 * server.
 */
const checkToken = (token, source) => {
  if (!token) throw settingsError(`${source} holds no token`);
  if (!/^[\x21-\x7e]+$/.test(token))
    throw settingsError(`${source} holds no token: blanks, line breaks or characters outside ASCII`);
  return token;
};

const readAuthority = (file, source) => {
  let text;
  try {
    text = fs.readFileSync(file, 'utf8');
  } catch (error) {
    throw settingsError(`${source} names ${file}, which cannot be read (${error.code})`);
  }
  if (!text.includes('-----BEGIN CERTIFICATE-----'))
    throw settingsError(`${source} names ${file}, which has no PEM certificate in it`);
  return text;
};

/** By name; else the one of serverless.yml's server (and tenant); else the current one. */
const chooseContext = (list, environment, custom) => {
  const [name, source] = environment.HOURKEY_CONTEXT
    ? [environment.HOURKEY_CONTEXT, 'HOURKEY_CONTEXT']
    : [custom.context, 'custom.hourkey.context'];
  if (name) {
    if (list.contexts.has(name)) return list.contexts.get(name);
    const known = [...list.contexts.keys()].join(', ') || 'none';
    throw settingsError(`${source} names no context of \`hourkey login\` (there are: ${known})`);
  }
  const current = list.contexts.get(list.current);
  const fits = (context) => {
    if (custom.tenant && context.tenant && context.tenant !== custom.tenant) return false;
    return !custom.url || isSameServer(parseUrl(context.url, list.file), parseUrl(custom.url, 'custom.hourkey.url'));
  };
  if (!custom.url && !custom.tenant) return current;
  if (current && fits(current)) return current;
  return [...list.contexts.values()].find(fits);
};

const chooseUrl = (environment, custom, context, file) => {
  if (environment.HOURKEY_URL) return parseUrl(environment.HOURKEY_URL, 'HOURKEY_URL');
  if (custom.url) return parseUrl(custom.url, 'custom.hourkey.url');
  if (context) return parseUrl(context.url, file);
  throw settingsError(
    'it is not said which hourkey server to ask: set HOURKEY_URL and HOURKEY_TOKEN_FILE, ' +
      'or custom.hourkey.url in serverless.yml, or run `hourkey login`'
  );
};

const chooseToken = (environment, url, context, file) => {
  if (environment.HOURKEY_TOKEN_FILE) {
    return [readToken(environment.HOURKEY_TOKEN_FILE, 'HOURKEY_TOKEN_FILE'), 'HOURKEY_TOKEN_FILE'];
  }
  if (environment.HOURKEY_TOKEN) return [environment.HOURKEY_TOKEN.trim(), 'HOURKEY_TOKEN'];
  if (context && isSameServer(parseUrl(context.url, file), url))
    return [context.token, `the context '${context.name}'`];
  const spared = context
    ? `; the token of the context '${context.name}' is for another server and is not sent there`
    : '';
  throw settingsError(
    `there is no token for ${url.origin}${spared}: set HOURKEY_TOKEN_FILE or HOURKEY_TOKEN, ` +
      `or run \`hourkey login --server ${url.origin}\``
  );
};

const chooseAuthority = (environment, custom, serviceDir, ownContext) => {
  if (environment.HOURKEY_CACERT) return readAuthority(environment.HOURKEY_CACERT, 'HOURKEY_CACERT');
  if (custom.cacert) return readAuthority(path.resolve(serviceDir || '.', custom.cacert), 'custom.hourkey.cacert');
  if (ownContext && ownContext.cacert) return readAuthority(ownContext.cacert, `the context '${ownContext.name}'`);
  return undefined;
};

/**
 * { url: URL, token, tokenSource, authority } from the variables of the environment, then serverless.yml's
 * custom.hourkey, then the contexts of `hourkey login`. `authority`: PEM certificates that alone are trusted;
 * undefined: whom the machine trusts. A context's token goes to the context's own server only. Throws a Refusal that
 * says what is missing.
 */
const loadSettings = ({ environment, custom: given, serviceDir }) => {
  const custom = checkCustom(given);
  const hasAll =
    environment.HOURKEY_URL &&
    (environment.HOURKEY_TOKEN_FILE || environment.HOURKEY_TOKEN) &&
    environment.HOURKEY_CACERT;
  // A job that says all has no use for a person's file, nor for what may be wrong with it.
  const list = hasAll ? { contexts: new Map() } : loadContexts(environment);
  const context = hasAll ? undefined : chooseContext(list, environment, custom);
  const url = chooseUrl(environment, custom, context, list.file);
  const [token, tokenSource] = chooseToken(environment, url, context, list.file);
  const ownContext = context && isSameServer(parseUrl(context.url, list.file), url) ? context : undefined;
  return {
    url,
    token: checkToken(token, tokenSource),
    tokenSource,
    tenant: custom.tenant,
    authority: chooseAuthority(environment, custom, serviceDir, ownContext),
  };
};

module.exports = { loadSettings, parseUrl };
