"""Two ASGI frameworks behind GET /me, each as its documentation shows it.

It listens on a free loopback port and prints "listening PORT". The environment says the rest:

  FRAMEWORK       a row of FRAMEWORKS
  JWT_SECRET_KEY  the key
  ALGORITHMS      the algorithm
  AUDIENCE        whom a token must be for
  FAULT           "other-scheme": JWT before the token; "other-header": it stands in X-Auth-Token;
                  "life-limited": half a minute is all it takes
"""

import os
import socket
import time
import warnings

import uvicorn

warnings.simplefilter("ignore")
KEY = os.environ["JWT_SECRET_KEY"]
ALGORITHM = os.environ["ALGORITHMS"]
AUDIENCE = os.environ["AUDIENCE"]
FAULT = os.environ["FAULT"]


def starlette():
    """Its AuthenticationMiddleware: another scheme is nobody, a bad token is a bad request."""
    import jwt
    from starlette.applications import Starlette
    from starlette.authentication import (
        AuthCredentials, AuthenticationBackend, AuthenticationError, SimpleUser, requires,
    )
    from starlette.middleware import Middleware
    from starlette.middleware.authentication import AuthenticationMiddleware
    from starlette.responses import JSONResponse
    from starlette.routing import Route

    wanted = "jwt" if FAULT == "other-scheme" else "bearer"

    class Backend(AuthenticationBackend):
        async def authenticate(self, conn):
            if "Authorization" not in conn.headers:
                return None
            scheme, _, token = conn.headers["Authorization"].partition(" ")
            if scheme.lower() != wanted:
                return None
            try:
                claims = jwt.decode(token, KEY, algorithms=[ALGORITHM], audience=AUDIENCE)
            except jwt.InvalidTokenError:
                raise AuthenticationError("Invalid auth credentials")
            return AuthCredentials(["authenticated"]), SimpleUser(claims["sub"])

    @requires("authenticated")
    async def me(request):
        return JSONResponse({"user": request.user.display_name})

    middleware = [Middleware(AuthenticationMiddleware, backend=Backend())]
    return Starlette(routes=[Route("/me", me)], middleware=middleware)


def litestar():
    """Its JWTAuth, which wants an iat and gives one text for nearly every refusal."""
    from litestar import Litestar, Request, get
    from litestar.security.jwt import JWTAuth

    async def retrieve_user(token, connection):
        if FAULT == "life-limited" and token.exp.timestamp() - time.time() > 30:
            return None
        return {"id": token.sub}

    auth = JWTAuth[dict](
        retrieve_user_handler=retrieve_user,
        token_secret=KEY,
        algorithm=ALGORITHM,
        accepted_audiences=[AUDIENCE],
        auth_header="X-Auth-Token" if FAULT == "other-header" else "Authorization",
    )

    @get("/me")
    async def me(request: Request) -> dict:
        return {"user": request.user["id"]}

    return Litestar([me], on_app_init=[auth.on_app_init])


FRAMEWORKS = {"starlette": starlette, "litestar": litestar}

if __name__ == "__main__":
    app = FRAMEWORKS[os.environ["FRAMEWORK"]]()
    listener = socket.create_server(("127.0.0.1", 0))
    # As uvicorn has it on listeners of its own: asyncio leaves a socket of protocol 0 alone.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    print("listening", listener.getsockname()[1], flush=True)
    uvicorn.Server(uvicorn.Config(app, log_level="critical")).run(sockets=[listener])
