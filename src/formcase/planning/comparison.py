"""What differs between two plans of one submission, operation by operation and value by value.

What a plan calls the things that it makes does not count, and where a value came from counts only where that is asked.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Final

from formcase.messages import Message, message
from formcase.planning.plan import (
    AddCaseRow,
    AddDocument,
    AddParty,
    AddReference,
    CreateAddress,
    CreateCase,
    CreateContact,
    Entry,
    Existing,
    Operation,
    Plan,
    Planned,
    Reference,
    UpdateCase,
    UpdateCaseText,
    Value,
)
from formcase.planning.printing import head_of, shown_value
from formcase.planning.tracing import entry_of
from formcase.submission.model import FieldPath

Origins = tuple[FieldPath, ...]


class Kind(StrEnum):
    """In what way two plans differ in one place."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"
    ORIGIN = "origin"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class PlanDifference:
    """One difference. operation: what would be done, in words; names: the path of the value in it, empty where the
    operation as a whole is meant; before, after: the value, None where there is none; before_from, after_from: the
    fields that it came from."""

    kind: Kind
    operation: Message
    names: tuple[str, ...] = ()
    before: Value | None = None
    after: Value | None = None
    before_from: Origins = ()
    after_from: Origins = ()

    def message(self) -> Message:
        """The difference in one line."""
        if not self.names:
            return Message(_WHOLE[self.kind].template, {"operation": self.operation})
        by_origin = self.kind is Kind.ORIGIN
        return message(
            "{operation}: {name}: {before} → {after}",
            operation=self.operation,
            name="/".join(self.names),
            before=_paths(self.before_from) if by_origin else _said(self.before),
            after=_paths(self.after_from) if by_origin else _said(self.after),
            hidden=() if by_origin else ("before", "after"),
        )


@dataclass(frozen=True, slots=True)
class Beside:
    """One operation of two plans, side by side. before, after: None where only the other plan has it; values: those of
    both, the same ones too; none where only one plan has the operation."""

    before: Operation | None
    after: Operation | None
    moved: bool = False
    values: tuple[PlanDifference, ...] = ()

    @property
    def differs(self) -> bool:
        """Whether anything of it is not the same."""
        whole = self.before is None or self.after is None or self.moved
        return whole or any(value.kind is not Kind.SAME for value in self.values)


def side_by_side(before: Plan, after: Plan) -> tuple[Beside, ...]:
    """All operations of two plans, those that are about the same beside each other: in the order of the second, those
    that only the first has where they stand there."""
    names_before, names_after = _Names(before), _Names(after)
    one, other = names_before.by_identity(), names_after.by_identity()
    moved = set(_moved([each for each in one if each in other], other))
    found = []
    for identity in _in_order(list(one), list(other)):
        first, second = one.get(identity), other.get(identity)
        values: tuple[PlanDifference, ...] = ()
        if first is not None and second is not None:
            values = tuple(_of_operation(first, second, names_before, names_after))
        found.append(Beside(first, second, identity in moved, values))
    return tuple(found)


def compare_plans(before: Plan, after: Plan, *, origins: bool = False) -> tuple[PlanDifference, ...]:
    """Everything in which the second plan differs from the first. origins: tell also where a value is the same and came
    from other fields."""
    return tuple(
        difference
        for difference in _differences(before, after)
        if difference.kind is not Kind.SAME and (origins or difference.kind is not Kind.ORIGIN)
    )


_WHOLE: Final = {
    Kind.ADDED: message("Only in the second plan: {operation}"),
    Kind.REMOVED: message("Only in the first plan: {operation}"),
    Kind.CHANGED: message("Differs: {operation}"),
    Kind.MOVED: message("Stands in another place: {operation}"),
    Kind.ORIGIN: message("Comes from elsewhere: {operation}"),
}
_Identity = tuple[Hashable, ...]


