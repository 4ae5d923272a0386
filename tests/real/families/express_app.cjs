// Express and express-jwt behind GET /me; it refuses with the words of the README, the same for
// every reason.
//
// It listens on a free loopback port and prints "listening PORT". The environment says the rest:
//
//   JWT_SECRET_KEY  the key, "shhhhh" if unset
//   ALGORITHMS      comma-separated; express-jwt wants them named
//   LEEWAY          clockTolerance in seconds
//   AUDIENCE        whom a token must be for
//   FAULT           a row of PROTECTIONS

'use strict';

const express = require('express');
const { expressjwt } = require('express-jwt');
const jwt = require('jsonwebtoken');

const OPTIONS = {
  secret: process.env.JWT_SECRET_KEY || 'shhhhh',
  algorithms: process.env.ALGORITHMS.split(','),
  issuer: 'RemoteHive',
  audience: process.env.AUDIENCE,
  clockTolerance: Number(process.env.LEEWAY),
};

// jwt.decode where jwt.verify was meant.
function decoded(request, response, next) {
  const token = (request.headers.authorization || '').replace('Bearer ', '');
  request.auth = jwt.decode(token);
  next(request.auth ? undefined : Object.assign(new Error(), { name: 'UnauthorizedError' }));
}

const PROTECTIONS = {
  '': expressjwt(OPTIONS),
  'expiry-ignored': expressjwt({ ...OPTIONS, ignoreExpiration: true }),
  'signature-ignored': decoded,
  'age-limited': expressjwt({ ...OPTIONS, maxAge: '1h' }),
};

const app = express();
app.get('/me', PROTECTIONS[process.env.FAULT], (request, response) => {
  response.json({ sub: request.auth.sub });
});
app.use((err, request, response, next) => {
  if (err.name === 'UnauthorizedError') response.status(401).send('invalid token...');
  else next(err);
});

const server = app.listen(0, '127.0.0.1', () => console.log('listening', server.address().port));
