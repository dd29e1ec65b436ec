"""Handing on what people submitted to a browser, so that nothing in it can run here, whatever it is.

A PDF is shown by the browser's own viewer in a frame; everything else is a download that says nothing of its kind.
"""

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse

from formcase.appearance.file_names import disposition
from formcase.workflows.at_form_service import OpenFile

_POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'"
# a browser's PDF viewer has a style and a plugin of its own, which a stricter policy would keep it from
_PDF_POLICY = "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; sandbox; frame-ancestors 'self'"


def download(file: OpenFile, name: str) -> HttpResponseBase:
    """A file to be kept, under a name that no system takes for more than a name."""
    response = _streamed(file, "application/octet-stream", _POLICY)
    response.headers["Content-Disposition"] = disposition(name, kept=True)
    return response


def shown_pdf(file: OpenFile, name: str) -> HttpResponseBase:
    """A PDF for a frame of one of our pages."""
    response = _streamed(file, "application/pdf", _PDF_POLICY)
    response.headers["Content-Disposition"] = disposition(name, kept=False)
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


def no_pdf(why: str) -> HttpResponseBase:
    """What stands in the frame instead of the PDF."""
    response = HttpResponse(why, content_type="text/plain; charset=utf-8", status=502)
    response.headers["Content-Security-Policy"] = _PDF_POLICY
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


def _streamed(file: OpenFile, media_type: str, policy: str) -> StreamingHttpResponse:
    response = StreamingHttpResponse(file, content_type=media_type)
    response.headers["Content-Length"] = str(file.description.size)
    response.headers["Content-Security-Policy"] = policy
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
