"""The public certificates of the hospitals to be inspected, from a folder: whose seal is to be believed."""

import errno
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from scoring.packet.keys import read_certificate
from scoring.packet.signature import fingerprint
from scoring.verification.sources import reason_zh

_END = b"-----END CERTIFICATE-----"
_LARGEST = 1_000_000  # bytes: a certificate has some 2,000


@dataclass(frozen=True)
class Certificates:
    """`names`: fingerprint → name in the certificate. `owners`: fingerprint → that and the file's name.

    `problems`: files that are not certificates, as Chinese sentences.
    """

    names: dict[str, str]
    owners: dict[str, tuple[str, str]]
    problems: tuple[str, ...]


def read_certificates(folder: Path) -> Certificates:
    """Every certificate of the folder and its sub-folders, PEM or DER. Raises OSError without a folder."""
    owners: dict[str, tuple[str, str]] = {}
    problems: list[str] = []
    if not folder.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, "not a folder", str(folder))
    for path in sorted(path for path in folder.rglob("*") if path.is_file() and path.name[0] != "."):
        try:
            for der, name in _each(path):
                owners[fingerprint(der)] = (name, path.stem)
        except OSError as error:
            problems.append(f"证书文件“{path.name}”无法读取：{reason_zh(error)}。")
        except ValueError:
            problems.append(f"“{path.name}”不是公开的证书文件（.cer、.pem、.der），未采用。")
    if not owners:
        problems.append("证书文件夹中没有可用的证书：签章人都不能确认。")
    return Certificates({digits: name for digits, (name, _) in owners.items()}, owners, tuple(problems))


def _each(path: Path) -> Iterator[tuple[bytes, str]]:
    if path.stat().st_size > _LARGEST:
        raise ValueError("too large for a certificate")
    content = path.read_bytes()
    parts = [part + _END for part in content.split(_END)[:-1]] or [content]
    yield from map(read_certificate, parts)
