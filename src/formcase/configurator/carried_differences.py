"""What differs between two versions of what a workflow carries, as a page shows it: rows of a mapping, or lines of a
text."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from formcase.configurator.translating import in_reader_language
from formcase.planning.own_mapping.differences import Change, differences
from formcase.planning.own_mapping.problems import UnreadableMapping
from formcase.workflows import versions
from formcase.workflows.models import CarriedVersion
from formcase.workflows.versions import MAPPING, Kind

CHANGES: dict[Change, str | Promise] = {
    Change.ADDED: gettext_lazy("Added"),
    Change.REMOVED: gettext_lazy("Removed"),
    Change.CHANGED: gettext_lazy("Changed"),
    Change.MOVED: gettext_lazy("Moved"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a comparison of texts. change: added or removed; empty where it is the same in both."""

    text: str
    change: str


def shown_differences(kind: Kind, before: CarriedVersion, after: CarriedVersion) -> dict[str, object]:
    """What differs, as a template shows it: rows of a mapping, lines of a text."""
    if kind is not MAPPING:
        lines = [line.text() for line in versions.compare(kind, before.content, after.content)]
        return {"lines": [_line(line) for line in lines], "is_same": not lines}
    try:
        found = differences(versions.read_mapping(before), versions.read_mapping(after))
    except UnreadableMapping as error:
        return {"problem": in_reader_language(error.message())}
    rows = [
        (
            " / ".join(each.names),
            CHANGES[each.change],
            "" if each.before is None else in_reader_language(each.before),
            "" if each.after is None else in_reader_language(each.after),
        )
        for each in found
    ]
    return {"differences": rows, "is_same": not rows}


def _line(text: str) -> Line:
    marks = {"+": "added", "-": "removed", "@": "place"}
    return Line(text, marks.get(text[:1], ""))
