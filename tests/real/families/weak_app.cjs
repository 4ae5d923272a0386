// Node's http behind GET /me, with real libraries used as they must not be. One text refuses all.
//
// It listens on a free loopback port and prints "listening PORT". The environment says the rest:
//
//   JWT_SECRET_KEY  the key
//   PUBLIC_KEY      a PEM file beside it, for tokens of another issuer
//   FAULT           a row of READERS

'use strict';

const { execSync } = require('node:child_process');
const fs = require('node:fs');
const http = require('node:http');
const jose = require('jose');
const jwt = require('jsonwebtoken');
const old = require('jsonwebtoken-8');

const SECRET = process.env.JWT_SECRET_KEY;
const KEY = new TextEncoder().encode(SECRET);
const PUBLIC_KEY = process.env.PUBLIC_KEY ? fs.readFileSync(process.env.PUBLIC_KEY, 'utf8') : '';
const HS256 = { algorithms: ['HS256'] };

const header = (token) => jose.decodeProtectedHeader(token);

// The first of several verifications that succeeds.
function any(tries) {
  for (const verify of tries) {
    try {
      return verify();
    } catch {
      // the next one
    }
  }
  throw new Error('no key verifies it');
}

const READERS = {
  // The key in the token is believed.
  'embedded-jwk': async (token) => {
    const { jwk } = header(token);
    const key = jwk ? await jose.importJWK(jwk, header(token).alg) : KEY;
    return (await jose.jwtVerify(token, key)).payload;
  },
  // The address of the keys in the token is believed.
  'jku-followed': async (token) => {
    const { jku } = header(token);
    const key = jku ? jose.createRemoteJWKSet(new URL(jku)) : KEY;
    return (await jose.jwtVerify(token, key)).payload;
  },
  // The address is called, and what comes back is not used.
  'jku-called': async (token) => {
    const { jku } = header(token);
    if (jku) await fetch(jku);
    return (await jose.jwtVerify(token, KEY, HS256)).payload;
  },
  // The name of the key is part of a path.
  'kid-path': async (token) => {
    const { kid } = header(token);
    const key = kid ? fs.readFileSync(`/etc/${kid}`) : SECRET;
    return jwt.verify(token, key, HS256);
  },
  // The name of the key is part of a command.
  'kid-command': async (token) => {
    const { kid } = header(token);
    const key = kid ? execSync(`cat /etc/${kid}`, { stdio: 'pipe' }) : SECRET;
    return jwt.verify(token, key, HS256);
  },
  // readFile throws at once when a path holds a NUL, and here nobody catches it.
  'kid-crash': (token) =>
    new Promise((taken, refused) => {
      const { kid } = header(token);
      if (!kid) return taken(jwt.verify(token, SECRET, HS256));
      setImmediate(() => fs.readFile(`/etc/${kid}`, () => refused(new Error('no such key'))));
    }),
  // Tokens of another issuer are verified with its public key, in one list of algorithms.
  'confused-8': async (token) =>
    any([SECRET, PUBLIC_KEY].map((key) => () => old.verify(token, key, { algorithms: ['HS256', 'ES256'] }))),
  'confused-9': async (token) =>
    any([SECRET, PUBLIC_KEY].map((key) => () => jwt.verify(token, key, { algorithms: ['HS256', 'ES256'] }))),
  // The key of the tutorial was left in beside the right one.
  'default-key': async (token) => any([SECRET, 'secret'].map((key) => () => jwt.verify(token, key, HS256))),
  // A list of what is forbidden instead of what is allowed.
  'none-forbidden': async (token) => {
    const { alg } = header(token);
    if (alg === 'none') throw new Error('unsigned');
    if (String(alg).toLowerCase() === 'none') return jwt.decode(token);
    return jwt.verify(token, SECRET, HS256);
  },
  // An unsigned token needs no key, and none is on the list.
  'none-allowed': async (token) => {
    const key = header(token).alg === 'none' ? '' : SECRET;
    return jwt.verify(token, key, { algorithms: ['HS256', 'none'] });
  },
  // Encrypted tokens are opened with a password, however often it is to be stretched.
  'password-stretched': async (token) => {
    if (token.split('.').length === 5) {
      const options = { keyManagementAlgorithms: ['PBES2-HS256+A128KW'], maxPBES2Count: Infinity };
      return (await jose.jwtDecrypt(token, KEY, options)).payload;
    }
    return jwt.verify(token, SECRET, HS256);
  },
  // Who errs too often is locked out.
  'locks-out': async (token) => {
    if (failures > 60) throw new Error('locked out');
    return jwt.verify(token, SECRET, HS256);
  },
};
const read = READERS[process.env.FAULT];
let failures = 0;

async function me(request) {
  const [scheme, token] = (request.headers.authorization || '').split(' ');
  try {
    if (scheme !== 'Bearer') throw new Error('no token');
    return [200, { sub: (await read(token)).sub }];
  } catch {
    failures += 1;
    return [401, { error: 'unauthorized' }];
  }
}

const server = http.createServer(async (request, response) => {
  const [status, body] = request.url === '/me' ? await me(request) : [404, {}];
  response.writeHead(status, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify(body));
});

server.listen(0, '127.0.0.1', () => console.log('listening', server.address().port));
