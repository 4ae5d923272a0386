// Fastify and @fastify/jwt behind GET /me, which sends the plugin's own errors.
//
// It listens on a free loopback port and prints "listening PORT". The environment says the rest:
//
//   JWT_SECRET_KEY  the key, "supersecret" if unset
//   ALGORITHMS      comma-separated; not pinned if empty
//   LEEWAY          clockTolerance in seconds
//   AUDIENCE        whom a token must be for
//   FAULT           a row of READERS

'use strict';

const fastify = require('fastify')();

const algorithms = process.env.ALGORITHMS ? process.env.ALGORITHMS.split(',') : undefined;

fastify.register(require('@fastify/jwt'), {
  secret: process.env.JWT_SECRET_KEY || 'supersecret',
  verify: {
    algorithms,
    allowedIss: 'RemoteHive',
    allowedAud: process.env.AUDIENCE,
    clockTolerance: Number(process.env.LEEWAY) * 1000,
    ignoreExpiration: process.env.FAULT === 'expiry-ignored',
  },
});

const READERS = {
  '': (request) => request.jwtVerify(),
  'expiry-ignored': (request) => request.jwtVerify(),
  'signature-ignored': (request) => request.jwtDecode(),
};
const read = READERS[process.env.FAULT];

fastify.get('/me', async (request, reply) => {
  try {
    return { sub: (await read(request)).sub };
  } catch (err) {
    return reply.send(err);
  }
});

fastify
  .listen({ port: 0, host: '127.0.0.1' })
  .then(() => console.log('listening', fastify.server.address().port));
