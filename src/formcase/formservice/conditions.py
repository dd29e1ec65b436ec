"""When something of a form is asked: conditions on answers that were given before. What they are, their JSON, and
whether one holds; which answers there are is not known here.

In JSON: `{"answer": "{Page.Group.Field}", "is": "yes"}` (or a list: one of these), `{"answer": …, "answered": true}`,
`{"all": [CONDITION…]}`, `{"any": [CONDITION…]}`, `{"not": CONDITION}`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

DEEPEST = 10


@dataclass(frozen=True, slots=True)
class AnswerIs:
    """One of the answers that the reference names is one of these values, as the XML writes them."""

    reference: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answered:
    """The reference was answered."""

    reference: str


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every part holds."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one part holds."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold."""

    part: "Condition"


Condition = AnswerIs | Answered | AllOf | AnyOf | Not


class ConditionRefused(Exception):
    """A condition that can't be read."""


def holds(condition: Condition, answers_of: Callable[[str], Sequence[str]]) -> bool:
    """Whether it holds; `answers_of` a reference: its answers, none where it was left open or is not asked."""
    match condition:
        case AnswerIs(reference, values):
            return not set(values).isdisjoint(answers_of(reference))
        case Answered(reference):
            return bool(answers_of(reference))
        case AllOf(parts):
            return all(holds(part, answers_of) for part in parts)
        case AnyOf(parts):
            return any(holds(part, answers_of) for part in parts)
        case Not(part):
            return not holds(part, answers_of)


def answers_named(condition: Condition) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The references that it looks at, each with the values that it compares with."""
    match condition:
        case AnswerIs(reference, values):
            yield reference, values
        case Answered(reference):
            yield reference, ()
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from answers_named(part)
        case Not(part):
            yield from answers_named(part)


def read_condition(document: object, depth: int = 1) -> Condition:
    """The condition that a JSON document says; `ConditionRefused` where it says none."""
    if depth > DEEPEST:
        raise ConditionRefused(_("Conditions stand at most {deepest} levels deep.").format(deepest=DEEPEST))
    if not isinstance(document, Mapping):
        raise ConditionRefused(_form())
    keys = set(document)
    if keys == {"not"}:
        return Not(read_condition(document["not"], depth + 1))
    if keys == {"all"}:
        return AllOf(_parts(document["all"], depth))
    if keys == {"any"}:
        return AnyOf(_parts(document["any"], depth))
    reference = document.get("answer")
    if not isinstance(reference, str) or keys not in ({"answer", "is"}, {"answer", "answered"}):
        raise ConditionRefused(_form())
    return AnswerIs(reference, _values(document["is"])) if "is" in keys else _answered(reference, document["answered"])


def written_condition(condition: Condition) -> dict[str, object]:
    """The condition's JSON."""
    match condition:
        case AnswerIs(reference, values):
            return {"answer": reference, "is": list(values) if len(values) > 1 else values[0]}
        case Answered(reference):
            return {"answer": reference, "answered": True}
        case AllOf(parts):
            return {"all": [written_condition(part) for part in parts]}
        case AnyOf(parts):
            return {"any": [written_condition(part) for part in parts]}
        case Not(part):
            return {"not": written_condition(part)}


def _form() -> str:
    return _(
        "A condition is a JSON object: “answer” with “is” or “answered”, or “all”, “any” or “not” with conditions."
    )


def _parts(document: object, depth: int) -> tuple[Condition, ...]:
    if not isinstance(document, Sequence) or isinstance(document, str) or not document:
        raise ConditionRefused(_("There must be a list of at least one condition."))
    return tuple(read_condition(part, depth + 1) for part in document)


def _values(document: object) -> tuple[str, ...]:
    listed = document if isinstance(document, Sequence) and not isinstance(document, str) else [document]
    values = tuple(_value(value) for value in listed)
    if not values:
        raise ConditionRefused(_("“is” names one value, or a list of at least one."))
    return values


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, str) and value.strip():
        return value
    raise ConditionRefused(_("“is” names one value, or a list of at least one."))


def _answered(reference: str, said: object) -> Condition:
    if not isinstance(said, bool):
        raise ConditionRefused(_("“answered” is true or false."))
    return Answered(reference) if said else Not(Answered(reference))
