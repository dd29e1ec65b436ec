"""Submissions for tests, written shortly: `form(files(Title="…"), contacts(…))`."""

from collections.abc import Iterator
from datetime import UTC, datetime

from formcase.submission.model import Attachment, Field, FieldPath, FileDescription, Group, Page, Step, Submission

Item = Group | Field
PDF = FileDescription("application/pdf", 4711, "b" * 64)
XML = FileDescription("application/xml", 815, "c" * 64)


def group(name: str, *items: Item, **fields: str) -> Group:
    """A group of these fields, and then of these items."""
    return Group(name, (*(Field(each, text) for each, text in fields.items()), *items))


def files(*items: Item, **fields: str) -> Group:
    return group("Files", *items, **fields)


def case(*items: Item, **fields: str) -> Group:
    """A group Files with all that it must have."""
    return group("Files", *items, **{"Title": "A case", "FileClass_Value": "02.15", **fields})


def contacts(*items: Item, **fields: str) -> Group:
    return group("Contacts", *items, **fields)


def person(code: str = "0101901234", name: str = "Anna Sørensen", *items: Item, **fields: str) -> Group:
    return contacts(*items, NameType_Value="P", NameCode=code, **({"Name1": name} if name else {}), **fields)


def mapping_page(*items: Item, hidden: bool = True) -> Page:
    return Page("WZ_ODATA", items, hidden=hidden)


def form(*items: Item, pages: tuple[Page, ...] | None = None, attachments: int = 0, **more: object) -> Submission:
    """A submission whose mapping page has these items."""
    values = {
        "id": "s-1",
        "reference_id": "8KS-SQ5",
        "form_id": "800636",
        "form_title": "Flag permit",
        "form_version": 4,
        "submitted_at": datetime(2026, 11, 20, 23, 30, tzinfo=UTC),
        "pages": (mapping_page(*items),) if pages is None else pages,
        "attachments": tuple(
            Attachment(f"a{number}", f"file {number}.txt", FileDescription("text/plain", number, "a" * 64))
            for number in range(1, attachments + 1)
        ),
    }
    return Submission(**{**values, **more})  # type: ignore[arg-type]


def path(text: str) -> FieldPath:
    """`WZ_ODATA/Files[1]/Title` as a path."""

    def steps() -> Iterator[Step]:
        for part in text.split("/"):
            name, _, index = part.partition("[")
            yield Step(name, int(index[:-1]) if index else 0)

    return FieldPath(tuple(steps()))