def _differences(before: Plan, after: Plan) -> Iterator[PlanDifference]:
    plan = message("The plan")
    for name, one, other in (
        ("kind", before.kind.value, after.kind.value),
        ("referenceId", before.reference_id, after.reference_id),
    ):
        if one != other:
            yield PlanDifference(Kind.CHANGED, plan, (name,), one, other)
    names_before, names_after = _Names(before), _Names(after)
    operations_before, operations_after = names_before.by_identity(), names_after.by_identity()
    moved = set(_moved([each for each in operations_before if each in operations_after], operations_after))
    for identity, operation in operations_before.items():
        counterpart = operations_after.get(identity)
        if counterpart is None:
            yield PlanDifference(Kind.REMOVED, head_of(operation))
            continue
        if identity in moved:
            yield PlanDifference(Kind.MOVED, head_of(counterpart))
        yield from _of_operation(operation, counterpart, names_before, names_after)
    for identity, operation in operations_after.items():
        if identity not in operations_before:
            yield PlanDifference(Kind.ADDED, head_of(operation))


def _in_order(before: list["_Identity"], after: list["_Identity"]) -> Iterator["_Identity"]:
    """Those of the second, each preceded by those that only the first has and that stand right before it there."""
    there = set(after)
    waiting: dict[_Identity | None, list[_Identity]] = {}
    alone: list[_Identity] = []
    for identity in before:
        if identity in there:
            waiting[identity], alone = alone, []
        else:
            alone.append(identity)
    waiting[None] = alone
    for identity in after:
        yield from waiting.get(identity, ())
        yield identity
    yield from waiting[None]


class _Names:
    """What each operation of a plan is about, whatever the plan calls it."""

    def __init__(self, plan: Plan) -> None:
        self._operations = plan.operations
        self._made: dict[str, _Identity] = {}
        self._identities: list[_Identity] = []
        seen: Counter[_Identity] = Counter()
        for operation in plan.operations:
            identity = self._identity(operation)
            seen[identity] += 1
            numbered = (*identity, seen[identity])
            self._identities.append(numbered)
            if isinstance(operation, CreateContact | CreateAddress | CreateCase | AddDocument):
                self._made[operation.key] = numbered

    def by_identity(self) -> Mapping[_Identity, Operation]:
        """The operations in their order."""
        return dict(zip(self._identities, self._operations, strict=True))

    def of(self, reference: Reference | None) -> _Identity:
        """What a reference is about."""
        match reference:
            case Planned(key):
                return self._made.get(key, ("planned", key))
            case Existing(existing):
                return ("existing", existing)
            case None:
                return ()

    def _identity(self, operation: Operation) -> _Identity:
        match operation:
            case CreateContact(_, entry):
                return ("contact", entry.values.get("NameType_Value"), entry.values.get("NameCode"))
            case CreateAddress(_, contact):
                return ("address", self.of(contact))
            case CreateCase(key):
                return ("case", key)
            case UpdateCase(case):
                return ("update", case.id)
            case UpdateCaseText(case, group):
                return ("text", case.id, group)
            case AddCaseRow(case, collection, entry):
                return ("row", case.id, collection, entry.values.get("CustomLabel_Value"))
            case AddParty(case, contact, _, role):
                return ("party", self.of(case), self.of(contact), role)
            case AddDocument(_, case, content):
                return ("document", self.of(case), content)
            case AddReference(case, label, reference_id):
                return ("reference", self.of(case), label, reference_id)


def _moved(common: Sequence[_Identity], after: Mapping[_Identity, Operation]) -> Iterator[_Identity]:
    """Those that are not in the longest run of what keeps its order."""
    place = {identity: number for number, identity in enumerate(after)}
    places = [place[identity] for identity in common]
    tails: list[int] = []
    lengths = []
    for each in places:
        length = bisect_left(tails, each)
        tails[length : length + 1] = [each]
        lengths.append(length)
    wanted, limit = len(tails) - 1, len(place)
    for identity, length, each in zip(reversed(common), reversed(lengths), reversed(places), strict=True):
        if length == wanted and each < limit:
            wanted, limit = wanted - 1, each
        else:
            yield identity


