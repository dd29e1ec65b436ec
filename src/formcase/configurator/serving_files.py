"""Handing on what people submitted to a browser, so that nothing in it can run here, whatever it is.

A PDF is shown by the browser's own viewer in a frame; everything else is a download that says nothing of its kind.
"""

import re
import unicodedata

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header

from formcase.workflows.at_form_service import OpenFile

_POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'"
# a browser's PDF viewer has a style and a plugin of its own, which a stricter policy would keep it from
_PDF_POLICY = "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; sandbox; frame-ancestors 'self'"
_PATH = re.compile(r"[\\/]")
_NOT_IN_NAMES = re.compile(r'[:*?"<>|]')
_LONGEST_NAME = 150


def download(file: OpenFile, name: str) -> HttpResponseBase:
    """A file to be kept, under a name that no system takes for more than a name."""
    response = _streamed(file, "application/octet-stream", _POLICY)
    response.headers["Content-Disposition"] = content_disposition_header(True, harmless_name(name)) or "attachment"
    return response


def shown_pdf(file: OpenFile, name: str) -> HttpResponseBase:
    """A PDF for a frame of one of our pages."""
    response = _streamed(file, "application/pdf", _PDF_POLICY)
    response.headers["Content-Disposition"] = content_disposition_header(False, harmless_name(name)) or "inline"
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


def no_pdf(why: str) -> HttpResponseBase:
    """What stands in the frame instead of the PDF."""
    response = HttpResponse(why, content_type="text/plain; charset=utf-8", status=502)
    response.headers["Content-Security-Policy"] = _PDF_POLICY
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


def harmless_name(name: str) -> str:
    """The name without paths, characters that can't be seen, and those that turn the direction of reading."""
    last = _PATH.split(name)[-1]
    seen = "".join(letter for letter in last if unicodedata.category(letter)[0] != "C")
    plain = _NOT_IN_NAMES.sub("_", seen).strip(" .")
    stem, dot, ending = plain.rpartition(".")
    if dot and len(ending) < 12:
        return f"{stem[: _LONGEST_NAME - len(ending)]}.{ending}" if stem else ending
    return plain[:_LONGEST_NAME] or "file"


def _streamed(file: OpenFile, media_type: str, policy: str) -> StreamingHttpResponse:
    response = StreamingHttpResponse(file, content_type=media_type)
    response.headers["Content-Length"] = str(file.description.size)
    response.headers["Content-Security-Policy"] = policy
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
