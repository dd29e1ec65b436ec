"""Code tables and contact types, kept for some minutes, and read again before a code is called unknown."""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from formcase.messages import message
from formcase.planning.knowledge import CodeTable, CodeTableKey, ContactType
from formcase.planning.metadata import Metadata
from formcase.targets.workzone.answer import JsonObject, text
from formcase.targets.workzone.query import Equals, entities
from formcase.targets.workzone.reading import Reader

CONTACT_TYPES = CodeTableKey("ContactTypes")
_LIMITS = ("StartDate", "EndDate", "Hidden", "Inactive", "SystemShow", "SystemItem")
_CONTACT_TYPE = ("NameCodeCheck", "NameAutoId")
_CHECKS = frozenset({"CPR", "CVR"})


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where a table keeps its codes, its texts (the first one that is not empty counts) and its types, the country of
    a postcode counting as one."""

    code: str
    texts: tuple[str, ...]
    type: str | None = None


# A navigation joins on `Value` with these five sets and on `ID` with all others.
_LAYOUTS: Mapping[str, _Layout] = {
    "CustomDomains": _Layout("Value", ("Text", "Summary"), "Type_Value"),
    "CustomLabels": _Layout("Value", ("Text", "Summary"), "Type"),
    "OuDomains": _Layout("Value", ("Name1", "Text", "Summary")),
    "EmployeeDomains": _Layout("Value", ("Name1", "Text", "Summary")),
    "Postcodes": _Layout("Value", ("PostDst", "Summary"), "CountryCode_Value"),
    "FileClasses": _Layout("ID", ("Title", "Summary")),
    "ContactTypes": _Layout("ID", ("Text", "Summary")),
    "Countries": _Layout("ID", ("Name", "Summary")),
    "Users": _Layout("ID", ("Name", "UserName", "Summary")),
    "AccessCodeDomains": _Layout("ID", ("Text", "Description", "Summary")),
}


@dataclass(frozen=True, slots=True)
class _Row:
    code: str
    text: str
    start: date | None
    end: date | None
    hidden: bool
    content: JsonObject

    def usable_on(self, day: date) -> bool:
        """Neither hidden, nor ended, nor still to come."""
        return not (self.hidden or (self.end and self.end < day) or (self.start and self.start > day))


@dataclass(frozen=True, slots=True)
class _Kept:
    rows: tuple[_Row, ...] | None  # None: the case system doesn't serve the table
    read_at: float


class Tables:
    """The code tables of one case system, read as its account: what they hold is the same for everybody."""

    def __init__(self, reader: Reader, *, life: float, reread_after: float, today: Callable[[], date]) -> None:
        self._reader = reader
        self._life = life
        self._reread_after = reread_after
        self._today = today
        self._kept: dict[CodeTableKey, _Kept] = {}
        self._reading: dict[CodeTableKey, asyncio.Lock] = {}

    async def table(
        self, key: CodeTableKey, metadata: Metadata, codes: frozenset[str] = frozenset()
    ) -> CodeTable | None:
        """The codes that may be used today; None where the table is not served. Where one of `codes` is not among
        them, the table is read again first, unless that was done just now."""
        rows = await self._rows(key, metadata, codes)
        if rows is None:
            return None
        return CodeTable({row.code: row.text for row in rows})

    async def contact_types(self, metadata: Metadata, codes: frozenset[str] = frozenset()) -> Mapping[str, ContactType]:
        """The contact types that may be used today, by code."""
        rows = await self._rows(CONTACT_TYPES, metadata, codes)
        return {row.code: _contact_type(row) for row in rows or ()}

    def forget(self, before: float) -> None:
        """Believe nothing any more that was read before this moment of the monotonic clock."""
        self._kept = {key: kept for key, kept in self._kept.items() if kept.read_at > before}

    async def _rows(self, key: CodeTableKey, metadata: Metadata, codes: frozenset[str]) -> tuple[_Row, ...] | None:
        if key.entity_set not in _LAYOUTS or key.entity_set not in metadata.entity_sets:
            return None
        asked_at = time.monotonic()
        async with self._reading.setdefault(key, asyncio.Lock()):
            kept = self._kept.get(key)
            if kept is None or asked_at - kept.read_at >= self._life:
                kept = await self._read(key, metadata)
            usable = self._usable(kept)
            if usable is None or codes <= {row.code for row in usable}:
                return usable
            if asked_at - kept.read_at >= self._reread_after:
                usable = self._usable(await self._read(key, metadata))
            return usable

    def _usable(self, kept: _Kept) -> tuple[_Row, ...] | None:
        day = self._today()
        return None if kept.rows is None else tuple(row for row in kept.rows if row.usable_on(day))

    async def _read(self, key: CodeTableKey, metadata: Metadata) -> _Kept:
        layout = _LAYOUTS[key.entity_set]
        known = metadata.of_set(key.entity_set).properties
        wanted = (layout.code, *layout.texts, *_LIMITS, *(_CONTACT_TYPE if key == CONTACT_TYPES else ()))
        where = (Equals(layout.type, key.type),) if layout.type and key.type is not None else ()
        read_at = time.monotonic()
        found = await self._reader.every_if_served(
            message("Reading the code table {table}", table=f"{key.entity_set} {key.type or ''}".strip()),
            entities(key.entity_set, *where, select=[name for name in dict.fromkeys(wanted) if name in known]),
        )
        rows = None if found is None else tuple(row for each in found if (row := _row(each, layout)) is not None)
        self._kept[key] = _Kept(rows, read_at)
        return self._kept[key]


def _row(content: JsonObject, layout: _Layout) -> _Row | None:
    code = text(content, layout.code)
    if not code:
        return None
    return _Row(
        code=code,
        text=next((found for name in layout.texts if (found := text(content, name))), ""),
        start=_day(content, "StartDate"),
        end=_day(content, "EndDate"),
        hidden=_is_hidden(content),
        content=content,
    )


def _is_hidden(content: JsonObject) -> bool:
    """Case groups have no `Hidden`; theirs is `SystemShow`, which says nothing of what is no system item."""
    unshown = content.get("SystemShow") is False and content.get("SystemItem") is not False
    return unshown or content.get("Hidden") is True or content.get("Inactive") is True


def _day(content: JsonObject, name: str) -> date | None:
    try:
        return date.fromisoformat((text(content, name) or "")[:10])
    except ValueError:
        return None


def _contact_type(row: _Row) -> ContactType:
    check = (text(row.content, "NameCodeCheck") or "").strip().upper()
    return ContactType(
        code=row.code,
        text=row.text,
        check=check if check in _CHECKS else None,
        numbers_itself=(text(row.content, "NameAutoId") or "").strip().upper() == "J",
    )
