"""A plain server and one Python library behind GET /me, as the library's documentation shows it.

It listens on a free loopback port and prints "listening PORT". The environment says the rest:

  LIBRARY         a row of LIBRARIES
  JWT_SECRET_KEY  the key
  AUDIENCE        whom a token must be for
  FAULT           a row of LIVES
"""

import json
import os
import time
import warnings
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

warnings.simplefilter("ignore")
KEY = os.environ["JWT_SECRET_KEY"]
AUDIENCE = os.environ["AUDIENCE"]


def pyjwt():
    import jwt

    return lambda token: jwt.decode(token, KEY, algorithms=["HS256"], audience=AUDIENCE)


def python_jose():
    from jose import jwt

    return lambda token: jwt.decode(token, KEY, algorithms=["HS256"], audience=AUDIENCE)


def authlib():
    from authlib.jose import JsonWebToken

    def decode(token):
        options = {"aud": {"essential": True, "value": AUDIENCE}}
        claims = JsonWebToken(["HS256"]).decode(token, KEY, claims_options=options)
        claims.validate()
        return claims

    return decode


def remaining(claims):
    return claims["exp"] - time.time()


def since_issue(claims):
    return claims["exp"] - claims.get("iat", claims["exp"])


def since_required_issue(claims):
    return claims["exp"] - claims["iat"]


# What the application asks beside the library: no life longer than an hour, counted in three ways.
LIVES = {
    "": None,
    "life-limited": remaining,
    "life-limited-since-issue": since_issue,
    "life-limited-since-required-issue": since_required_issue,
}
life = LIVES[os.environ["FAULT"]]

LIBRARIES = {"pyjwt": pyjwt, "python-jose": python_jose, "authlib": authlib}
decode = LIBRARIES[os.environ["LIBRARY"]]()


class Me(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        scheme, _, token = self.headers.get("Authorization", "").partition(" ")
        status, body = 401, {"detail": "Could not validate credentials"}
        if scheme == "Bearer":
            try:
                claims = decode(token)
                if life is None or life(claims) <= 3600:
                    status, body = 200, {"sub": claims.get("sub")}
            except Exception:
                pass
        body = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Me)
    print("listening", server.server_port, flush=True)
    server.serve_forever()
