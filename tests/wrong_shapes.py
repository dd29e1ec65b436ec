"""JSON that is not what it should be: each value of a good answer, one at a time, missing or of every wrong kind; and
what may come of it: a thing of the types that it declares, or a refusal that is meant."""

import copy
import dataclasses
import types
import typing
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from enum import Enum
from typing import Any

MISSING = object()
WRONG: tuple[object, ...] = (
    MISSING, None, True, 0, -1, 2**70, 1.5, 1e300, "", " ", "\x00", "\ud800", "x" * 100_000, [], {}, [None], [[]],
    {"value": {}}, {"ID": []}, [{}] * 3, [1, "a", None],
)  # fmt: skip


def bent(answer: object) -> Iterator[tuple[str, object]]:
    """The answer with each of its values, itself included, replaced in turn; and where."""
    for path in _paths(answer, ()):
        for wrong in WRONG:
            if path or wrong is not MISSING:
                yield f"{'.'.join(map(str, path)) or 'the whole'} = {str(wrong)[:30]!r}", _with(answer, path, wrong)


def _paths(value: object, path: tuple[str | int, ...]) -> Iterator[tuple[str | int, ...]]:
    yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, below in inner:
        yield from _paths(below, (*path, key))


def _with(answer: object, path: tuple[str | int, ...], wrong: object) -> object:
    if not path:
        return wrong
    whole: Any = copy.deepcopy(answer)
    place = whole
    for step in path[:-1]:
        place = place[step]
    if wrong is MISSING:
        del place[path[-1]]
    else:
        place[path[-1]] = wrong
    return whole


def ill_typed(value: object, hint: Any, where: str = "") -> Iterator[str]:
    """Where a thing that was read is not what its own types say."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        if all(any(True for _ in ill_typed(value, one)) for one in arguments):
            yield f"{where}: {value!r:.80} is none of {hint}"
    elif origin in (tuple, frozenset, list, Sequence, set):
        kinds = [arguments[0]] * len(value) if origin is not tuple or arguments[-1:] == (...,) else list(arguments)
        for number, (one, kind) in enumerate(zip(value, kinds, strict=True)):
            yield from ill_typed(one, kind, f"{where}[{number}]")
    elif origin in (dict, Mapping) or (origin is not None and issubclass(origin, Mapping)):
        for key, one in value.items():
            yield from ill_typed(key, arguments[0], f"{where}'s keys")
            yield from ill_typed(one, arguments[1], f"{where}[{key}]")
    elif dataclasses.is_dataclass(hint) and isinstance(hint, type):
        yield from _of_fields(value, hint, where)
    elif isinstance(hint, type) and not _is(value, hint):
        yield f"{where}: {value!r:.80} is no {hint.__name__}"


def _of_fields(value: object, hint: type, where: str) -> Iterator[str]:
    if not isinstance(value, hint):
        yield f"{where}: {value!r:.80} is no {hint.__name__}"
        return
    hints = typing.get_type_hints(type(value))
    for field in dataclasses.fields(value):  # type: ignore[arg-type]
        yield from ill_typed(getattr(value, field.name), hints[field.name], f"{where}.{field.name}")


def _is(value: object, kind: type) -> bool:
    if kind is type(None):
        return value is None
    if isinstance(value, str) and kind is str:
        return isinstance(value, str | Enum)
    if kind is int:
        return isinstance(value, int) and not isinstance(value, bool)
    if kind is date:
        return isinstance(value, date) and not isinstance(value, datetime)
    return isinstance(value, kind)
