"""Downloads: a file as an attachment that no browser opens inline, recorded in the audit trail."""

import hashlib
import unicodedata
from typing import IO, Any

from django.http import FileResponse, HttpRequest, HttpResponse
from django.utils.http import content_disposition_header

from trail.chain import record

_CHUNK = 1 << 20  # bytes of a file read at once
_LONGEST_NAME = 180  # bytes of UTF-8: limit of common file systems, minus space for " (1)"


def download_response(
    request: HttpRequest,
    *,
    filename: str,
    content: bytes,
    content_type: str,
    action: str,
    target: Any = None,
    department: Any = None,
    detail: dict[str, Any] | None = None,
) -> HttpResponse:
    """Return the bytes as an attachment. Records `action` with name, SHA-256 and size in the same request.

    `filename` and `detail` must hold no patient identity (docs/quality.md A4).
    """
    name = safe_filename(filename)
    facts = {"file": name, "sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
    by = request.user if getattr(request.user, "is_authenticated", False) else None
    record(action, by=by, target=target, department=department, detail=(detail or {}) | facts)
    return HttpResponse(content, content_type=content_type, headers=_headers(name, len(content)))


def stream_response(
    request: HttpRequest,
    *,
    filename: str,
    file: IO[bytes],
    sha256: str,
    content_type: str,
    action: str,
    target: Any = None,
    department: Any = None,
    detail: dict[str, Any] | None = None,
) -> FileResponse:
    """Stream a file that is too large for memory: verify its SHA-256, then send it.

    Raises ValueError when the file was changed since it was made; nothing is recorded then.
    """
    digest = hashlib.sha256()
    while chunk := file.read(_CHUNK):
        digest.update(chunk)
    if digest.hexdigest() != sha256:
        raise ValueError("文件与生成时的校验值不符。")
    size = file.tell()
    file.seek(0)
    name = safe_filename(filename)
    facts = {"file": name, "sha256": sha256, "size": size}
    by = request.user if getattr(request.user, "is_authenticated", False) else None
    record(action, by=by, target=target, department=department, detail=(detail or {}) | facts)
    return FileResponse(file, content_type=content_type, headers=_headers(name, size))


def _headers(name: str, size: int) -> dict[str, str]:
    return {
        "Content-Disposition": content_disposition_header(True, name) or "attachment",
        "Content-Length": str(size),
        "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }


def safe_filename(name: str) -> str:
    """A name any system can save: no path, no control or direction characters, at most 180 bytes.

    >>> safe_filename("../x.pdf")
    'x.pdf'
    """
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    clean = "".join("_" if c in ':*?"<>|' else c for c in last if unicodedata.category(c)[0] != "C")
    clean = clean.strip(" .") or "下载"
    stem, dot, ending = clean.rpartition(".")
    if not dot or len(ending) > 10:
        stem, dot, ending = clean, "", ""
    room = _LONGEST_NAME - len((dot + ending).encode())
    return stem.encode()[:room].decode(errors="ignore") + dot + ending
