"""A submission as it was handed in: pages, groups and fields in the form's order. Not what is made of it."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class FileDescription:
    """What is known of a file before it is read. size in bytes; sha256 in lower-case hexadecimal."""

    media_type: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a field path: a page, group or field by name; `index` counts from 1 among its like-named siblings,
    0 where there is only one."""

    name: str
    index: int = 0

    def __str__(self) -> str:
        return f"{self.name}[{self.index}]" if self.index else self.name


@dataclass(frozen=True, slots=True)
class FieldPath:
    """Where something stands in a submission, from its page down: `WZ_ODATA/Files[1]/Contacts[2]/NameCode`."""

    steps: tuple[Step, ...]

    def __str__(self) -> str:
        return "/".join(map(str, self.steps))

    def __truediv__(self, step: Step) -> "FieldPath":
        return FieldPath((*self.steps, step))


@dataclass(frozen=True, slots=True)
class Field:
    """One answer, as text."""

    name: str
    value: str
    title: str | None = None
    type: str = "text"
    display: str | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Fields that belong together; a repeating group stands once for each entry."""

    name: str
    items: tuple["Group | Field", ...] = ()
    title: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the form."""

    name: str
    items: tuple[Group | Field, ...] = ()
    title: str | None = None
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that was handed in with the form; its bytes stay at the form service."""

    id: str
    name: str
    file: FileDescription
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Submitter:
    """Who was logged in, where the form asked for it."""

    login: str
    id: str
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Submission:
    """One submitted form."""

    id: str
    reference_id: str
    form_id: str
    form_title: str
    form_version: int
    submitted_at: datetime
    pages: tuple[Page, ...]
    attachments: tuple[Attachment, ...] = ()
    submitter: Submitter | None = None
    language: str = "da"


def paths_of(items: tuple[Group | Field, ...], above: FieldPath) -> Iterator[tuple[FieldPath, Group | Field]]:
    """Each item with its path, in order; like-named siblings are numbered from 1."""
    names = Counter(item.name for item in items)
    seen: Counter[str] = Counter()
    for item in items:
        seen[item.name] += 1
        yield above / Step(item.name, seen[item.name] if names[item.name] > 1 else 0), item
