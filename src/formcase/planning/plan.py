"""A plan: what would be written to the case system, as data.

Each operation is one part of the change set, in the order in which it is sent, and says for each value from which
fields of the form it came. A plan knows no HTTP: a target turns it into requests.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from formcase.submission.model import FieldPath

Value = str | bool | int | Decimal | date | datetime


class PlanKind(StrEnum):
    """Whether the mapping is carried out or the error case is made."""

    MAPPED = "mapped"
    ERROR_CASE = "error case"


@dataclass(frozen=True, slots=True)
class Entry:
    """Values of one entity, complex value or row. nested holds what is written inside it: single ones as an entry,
    collections as a tuple. origins: per property the fields its value came from; empty where a rule gave it."""

    values: Mapping[str, Value] = field(default_factory=dict)
    nested: Mapping[str, "Entry | tuple[Entry, ...]"] = field(default_factory=dict)
    origins: Mapping[str, tuple[FieldPath, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Planned:
    """Refers to something that the same plan makes, by the plan's own name for it (`case-1`, `contact-2`)."""

    key: str


@dataclass(frozen=True, slots=True)
class Existing:
    """Refers to something that the case system has already. number: what people call it (case number, name)."""

    id: str
    number: str = ""


Reference = Planned | Existing


class ContentKind(StrEnum):
    """Which of a submission's files."""

    XML = "xml"
    PDF = "pdf"
    ATTACHMENT = "attachment"


@dataclass(frozen=True, slots=True)
class ContentKey:
    """A file of the submission; attachment is its id there, None for XML and PDF."""

    kind: ContentKind
    attachment: str | None = None


@dataclass(frozen=True, slots=True)
class CreateContact:
    """POST Contacts."""

    key: str
    entry: Entry


@dataclass(frozen=True, slots=True)
class CreateAddress:
    """POST Addresses, bound to its contact."""

    key: str
    contact: Reference
    entry: Entry


@dataclass(frozen=True, slots=True)
class CreateCase:
    """POST Files, its text, note, dates and information nested."""

    key: str
    entry: Entry


@dataclass(frozen=True, slots=True)
class UpdateCase:
    """PATCH Files('…'): single values only. etag: If-Match, on the first change of the case only."""

    case: Existing
    entry: Entry
    etag: str | None = None


@dataclass(frozen=True, slots=True)
class UpdateCaseText:
    """PATCH Files('…')/Text or /Note; entry holds the whole new text, what was there included."""

    case: Existing
    group: str  # Text or Note
    entry: Entry
    etag: str | None = None


@dataclass(frozen=True, slots=True)
class AddCaseRow:
    """POST FileDates or FileInfos, bound to an existing case."""

    case: Existing
    collection: str  # Dates or Infos, as the navigation property is named
    entry: Entry


@dataclass(frozen=True, slots=True)
class AddParty:
    """POST FileContacts. origins: where the contact and its role stand in the form; role_origins: the role alone."""

    case: Reference
    contact: Reference
    address: Reference
    role: str
    origins: tuple[FieldPath, ...] = ()
    role_origins: tuple[FieldPath, ...] = ()


@dataclass(frozen=True, slots=True)
class AddDocument:
    """POST Records with its Document and case bound. main: the document that this one supplements.
    file_name: what the uploaded file is called. size in bytes."""

    key: str
    case: Reference
    content: ContentKey
    file_name: str
    media_type: str
    size: int
    entry: Entry
    main: Planned | None = None


@dataclass(frozen=True, slots=True)
class AddReference:
    """POST FileInfos: the row that says which submission made or updated the case."""

    case: Reference
    label: str
    reference_id: str


Operation = (
    CreateContact
    | CreateAddress
    | CreateCase
    | UpdateCase
    | UpdateCaseText
    | AddCaseRow
    | AddParty
    | AddDocument
    | AddReference
)


@dataclass(frozen=True, slots=True)
class Plan:
    """One submission's change set."""

    kind: PlanKind
    reference_id: str
    operations: tuple[Operation, ...]

    def documents(self) -> tuple[AddDocument, ...]:
        """The documents whose files must be uploaded first, each once."""
        return tuple(operation for operation in self.operations if isinstance(operation, AddDocument))
