"""A small OpenID provider on a port of this machine: discovery, keys, tokens. It signs in whoever is set."""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT = {"client_id": "qcportal", "client_secret": "only-for-tests"}


@dataclass
class Provider:
    """What the provider knows; `claims` and `forges` change the next token for the worse."""

    issuer: str = ""
    name: str = "officer"
    claims: dict[str, Any] = field(default_factory=dict)
    forges: bool = False
    asked: list[dict[str, str]] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one"}))

    def authorize(self, address: str) -> str:
        """What the browser is sent to from the provider's own sign-in page: the app's address with a code."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        self.asked.append(query)
        code = secrets.token_hex(8)
        self.codes[code] = query
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}"

    def token(self, form: dict[str, str]) -> dict[str, Any] | None:
        """The tokens for a code that was given out, when the verifier is the one of its challenge."""
        query = self.codes.pop(form["code"], None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if query is None or query.get("code_challenge") != challenge:
            return None
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT["client_id"], "sub": "1", "iat": now, "exp": now + 60}
        claims |= {"nonce": query["nonce"], "auth_time": now, "preferred_username": self.name} | self.claims
        key = RSAKey.generate_key(2048, {"kid": "one"}) if self.forges else self.key
        signed = jwt.encode({"alg": "RS256", "kid": "one"}, claims, key)
        return {"access_token": "a", "token_type": "Bearer", "expires_in": 60, "id_token": signed}

    def documents(self) -> dict[str, Any]:
        """Discovery and keys, by path."""
        endpoints = {name: f"{self.issuer}/{name}" for name in ("authorize", "token", "keys")}
        return {
            "/.well-known/openid-configuration": {
                "issuer": self.issuer,
                "authorization_endpoint": endpoints["authorize"],
                "token_endpoint": endpoints["token"],
                "jwks_uri": endpoints["keys"],
                "id_token_signing_alg_values_supported": ["RS256"],
            },
            "/keys": {"keys": [self.key.as_dict(private=False)]},
        }


@contextmanager
def serving() -> Iterator[Provider]:
    """The provider, answering on a port of its own."""
    provider = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(provider.documents().get(self.path))

        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self._answer(provider.token({name: values[0] for name, values in parse_qs(sent).items()}))

        def _answer(self, found: Any) -> None:
            self.send_response(200 if found is not None else 400)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(found or {"error": "invalid_grant"}).encode())

        def log_message(self, *args: Any) -> None:
            """Tests are silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
