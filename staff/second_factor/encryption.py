"""Encryption of the secrets that are stored: a copy of the database alone makes no codes."""

from base64 import urlsafe_b64encode
from functools import lru_cache

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


def encrypted(secret: bytes) -> str:
    """The secret as it is stored."""
    return _cipher(settings.SECRET_KEY).encrypt(secret).decode("ascii")


def decrypted(stored: str) -> bytes:
    """The secret again; cryptography.fernet.InvalidToken when it was stored under another SECRET_KEY."""
    return _cipher(settings.SECRET_KEY).decrypt(stored.encode("ascii"))


@lru_cache(maxsize=1)
def _cipher(key: str) -> Fernet:
    derived = HKDF(SHA256(), length=32, salt=None, info=b"qcportal second factor").derive(key.encode("utf-8"))
    return Fernet(urlsafe_b64encode(derived))
