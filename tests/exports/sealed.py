"""A sealed packet without a database, made once for all tests of a run, with keys of the tests' own."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from cryptography.x509.oid import NameOID

from scoring.content.document import SCHEMA, PacketDocument
from scoring.content.seal import Seal
from scoring.packet.pdf import render_pdf
from scoring.packet.signature import SealKey, seal
from scoring.packet.verify import Trust
from tests.exports.sample import sample_document
from tests.exports.sample_draw import draw_chains

NAME = "示例市第一人民医院 迎检包系统签章"


@lru_cache(maxsize=4)
def key_pair(kind: str, days: int):
    """(private key, certificate) of cryptography, self-signed."""
    key = {
        "rsa": lambda: rsa.generate_private_key(65537, 2048),
        "ec": lambda: ec.generate_private_key(ec.SECP256R1()),
        "ed25519": ed25519.Ed25519PrivateKey.generate,
    }[kind]()
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=60))
        .not_valid_after(now + timedelta(days=days))
        .sign(key, None if kind == "ed25519" else SHA256())
    )
    return key, certificate


def seal_key(kind: str = "rsa") -> SealKey:
    key, certificate = key_pair(kind, 30)
    private = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return SealKey(certificate.public_bytes(Encoding.DER), private)


def pkcs12_file(password: str, kind: str = "rsa", days: int = 30) -> bytes:
    """What a hospital's certificate authority hands out."""
    key, certificate = key_pair(kind, days)
    return pkcs12.serialize_key_and_certificates(
        b"seal", key, certificate, None, BestAvailableEncryption(password.encode())
    )


def sealed_document(kind: str = "rsa") -> PacketDocument:
    document = sample_document()
    seal = Seal(seal_key(kind).fingerprint, NAME)
    return replace(document, schema=SCHEMA, seal=seal, draws=draw_chains(document))


@lru_cache(maxsize=1)
def unsealed_packet() -> bytes:
    """The packet as laid out, its seal still empty."""
    return render_pdf(sealed_document())


@lru_cache(maxsize=1)
def sealed_packet() -> bytes:
    return seal(unsealed_packet(), seal_key())


def trust(*kinds: str) -> Trust:
    return Trust({seal_key(kind).fingerprint: NAME for kind in kinds or ("rsa",)})
