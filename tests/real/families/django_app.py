"""Django REST framework and simplejwt behind GET /me, with users that live in another service.

It listens on a free loopback port and prints "listening PORT". The environment says the rest:

  JWT_SECRET_KEY  SIGNING_KEY, "your-secret-key" if unset
  ALGORITHMS      ALGORITHM; simplejwt takes exactly one
  LEEWAY          LEEWAY in seconds
  AUDIENCE        whom a token must be for
  FAULT           a row of AUTHENTICATIONS
"""

import os
from wsgiref.simple_server import WSGIRequestHandler, make_server

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.urls import path

KEY = os.getenv("JWT_SECRET_KEY", "your-secret-key")

settings.configure(
    ALLOWED_HOSTS=["*"],
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "rest_framework"],
    ROOT_URLCONF=__name__,
    SECRET_KEY=KEY,
    REST_FRAMEWORK={"DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"]},
    SIMPLE_JWT={
        "SIGNING_KEY": KEY,
        "ALGORITHM": os.environ["ALGORITHMS"],
        "ISSUER": "RemoteHive",
        "AUDIENCE": os.environ["AUDIENCE"],
        "LEEWAY": int(os.environ["LEEWAY"]),
    },
)
django.setup()

from rest_framework.permissions import IsAuthenticated  # noqa: E402
from rest_framework.response import Response  # noqa: E402
from rest_framework.views import APIView  # noqa: E402
from rest_framework_simplejwt.authentication import JWTStatelessUserAuthentication  # noqa: E402
from rest_framework_simplejwt.exceptions import InvalidToken, TokenError  # noqa: E402
from rest_framework_simplejwt.tokens import AccessToken  # noqa: E402


class Unverified(JWTStatelessUserAuthentication):
    """Reads the token and forgets to verify it."""

    def get_validated_token(self, raw_token):
        try:
            return AccessToken(raw_token, verify=False)
        except TokenError as reason:
            raise InvalidToken(str(reason)) from None


AUTHENTICATIONS = {"": JWTStatelessUserAuthentication, "signature-ignored": Unverified}


class Me(APIView):
    authentication_classes = [AUTHENTICATIONS[os.environ["FAULT"]]]
    permission_classes = [IsAuthenticated]

    def get(self, request):
        return Response({"user_id": request.user.id})


urlpatterns = [path("me", Me.as_view())]


class Quiet(WSGIRequestHandler):
    def log_message(self, *_):
        pass


if __name__ == "__main__":
    server = make_server("127.0.0.1", 0, get_wsgi_application(), handler_class=Quiet)
    print("listening", server.server_port, flush=True)
    server.serve_forever()
