'use strict';

// Whose certificates are good, when no certificate was named.

const fs = require('fs');
const tls = require('tls');

// Node knows its own list only; a company's CA stands in the system's.
const SYSTEM = [
  '/etc/ssl/certs/ca-certificates.crt', // Debian, Alpine
  '/etc/pki/tls/certs/ca-bundle.crt', // Fedora, RHEL, Amazon Linux
  '/etc/ssl/ca-bundle.pem', // openSUSE
  '/etc/ssl/cert.pem', // macOS, FreeBSD
];

const readIfThere = (file) => {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch (_) {
    return undefined;
  }
};

const firstReadable = (files) => {
  for (const file of files) {
    const text = readIfThere(file);
    if (text) return text;
  }
  return undefined;
};

/**
 * A list for `ca`: Node's own, NODE_EXTRA_CA_CERTS (which Node leaves out once `ca` is set), SSL_CERT_FILE's or the
 * system's.
 */
const machineAuthorities = (environment) => {
  const extra = environment.NODE_EXTRA_CA_CERTS && readIfThere(environment.NODE_EXTRA_CA_CERTS);
  const system = firstReadable(environment.SSL_CERT_FILE ? [environment.SSL_CERT_FILE] : SYSTEM);
  return [...tls.rootCertificates, extra, system].filter(Boolean);
};

module.exports = { machineAuthorities };
