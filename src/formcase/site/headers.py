"""The security headers that every answer to a browser carries."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

_HEADERS = {
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def content_security_policy() -> str:
    """What a page may load: nothing but our own files, and nothing that stands in the page itself."""
    directives = (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "connect-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "frame-src 'self'",
        "object-src 'none'",
        " ".join(("form-action 'self'", *settings.FORM_TARGETS)),
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
    return "; ".join(directives)


def security_headers(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Add the headers that Django does not; a view that sets one itself keeps it."""
    headers = _HEADERS | {"Content-Security-Policy": content_security_policy()}

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        for name, value in headers.items():
            response.headers.setdefault(name, value)
        return response

    return middleware
