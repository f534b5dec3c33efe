"""Settings of the hospital's directory (LDAP) and of its OpenID provider, from the environment."""

from typing import Any
from urllib.parse import urlsplit

import environ

DIRECTORY_BACKEND = "staff.sign_in.directory.DirectoryBackend"
_SECONDS = 5  # a person waits at the sign-in page, one try at a time for each account


def directory_settings(env: environ.Env) -> dict[str, Any]:
    """AUTH_LDAP_* for django-auth-ldap; empty without QC_LDAP_URL. The passwords never travel unencrypted."""
    url = env.str("QC_LDAP_URL", default="")
    if not url:
        return {}
    scheme = urlsplit(url).scheme
    if scheme not in ("ldap", "ldaps"):
        raise ValueError(f"QC_LDAP_URL={url}：应以 ldap://（自动启用StartTLS）或 ldaps:// 开头。")
    import ldap
    from django_auth_ldap.config import LDAPSearch

    search = LDAPSearch(
        env.str("QC_LDAP_SEARCH"), ldap.SCOPE_SUBTREE, env.str("QC_LDAP_FILTER", default="(uid=%(user)s)")
    )
    return {
        "AUTH_LDAP_SERVER_URI": url,
        "AUTH_LDAP_START_TLS": scheme == "ldap",
        "AUTH_LDAP_BIND_DN": env.str("QC_LDAP_BIND_DN", default=""),
        "AUTH_LDAP_BIND_PASSWORD": env.str("QC_LDAP_BIND_PASSWORD", default=""),
        "AUTH_LDAP_USER_SEARCH": search,
        "AUTH_LDAP_CONNECTION_OPTIONS": _connection(ldap, env.str("QC_LDAP_CA", default="")),
        "AUTH_LDAP_NO_NEW_USERS": not env.bool("QC_LDAP_CREATE", default=False),
        # Only when an account is made: names decide who may judge which report, and are changed here alone.
        "AUTH_LDAP_ALWAYS_UPDATE_USER": False,
        "AUTH_LDAP_USER_ATTR_MAP": {"full_name": env.str("QC_LDAP_NAME", default="cn")},
    }


def _connection(ldap: Any, authority: str) -> dict[int, Any]:
    options = {
        ldap.OPT_NETWORK_TIMEOUT: _SECONDS,
        ldap.OPT_TIMEOUT: _SECONDS,
        ldap.OPT_REFERRALS: 0,
        ldap.OPT_X_TLS_REQUIRE_CERT: ldap.OPT_X_TLS_DEMAND,
    }
    if authority:
        options[ldap.OPT_X_TLS_CACERTFILE] = authority
    return options | {ldap.OPT_X_TLS_NEWCTX: 0}  # last: it takes the options above into use


def provider_settings(env: environ.Env) -> dict[str, str] | None:
    """The hospital's OpenID provider; None without QC_OIDC_ISSUER."""
    issuer = env.str("QC_OIDC_ISSUER", default="").rstrip("/")
    if not issuer:
        return None
    parts = urlsplit(issuer)
    if parts.scheme != "https" and parts.hostname not in ("127.0.0.1", "localhost"):
        raise ValueError(f"QC_OIDC_ISSUER={issuer}：应以 https:// 开头。")
    return {
        "issuer": issuer,
        "client_id": env.str("QC_OIDC_CLIENT_ID"),
        "client_secret": env.str("QC_OIDC_CLIENT_SECRET", default=""),
        "claim": env.str("QC_OIDC_CLAIM", default="preferred_username"),
        "label": env.str("QC_OIDC_LABEL", default="医院统一身份认证"),
    }
