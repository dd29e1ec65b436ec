"""Reads a resource path such as `Files('1000000001')/Parties/$count` into steps, whatever may be there."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from django.utils.translation import gettext as _

from formcase.casesystem.errors import invalid, not_found

_SEGMENT = re.compile(r"(?P<name>[$\w.]+)(?:\((?:ID=)?(?P<key>'(?:[^']|'')*')?(?P<bad>[^)]*)\))?(?:/|$)")


@dataclass(frozen=True, slots=True)
class Segment:
    """One step of a path: a name, and a key where one stands in brackets."""

    name: str
    key: str | None = None


def read_path(path: str) -> tuple[Segment, ...]:
    """The steps of a decoded path below the service's address. Raises 404 where it can be none."""
    return tuple(_segments(path.removesuffix("/")))


def relative(url: str, root_path: str) -> str:
    """A URL, absolute or relative to the service, as path (still encoded) and query below the service's address."""
    without_host = re.sub(r"^https?://[^/]*", "", url, flags=re.IGNORECASE)
    if without_host.startswith("/"):
        if not without_host.lower().startswith(root_path.lower()):
            raise invalid("InvalidAddress", _("{url} lies outside of this service.").format(url=url))
        without_host = without_host[len(root_path) :]
    return without_host


def entity_at(url: str, root_path: str) -> tuple[str, str]:
    """The set and the key that a URL names, for bindings. Raises 400 where it names no entity of a set."""
    try:
        steps = read_path(unquote(relative(url, root_path), errors="strict"))
    except UnicodeDecodeError:
        steps = ()
    if len(steps) != 1 or steps[0].key is None:
        raise invalid("InvalidBinding", _("“{url}” names no entity, such as Files('1000000001').").format(url=url))
    return steps[0].name, steps[0].key


def quoted_key(key: str) -> str:
    """A key as it stands in brackets."""
    return "'" + key.replace("'", "''") + "'"


def _segments(path: str) -> Iterator[Segment]:
    position = 0
    while position < len(path):
        match = _SEGMENT.match(path, position)
        if match is None:
            raise not_found()
        if match["bad"] or ("(" in match[0] and match["key"] is None):
            raise invalid("InvalidKey", _("Keys are texts in quotes: {name}('…').").format(name=match["name"]))
        key = match["key"]
        yield Segment(match["name"], None if key is None else key[1:-1].replace("''", "'"))
        position = match.end()
