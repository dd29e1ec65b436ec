"""A request and its answer as the service sees them, whether they came on their own or as a part of a batch."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, unquote

from django.utils.translation import gettext as _

from formcase.casesystem.errors import Problem, Refusal, invalid
from formcase.casesystem.json_values import read_object, write_json
from formcase.casesystem.paths import relative

JSON = "application/json;odata.metadata=minimal"
VERSION = {"OData-Version": "4.0"}


@dataclass(frozen=True, slots=True)
class Request:
    """path: below the service's address, decoded · query: still encoded · headers: names in lower case."""

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def pairs(self) -> list[tuple[str, str]]:
        """The query options."""
        try:
            pairs = parse_qsl(self.query, keep_blank_values=True, errors="strict", max_num_fields=100)
        except (UnicodeDecodeError, ValueError):
            raise invalid("InvalidQuery", _("The query can't be read.")) from None
        for _name, value in pairs:
            if "\x00" in value:
                raise invalid("InvalidQuery", _("The query holds the character NUL."))
        return pairs

    def json(self) -> dict[str, Any]:
        """The body, which must be a JSON object. Raises 415 for another type."""
        kind = self.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != "application/json":
            message = _("The body must be application/json.")
            raise Refusal(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, Problem("UnsupportedMediaType", message))
        return read_object(self.body)

    def prefers(self, preference: str) -> str | None:
        """The value of a preference; empty where it has none, None where it is not stated."""
        for part in re.split(r"[,;]", self.headers.get("prefer", "")):
            name, _equals, value = part.strip().partition("=")
            if name.strip().lower().removeprefix("odata.") == preference:
                return value.strip().strip('"')
        return None


@dataclass(frozen=True, slots=True)
class Answer:
    """reference: the address, below the service's, that a Content-ID of this request stands for."""

    status: HTTPStatus
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    reference: str | None = None


def json_answer(
    content: object, status: HTTPStatus = HTTPStatus.OK, headers: Mapping[str, str] | None = None
) -> Answer:
    """An answer in JSON."""
    return Answer(status, {**VERSION, "Content-Type": JSON, **(headers or {})}, write_json(content))


def empty_answer(headers: Mapping[str, str] | None = None, reference: str | None = None) -> Answer:
    """204."""
    return Answer(HTTPStatus.NO_CONTENT, {**VERSION, **(headers or {})}, b"", reference)


def refusal_answer(refusal: Refusal) -> Answer:
    """A refusal as its answer."""
    return json_answer(refusal.body(), refusal.status, refusal.headers)


def target_of(url: str, root_path: str) -> tuple[str, str]:
    """A URL as decoded path below the service's address, and query."""
    path, _mark, query = relative(url, root_path).partition("?")
    try:
        return unquote(path.partition("#")[0], errors="strict"), query
    except UnicodeDecodeError:
        raise invalid("InvalidAddress", _("The address is not UTF-8.")) from None
