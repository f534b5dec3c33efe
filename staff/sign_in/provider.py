"""Sign-in at the hospital's OpenID provider, an extra: requirements-oidc.txt and QC_OIDC_ISSUER.

The provider says who somebody is, and nothing else: an account of that name must exist here and be in use,
and has the roles that were granted here.
"""

import logging
import time
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

_log = logging.getLogger(__name__)
_SESSION = "openid"
_SECONDS = 5
_FRESH_SECONDS = 300


class ProviderError(Exception):
    """The provider could not be reached, or its answer is not valid."""


def is_configured() -> bool:
    """Is there a provider to sign in at?"""
    return settings.QC_OIDC is not None


def sign_in_at_provider(request: HttpRequest, *, page: str, confirms: bool) -> HttpResponse:
    """The redirect to the provider; `confirms` asks for the password there even of who is signed in."""
    request.session[_SESSION] = {"page": page, "confirms": confirms}
    more = {"prompt": "login", "max_age": "0"} if confirms else {}
    address = request.build_absolute_uri(reverse("login_openid_return"))
    with _Failures():
        answer: HttpResponse = _client().authorize_redirect(request, address, **more)
    return answer


def returned(request: HttpRequest) -> tuple[str, str, bool]:
    """(account name, page asked for, did the person just type the password) of the provider's answer."""
    noted = request.session.pop(_SESSION, {"page": "", "confirms": False})
    with _Failures():
        client = _client()
        if client.load_server_metadata()["issuer"].rstrip("/") != _configured()["issuer"]:
            raise ValueError("issuer")
        values = {"iss": {"value": client.server_metadata["issuer"]}}
        values["aud"] = {"essential": True, "value": _configured()["client_id"]}
        claims = client.authorize_access_token(request, claims_options=values)["userinfo"]
        name = str(claims[_configured()["claim"]])
        typed_at = float(claims.get("auth_time") or 0)
    return name, noted["page"], noted["confirms"] and time.time() - typed_at < _FRESH_SECONDS


def _client() -> Any:
    return _client_of(tuple(sorted(_configured().items())))


def _configured() -> dict[str, str]:
    assert settings.QC_OIDC is not None, "the views ask is_configured() first"
    return settings.QC_OIDC


@lru_cache(maxsize=1)
def _client_of(given: tuple[tuple[str, str], ...]) -> Any:
    """Authlib's client, which sees to state, nonce, PKCE and the signature; it caches the provider's keys."""
    from authlib.integrations.django_client import OAuth

    values = dict(given)
    return OAuth().register(
        "hospital",
        client_id=values["client_id"],
        client_secret=values["client_secret"] or None,
        server_metadata_url=f"{values['issuer']}/.well-known/openid-configuration",
        client_kwargs={
            "scope": "openid profile",
            "code_challenge_method": "S256",
            "default_timeout": _SECONDS,
        },
    )


class _Failures:
    """Whatever goes wrong with a foreign answer is a ProviderError; only its kind is logged."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: Any) -> None:
        from authlib.common.errors import AuthlibBaseError
        from joserfc.errors import JoseError
        from requests import RequestException

        known = (AuthlibBaseError, JoseError, RequestException, ValueError, KeyError, TypeError)
        if isinstance(error, known):
            _log.error("OpenID provider: %s", type(error).__name__)
            raise ProviderError from error
