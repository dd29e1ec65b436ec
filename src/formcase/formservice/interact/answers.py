"""Plain answers: JSON in UTF-8, with its length and never kept by anybody on the way; and answers without content."""

import json
from collections.abc import Mapping
from http import HTTPStatus

from django.http import HttpResponse


def json_answer(document: Mapping[str, object]) -> HttpResponse:
    """200 with a JSON document."""
    content = json.dumps(document, ensure_ascii=False).encode()
    response = HttpResponse(content, content_type="application/json")
    response["Content-Length"] = str(len(content))
    response["Cache-Control"] = "no-store"
    return response


def without_content(status: HTTPStatus) -> HttpResponse:
    """204 or 304."""
    response = HttpResponse(status=status)
    del response["Content-Type"]
    return response
