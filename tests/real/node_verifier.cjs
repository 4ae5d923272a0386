// A service as the fleet has it: Node's http and jsonwebtoken behind GET /api/auth/verify, the
// token in the cookie access_token, the key in JWT_SECRET with a hard-coded fallback.
//
// It listens on a free loopback port and prints "listening PORT". The environment says the rest:
//
//   ENV_FILE      a file that dotenv reads first
//   JWT_SECRET    the key
//   KEY_ENCODING  what Buffer.from reads the key as; text if unset
//   ALGORITHMS    what jwt.verify is given, comma-separated; not pinned if unset
//   LEEWAY        seconds, 0
//   REFUSAL       a row of REFUSALS

'use strict';

const http = require('node:http');
const jwt = require('jsonwebtoken');

if (process.env.ENV_FILE) require('dotenv').config({ path: process.env.ENV_FILE, quiet: true });

const TEXT = process.env.JWT_SECRET || 'your-secret-key';
const JWT_SECRET = Buffer.from(TEXT, process.env.KEY_ENCODING || 'utf8');
const OPTIONS = { clockTolerance: Number(process.env.LEEWAY || 0) };
if (process.env.ALGORITHMS) OPTIONS.algorithms = process.env.ALGORITHMS.split(',');

// Status, headers and body for a reason; the reason is null where there is no token.
const REFUSALS = {
  'one-text-401': () => [401, {}, { error: 'Invalid token' }],
  'telling-401': (reason) => [401, {}, { error: reason ? reason.message : 'No token provided' }],
  'login-302': () => [302, { Location: '/login' }, {}],
  'error-in-200': () => [200, {}, { success: false, error: 'Invalid token' }],
};
const refuse = REFUSALS[process.env.REFUSAL || 'one-text-401'];

function verify(request) {
  const cookie = /(?:^|; *)access_token=([^;]*)/.exec(request.headers.cookie || '');
  if (!cookie) return refuse(null);
  try {
    const claims = jwt.verify(decodeURIComponent(cookie[1]), JWT_SECRET, OPTIONS);
    return [200, {}, { success: true, user: claims.sub }];
  } catch (reason) {
    return refuse(reason);
  }
}

const server = http.createServer((request, response) => {
  const path = request.url.split('?')[0];
  const [status, headers, body] =
    path === '/api/auth/verify' ? verify(request) : [404, {}, { error: 'Not found' }];
  response.writeHead(status, { 'Content-Type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
});

server.listen(0, '127.0.0.1', () => console.log('listening', server.address().port));
