"""Reads the query options of a request, and the nested ones of `$expand`, into data.

Names are checked here; what filters mean is in `filters.py`.
"""

import base64
import binascii
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from django.utils.translation import gettext as _

from formcase.casesystem.edm import EntityType, Model, Navigation
from formcase.casesystem.errors import invalid, not_implemented

PAGE_SIZE = 50
MAX_PAGE_SIZE = 1000
_MAX_EXPAND_DEPTH = 6
_UNSUPPORTED = frozenset({"$search", "$apply", "$compute", "$index", "$levels", "$deltatoken", "$schemaversion"})
_KNOWN = frozenset(
    {"$filter", "$select", "$expand", "$orderby", "$top", "$skip", "$count", "$skiptoken", "$format", "$id"}
)


@dataclass(frozen=True, slots=True)
class SkipToken:
    """Where the next page begins: behind a key in the order of keys, or at a position. served: entities so far."""

    served: int
    after_key: str | None = None
    position: int | None = None

    def encode(self) -> str:
        """As it stands in a next link."""
        raw = json.dumps([self.served, self.after_key, self.position]).encode()
        return base64.urlsafe_b64encode(raw).decode().rstrip("=")

    @classmethod
    def decode(cls, text: str) -> "SkipToken":
        """From a next link. Raises 400 where it is none of ours."""
        try:
            served, key, position = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        except (ValueError, TypeError, binascii.Error, RecursionError):
            raise invalid("InvalidQuery", _("$skiptoken can't be read."), "$skiptoken") from None
        whole = isinstance(served, int) and served >= 0
        if not whole or not isinstance(key, str | None) or not isinstance(position, int | None):
            raise invalid("InvalidQuery", _("$skiptoken can't be read."), "$skiptoken")
        return cls(served, key, position)


@dataclass(frozen=True, slots=True)
class OrderTerm:
    """One term of `$orderby`."""

    expression: str
    descending: bool


@dataclass(frozen=True, slots=True)
class Expand:
    """A navigation property to expand, with its own options."""

    navigation: Navigation
    options: "Options"


@dataclass(frozen=True, slots=True)
class Options:
    """The options that were given. select None: all properties. raw: the options as they were, for next links."""

    filter: str | None = None
    select: frozenset[str] | None = None
    expand: tuple[Expand, ...] = ()
    order_by: tuple[OrderTerm, ...] = ()
    top: int | None = None
    skip: int = 0
    count: bool = False
    skip_token: SkipToken | None = None
    raw: Mapping[str, str] = field(default_factory=dict)


def read_options(pairs: Iterable[tuple[str, str]], entity_type: EntityType, model: Model) -> Options:
    """The options of a request. Raises 400 for what is unknown or given twice."""
    raw: dict[str, str] = {}
    for name, value in pairs:
        if not name.startswith("$"):
            continue  # custom options are the client's own
        if name in _UNSUPPORTED:
            raise not_implemented(name)
        if name not in _KNOWN:
            raise invalid("InvalidQuery", _("There is no query option {name}.").format(name=name), name)
        if name in raw:
            raise invalid("InvalidQuery", _("{name} is given twice.").format(name=name), name)
        raw[name] = value
    return _read(raw, entity_type, model, 0)


def _read(raw: Mapping[str, str], entity_type: EntityType, model: Model, depth: int) -> Options:
    token = raw.get("$skiptoken")
    if raw.get("$format", "json").partition(";")[0] not in ("json", "application/json"):
        raise not_implemented("$format=" + raw["$format"])
    return Options(
        filter=raw.get("$filter"),
        select=_select(raw.get("$select"), entity_type, model),
        expand=tuple(_expands(raw.get("$expand"), entity_type, model, depth)),
        order_by=tuple(_order_terms(raw.get("$orderby"))),
        top=_number(raw.get("$top"), "$top"),
        skip=_number(raw.get("$skip"), "$skip") or 0,
        count=_truth(raw.get("$count"), "$count"),
        skip_token=SkipToken.decode(token) if token is not None else None,
        raw=raw,
    )


def _number(text: str | None, option: str) -> int | None:
    if text is None:
        return None
    if not (text.isascii() and text.isdigit()) or len(text) > 9:
        raise invalid("InvalidQuery", _("{option} must be a whole number.").format(option=option), option)
    return int(text)


