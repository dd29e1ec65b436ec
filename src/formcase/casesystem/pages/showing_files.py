"""Shows a document's file in a browser, so that nothing in it can run there, whatever it is.

What a file is, is told from its bytes, never from what somebody said it was. A PDF is shown by the browser's own viewer
in a frame, pictures as pictures, text as text of the page; everything else is a download.
"""

from dataclasses import dataclass
from enum import Enum

from django.http import HttpResponseBase, StreamingHttpResponse

from formcase.appearance.file_names import disposition
from formcase.casesystem.documents import Download

LONGEST_TEXT = 200_000  # bytes that are shown of a text
_FIRST = 65_536
_POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'"
# a browser's PDF viewer has a style and a plugin of its own, which a stricter policy would keep it from
_PDF_POLICY = "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; sandbox; frame-ancestors 'self'"
_PICTURES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)


class Kind(Enum):
    """How a file may be shown."""

    PDF = "pdf"
    PICTURE = "picture"
    TEXT = "text"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Look:
    """How a file is shown. media_type: of PDFs and pictures · text: of texts, cut where it is longer than is shown."""

    kind: Kind
    media_type: str = "application/octet-stream"
    text: str = ""
    is_cut: bool = False


def look_at(download: Download) -> Look:
    """How a file may be shown, from its first bytes."""
    first = _beginning(download, _FIRST)
    if first.startswith(b"%PDF-"):
        return Look(Kind.PDF, "application/pdf")
    if (picture := _picture(first)) is not None:
        return Look(Kind.PICTURE, picture)
    if not first or _text(first, whole=len(first) == download.size) is None:
        return Look(Kind.OTHER)
    content = _beginning(download, LONGEST_TEXT)
    is_cut = download.size > len(content)
    text = _text(content, whole=not is_cut)
    return Look(Kind.OTHER) if text is None else Look(Kind.TEXT, "text/plain", text, is_cut)


def shown(download: Download, look: Look) -> HttpResponseBase:
    """A PDF for a frame of one of our pages, or a picture."""
    response = StreamingHttpResponse(download.chunks(), content_type=look.media_type)
    response.headers["Content-Length"] = str(download.size)
    response.headers["Content-Disposition"] = disposition(download.file_name or "document", kept=False)
    response.headers["X-Content-Type-Options"] = "nosniff"
    if look.kind is Kind.PDF:
        response.headers["Content-Security-Policy"] = _PDF_POLICY
        response.headers["X-Frame-Options"] = "SAMEORIGIN"
    else:
        response.headers["Content-Security-Policy"] = _POLICY
    return response


def handed_over(download: Download) -> HttpResponseBase:
    """A file to be kept. Its type is not told, so that no browser opens it here."""
    response = StreamingHttpResponse(download.chunks(), content_type="application/octet-stream")
    response.headers["Content-Disposition"] = disposition(download.file_name or "document", kept=True)
    for name in ("Content-Length", "X-Content-Type-Options"):
        response.headers[name] = download.headers()[name]
    response.headers["Content-Security-Policy"] = _POLICY
    return response


def _beginning(download: Download, limit: int) -> bytes:
    found = b""
    for chunk in download.chunks():
        found += chunk
        if len(found) >= limit:
            break
    return found[:limit]


def _picture(first: bytes) -> str | None:
    if first[:4] == b"RIFF" and first[8:12] == b"WEBP":
        return "image/webp"
    return next((media_type for start, media_type in _PICTURES if first.startswith(start)), None)


def _text(content: bytes, *, whole: bool) -> str | None:
    """The bytes as text; None where they are none. A cut may go through a character."""
    if b"\x00" in content:
        return None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if not whole and len(content) - error.start < 4:
            return content[: error.start].decode("utf-8-sig")
        return None
