"""A plan as a tree for a page: what would be or was written, and for each value the fields of the form it came from.
`planning.printing` makes the same as text."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from formcase.configurator.translating import in_reader_language
from formcase.planning.plan import AddParty, Entry, Operation, Plan, Value
from formcase.planning.printing import head_of, shown_value
from formcase.planning.tracing import entry_of
from formcase.submission.model import FieldPath

_LONG = 300  # characters, after which a value is folded


@dataclass(frozen=True, slots=True)
class Source:
    """A field of the form, as it is named in errors too. anchor: where it stands on the same page; empty where it does
    not."""

    text: str
    anchor: str = ""

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Node:
    """A property with its value, or one with more properties in it."""

    name: str
    value: str = ""
    sources: tuple[Source, ...] = ()
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
    sources: tuple[Source, ...] = ()


Anchors = Mapping[str, str]


def plan_tree(plan: Plan, anchors: Anchors | None = None) -> tuple[Step, ...]:
    """The operations in their order. anchors: where the fields stand on the same page, by their paths as they are
    shown."""
    return tuple(step_of(operation, anchors or {}) for operation in plan.operations)


def step_of(operation: Operation, anchors: Anchors) -> Step:
    """One operation."""
    entry = entry_of(operation)
    sources = sources_of(operation.origins, anchors) if isinstance(operation, AddParty) else ()
    nodes = tuple(_nodes(entry, anchors)) if entry is not None else ()
    return Step(in_reader_language(head_of(operation)), nodes, sources)


def text_of(value: Value | None) -> str:
    """A value as it is shown; empty where there is none."""
    if value is None:
        return ""
    return value if isinstance(value, str) else shown_value(value)


def sources_of(paths: tuple[FieldPath, ...], anchors: Anchors) -> tuple[Source, ...]:
    """The fields that something came from."""
    return tuple(Source(str(path), anchors.get(str(path), "")) for path in paths)


def _nodes(entry: Entry, anchors: Anchors) -> Iterator[Node]:
    for name, value in entry.values.items():
        yield Node(name, text_of(value), sources_of(entry.origins.get(name, ()), anchors))
    for name, inner in entry.nested.items():
        rows = inner if isinstance(inner, tuple) else (inner,)
        for number, row in enumerate(rows, 1):
            yield Node(name if len(rows) == 1 else f"{name} {number}", inner=tuple(_nodes(row, anchors)))