def _truth(text: str | None, option: str) -> bool:
    if text not in (None, "true", "false"):
        raise invalid("InvalidQuery", _("{option} must be true or false.").format(option=option), option)
    return text == "true"


def _select(text: str | None, entity_type: EntityType, model: Model) -> frozenset[str] | None:
    if text is None:
        return None
    names = {part.strip() for part in text.split(",")}
    if "*" in names:
        names = (names - {"*"}) | set(entity_type.properties)
    for name in names:
        head = name.partition("/")[0]
        if head not in entity_type.properties and name not in entity_type.navigation:
            raise _unknown(name, entity_type, "$select")
        prop = entity_type.properties.get(head)
        if "/" in name and (prop is None or prop.complex is None):
            raise _unknown(name, entity_type, "$select")
        if "/" in name and prop is not None and name.partition("/")[2] not in _parts(model, str(prop.complex)):
            raise _unknown(name, entity_type, "$select")
    return frozenset(name.partition("/")[0] for name in names)


def _parts(model: Model, complex_type: str) -> Iterable[str]:
    return model.complex_types[complex_type].properties


def _order_terms(text: str | None) -> Iterator[OrderTerm]:
    if text is None:
        return
    for part in split_outside(text, ","):
        expression, _space, direction = part.strip().rpartition(" ")
        if direction in ("asc", "desc") and expression:
            yield OrderTerm(expression.strip(), direction == "desc")
        else:
            yield OrderTerm(part.strip(), False)


def _expands(text: str | None, entity_type: EntityType, model: Model, depth: int) -> Iterator[Expand]:
    if text is None:
        return
    if depth >= _MAX_EXPAND_DEPTH:
        raise invalid("InvalidQuery", _("$expand is nested too deeply."), "$expand")
    seen: set[str] = set()
    for part in split_outside(text, ","):
        name, nested = _name_and_options(part.strip())
        if name == "*" or "/" in name or "." in name:
            raise not_implemented(_("$expand={name}").format(name=name))
        navigation = entity_type.navigation.get(name)
        if navigation is None:
            raise _unknown(name, entity_type, "$expand")
        if name in seen:
            raise invalid("InvalidQuery", _("{name} is expanded twice.").format(name=name), "$expand")
        seen.add(name)
        raw = dict(_nested_options(nested))
        yield Expand(navigation, _read(raw, model.types[navigation.target], model, depth + 1))


def _name_and_options(part: str) -> tuple[str, str]:
    name, bracket, rest = part.partition("(")
    if not bracket:
        return name.strip(), ""
    if not rest.endswith(")"):
        raise invalid("InvalidQuery", _("$expand can't be read at “{part}”.").format(part=part[:80]), "$expand")
    return name.strip(), rest[:-1]


def _nested_options(text: str) -> Iterator[tuple[str, str]]:
    given: set[str] = set()
    for part in split_outside(text, ";") if text.strip() else ():
        name, equals, value = part.strip().partition("=")
        if name in _UNSUPPORTED:
            raise not_implemented(name)
        if not equals or name not in _KNOWN - {"$format", "$id", "$skiptoken"} or name in given:
            raise invalid("InvalidQuery", _("$expand can't be read at “{part}”.").format(part=part[:80]), "$expand")
        given.add(name)
        yield name, value


def split_outside(text: str, separator: str) -> Iterator[str]:
    """Split where the separator stands outside of quotes and brackets. Raises 400 where these don't match."""
    depth, quoted, start = 0, False, 0
    for position, sign in enumerate(text):
        if sign == "'":
            quoted = not quoted
        elif quoted:
            continue
        elif sign == "(":
            depth += 1
        elif sign == ")":
            depth -= 1
        elif sign == separator and depth == 0:
            yield text[start:position]
            start = position + 1
    if depth != 0 or quoted:
        message = _("Brackets or quotes do not match in “{text}”.").format(text=text[:200])
        raise invalid("InvalidQuery", message)
    yield text[start:]


def without_paging(options: Options) -> Options:
    """The same without `$top`, `$skip` and a token: what a count is about."""
    return replace(options, top=None, skip=0, skip_token=None)


def _unknown(name: str, entity_type: EntityType, option: str) -> Exception:
    message = _("There is no property {name} on {type}.").format(name=name, type=entity_type.name)
    return invalid("UnknownProperty", message, option)
