"""Flask and Flask-JWT-Extended behind GET /me, as the extension's documentation shows it.

It listens on a free loopback port and prints "listening PORT". The environment says the rest:

  JWT_SECRET_KEY  the key, "super-secret" if unset
  ALGORITHMS      JWT_DECODE_ALGORITHMS, comma-separated; the first is JWT_ALGORITHM
  LEEWAY          JWT_DECODE_LEEWAY in seconds
  AUDIENCE        whom a token must be for
  FAULT           a row of PROTECTIONS
"""

import logging
import os
from functools import wraps

import jwt
from flask import Flask, jsonify, request
from flask_jwt_extended import JWTManager, decode_token, jwt_required
from werkzeug.serving import make_server

app = Flask(__name__)
app.config["JWT_SECRET_KEY"] = os.getenv("JWT_SECRET_KEY", "super-secret")
app.config["JWT_DECODE_ALGORITHMS"] = os.environ["ALGORITHMS"].split(",")
app.config["JWT_ALGORITHM"] = app.config["JWT_DECODE_ALGORITHMS"][0]
app.config["JWT_DECODE_ISSUER"] = "RemoteHive"
app.config["JWT_DECODE_AUDIENCE"] = os.environ["AUDIENCE"]
app.config["JWT_DECODE_LEEWAY"] = int(os.environ["LEEWAY"])
JWTManager(app)


def by_hand(decode):
    """A decorator of one's own, which the extension's error handlers do not serve."""

    def protect(view):
        @wraps(view)
        def wrapper():
            scheme, _, token = request.headers.get("Authorization", "").partition(" ")
            if scheme != "Bearer":
                return jsonify(msg="Missing Authorization Header"), 401
            try:
                decode(token)
            except Exception as reason:
                return jsonify(msg=str(reason)), 422
            return view()

        return wrapper

    return protect


PROTECTIONS = {
    "": jwt_required(),
    "signature-ignored": by_hand(lambda token: jwt.decode(token, options={"verify_signature": False})),
    "expiry-ignored": by_hand(lambda token: decode_token(token, allow_expired=True)),
}


@app.get("/me")
@PROTECTIONS[os.environ["FAULT"]]
def me():
    return jsonify(logged_in=True)


if __name__ == "__main__":
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, app)
    print("listening", server.server_port, flush=True)
    server.serve_forever()
