// Node's http and jose behind GET /me; it refuses with jose's code and message.
//
// It listens on a free loopback port and prints "listening PORT". The environment says the rest:
//
//   JWT_SECRET_KEY  the key, "secret" if unset
//   ALGORITHMS      comma-separated; not pinned if empty
//   LEEWAY          clockTolerance in seconds
//   AUDIENCE        whom a token must be for
//   FAULT           a row of READERS

import http from 'node:http';
import { createRequire } from 'node:module';

// An import statement would not look where NODE_PATH says.
const { compactVerify, decodeJwt, jwtVerify } = createRequire(import.meta.url)('jose');

const KEY = new TextEncoder().encode(process.env.JWT_SECRET_KEY || 'secret');
const OPTIONS = {
  issuer: 'RemoteHive',
  audience: process.env.AUDIENCE,
  clockTolerance: Number(process.env.LEEWAY),
  ...(process.env.ALGORITHMS && { algorithms: process.env.ALGORITHMS.split(',') }),
};

const READERS = {
  '': async (token) => (await jwtVerify(token, KEY, OPTIONS)).payload,
  // A JWS is verified, a JWT is not: nothing looks at the claims.
  'expiry-ignored': async (token) =>
    JSON.parse(new TextDecoder().decode((await compactVerify(token, KEY, OPTIONS)).payload)),
  'signature-ignored': async (token) => decodeJwt(token),
};
const read = READERS[process.env.FAULT];

async function me(request) {
  const [scheme, token] = (request.headers.authorization || '').split(' ');
  if (scheme !== 'Bearer') return [401, { error: 'missing bearer token' }];
  try {
    return [200, { sub: (await read(token)).sub }];
  } catch (err) {
    return [401, { code: err.code, message: err.message }];
  }
}

const server = http.createServer(async (request, response) => {
  const [status, body] = request.url === '/me' ? await me(request) : [404, {}];
  response.writeHead(status, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify(body));
});

server.listen(0, '127.0.0.1', () => console.log('listening', server.address().port));
