'use strict';

// Whether a server is reached through a proxy, by the variables that curl reads.

const { Refusal } = require('./refusal');

const isLoopback = (host) => host === 'localhost' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host);

const isIn = (entry, host, port) => {
  if (entry === '*') return true;
  const [, name, ofPort] = /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(entry) || [null, entry, undefined];
  if (ofPort && ofPort !== port) return false;
  const suffix = name.replace(/^\*?\./, '');
  if (suffix === '') return false;
  const isAddress = /^[\d.]+$/.test(host) || host.startsWith('[');
  if (isAddress) return host === suffix || host === `[${suffix}]`;
  return host === suffix || host.endsWith(`.${suffix}`);
};

const defaultPort = (url) => (url.protocol === 'https:' ? '443' : '80');

/**
 * The proxy to use for an https server, as { url: URL, authorization }, or null. Lower-case names go first, as with
 * curl. This machine itself is never asked through a proxy. Throws a Refusal, without what may be a password, for a
 * proxy that is no URL.
 */
const proxyFor = (server, environment) => {
  if (server.protocol !== 'https:' || isLoopback(server.hostname)) return null;
  const text = environment.https_proxy || environment.HTTPS_PROXY || environment.all_proxy || environment.ALL_PROXY;
  if (!text) return null;
  const excepted = (environment.no_proxy || environment.NO_PROXY || '').toLowerCase().split(/[\s,]+/);
  if (excepted.some((entry) => entry && isIn(entry, server.hostname, server.port || defaultPort(server)))) return null;
  let url;
  try {
    url = new URL(text.includes('://') ? text : `http://${text}`);
  } catch (_) {
    throw new Refusal('not_configured', 'HTTPS_PROXY is no URL: it is to be like http://proxy.example.com:3128');
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new Refusal(
      'not_configured',
      `HTTPS_PROXY begins with ${url.protocol}//, which is not spoken here: use http or https`
    );
  }
  const user = decodeURIComponent(url.username);
  const authorization =
    user && `Basic ${Buffer.from(`${user}:${decodeURIComponent(url.password)}`).toString('base64')}`;
  url.username = '';
  url.password = '';
  return { url, authorization: authorization || undefined };
};

module.exports = { proxyFor };
