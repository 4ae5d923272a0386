"""Flask and PyJWT behind GET /me, with a lockout as login throttles have it: after so many bad
tokens in a row from one address, that address gets nothing but refusals, right token or not.

It listens on a free loopback port and prints "listening PORT". The environment says the rest:

  JWT_SECRET_KEY  the key
  AFTER           so many bad tokens
  LOCKED          a row of LOCKED
"""

import logging
import os
from collections import Counter

import jwt
from flask import Flask, jsonify, request
from werkzeug.serving import make_server

KEY = os.environ["JWT_SECRET_KEY"]
AFTER = int(os.environ["AFTER"])
bad = Counter()


def note(token):
    """What a careful service logs of a token: its id, never the token."""
    try:
        jti = jwt.decode(token, options={"verify_signature": False}).get("jti")
    except jwt.PyJWTError:
        jti = token if token.startswith("authprobe-garbage-") else "unreadable"
    print("asked with", jti, flush=True)


def refused():
    return jsonify(error="Invalid token"), 401


# What somebody hears who is locked out.
LOCKED = {
    "429": lambda: (jsonify(error="Too many attempts"), 429),
    "429-for-long": lambda: (jsonify(error="Too many attempts"), 429, {"Retry-After": "1"}),
    "401-same-text": refused,
    "401-other-text": lambda: (jsonify(error="Account temporarily locked"), 401),
}[os.environ["LOCKED"]]

app = Flask(__name__)


@app.get("/me")
def me():
    if bad[request.remote_addr] >= AFTER:
        return LOCKED()
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if not token:
        return refused()
    note(token)
    try:
        jwt.decode(token, KEY, algorithms=["HS256"], options={"verify_aud": False})
    except jwt.PyJWTError:
        bad[request.remote_addr] += 1
        return refused()
    return jsonify(logged_in=True)


if __name__ == "__main__":
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    print("listening", server.server_port, flush=True)
    server.serve_forever()
