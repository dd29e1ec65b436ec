"""Values as OData writes them in addresses and in JSON. The only place where a value becomes text.

A filter or key built elsewhere by pasting strings would be an injection; everything goes through here.
"""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from urllib.parse import quote

from formcase.planning.plan import Value

Json = Value | None | Mapping[str, "Json"] | Sequence["Json"]

_IDENTIFIER = re.compile(r"[^\W\d]\w{0,127}")
_SAFE_IN_QUERY = "()',;:/=$*!-._~@"


def literal(value: Value) -> str:
    """A value as a literal of a filter, not yet percent-encoded."""
    match value:
        case str():
            return "'" + value.replace("'", "''") + "'"
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case Decimal():
            return _decimal(value)
        case datetime():
            return _aware(value).astimezone(UTC).isoformat().replace("+00:00", "Z")
        case date():
            return value.isoformat()


def identifier(name: str) -> str:
    """A name of the model, checked to be one before it becomes part of an address."""
    if not _IDENTIFIER.fullmatch(name):
        raise ValueError(f"{name!r} is no OData name")
    return name


def key(entity_set: str, key_value: str) -> str:
    """The address of an entity below the service root, percent-encoded: `Files('4711')`."""
    return f"{identifier(entity_set)}('{quote(key_value.replace(chr(39), chr(39) * 2), safe=chr(39))}')"


def query_value(text: str) -> str:
    """The value of a query option, percent-encoded."""
    return quote(text, safe=_SAFE_IN_QUERY)


def json_text(value: Json) -> str:
    """JSON with decimals digit by digit as they are: the library's own writer knows none but binary fractions."""
    match value:
        case Decimal():
            return _decimal(value)
        case datetime():
            return json.dumps(_aware(value).isoformat())
        case date():
            return json.dumps(value.isoformat())
        case None | str() | bool() | int():
            return json.dumps(value, ensure_ascii=False)
        case Mapping():
            return "{" + ",".join(f"{json.dumps(name)}:{json_text(inner)}" for name, inner in value.items()) + "}"
        case Sequence():
            return "[" + ",".join(map(json_text, value)) + "]"
        case _:
            raise TypeError(f"{type(value).__name__} has no JSON form here")


def _decimal(value: Decimal) -> str:
    if not value.is_finite():
        raise ValueError("only finite numbers can be sent")
    return format(value, "f")


def _aware(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError("a point in time needs its time zone")
    return value
