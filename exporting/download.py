"""The one door for files that leave: named right in every browser, never cached, and recorded."""

import hashlib
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header

from trail.chain import record


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
    """`content` as an attachment; the event `action` keeps its SHA-256 and size (QUALITY I5, L1).

    `filename` must name nobody: it goes into the header and into the trail.
    """
    facts = {"file": filename, "sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
    record(action, by=request.user, target=target, department=department, detail=facts | (detail or {}))
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = content_disposition_header(True, filename)
    response["Content-Length"] = str(len(content))
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store, private"
    # Opened in place by a careless browser, it still may not run or load anything.
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
