'use strict';

// What `hourkey login` keeps: servers and tokens under names.

const fs = require('fs');
const os = require('os');
const path = require('path');

const { Refusal } = require('./refusal');

const FORM = 1;

const contextsPath = (environment) => {
  const home = environment.HOME || os.homedir();
  // XDG Base Directory Specification: a relative path is to be ignored.
  const folder = path.isAbsolute(environment.XDG_CONFIG_HOME || '')
    ? environment.XDG_CONFIG_HOME
    : path.join(home, '.config');
  return path.join(folder, 'hourkey', 'contexts.json');
};

const unreadable = (file, why) =>
  new Refusal(
    'invalid_contexts',
    `${file} is not as \`hourkey login\` writes it (${why}): mend it, or delete it and log in again`
  );

const readPrivately = (file) => {
  let descriptor;
  try {
    descriptor = fs.openSync(file, 'r');
  } catch (error) {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null;
    throw new Refusal('invalid_contexts', `${file} cannot be read (${error.code})`);
  }
  try {
    const { mode, uid } = fs.fstatSync(descriptor);
    // Windows has no such modes; there the profile's folder is private.
    if (process.platform !== 'win32') {
      if (mode & 0o077)
        throw new Refusal('contexts_not_private', `${file} holds tokens and others can read it: chmod 600 ${file}`);
      if (uid !== process.geteuid())
        throw new Refusal('contexts_not_private', `${file} belongs to another user: log in again as yourself`);
    }
    return fs.readFileSync(descriptor, 'utf8');
  } finally {
    fs.closeSync(descriptor);
  }
};

const isText = (value) => typeof value === 'string' && value !== '';

const parse = (file, text) => {
  let list;
  try {
    list = JSON.parse(text);
  } catch (_) {
    throw unreadable(file, 'no JSON'); // the parser's own message quotes what it read
  }
  if (!list || list.version !== FORM) throw unreadable(file, `no version ${FORM}`);
  const contexts = new Map();
  for (const [name, one] of Object.entries(list.contexts || {})) {
    if (!one || !isText(one.url) || !isText(one.token)) throw unreadable(file, 'a context without url or token');
    contexts.set(name, { name, url: one.url, token: one.token, tenant: one.tenant, cacert: one.cacert });
  }
  return { file, current: list.current, contexts };
};

/**
 * The file's contexts by name, and which is current; none when there is no file. Throws a Refusal when others can read
 * it or it is damaged.
 */
const loadContexts = (environment) => {
  const file = contextsPath(environment);
  const text = readPrivately(file);
  return text === null ? { file, current: undefined, contexts: new Map() } : parse(file, text);
};

module.exports = { contextsPath, loadContexts };
