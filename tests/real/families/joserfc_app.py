"""Starlette and joserfc behind GET /me; it refuses as RFC 6750 section 3 says.

It listens on a free loopback port and prints "listening PORT". The environment says the rest:

  JWT_SECRET_KEY  the key, "your-secret-key" if unset
  ALGORITHMS      what jwt.decode is given, comma-separated
  LEEWAY          of the claims registry, in seconds
  AUDIENCE        whom a token must be for
  FAULT           a row of READERS
"""

import json
import os
import socket

import uvicorn
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

KEY = OctKey.import_key(os.getenv("JWT_SECRET_KEY", "your-secret-key"))
ALGORITHMS = os.environ["ALGORITHMS"].split(",")
CLAIMS = jwt.JWTClaimsRegistry(
    leeway=int(os.environ["LEEWAY"]),
    iss={"essential": True, "value": "RemoteHive"},
    aud={"essential": True, "value": os.environ["AUDIENCE"]},
)


def verified(token):
    claims = jwt.decode(token, KEY, algorithms=ALGORITHMS).claims
    CLAIMS.validate(claims)
    return claims


def signature_alone(token):
    """decode does not look at exp; the registry does, and nobody asked it."""
    return jwt.decode(token, KEY, algorithms=ALGORITHMS).claims


def unverified(token):
    return json.loads(jws.extract_compact(token.encode()).payload)


READERS = {"": verified, "expiry-ignored": signature_alone, "signature-ignored": unverified}
read = READERS[os.environ["FAULT"]]


def refused(reason):
    challenge = f'Bearer error="invalid_token", error_description="{reason.description}"'
    body = {"error": reason.error, "error_description": reason.description}
    return JSONResponse(body, 401, {"WWW-Authenticate": challenge})


async def me(request):
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        return JSONResponse({"error": "unauthorized"}, 401, {"WWW-Authenticate": "Bearer"})
    try:
        return JSONResponse({"sub": read(token)["sub"]})
    except JoseError as reason:
        return refused(reason)
    except ValueError:
        return refused(JoseError("not a token"))


if __name__ == "__main__":
    listener = socket.create_server(("127.0.0.1", 0))
    # As uvicorn has it on listeners of its own: asyncio leaves a socket of protocol 0 alone.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    print("listening", listener.getsockname()[1], flush=True)
    app = Starlette(routes=[Route("/me", me)])
    uvicorn.Server(uvicorn.Config(app, log_level="warning")).run(sockets=[listener])
