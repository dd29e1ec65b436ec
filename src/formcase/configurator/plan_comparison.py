"""Two plans of one submission side by side for a page, with the differences marked."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from formcase.configurator.plan_tree import Anchors, Node, Source, Step, sources_of, step_of, text_of
from formcase.configurator.translating import in_reader_language
from formcase.planning.comparison import Beside, Kind, PlanDifference, side_by_side
from formcase.planning.plan import AddDocument, Operation, Plan
from formcase.planning.printing import head_of

WORDS: Final[dict[Kind, str | Promise]] = {
    Kind.ADDED: gettext_lazy("Only in the second"),
    Kind.REMOVED: gettext_lazy("Only in the first"),
    Kind.CHANGED: gettext_lazy("Differs"),
    Kind.MOVED: gettext_lazy("In another place"),
    Kind.ORIGIN: gettext_lazy("From elsewhere"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One value in both plans. kind: as the comparison says, `same` where nothing differs; word: for people."""

    name: str
    kind: str
    word: str | Promise
    before: str
    after: str
    before_from: tuple[Source, ...]
    after_from: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """One operation in both plans. word: what is with it as a whole, empty where both have it."""

    head: str
    kind: str
    word: str | Promise
    rows: tuple[Row, ...]
    differs: bool


def pairs_of(before: Plan, after: Plan, anchors: Anchors) -> tuple[Pair, ...]:
    """All operations of both plans."""
    return tuple(_pair(each, anchors) for each in side_by_side(before, after))


def _pair(each: Beside, anchors: Anchors) -> Pair:
    operation = each.after or each.before
    assert operation is not None
    head = in_reader_language(head_of(operation))
    if each.before is not None and each.after is not None:
        kind = Kind.MOVED if each.moved else Kind.SAME
        rows = tuple(_row(value, anchors) for value in each.values)
        return Pair(head, kind.value, WORDS.get(kind, ""), rows, each.differs)
    kind = Kind.ADDED if each.before is None else Kind.REMOVED
    return Pair(head, kind.value, WORDS[kind], tuple(_alone(operation, kind, anchors)), differs=True)


def _row(value: PlanDifference, anchors: Anchors) -> Row:
    return Row(
        "/".join(value.names),
        value.kind.value,
        WORDS.get(value.kind, ""),
        text_of(value.before),
        text_of(value.after),
        sources_of(value.before_from, anchors),
        sources_of(value.after_from, anchors),
    )


def _alone(operation: Operation, kind: Kind, anchors: Anchors) -> Iterator[Row]:
    """The values of an operation that only one plan has."""
    step: Step = step_of(operation, anchors)
    if isinstance(operation, AddDocument) and not step.nodes:
        return
    for name, node in _flat(step.nodes, ""):
        one, other = (node.value, "") if kind is Kind.REMOVED else ("", node.value)
        ones, others = (node.sources, ()) if kind is Kind.REMOVED else ((), node.sources)
        yield Row(name, kind.value, WORDS[kind], one, other, ones, others)


def _flat(nodes: tuple[Node, ...], above: str) -> Iterator[tuple[str, Node]]:
    for node in nodes:
        name = f"{above}/{node.name}" if above else node.name
        if node.inner:
            yield from _flat(node.inner, name)
        else:
            yield name, node
