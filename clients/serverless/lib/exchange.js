'use strict';

// One GET over TLS, through a proxy where there is one. No redirect is followed: the server makes none.

const http = require('http');
const https = require('https');
const net = require('net');
const tls = require('tls');

const { Refusal } = require('./refusal');
const { proxyFor } = require('./proxy');
const { machineAuthorities } = require('./authorities');

const PATIENCE_MS = 20000; // the server itself gives AWS less
const LONGEST_ANSWER = 64 * 1024; // a session token may have some KiB

const UNTRUSTED =
  /^(CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|ERR_TLS_CERT_|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH)/;
const IN_WORDS = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'its name cannot be looked up now',
  ETIMEDOUT: 'no answer',
  EHOSTUNREACH: 'no route to it',
  ENETUNREACH: 'no network',
};

const unreachable = (url, why) =>
  new Refusal(
    'unreachable',
    `hourkey at ${url.origin} cannot be reached (${why}): is the address right, and the server up?`,
    {
      isRetryable: true,
    }
  );

const failureOf = (url, error) => {
  if (error instanceof Refusal) return error;
  const code = error.code || error.name;
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return new Refusal(
      'untrusted',
      `the certificate at ${url.origin} is for another host than ${url.hostname}: correct the address`
    );
  }
  if (UNTRUSTED.test(code)) {
    return new Refusal(
      'untrusted',
      `the certificate of hourkey at ${url.origin} is not trusted (${code}): set HOURKEY_CACERT to the file of its CA`
    );
  }
  if (code === 'EPROTO')
    return new Refusal('unreachable', `what answers at ${url.origin} speaks no TLS: is the port right?`);
  return unreachable(url, IN_WORDS[code] ? `${IN_WORDS[code]}, ${code}` : code);
};

// TLS forbids an address as a server name (RFC 6066 section 3).
const serverName = (host) => (net.isIP(host) ? '' : host);
const withoutBrackets = (host) => host.replace(/^\[|\]$/g, '');

const secureOptions = (url, settings, environment) => {
  const host = withoutBrackets(url.hostname);
  return {
    ca: settings.authority || machineAuthorities(environment),
    servername: serverName(host),
    minVersion: 'TLSv1.2',
    rejectUnauthorized: true, // whatever NODE_TLS_REJECT_UNAUTHORIZED says: the token would go to anyone
  };
};

/** A socket to the server through the proxy's CONNECT (RFC 9110 9.3.6). */
const tunnel = (proxy, url, patienceMs) =>
  new Promise((resolve, reject) => {
    const at = `the proxy ${proxy.url.host} (HTTPS_PROXY)`;
    const target = `${url.hostname}:${url.port || 443}`;
    const asked = (proxy.url.protocol === 'https:' ? https : http).request({
      host: withoutBrackets(proxy.url.hostname),
      port: proxy.url.port || (proxy.url.protocol === 'https:' ? 443 : 80),
      method: 'CONNECT',
      path: target,
      agent: false,
      headers: Object.assign({ Host: target }, proxy.authorization && { 'Proxy-Authorization': proxy.authorization }),
    });
    asked.setTimeout(patienceMs, () =>
      asked.destroy(new Refusal('unreachable', `${at} does not answer`, { isRetryable: true }))
    );
    asked.once('error', (error) =>
      reject(
        error instanceof Refusal
          ? error
          : new Refusal('unreachable', `${at} cannot be reached (${error.code || error.name}): is it right?`, {
              isRetryable: true,
            })
      )
    );
    asked.once('response', (answer) => {
      answer.destroy();
      reject(new Refusal('unreachable', `${at} answered ${answer.statusCode} instead of a tunnel`));
    });
    asked.once('connect', (answer, socket) => {
      asked.setTimeout(0);
      if (answer.statusCode === 200) return resolve(socket);
      socket.destroy();
      const what = answer.statusCode === 407 ? ': it wants a user and a password' : `: it may not lead to ${target}`;
      return reject(new Refusal('unreachable', `${at} refuses (${answer.statusCode})${what}`));
    });
    asked.end();
  });

const send = (url, options, patienceMs) =>
  new Promise((resolve, reject) => {
    const { request } = url.protocol === 'https:' ? https : http;
    const asked = request(url, options, (answer) => {
      const parts = [];
      let size = 0;
      answer.on('data', (part) => {
        size += part.length;
        if (size > LONGEST_ANSWER)
          asked.destroy(new Refusal('not_hourkey', `what answers at ${url.origin} is not hourkey: too long`));
        else parts.push(part);
      });
      answer.once('aborted', () => reject(unreachable(url, 'the answer broke off')));
      answer.once('error', (error) => reject(failureOf(url, error)));
      answer.once('end', () =>
        resolve({ status: answer.statusCode, headers: answer.headers, body: Buffer.concat(parts).toString() })
      );
    });
    // Of the whole exchange, not of a silence.
    const timer = setTimeout(() => asked.destroy(unreachable(url, 'no answer in time')), patienceMs);
    asked.once('close', () => clearTimeout(timer));
    asked.once('error', (error) => reject(failureOf(url, error)));
    asked.end();
  });

/**
 * { status, headers, body: string } of GET `url` (a URL of settings.url's server). Rejects with a Refusal that names no
 * secret.
 */
const get = async (url, settings, { environment = process.env, patienceMs = PATIENCE_MS } = {}) => {
  const options = {
    agent: false,
    headers: {
      Authorization: `Bearer ${settings.token}`,
      Accept: 'application/json',
      'User-Agent': 'serverless-hourkey',
    },
  };
  const proxy = proxyFor(url, environment);
  if (url.protocol === 'https:') Object.assign(options, secureOptions(url, settings, environment));
  if (proxy) {
    const socket = await tunnel(proxy, url, patienceMs);
    // Without an agent of its own a request does not look at createConnection.
    const through = { createConnection: (more) => tls.connect(Object.assign({}, more, { socket })) };
    options.agent = Object.assign(new https.Agent(), through);
  }
  return send(url, options, patienceMs);
};

module.exports = { get };
