"""A service as the fleet has it: FastAPI, HTTPBearer and PyJWT behind GET /api/v1/auth/me.

It listens on a free loopback port, or where LISTEN says (HOST:PORT), and prints "listening PORT".
The environment says how it verifies and how it refuses:

  ENV_FILE        a file that python-dotenv reads first
  JWT_SECRET_KEY  the key; SECRET_KEY stands in for it
  PREVIOUS_KEY    a key that is taken beside it
  KEY_ENCODING    a row of ENCODINGS
  ALGORITHMS      what jwt.decode is given, HS256
  LEEWAY          seconds, 0
  CLOCK           a row of CLOCKS
  FAULT           a row of FAULTS
  REFUSAL         a row of REFUSALS
"""

import base64
import os
import socket
from datetime import datetime, timezone

import jwt
import uvicorn
from dotenv import load_dotenv
from fastapi import Depends, FastAPI
from fastapi.responses import JSONResponse
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

if "ENV_FILE" in os.environ:
    load_dotenv(os.environ["ENV_FILE"])

# How the text of the key becomes bytes. jjwt, Kong and others decode it.
ENCODINGS = {"": str, "base64": base64.b64decode, "hex": bytes.fromhex}

KEY = ENCODINGS[os.getenv("KEY_ENCODING", "")](
    os.getenv("JWT_SECRET_KEY") or os.getenv("SECRET_KEY") or ""
)
PREVIOUS_KEY = os.getenv("PREVIOUS_KEY")
ALGORITHMS = os.getenv("ALGORITHMS", "HS256").split(",")
LEEWAY = int(os.getenv("LEEWAY", "0"))

# What a hasty change leaves behind in real code: options for jwt.decode.
FAULTS = {
    "": {},
    "decoded-without-verification": {"verify_signature": False},
    "expiry-ignored": {"verify_exp": False},
}
OPTIONS = FAULTS[os.getenv("FAULT", "")]


def check_times(token: dict, now: float) -> None:
    """What PyJWT checks of exp and nbf, by a clock of the service's own."""
    if token["exp"] <= now - LEEWAY:
        raise jwt.ExpiredSignatureError("Signature has expired")
    if token.get("nbf", 0) > now + LEEWAY:
        raise jwt.ImmatureSignatureError("The token is not yet valid (nbf)")


def local_time_as_utc(token: dict) -> None:
    """datetime.now() has no zone: made into a timestamp as if it were UTC, it is off by the zone."""
    check_times(token, datetime.now().replace(tzinfo=timezone.utc).timestamp())


# Who checks the times: PyJWT, or the service itself and PyJWT only the rest.
CLOCKS = {"": None, "local-time-as-utc": local_time_as_utc}
CLOCK = CLOCKS[os.getenv("CLOCK", "")]
if CLOCK:
    OPTIONS = {**OPTIONS, "verify_exp": False, "verify_nbf": False}


class Refused(Exception):
    """The token is missing (no reason) or PyJWT refused it."""

    def __init__(self, reason: jwt.PyJWTError | None = None) -> None:
        self.reason = reason


BEARER = {"WWW-Authenticate": "Bearer"}


def one_text(reason):
    """The seed document's services: one and the same answer whatever the reason."""
    return JSONResponse({"detail": "Could not validate credentials"}, 401, BEARER)


def telling(reason):
    """PyJWT's own message."""
    return JSONResponse({"detail": str(reason) if reason else "Not authenticated"}, 401, BEARER)


def missing_403(reason):
    """HTTPBearer of older FastAPI releases answers 403 where the header is missing."""
    if reason is None:
        return JSONResponse({"detail": "Not authenticated"}, 403)
    return one_text(reason)


def flask_422(reason):
    """Flask-JWT-Extended: 401 for a missing or an expired token, 422 for a broken one."""
    if reason is None:
        return JSONResponse({"msg": "Missing Authorization Header"}, 401)
    if isinstance(reason, jwt.ExpiredSignatureError):
        return JSONResponse({"msg": "Token has expired"}, 401)
    return JSONResponse({"msg": str(reason)}, 422)


def unhandled_500(reason):
    """Nobody catches the exception of a broken token."""
    if reason is None:
        return JSONResponse({"detail": "Not authenticated"}, 401, BEARER)
    return JSONResponse({"detail": "Internal Server Error"}, 500)


REFUSALS = {
    "one-text-401": one_text,
    "telling-401": telling,
    "missing-403": missing_403,
    "flask-422": flask_422,
    "unhandled-500": unhandled_500,
}
REFUSAL = REFUSALS[os.getenv("REFUSAL", "one-text-401")]

app = FastAPI()
bearer = HTTPBearer(auto_error=False)


@app.exception_handler(Refused)
async def refuse(request, refused: Refused):
    return REFUSAL(refused.reason)


def decoded(credentials: str) -> dict:
    """Under the key, or under the one before while that is configured."""
    given = {
        "algorithms": ALGORITHMS,
        "issuer": "RemoteHive",
        "audience": "RemoteHive-Services",
        "leeway": LEEWAY,
        "options": OPTIONS,
    }
    try:
        return jwt.decode(credentials, KEY, **given)
    except jwt.InvalidSignatureError:
        if PREVIOUS_KEY is None:
            raise
        return jwt.decode(credentials, PREVIOUS_KEY, **given)


# Everything here is async: under libfaketime a thread waits for the interpreter's lock by the wrong
# clock, and the event loop, with the Date it refreshes, would stand still for seconds.
async def claims(credentials: HTTPAuthorizationCredentials | None = Depends(bearer)) -> dict:
    if credentials is None:
        raise Refused
    try:
        token = decoded(credentials.credentials)
        if CLOCK:
            CLOCK(token)
        return token
    except jwt.PyJWTError as reason:
        raise Refused(reason) from None


@app.get("/api/v1/auth/me")
async def me(token: dict = Depends(claims)) -> dict:
    return {"sub": token.get("sub"), "type": token.get("type")}


if __name__ == "__main__":
    host, port = os.getenv("LISTEN", "127.0.0.1:0").split(":")
    listener = socket.create_server((host, int(port)))
    # As uvicorn has it on listeners of its own: asyncio leaves a socket of protocol 0 alone.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    print("listening", listener.getsockname()[1], flush=True)
    uvicorn.Server(uvicorn.Config(app, log_level="warning")).run(sockets=[listener])
