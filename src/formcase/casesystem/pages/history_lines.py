"""History as people read it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from formcase.casesystem.finding.things import things_by_key
from formcase.casesystem.history import Entry, history
from formcase.casesystem.pages.names import ACTIONS, SETS, name_of
from formcase.casesystem.pages.visitor import Visitor
from formcase.casesystem.reference import Reference
from formcase.casesystem.stores import STORES


@dataclass(frozen=True, slots=True)
class Change:
    """A value before and after."""

    name: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Line:
    """One line: when, who, what was done with what. document, title: of the document that it is about, if any."""

    at: datetime
    who: str
    what: str
    action: str
    changes: tuple[Change, ...]
    document: str = ""
    title: str = ""


def history_lines(visitor: Visitor, entity_set: str, key: str) -> list[Line]:
    """The newest lines about a thing and what belongs to it."""
    entries = history(visitor.scope(), entity_set, key)
    about = sorted({entry.key for entry in entries if entry.entity_set == "Records"})
    documents = things_by_key(visitor.scope(), "Records", about, select="Title")
    titles = {key: str(document.entity["Title"]) for key, document in documents.items()}
    return [_line(visitor.reference, entry, titles) for entry in entries]


def _line(reference: Reference, entry: Entry, titles: Mapping[str, str]) -> Line:
    is_document = entry.entity_set == "Records" and entry.key in titles
    user = reference.users.get(entry.user)
    return Line(
        entry.at,
        user.name if user is not None else entry.user,
        str(SETS.get(entry.entity_set, entry.entity_set)),
        str(ACTIONS.get(entry.action, entry.action)),
        tuple(_changes(reference, entry)),
        entry.key if is_document else "",
        titles[entry.key] if is_document else "",
    )


def _changes(reference: Reference, entry: Entry) -> Iterator[Change]:
    for path, (before, after) in entry.changes.items():
        yield Change(
            name_of(path, reference), _text(reference, entry, path, before), _text(reference, entry, path, after)
        )


def _text(reference: Reference, entry: Entry, path: str, value: Any) -> Any:
    """A code as its text."""
    if not path.endswith("_Value") or not isinstance(value, str) or entry.entity_set not in STORES:
        return value
    entity_type = reference.model.of_set(entry.entity_set)
    navigation = reference.model.summarised(entity_type.name).get(f"{path.removesuffix('_Value')}_Summary")
    if navigation is None or len(navigation.constraint) != 1:
        return value
    return reference.summary(navigation, value) or value
