"""The key this installation seals packets with, and every certificate it ever sealed one with.

QC_PACKET_KEY names a PKCS#12 file of the hospital's (its password in QC_PACKET_KEY_PASSWORD). Else the key
is in QC_DATA_DIR/keys, made on first use or brought in by `manage.py packet_key --import`. Certificates
of earlier keys stay in keys/known, so that older packets verify for ever; earlier private keys do not stay.
"""

import contextlib
import hashlib
import os
import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings

from scoring.packet.signature import COMMON_NAME_BYTES, PURPOSE, SealError, SealKey, fingerprint, signer_name

_YEARS = 30  # a packet is to verify for as long as anybody may ask for it
_SMALLEST_RSA = 2048
_ORGANIZATION = 64  # characters: limit of the standard for an organization (RFC 5280)


def sealing_key(owner: str) -> SealKey:
    """The current key; created and stored on first use, named after `owner`. Raises SealError."""
    if settings.QC_PACKET_KEY:
        path = Path(settings.QC_PACKET_KEY)
        try:
            content = path.read_bytes()
        except OSError as problem:
            raise SealError(f"不能读取签章密钥文件“{path.name}”：{problem.strerror}。") from None
        key = read_pkcs12(content, settings.QC_PACKET_KEY_PASSWORD)
        _remember(key.certificate)
        return key
    path = _folder() / "packet.pem"
    if not path.exists():
        _write_once(path, _as_pem(_new_key(owner)))
    key = _from_pem(path.read_bytes())
    _remember(key.certificate)
    return key


def import_key(content: bytes, password: str) -> SealKey:
    """Take the hospital's PKCS#12 into use. Raises SealError: unreadable, wrong password, unfit."""
    key = read_pkcs12(content, password)
    path = _folder() / "packet.pem"
    if path.exists():
        _remember(_from_pem(path.read_bytes()).certificate)
    _remember(key.certificate)
    aside = _aside(path, _as_pem(key))
    os.replace(aside, path)
    return key


def known_certificates() -> dict[str, str]:
    """Fingerprint → whom the certificate names, of the key in force and of all before it."""
    found = {}
    folder = settings.QC_KEYS_DIR / "known"
    for path in sorted(folder.glob("*.pem")):
        with contextlib.suppress(ValueError, OSError):
            der, name = read_certificate(path.read_bytes())
            found[fingerprint(der)] = name
    return found


def read_certificate(content: bytes) -> tuple[bytes, str]:
    """(DER, common name) of a certificate as PEM or DER. Raises ValueError."""
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    is_pem = b"-----BEGIN CERTIFICATE" in content
    found = x509.load_pem_x509_certificate(content) if is_pem else x509.load_der_x509_certificate(content)
    return found.public_bytes(Encoding.DER), name_of(found)


def name_of(certificate: Any) -> str:
    """Whom a cryptography certificate names; without a common name, its whole subject."""
    from cryptography.x509.oid import NameOID

    named = {found.oid: str(found.value) for found in certificate.subject}
    common = named.get(NameOID.COMMON_NAME)
    if common is None:
        return str(certificate.subject.rfc4514_string())
    return signer_name(common, named.get(NameOID.ORGANIZATION_NAME, ""))


def key_name(key: SealKey) -> str:
    """Whom a key's certificate names."""
    return read_certificate(key.certificate)[1]


def valid_until(key: SealKey) -> str:
    """The last day of a key's certificate, "2056-11-16"."""
    from cryptography import x509

    return f"{x509.load_der_x509_certificate(key.certificate).not_valid_after_utc:%Y-%m-%d}"


def as_certificate(key: SealKey) -> bytes:
    """The certificate alone, as PEM: what a hospital publishes."""
    return _armour("CERTIFICATE", key.certificate)


