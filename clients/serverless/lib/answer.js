'use strict';

// What the server's answer means. Pure.

const { Refusal, oneLine } = require('./refusal');

const LONGEST_MESSAGE = 600;
const WHAT_TO_DO = {
  unauthenticated: 'make a new token, or run `hourkey login` again',
  trust_refused: 'an admin verifies the connection, which tells what its role lacks',
};

const isText = (value) => typeof value === 'string' && value !== '';

const parseBody = (text) => {
  try {
    const body = JSON.parse(text);
    return body && typeof body === 'object' ? body : {};
  } catch (_) {
    return {};
  }
};

const sentence = (text) => oneLine(text).replace(/[.\s]+$/, '');

const secondsOf = (header) => (/^\d{1,4}$/.test(header || '') ? Number(header) : undefined);

/** The refusal that an answer other than 200 is. `who`: { app, tenant } of the token, when known. */
const refusalOf = ({ status, headers, body }, { connection, settings, who = {} }) => {
  const said = parseBody(body);
  const code = isText(said.code) ? said.code : `http_${status}`;
  const retry = { isRetryable: said.retryable === true, retryAfterSeconds: secondsOf(headers['retry-after']) };
  if (!isText(said.message)) {
    const why = `${settings.url.origin} answered ${status} and nothing that hourkey says: is the address right?`;
    return new Refusal(code, why, { isRetryable: status >= 502 && status <= 504 });
  }
  const parts = [];
  if (code === 'app_not_allowed') {
    const app = isText(who.app) ? `app "${who.app}"` : "this token's app";
    parts.push(`use of the secret is not allowed: ${app}, connection "${connection}"`);
  }
  if (code === 'unauthenticated')
    parts.push(`${settings.url.origin} does not know the token of ${settings.tokenSource}`);
  parts.push(sentence(said.message));
  if (isText(said.hint)) parts.push(sentence(said.hint));
  else if (WHAT_TO_DO[code]) parts.push(WHAT_TO_DO[code]);
  if (said.aws && isText(said.aws.code)) parts.push(`AWS: ${said.aws.code}`);
  // A server, or what stands before it, might say the token again.
  const text = parts.join('. ').split(settings.token).join('***').slice(0, LONGEST_MESSAGE);
  return new Refusal(code, isText(said.request_id) ? `${text} (request ${said.request_id})` : text, retry);
};

/**
 * { accessKeyId, secretAccessKey, sessionToken, expiration, region?, accountId?, endsAt } of a 200. `endsAt` is in
 * milliseconds of this machine's clock, however wrong that is: the server's Date says how wrong. Throws a Refusal for
 * anything else than live credentials.
 */
const tripleOf = ({ headers, body }, { settings, now }) => {
  const said = parseBody(body);
  if (![said.AccessKeyId, said.SecretAccessKey, said.SessionToken, said.Expiration].every(isText)) {
    throw new Refusal('not_hourkey', `what answers at ${settings.url.origin} is not hourkey: 200 without credentials`);
  }
  const expiration = Date.parse(said.Expiration);
  if (Number.isNaN(expiration))
    throw new Refusal('not_hourkey', `hourkey at ${settings.url.origin} answered an Expiration that is no time`);
  const serverTime = Date.parse(headers.date);
  const lead = Number.isNaN(serverTime) ? 0 : now - serverTime;
  const endsAt = expiration + lead;
  if (endsAt <= now)
    throw new Refusal('expired', "hourkey answered credentials that have ended: is this machine's clock right?");
  return {
    accessKeyId: said.AccessKeyId,
    secretAccessKey: said.SecretAccessKey,
    sessionToken: said.SessionToken,
    expiration: said.Expiration,
    region: isText(said.Region) ? said.Region : undefined,
    accountId: isText(said.AccountId) ? said.AccountId : undefined,
    endsAt,
  };
};

module.exports = { refusalOf, tripleOf };
