// Services that refuse in ways of their own behind GET /me; STYLE is a row of STYLES.
//
// It listens on a free loopback port and prints "listening PORT". The environment says the rest:
//
//   JWT_SECRET_KEY  the key, "secret" if unset
//   ALGORITHMS      comma-separated
//   LEEWAY          clockTolerance in seconds
//   AUDIENCE        whom a token must be for

'use strict';

const http = require('http');
const jwt = require('jsonwebtoken');

const KEY = process.env.JWT_SECRET_KEY || 'secret';
const OPTIONS = {
  algorithms: process.env.ALGORITHMS.split(','),
  issuer: 'RemoteHive',
  audience: process.env.AUDIENCE,
  clockTolerance: Number(process.env.LEEWAY),
};

const announce = (server) => console.log('listening', server.address().port);

// The claims of the token in a request, or null.
function claims(request) {
  try {
    return jwt.verify((request.headers.authorization || '').replace(/^Bearer /, ''), KEY, OPTIONS);
  } catch {
    return null;
  }
}

// Status 200 and a text for either answer.
function alwaysOk(type, taken, refused) {
  const server = http.createServer((request, response) => {
    const read = claims(request);
    response.writeHead(200, { 'Content-Type': type });
    response.end(read ? taken(read) : refused);
  });
  server.listen(0, '127.0.0.1', () => announce(server));
}

const STYLES = {
  // koa-jwt: one text for every refusal, and another for a word before the token that is not Bearer.
  koa() {
    const Koa = require('koa');
    const app = new Koa();
    app.silent = true;
    app.use(require('koa-jwt')({ secret: KEY, ...OPTIONS }));
    app.use((ctx) => { ctx.body = { user: ctx.state.user.sub }; });
    const server = app.listen(0, '127.0.0.1', () => announce(server));
  },
  // @hapi/jwt as its README shows it: maxAgeSec wants an iat, and claims are looked at before the
  // signature.
  async hapi() {
    const server = require('@hapi/hapi').server({ port: 0, host: '127.0.0.1' });
    await server.register(require('@hapi/jwt'));
    server.auth.strategy('jwt', 'jwt', {
      keys: { key: KEY, algorithms: OPTIONS.algorithms },
      verify: {
        aud: OPTIONS.audience,
        iss: OPTIONS.issuer,
        sub: false,
        nbf: true,
        exp: true,
        maxAgeSec: 14400,
        timeSkewSec: OPTIONS.clockTolerance,
      },
      validate: ({ decoded }) => ({ isValid: true, credentials: { user: decoded.payload.sub } }),
    });
    server.auth.default('jwt');
    server.route({ method: 'GET', path: '/me', handler: (request) => request.auth.credentials });
    await server.start();
    console.log('listening', server.info.port);
  },
  // Express, where nobody catches what the library throws: every refusal is a 500 with a stack.
  uncaught() {
    const app = require('express')();
    app.get('/me', (request, response) => {
      const token = (request.headers.authorization || '').replace(/^Bearer /, '');
      response.json({ user: jwt.verify(token, KEY, OPTIONS).sub });
    });
    const server = app.listen(0, '127.0.0.1', () => announce(server));
  },
  // 200 with a page that says nothing in words: it sends people to where they log in.
  page() {
    alwaysOk('text/html', () => '<h1>Your dashboard</h1>', '<h1>Welcome</h1><a href="/start">Go</a>');
  },
  // 200 with a code of its own, as many an admin template has it.
  code() {
    const text = (code, data) => JSON.stringify({ code, msg: code ? 'token' : 'ok', data });
    alwaysOk('application/json', ({ sub }) => text(0, { sub }), text(50008, null));
  },
  // GraphQL: 200 with errors, in the words of the tutorials.
  graphql() {
    const message = 'User is not authenticated';
    const refused = { errors: [{ message, extensions: { code: 'UNAUTHENTICATED' } }], data: { me: null } };
    const taken = ({ sub }) => JSON.stringify({ data: { me: sub } });
    alwaysOk('application/json', taken, JSON.stringify(refused));
  },
};

STYLES[process.env.STYLE]();
