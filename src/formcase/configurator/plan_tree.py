"""A plan as a tree for a page: what would be or was written, and for each value the fields of the form it came from.
`planning.printing` makes the same as text."""

from collections.abc import Iterator
from dataclasses import dataclass

from formcase.configurator.translating import in_reader_language
from formcase.planning.plan import AddParty, Entry, Operation, Plan, Value
from formcase.planning.printing import head_of, shown_value
from formcase.planning.tracing import entry_of
from formcase.submission.model import FieldPath

_LONG = 300  # characters, after which a value is folded


@dataclass(frozen=True, slots=True)
class Node:
    """A property with its value, or one with more properties in it. sources: the fields, as they are named in errors,
    too."""

    name: str
    value: str = ""
    sources: tuple[str, ...] = ()
    inner: tuple["Node", ...] = ()

    @property
    def beginning(self) -> str:
        """What is shown of a long value before it is unfolded; empty where it is short."""
        return f"{self.value[:_LONG]}…" if len(self.value) > _LONG else ""


@dataclass(frozen=True, slots=True)
class Step:
    """One operation. sources: of the operation itself, as of a party."""

    head: str
    nodes: tuple[Node, ...]
    sources: tuple[str, ...] = ()


def plan_tree(plan: Plan) -> tuple[Step, ...]:
    """The operations in their order."""
    return tuple(map(_step, plan.operations))


def _step(operation: Operation) -> Step:
    entry = entry_of(operation)
    sources = _sources(operation.origins) if isinstance(operation, AddParty) else ()
    return Step(in_reader_language(head_of(operation)), tuple(_nodes(entry)) if entry is not None else (), sources)


def _nodes(entry: Entry) -> Iterator[Node]:
    for name, value in entry.values.items():
        yield Node(name, _text(value), _sources(entry.origins.get(name, ())))
    for name, inner in entry.nested.items():
        rows = inner if isinstance(inner, tuple) else (inner,)
        for number, row in enumerate(rows, 1):
            yield Node(name if len(rows) == 1 else f"{name} {number}", inner=tuple(_nodes(row)))


def _text(value: Value) -> str:
    return value if isinstance(value, str) else shown_value(value)


def _sources(paths: tuple[FieldPath, ...]) -> tuple[str, ...]:
    return tuple(map(str, paths))
