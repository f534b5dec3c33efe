"""A directory as a hospital has one: Debian's slapd in a scratch folder, with StartTLS and ldaps."""

import datetime
import ipaddress
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

BASE = "dc=hospital,dc=cn"
READER, READER_PASSWORD = f"cn=reader,{BASE}", "reads-the-names"

_CONFIG = """
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
TLSCACertificateFile {place}/tls.pem
TLSCertificateFile {place}/tls.pem
TLSCertificateKeyFile {place}/tls.key
# A password that came unencrypted would be refused by this server too.
security simple_bind=112
database mdb
suffix "{base}"
directory {place}/data
access to attrs=userPassword by anonymous auth by * none
access to * by users read by anonymous auth
"""

_ENTRIES = """
dn: {base}
objectClass: dcObject
objectClass: organization
dc: hospital
o: hospital

dn: {reader}
objectClass: organizationalRole
objectClass: simpleSecurityObject
cn: reader
userPassword: {reader_password}
{people}
dn: cn=admin,{base}
objectClass: groupOfNames
cn: admin
member: uid=officer,{base}
"""

_PERSON = """
dn: uid={uid},{base}
objectClass: inetOrgPerson
uid: {uid}
cn: {name}
sn: {name}
userPassword: {password}
"""


@dataclass(frozen=True)
class Directory:
    """Where the directory answers, and the certificate of its authority."""

    start_tls: str
    ldaps: str
    authority: Path


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def self_signed(place: Path, name: str) -> Path:
    """`name`.pem and `name`.key for 127.0.0.1."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, SHA256())
    )
    (place / f"{name}.pem").write_bytes(made.public_bytes(Encoding.PEM))
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (place / f"{name}.key").write_bytes(secret)
    return place / f"{name}.pem"


def _program(name: str) -> str:
    found = shutil.which(name, path="/usr/sbin:/usr/bin:/sbin:/bin")
    assert found, f"{name} is missing: .ci/run installs slapd"
    return found


@contextmanager
def serving(place: Path, people: dict[str, tuple[str, str]]) -> Iterator[Directory]:
    """A directory of `people`: uid to (name, password)."""
    authority = self_signed(place, "tls")
    (place / "data").mkdir()
    config, entries = place / "slapd.conf", place / "entries.ldif"
    config.write_text(_CONFIG.format(place=place, base=BASE), encoding="utf-8")
    persons = "".join(
        _PERSON.format(uid=uid, base=BASE, name=name, password=password)
        for uid, (name, password) in people.items()
    )
    values = {"base": BASE, "reader": READER, "reader_password": READER_PASSWORD, "people": persons}
    entries.write_text(_ENTRIES.format(**values), encoding="utf-8")
    subprocess.run([_program("slapadd"), "-q", "-f", config, "-l", entries], check=True, capture_output=True)
    ports = free_port(), free_port()
    urls = f"ldap://127.0.0.1:{ports[0]}", f"ldaps://127.0.0.1:{ports[1]}"
    command = [_program("slapd"), "-f", str(config), "-h", " ".join(urls), "-d", "0"]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for(ports[1])
        yield Directory(*urls, authority)
    finally:
        server.terminate()
        server.wait(10)


def _wait_for(port: int) -> None:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError("slapd does not answer")
