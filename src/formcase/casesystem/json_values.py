"""JSON of requests and answers: exact decimals, and values of the types that the model declares."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from formcase.casesystem.edm import Primitive
from formcase.casesystem.errors import invalid

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})")
_INT64 = 2**63
_MARK = "\x00decimal:"  # no text of ours can hold NUL, so nothing else looks like this
_MARKED = re.compile(r'"\\u0000decimal:([^"]+)"')
_MAX_DEPTH = 32


class WrongTypeError(ValueError):
    """A value that does not fit its property's type. The message says what is expected."""


def read_object(body: bytes) -> dict[str, Any]:
    """The JSON object of a request. Raises 400 where it is none, or names a property twice."""
    try:
        value = json.loads(
            body.decode("utf-8-sig"),
            parse_float=Decimal,
            object_pairs_hook=_without_doubles,
            parse_constant=_no_constant,
        )
    except (UnicodeDecodeError, ValueError, RecursionError, InvalidOperation):  # the last: an exponent of many digits
        raise invalid("InvalidJson", _("The body is no JSON.")) from None
    if not isinstance(value, dict):
        raise invalid("InvalidJson", _("The body must be a JSON object."))
    _check_depth(value, 0)
    return value


def write_json(value: object) -> bytes:
    """JSON in which decimals keep all their digits."""
    text = json.dumps(value, ensure_ascii=False, default=_decimal, separators=(",", ":"))
    if _MARK.replace("\x00", "\\u0000") in text:
        text = _MARKED.sub(r"\1", text)
    return text.encode("utf-8")


def read_value(value: object, primitive: Primitive) -> Any:
    """A JSON value as Python has it. Raises WrongTypeError."""
    if value is None:
        return None
    match primitive:
        case Primitive.STRING:
            return check_text(value)
        case Primitive.BOOLEAN:
            return _boolean(value)
        case Primitive.INT64:
            return _integer(value)
        case Primitive.DECIMAL:
            return _number(value)
        case Primitive.DATE:
            return _day(value)
        case Primitive.DATE_TIME_OFFSET:
            return _moment(value)


def stored(value: Any) -> Any:
    """A value as it lies in a JSON column."""
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return value.isoformat() if isinstance(value, date) else value


def check_text(value: object) -> str:
    """A text that can be stored."""
    if not isinstance(value, str):
        raise WrongTypeError(_("a text is expected"))
    if "\x00" in value:
        raise WrongTypeError(_("a text can't hold the character NUL"))
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        raise WrongTypeError(_("the text holds half a character")) from None
    return value


def _boolean(value: object) -> bool:
    if not isinstance(value, bool):
        raise WrongTypeError(_("true or false is expected"))
    return value


def _integer(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not -_INT64 <= value < _INT64:
        raise WrongTypeError(_("a whole number of 64 bits is expected"))
    return value


def _number(value: object) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise WrongTypeError(_("a number is expected"))
    number = Decimal(value)
    if not number.is_finite() or number.adjusted() > 1000 or number.as_tuple().exponent < -1000:  # type: ignore[operator]
        raise WrongTypeError(_("the number is too long"))
    return number


def _day(value: object) -> date:
    if isinstance(value, str) and _DATE.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise WrongTypeError(_("a date such as 2026-11-20 is expected"))


def _moment(value: object) -> datetime:
    if isinstance(value, str) and _MOMENT.fullmatch(value):
        try:
            return datetime.fromisoformat(value).astimezone(UTC)
        except (ValueError, OverflowError):
            pass
    raise WrongTypeError(_("a point in time such as 2026-11-20T08:41:07Z is expected"))


def _decimal(value: object) -> str:
    if isinstance(value, Decimal):
        return f"{_MARK}{value}"
    raise TypeError(type(value).__name__)


def _without_doubles(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    for name in found:
        name.encode()  # half a character in it could not be told in any answer
    return found


def _no_constant(name: str) -> object:
    raise ValueError(name)


def _check_depth(value: Mapping[str, Any] | list[Any], depth: int) -> None:
    if depth > _MAX_DEPTH:
        raise invalid("InvalidJson", _("The body is nested too deeply."))
    for item in value.values() if isinstance(value, dict) else value:
        if isinstance(item, dict | list):
            _check_depth(item, depth + 1)
