"""Encryption of a stream: AES-256-GCM in chunks, under a passphrase (scrypt) or a public key (X25519).

Layout: MAGIC, length and JSON of the header, then chunks of ciphertext. The nonce of a chunk is its number
and whether it is the last, and each authenticates the header: a chunk that is changed, moved, cut off or
added does not open. Memory is that of one chunk.
"""

import base64
import io
import json
import os
import struct
from dataclasses import dataclass
from typing import IO, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from qcportal.backup.errors import BackupError

MAGIC = b"qcportal backup 1\n"
CHUNK = 1 << 20
_TAG = 16
_LARGEST_HEADER = 4096
_SCRYPT_N, _LARGEST_N = 1 << 17, 1 << 20  # 128 MB, as OWASP advises; a forged header may ask for no more
_DAMAGED = "备份文件的文件头已损坏，无法读取。"
SHORTEST = 12  # characters of a passphrase


@dataclass(frozen=True)
class Secret:
    """What a backup is encrypted to or opened with: a passphrase, or a key in PEM."""

    passphrase: str = ""
    key: bytes = b""


def sealed(target: IO[bytes], secret: Secret) -> "SealedWriter":
    """A writer that encrypts to `target`. BackupError for a short passphrase or an unfit key."""
    if secret.key:
        header, key = _to_public_key(secret.key)
    else:
        if len(secret.passphrase) < SHORTEST:
            raise BackupError(f"备份口令至少{SHORTEST}个字符。")
        salt = os.urandom(16)
        header = {"to": "passphrase", "salt": _text(salt), "n": _SCRYPT_N}
        key = _derived(secret.passphrase, salt, _SCRYPT_N)
    stated = json.dumps(header).encode("ascii")
    target.write(MAGIC + struct.pack(">I", len(stated)) + stated)
    return SealedWriter(target, AESGCM(key), stated)


class SealedWriter(io.RawIOBase):
    """Encrypts what is written; `finish` writes the last chunk, without which the file does not open."""

    def __init__(self, target: IO[bytes], cipher: AESGCM, header: bytes) -> None:
        self._target, self._cipher, self._header = target, cipher, header
        self._waiting, self._number = bytearray(), 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._waiting += data
        # One byte more than a chunk: the last chunk is known only at the end.
        while len(self._waiting) > CHUNK:
            self._seal(bytes(self._waiting[:CHUNK]), last=False)
            del self._waiting[:CHUNK]
        return len(data)

    def finish(self) -> None:
        self._seal(bytes(self._waiting), last=True)

    def _seal(self, plain: bytes, *, last: bool) -> None:
        self._target.write(self._cipher.encrypt(_nonce(self._number, last), plain, self._header))
        self._number += 1


def opened(source: IO[bytes], secret: Secret) -> io.BufferedReader:
    """A reader of what was encrypted; BackupError, here or while reading, for another secret or file."""
    if source.read(len(MAGIC)) != MAGIC:
        raise BackupError("这不是本系统的备份文件，或文件开头已损坏。")
    header, stated = _header(source)
    key = _from_private_key(secret, header) if header.get("to") == "key" else _from_passphrase(secret, header)
    return io.BufferedReader(_SealedReader(source, AESGCM(key), stated), CHUNK)


def _header(source: IO[bytes]) -> tuple[dict[str, Any], bytes]:
    try:
        (length,) = struct.unpack(">I", source.read(4))
        stated = source.read(length) if length <= _LARGEST_HEADER else b""
        header = json.loads(stated)
        if header["to"] == "passphrase" and not 2 <= int(header["n"]) <= _LARGEST_N:
            raise ValueError
        return header, stated
    except (struct.error, ValueError, KeyError, TypeError):
        raise BackupError(_DAMAGED) from None


class _SealedReader(io.RawIOBase):
    def __init__(self, source: IO[bytes], cipher: AESGCM, header: bytes) -> None:
        self._source, self._cipher, self._header = source, cipher, header
        self._plain, self._number, self._ended = b"", 0, False
        self._next = source.read(CHUNK + _TAG)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._plain and not self._ended:
            self._open()
        count = min(len(buffer), len(self._plain))
        buffer[:count] = self._plain[:count]
        self._plain = self._plain[count:]
        return count

    def _open(self) -> None:
        chunk, self._next = self._next, self._source.read(CHUNK + _TAG)
        last = not self._next
        try:
            self._plain = self._cipher.decrypt(_nonce(self._number, last), chunk, self._header)
        except (InvalidTag, ValueError):
            if self._number == 0:
                raise BackupError("无法解密：口令或密钥不对，或文件被改动、截短。") from None
            raise BackupError("备份文件被改动或截短，不能使用。") from None
        self._number, self._ended = self._number + 1, last


def _nonce(number: int, last: bool) -> bytes:
    return struct.pack(">IIHH", 0, number, 0, last)


def _derived(passphrase: str, salt: bytes, cost: int) -> bytes:
    return Scrypt(salt=salt, length=32, n=cost, r=8, p=1).derive(passphrase.encode("utf-8"))


def _from_passphrase(secret: Secret, header: dict[str, Any]) -> bytes:
    if not secret.passphrase:
        raise BackupError("该备份以口令加密：请用 --passphrase-file 给出口令文件。")
    try:
        return _derived(secret.passphrase, _bytes(header["salt"]), int(header["n"]))
    except (ValueError, KeyError, TypeError):
        raise BackupError(_DAMAGED) from None


def _to_public_key(pem: bytes) -> tuple[dict[str, Any], bytes]:
    try:
        public = load_pem_public_key(pem)
    except ValueError:
        public = None
    if not isinstance(public, X25519PublicKey):
        raise BackupError("备份公钥应为 X25519 公钥（PEM）：openssl genpkey -algorithm X25519，再取其公钥。")
    once = X25519PrivateKey.generate()
    shared = once.exchange(public)
    sent = once.public_key()
    return {"to": "key", "sent": _text(_raw(sent))}, _agreed(shared, sent, public)


def _from_private_key(secret: Secret, header: dict[str, Any]) -> bytes:
    if not secret.key:
        raise BackupError("该备份以公钥加密：请用 --key-file 给出私钥文件。")
    try:
        private = load_pem_private_key(secret.key, password=None)
        sent = X25519PublicKey.from_public_bytes(_bytes(header["sent"]))
    except (ValueError, TypeError, KeyError):
        private = None
    if not isinstance(private, X25519PrivateKey):
        raise BackupError("无法读取私钥：应为 X25519 私钥（PEM，不加口令）。")
    return _agreed(private.exchange(sent), sent, private.public_key())


def _agreed(shared: bytes, sent: X25519PublicKey, public: X25519PublicKey) -> bytes:
    salt = _raw(sent) + _raw(public)
    return HKDF(SHA256(), length=32, salt=salt, info=b"qcportal backup").derive(shared)


def _raw(key: X25519PublicKey) -> bytes:
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw)


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _bytes(text: str) -> bytes:
    return base64.b64decode(text)
