"""Encrypted streams: they open with their secret alone, and whole or not at all."""

import io

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from qcportal.backup import envelope
from qcportal.backup.envelope import CHUNK, Secret, opened, sealed
from qcportal.backup.errors import BackupError

PASSPHRASE = Secret(passphrase="correct horse battery")
TAG = 16


@pytest.fixture(autouse=True)
def _cheap_passphrase(monkeypatch):
    monkeypatch.setattr(envelope, "_SCRYPT_N", 1 << 4)


def sealed_bytes(plain: bytes, secret: Secret = PASSPHRASE) -> bytes:
    target = io.BytesIO()
    writer = sealed(target, secret)
    writer.write(plain)
    writer.finish()
    return target.getvalue()


def plain_bytes(data: bytes, secret: Secret = PASSPHRASE) -> bytes:
    return opened(io.BytesIO(data), secret).read()


def key_pair() -> tuple[Secret, Secret]:
    private = X25519PrivateKey.generate()
    public = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return Secret(key=public), Secret(
        key=private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 2 * CHUNK + 7])
def test_stream_opens_as_it_was_and_shows_nothing_of_it(size):
    plain = (b"patient" * (size // 7 + 1))[:size]
    data = sealed_bytes(plain)
    assert plain_bytes(data) == plain
    assert b"patient" not in data


def test_public_key_encrypts_and_its_private_key_alone_opens():
    public, private = key_pair()
    data = sealed_bytes(b"x" * 100, public)
    assert plain_bytes(data, private) == b"x" * 100
    for other, sentence in (
        (key_pair()[1], "无法解密"),
        (public, "无法读取私钥"),
        (PASSPHRASE, "请用 --key-file"),
    ):
        with pytest.raises(BackupError, match=sentence):
            plain_bytes(data, other)


def test_wrong_or_short_passphrase_and_unfit_key_are_refused_in_words():
    with pytest.raises(BackupError, match="口令或密钥不对"):
        plain_bytes(sealed_bytes(b"x"), Secret(passphrase="another passphrase"))
    with pytest.raises(BackupError, match="至少12个字符"):
        sealed_bytes(b"x", Secret(passphrase="short"))
    with pytest.raises(BackupError, match="应为 X25519 公钥"):
        sealed_bytes(b"x", Secret(key=b"no key"))
    with pytest.raises(BackupError, match="请用 --passphrase-file"):
        plain_bytes(sealed_bytes(b"x"), Secret())


def test_file_changed_cut_lengthened_or_rearranged_does_not_open():
    data = sealed_bytes(bytes(3 * CHUNK))
    start = len(data) - 3 * (CHUNK + TAG)
    first, second = data[start : start + CHUNK + TAG], data[start + CHUNK + TAG : start + 2 * (CHUNK + TAG)]
    last = data[start + 2 * (CHUNK + TAG) :]
    head = data[:start]
    wrong = {
        "cut at a chunk": head + first + second,
        "cut within a chunk": data[:-1],
        "lengthened": data + b"\0",
        "rearranged": head + second + first + last,
        "left out": head + first + last,
        "repeated": head + first + second + second + last,
        "header alone": head,
    }
    for position in (
        0,
        len(envelope.MAGIC),
        len(envelope.MAGIC) + 6,
        start - 2,
        start,
        start + CHUNK,
        len(data) - 1,
    ):
        changed = bytearray(data)
        changed[position] ^= 1
        wrong[f"byte {position}"] = bytes(changed)
    opens = []
    for name, content in wrong.items():
        try:
            plain_bytes(content)
            opens.append(name)
        except BackupError:
            pass
    assert opens == []


def test_header_that_asks_for_too_much_memory_is_refused():
    data = sealed_bytes(b"x").replace(b'"n": 16', b'"n": 1073741824')
    with pytest.raises(BackupError, match="文件头已损坏"):
        plain_bytes(
            data[: len(envelope.MAGIC)] + (len(data) - 65).to_bytes(4) + data[len(envelope.MAGIC) + 4 :]
        )
