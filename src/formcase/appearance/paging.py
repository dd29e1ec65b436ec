"""Paging through a long listing by the key of its last row, so that page ten thousand is as fast as the first."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar, cast

from django.core.exceptions import ValidationError
from django.db.models import Field, Model, Q, QuerySet
from django.http import HttpRequest

_Row = TypeVar("_Row", bound=Model)
Key = str | int | datetime
AFTER, BEFORE = "after", "before"
ROWS = 50


@dataclass(frozen=True, slots=True)
class Slice(Generic[_Row]):
    """The rows of one page. newer, older: the query strings of the pages beside it; empty where there is none."""

    rows: Sequence[_Row]
    newer: str
    older: str

    def __bool__(self) -> bool:
        return bool(self.rows)


def slice_of(
    request: HttpRequest, found: QuerySet[_Row], fields: tuple[str, ...] = ("id",), rows: int = ROWS
) -> Slice[_Row]:
    """The page that the address asks for. fields: what the listing is ordered by, all of them descending and
    together unique; an index must have them in this order."""
    backwards = _read(request.GET.get(BEFORE, ""), found.model, fields)
    forwards = None if backwards else _read(request.GET.get(AFTER, ""), found.model, fields)
    if backwards:
        chosen = list(found.filter(_beyond(fields, backwards, "gt")).order_by(*fields)[: rows + 1])
        more_newer, more_older = len(chosen) > rows, True
        chosen = list(reversed(chosen[:rows]))
    else:
        narrowed = found.filter(_beyond(fields, forwards, "lt")) if forwards else found
        chosen = list(narrowed.order_by(*(f"-{field}" for field in fields))[: rows + 1])
        more_newer, more_older = forwards is not None, len(chosen) > rows
        chosen = chosen[:rows]
    if not chosen:
        return Slice((), _query(request) if forwards or backwards else "", "")
    newer = _query(request, BEFORE, _written(chosen[0], fields)) if more_newer else ""
    older = _query(request, AFTER, _written(chosen[-1], fields)) if more_older else ""
    return Slice(chosen, newer, older)


def _beyond(fields: tuple[str, ...], key: list[Key], comparison: str) -> Q:
    """(a, b) < (x, y) as a < x or (a = x and b < y), with a <= x before it, which an index can use."""
    condition = Q()
    for number in reversed(range(len(fields))):
        here = Q(**{f"{fields[number]}__{comparison}": key[number]})
        condition = here | (Q(**{fields[number]: key[number]}) & condition) if condition else here
    return Q(**{f"{fields[0]}__{comparison}e": key[0]}) & condition


def _written(row: Model, fields: tuple[str, ...]) -> str:
    values = [getattr(row, field) for field in fields]
    data = json.dumps([value.isoformat() if isinstance(value, datetime) else value for value in values])
    return base64.urlsafe_b64encode(data.encode()).decode("ascii").rstrip("=")


def _read(text: str, model: type[Model], fields: tuple[str, ...]) -> list[Key] | None:
    """The key; None where there is none, or where somebody made one up."""
    try:
        data = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        if not isinstance(data, list) or len(data) != len(fields):
            return None
        return [_field(model, name).to_python(part) for name, part in zip(fields, data, strict=True)]
    except (ValueError, OverflowError, TypeError, ValidationError):
        return None


def _field(model: type[Model], name: str) -> "Field[object, Key]":
    return cast("Field[object, Key]", model._meta.get_field(name))


def _query(request: HttpRequest, name: str = "", key: str = "") -> str:
    """The address' own query, with this place in the listing instead of another."""
    query = request.GET.copy()
    query.pop(AFTER, None)
    query.pop(BEFORE, None)
    if name:
        query[name] = key
    return f"?{query.urlencode()}"