def _of_operation(
    before: Operation, after: Operation, names_before: _Names, names_after: _Names
) -> Iterator[PlanDifference]:
    head = head_of(after)
    one, other = entry_of(before), entry_of(after)
    if one is not None and other is not None:
        yield from _of_entries(head, one, other, ())
    if isinstance(before, AddParty) and isinstance(after, AddParty):
        if names_before.of(before.address) != names_after.of(after.address):
            yield PlanDifference(Kind.CHANGED, head, ("address",), _called(before.address), _called(after.address))
        if before.origins != after.origins:
            yield PlanDifference(Kind.ORIGIN, head, before_from=before.origins, after_from=after.origins)
    if isinstance(before, AddDocument) and isinstance(after, AddDocument):
        yield from _of_documents(before, after, head, names_before.of(before.main) == names_after.of(after.main))


def _of_documents(before: AddDocument, after: AddDocument, head: Message, same_main: bool) -> Iterator[PlanDifference]:
    pairs: tuple[tuple[str, Value, Value], ...] = (
        ("fileName", before.file_name, after.file_name),
        ("mediaType", before.media_type, after.media_type),
        ("size", before.size, after.size),
    )
    for name, one, other in pairs:
        if one != other:
            yield PlanDifference(Kind.CHANGED, head, (name,), one, other)
    if not same_main:
        main = (before.main.key if before.main else None, after.main.key if after.main else None)
        yield PlanDifference(Kind.CHANGED, head, ("main",), *main)


def _of_entries(head: Message, before: Entry, after: Entry, above: tuple[str, ...]) -> Iterator[PlanDifference]:
    for name in dict.fromkeys((*before.values, *after.values)):
        names = (*above, name)
        one, other = before.values.get(name), after.values.get(name)
        ones_from, others_from = before.origins.get(name, ()), after.origins.get(name, ())
        if one is None or other is None or type(one) is not type(other) or one != other:
            kind = Kind.ADDED if one is None else Kind.REMOVED if other is None else Kind.CHANGED
            yield PlanDifference(kind, head, names, one, other, ones_from, others_from)
        elif ones_from != others_from:
            yield PlanDifference(Kind.ORIGIN, head, names, one, other, ones_from, others_from)
        else:
            yield PlanDifference(Kind.SAME, head, names, one, other, ones_from, others_from)
    for name in dict.fromkeys((*before.nested, *after.nested)):
        yield from _of_rows(head, _rows(before, name), _rows(after, name), (*above, name))


def _rows(entry: Entry, name: str) -> tuple[Entry, ...]:
    inner = entry.nested.get(name, ())
    return inner if isinstance(inner, tuple) else (inner,)


def _of_rows(
    head: Message, before: Sequence[Entry], after: Sequence[Entry], above: tuple[str, ...]
) -> Iterator[PlanDifference]:
    """Rows that are the same are left aside; the others are compared in their order."""
    matcher = SequenceMatcher(None, [_content(row) for row in before], [_content(row) for row in after], autojunk=False)
    several = max(len(before), len(after)) > 1
    for tag, first, last, other_first, other_last in matcher.get_opcodes():
        for offset in range(max(last - first, other_last - other_first)):
            one = before[first + offset] if first + offset < last else None
            other = after[other_first + offset] if other_first + offset < other_last else None
            number = (other_first if other is not None else first) + offset + 1
            names = (*above[:-1], f"{above[-1]}[{number}]") if several else above
            yield from _of_entries(head, one or Entry(), other or Entry(), names)
            if tag != "equal" and (one is None or other is None) and not _has_values(one or other or Entry()):
                yield PlanDifference(Kind.ADDED if one is None else Kind.REMOVED, head, names)


def _content(entry: Entry) -> Hashable:
    """What an entry holds, without where it came from."""
    values = frozenset((name, type(value), value) for name, value in entry.values.items())
    return values, frozenset((name, tuple(map(_content, _rows(entry, name)))) for name in entry.nested)


def _has_values(entry: Entry) -> bool:
    return bool(entry.values) or any(_rows(entry, name) for name in entry.nested)


def _called(reference: Reference) -> str:
    return reference.key if isinstance(reference, Planned) else reference.id


def _said(value: Value | None) -> str:
    return "-" if value is None else f"“{shown_value(value)}”"


def _paths(paths: Origins) -> str:
    return ", ".join(map(str, paths)) or "-"
