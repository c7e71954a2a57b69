'use strict';

// A CA of our own, by the openssl command.

const { execFileSync } = require('child_process');
const fs = require('fs');
const os = require('os');
const path = require('path');

const EC = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

const makeAuthority = (t) => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'serverless-hourkey-'));
  t.after(() => fs.rmSync(folder, { recursive: true, force: true }));
  const openssl = (...words) => execFileSync('openssl', words, { cwd: folder, stdio: 'pipe' });
  const subject = ['-days', '2', '-subj', '/CN=serverless-hourkey test'];
  openssl('req', '-x509', ...EC, '-keyout', 'ca.key', '-out', 'ca.pem', ...subject);
  const issue = (names) => {
    fs.writeFileSync(path.join(folder, 'names'), `subjectAltName=${names}\n`);
    openssl('req', ...EC, '-keyout', 'key.pem', '-out', 'request.pem', ...subject.slice(2));
    const signed = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-set_serial', '2', '-days', '2', '-extfile', 'names'];
    openssl('x509', '-req', '-in', 'request.pem', '-out', 'certificate.pem', ...signed);
    const read = (name) => fs.readFileSync(path.join(folder, name), 'utf8');
    return { cert: read('certificate.pem'), key: read('key.pem') };
  };
  return {
    folder,
    file: path.join(folder, 'ca.pem'),
    pem: fs.readFileSync(path.join(folder, 'ca.pem'), 'utf8'),
    issue,
  };
};

module.exports = { makeAuthority };
