"""What planning must know of the case system before it can plan: what is asked, and how the answer looks.

The planner asks (`questions.py`), a target answers, the planner plans; so planning stays a pure function.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from formcase.planning.metadata import Metadata


@dataclass(frozen=True, slots=True)
class CodeTableKey:
    """Which code table: the entity set that serves it and, for `CustomDomains` and `CustomLabels`, the domain or
    label type (`SAGTILST`, `SP`); for `Postcodes`, the country, None where the form gives none."""

    entity_set: str
    type: str | None = None


@dataclass(frozen=True, slots=True)
class CodeTable:
    """The codes that may be used today, each with its text; ended and hidden ones are left out."""

    codes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ContactType:
    """A contact type. check is `CPR`, `CVR` or None (`NameCodeCheck`); numbers_itself is `NameAutoId` `J`."""

    code: str
    text: str
    check: str | None = None
    numbers_itself: bool = False


@dataclass(frozen=True, slots=True)
class ContactQuestion:
    """Is there a contact of this type with this code? The code is as it would be written."""

    name_type: str
    name_code: str


@dataclass(frozen=True, slots=True)
class KnownContact:
    """A contact that exists. address: the one that a party takes (`AddressKey_Value`, else its first), None where it
    has none. visible: whether the executing user may see it."""

    id: str
    name: str
    address: str | None
    visible: bool = True


@dataclass(frozen=True, slots=True)
class CaseQuestion:
    """Which case has this value in this key property (`ID`, `UserKey`, `FileNo`)?"""

    property: str
    value: str


@dataclass(frozen=True, slots=True)
class KnownRow:
    """A date or information row that a case has, by its values."""

    label: str
    value: str | date | None


@dataclass(frozen=True, slots=True)
class KnownCase:
    """A case that exists and that the executing user sees. parties: (contact ID, role). text and note are what is
    there now, empty where nothing is."""

    id: str
    number: str
    etag: str | None = None
    text: str = ""
    note: str = ""
    parties: frozenset[tuple[str, str]] = frozenset()
    dates: frozenset[KnownRow] = frozenset()
    infos: frozenset[KnownRow] = frozenset()


@dataclass(frozen=True, slots=True)
class Questions:
    """Everything that must be asked for one submission."""

    code_tables: frozenset[CodeTableKey] = frozenset()
    codes: frozenset[tuple[CodeTableKey, str]] = frozenset()  # the codes that will be looked for in these tables
    contacts: frozenset[ContactQuestion] = frozenset()
    cases: frozenset[CaseQuestion] = frozenset()


@dataclass(frozen=True, slots=True)
class Knowledge:
    """The answers. A code table that the case system doesn't serve is absent; a contact or case that isn't there is
    an empty tuple."""

    metadata: Metadata
    contact_types: Mapping[str, ContactType]
    code_tables: Mapping[CodeTableKey, CodeTable] = field(default_factory=dict)
    contacts: Mapping[ContactQuestion, tuple[KnownContact, ...]] = field(default_factory=dict)
    cases: Mapping[CaseQuestion, tuple[KnownCase, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rules:
    """What an installation or workflow sets about planning."""

    reference_label: str = "INTERACT"
    time_zone: str = "Europe/Copenhagen"
    error_case_group: str | None = None
    error_access_code: str | None = None
