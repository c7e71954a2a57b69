'use strict';

// A stand-in for hourkeyd, and a proxy that tunnels to it whatever host is asked for.

const http = require('http');
const https = require('https');
const net = require('net');

const listening = (t, server) =>
  new Promise((resolve) => {
    t.after(() => {
      server.close();
      if (server.closeAllConnections) server.closeAllConnections();
    });
    server.listen(0, '127.0.0.1', () => resolve(server.address().port));
  });

const granted = (more = {}) => ({
  Version: 1,
  AccessKeyId: 'ASIATEST',
  SecretAccessKey: 'the-secret-key',
  SessionToken: 'the-session-token',
  Token: 'the-session-token',
  Expiration: new Date(Date.now() + 3600000).toISOString(),
  AccountId: '444455556666',
  ...more,
});

/** `answers`: for each request in turn { status, body, headers }; the last one for all that come after it. */
const startHourkey = async (t, certificate, answers) => {
  const requests = [];
  const server = https.createServer(certificate, (request, response) => {
    const { status = 200, body = granted(), headers = {} } = answers[Math.min(requests.length, answers.length - 1)];
    requests.push(request);
    response.writeHead(status, headers);
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  return { port: await listening(t, server), requests };
};

const startProxy = async (t, targetPort, { status } = {}) => {
  const asked = [];
  const server = http.createServer();
  server.on('connect', (request, socket) => {
    asked.push({ target: request.url, authorization: request.headers['proxy-authorization'] });
    if (status) return socket.end(`HTTP/1.1 ${status} No\r\n\r\n`);
    const onwards = net.connect(targetPort, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      onwards.pipe(socket).pipe(onwards);
    });
    for (const one of [socket, onwards]) one.on('error', () => one.destroy());
    return undefined;
  });
  return { port: await listening(t, server), asked };
};

module.exports = { granted, listening, startHourkey, startProxy };