def read_pkcs12(content: bytes, password: str) -> SealKey:
    """Certificate and key of a PKCS#12 file. Raises SealError."""
    from cryptography.hazmat.primitives.asymmetric import ec, rsa
    from cryptography.hazmat.primitives.serialization import Encoding, pkcs12

    try:
        key, certificate, _chain = pkcs12.load_key_and_certificates(content, password.encode() or None)
    except ValueError:
        raise SealError("不能打开PKCS#12文件：密码不对，或不是PKCS#12格式（.p12、.pfx）。") from None
    if key is None or certificate is None:
        raise SealError("PKCS#12文件内没有私钥或证书，请导出时一并包含私钥。")
    if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise SealError("签章密钥的算法不受支持，只支持RSA与ECDSA。")
    if isinstance(key, rsa.RSAPrivateKey) and key.key_size < _SMALLEST_RSA:
        raise SealError(f"签章密钥只有{key.key_size}位，至少应为{_SMALLEST_RSA}位。")
    if certificate.not_valid_after_utc < datetime.now(UTC):
        raise SealError(f"签章证书已于{certificate.not_valid_after_utc:%Y-%m-%d}到期，请换用有效的证书。")
    return SealKey(certificate.public_bytes(Encoding.DER), _pkcs8(key))


def _new_key(owner: str) -> SealKey:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import Encoding
    from cryptography.x509.oid import NameOID

    # RSA, since every PDF reader of the last twenty years checks it, and since it signs the same bytes alike.
    key = rsa.generate_private_key(public_exponent=65537, key_size=3072)
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, (owner or "qcportal")[:_ORGANIZATION]),
            x509.NameAttribute(NameOID.COMMON_NAME, _common_name(owner)),
        ]
    )
    now = datetime.now(UTC).replace(microsecond=0)
    usage = dict.fromkeys(
        (
            "key_encipherment",
            "data_encipherment",
            "key_agreement",
            "key_cert_sign",
            "crl_sign",
            "encipher_only",
            "decipher_only",
        ),
        False,
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        # A packet is dated to the minute, and may be a few seconds older than the key it calls for.
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=365 * _YEARS))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(digital_signature=True, content_commitment=True, **usage), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, SHA256())
    )
    return SealKey(certificate.public_bytes(Encoding.DER), _pkcs8(key))


def _common_name(owner: str) -> str:
    """The hospital's name, cut to the limit, and the purpose of the key."""
    return (_cut(owner, COMMON_NAME_BYTES - len(PURPOSE.encode())) + PURPOSE).strip()


def _cut(text: str, size: int) -> str:
    return text.encode()[:size].decode(errors="ignore")


def _pkcs8(key: Any) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    der: bytes = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return der


def _as_pem(key: SealKey) -> bytes:
    return _armour("PRIVATE KEY", key.private_key) + _armour("CERTIFICATE", key.certificate)


def _armour(kind: str, der: bytes) -> bytes:
    from asn1crypto import pem

    armoured: bytes = pem.armor(kind, der)
    return armoured


def _from_pem(content: bytes) -> SealKey:
    from asn1crypto import pem

    try:
        parts = {kind: der for kind, _, der in pem.unarmor(content, multiple=True)}
        return SealKey(parts["CERTIFICATE"], parts["PRIVATE KEY"])
    except (ValueError, KeyError):
        raise SealError("签章密钥文件 keys/packet.pem 已损坏：请用备份恢复，或重新导入密钥。") from None


def _remember(certificate: bytes) -> None:
    """Keep the certificate among the known ones."""
    path = _folder() / "known" / f"{hashlib.sha256(certificate).hexdigest()}.pem"
    if not path.exists():
        path.parent.mkdir(mode=0o700, exist_ok=True)
        _write_once(path, _armour("CERTIFICATE", certificate))


def _folder() -> Path:
    settings.QC_KEYS_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
    return settings.QC_KEYS_DIR


def _write_once(path: Path, content: bytes) -> None:
    """Written whole or not at all, and only the first of two writers wins; readable by its owner only."""
    aside = _aside(path, content)
    with contextlib.suppress(FileExistsError):
        os.link(aside, path)
    aside.unlink()


def _aside(path: Path, content: bytes) -> Path:
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return draft
