"""Secrets and codes of an authenticator app (RFC 6238), and recovery codes."""

import secrets
import unicodedata
from base64 import b32encode
from urllib.parse import quote, urlencode

from django_otp.oath import TOTP

STEP_SECONDS = 30
TOLERANCE = 1  # steps: the clock of a telephone may be half a minute wrong, and typing takes time
DIGITS = 6
RECOVERY_CODES = 10
# Without 0, 1, I, L, O: a code is read from paper and typed by hand.
_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_LENGTH = 10  # 49 bits: nobody finds one within the tries that the lock-out allows


def new_secret() -> bytes:
    """A random secret of the length that RFC 4226 recommends."""
    return secrets.token_bytes(20)


def typed_secret(secret: bytes) -> str:
    """The secret as an authenticator app takes it by hand: base32 in groups of four."""
    text = b32encode(secret).decode("ascii")
    return " ".join(text[i : i + 4] for i in range(0, len(text), 4))


def setup_address(secret: bytes, *, username: str, issuer: str) -> str:
    """The otpauth address that the QR code holds."""
    # SHA-1, six digits and 30 seconds are what every app assumes: left out, the code is easier to scan.
    query = {"secret": b32encode(secret).decode("ascii"), "issuer": issuer}
    return f"otpauth://totp/{quote(issuer)}:{quote(username)}?{urlencode(query, quote_via=quote)}"


def matching_step(secret: bytes, code: str, *, at: float, after: int) -> int | None:
    """The time step whose code this is, later than step `after`; None when there is none.

    A step that was used once is stored as `after`: a code read over somebody's shoulder is worth nothing.
    """
    if not (code.isascii() and code.isdigit() and len(code) == DIGITS):
        return None
    clock = TOTP(secret, step=STEP_SECONDS, digits=DIGITS)
    clock.time = at
    found = clock.verify(int(code), tolerance=TOLERANCE, min_t=after + 1)
    return clock.t() if found else None


def new_recovery_codes() -> list[str]:
    """Ten random codes, each of which stands in for the device once."""
    return ["".join(secrets.choice(_LETTERS) for _ in range(_LENGTH)) for _ in range(RECOVERY_CODES)]


def shown_recovery_code(code: str) -> str:
    """A recovery code as it is printed: in two groups."""
    return f"{code[: _LENGTH // 2]}-{code[_LENGTH // 2 :]}"


def canonical_code(typed: str) -> str:
    """A code without blanks, hyphens, case and width, however it was typed."""
    return "".join(c for c in unicodedata.normalize("NFKC", typed).upper() if c.isalnum())[:50]
