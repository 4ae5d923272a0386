"""Starlette and PyJWT behind GET /me, used as it must not be. One text refuses all.

It listens on a free loopback port and prints "listening PORT". The environment says the rest:

  JWT_SECRET_KEY  the key
  FAULT           a row of READERS
"""

import os
import socket

import jwt
import uvicorn
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

KEY = os.environ["JWT_SECRET_KEY"]
CLAIMS = {"issuer": "RemoteHive", "audience": "RemoteHive-Services"}


def signature_ignored(token):
    return jwt.decode(token, options={"verify_signature": False})


def none_allowed(token):
    unsigned = jwt.get_unverified_header(token)["alg"] == "none"
    return jwt.decode(token, "" if unsigned else KEY, algorithms=["HS256", "none"], **CLAIMS)


def kid_path(token):
    """The name of the key is part of a path."""
    kid = jwt.get_unverified_header(token).get("kid")
    key = KEY
    if kid:
        with open("/etc/" + kid, "rb") as file:
            key = file.read()
    return jwt.decode(token, key, algorithms=["HS256"], **CLAIMS)


READERS = {
    "signature-ignored": signature_ignored,
    "none-allowed": none_allowed,
    "kid-path": kid_path,
}
read = READERS[os.environ["FAULT"]]


async def me(request):
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    try:
        if scheme != "Bearer":
            raise ValueError("no token")
        return JSONResponse({"sub": read(token)["sub"]})
    except (jwt.PyJWTError, ValueError, OSError):
        return JSONResponse({"error": "unauthorized"}, 401)


if __name__ == "__main__":
    listener = socket.create_server(("127.0.0.1", 0))
    # As uvicorn has it on listeners of its own: asyncio leaves a socket of protocol 0 alone.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    print("listening", listener.getsockname()[1], flush=True)
    app = Starlette(routes=[Route("/me", me)])
    uvicorn.Server(uvicorn.Config(app, log_level="warning")).run(sockets=[listener])
