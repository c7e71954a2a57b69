'use strict';

// Asks hourkey for a connection's credentials, again where that may help.

const { Refusal } = require('./refusal');
const { get } = require('./exchange');
const { refusalOf, tripleOf } = require('./answer');

const TRIES = 4;
const FIRST_PAUSE_MS = 250; // then twice as long each time: a server that restarts is back within two seconds
const LONGEST_PAUSE_MS = 5000;
const NAME = /^[a-z0-9][a-z0-9-]{0,62}$/;

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const pauseBefore = (attempt, refusal) => {
  if (refusal.retryAfterSeconds !== undefined) return Math.min(refusal.retryAfterSeconds * 1000, LONGEST_PAUSE_MS);
  return FIRST_PAUSE_MS * 2 ** attempt;
};

const under = (base, path) => new URL(base.pathname.replace(/\/+$/, '') + path, base);

const credentialsUrl = (base, connection, context) => {
  const url = under(base, `/v1/credentials/${connection}`);
  for (const [key, value] of Object.entries(context)) {
    // The server's fence lets these through and no others; the context of a token is what counts there.
    if (typeof value === 'string' && /^[A-Za-z0-9_.~-]{1,63}$/.test(value)) url.searchParams.set(key, value);
  }
  return url;
};

/** Whose token it is, for the words of a refusal; {} when that cannot be had. */
const whoami = async (settings, options) => {
  try {
    const answer = await get(under(settings.url, '/v1/whoami'), settings, options);
    return answer.status === 200 ? JSON.parse(answer.body) : {};
  } catch (_) {
    return {};
  }
};

const ask = async (connection, context, settings, options) => {
  const answer = await get(credentialsUrl(settings.url, connection, context), settings, options);
  if (answer.status === 200) return tripleOf(answer, { settings, now: Date.now() });
  const isNotAllowed = answer.status === 403;
  throw refusalOf(answer, { connection, settings, who: isNotAllowed ? await whoami(settings, options) : {} });
};

/**
 * One vend: what answer.tripleOf says. `context`: { stage, service, region }, for the audit and for grants. Rejects
 * with a Refusal; what may pass, as a restart or a throttle, only after TRIES.
 */
const vend = async (connection, context, settings, options = {}) => {
  if (!NAME.test(connection)) {
    throw new Refusal('invalid_reference', 'a connection has a name of a-z, 0-9 and -, of at most 63 characters');
  }
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await ask(connection, context, settings, options);
    } catch (error) {
      if (!error.isRetryable || attempt + 1 === TRIES) throw error;
      await sleep(pauseBefore(attempt, error));
    }
  }
};

module.exports = { vend };
