"""Cases that a case refers to, and that refer to it, as its page shows them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from formcase.casesystem.finding.things import rows_of, things_by_key
from formcase.casesystem.pages.visitor import Visitor
from formcase.casesystem.reading import Found

_SHOWN = "FileNo,Title,Closed,State_Summary"


@dataclass(frozen=True, slots=True)
class RelatedCase:
    """A reference that is seen. row: its own values · other: the case at its other end · outwards: whether it leads
    there from here."""

    row: Mapping[str, Any]
    other: Found
    outwards: bool


def related_cases(visitor: Visitor, key: str) -> list[RelatedCase]:
    """The references of a case, those that lead from it first. A reference to a case that is not seen is left out."""
    scope = visitor.scope()
    outwards = [
        (row.entity, str(row.entity["FileRefKey_Value"]), True) for row in rows_of(scope, "FileFiles", "file_id", key)
    ]
    inwards = [
        (row.entity, str(row.entity["FileKey_Value"]), False) for row in rows_of(scope, "FileFiles", "referred_id", key)
    ]
    found = [*outwards, *(one for one in inwards if one[1] != key)]
    cases = things_by_key(visitor.scope(), "Files", sorted({other for _row, other, _way in found}), select=_SHOWN)
    return [RelatedCase(row, cases[other], way) for row, other, way in found if other in cases]
