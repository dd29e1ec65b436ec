"""Answering planning's questions about one submission from the case system."""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from formcase.messages import Message, message
from formcase.planning.knowledge import (
    CaseQuestion,
    CodeTable,
    CodeTableKey,
    ContactQuestion,
    Knowledge,
    KnownCase,
    KnownContact,
    KnownRow,
    Questions,
    Rules,
)
from formcase.planning.metadata import Metadata
from formcase.planning.questions import questions
from formcase.submission.model import Submission
from formcase.targets.workzone.answer import JsonObject, inner, text
from formcase.targets.workzone.query import Equals, Expand, entities, entity
from formcase.targets.workzone.reading import Reader
from formcase.targets.workzone.tables import CONTACT_TYPES, Tables

_T = TypeVar("_T")
_MOST_MATCHES = 20
_CASE_PARTS = (
    Expand("Text"),
    Expand("Note"),
    Expand("Parties", ("ID", "NameKey_Value", "CustomLabel_Value")),
    Expand("Dates", ("ID", "CustomLabel_Value", "DateStamp")),
    Expand("Infos", ("ID", "CustomLabel_Value", "Info_Value")),
)


@dataclass(frozen=True, slots=True)
class Expert:
    """Knows how to find out what planning asks for."""

    reader: Reader
    tables: Tables

    async def knowledge(
        self, submission: Submission, executing_user: str, rules: Rules, metadata: Metadata
    ) -> Knowledge:
        """Everything that planning this submission needs."""
        contact_types = await self.tables.contact_types(metadata)
        asked = questions(submission, metadata, contact_types, rules)
        unknown_types = _codes(asked, CONTACT_TYPES) - contact_types.keys()
        if unknown_types:
            contact_types = await self.tables.contact_types(metadata, frozenset(unknown_types))
            asked = questions(submission, metadata, contact_types, rules)
        async with _side_by_side() as group:
            tables = group.create_task(self._tables(asked, metadata))
            contacts = group.create_task(self._contacts(asked.contacts, executing_user))
            cases = group.create_task(self._cases(asked.cases, executing_user))
        return Knowledge(
            metadata=metadata,
            contact_types=contact_types,
            code_tables=tables.result(),
            contacts=contacts.result(),
            cases=cases.result(),
        )

    async def case(self, case_id: str, user: str | None) -> KnownCase | None:
        """A case as it stands; None where it is not there, or not for this user."""
        tried = message("Reading the case {case}", case=case_id)
        found = await self.reader.one(
            tried, entity("Files", case_id, select=("ID", "FileNo"), expand=_CASE_PARTS), user
        )
        if found is None:
            return None
        content = found.content
        parties = await self.reader.along(tried, content, "Parties", user)
        dates = await self.reader.along(tried, content, "Dates", user)
        infos = await self.reader.along(tried, content, "Infos", user)
        return KnownCase(
            id=case_id,
            number=text(content, "FileNo") or "",
            etag=found.etag,
            text=_text_of(content, "Text"),
            note=_text_of(content, "Note"),
            parties=frozenset(
                (text(row, "NameKey_Value") or "", text(row, "CustomLabel_Value") or "") for row in parties
            ),
            dates=frozenset(KnownRow(text(row, "CustomLabel_Value") or "", _day(row)) for row in dates),
            infos=frozenset(KnownRow(text(row, "CustomLabel_Value") or "", text(row, "Info_Value")) for row in infos),
        )

    async def _tables(self, asked: Questions, metadata: Metadata) -> dict[CodeTableKey, CodeTable]:
        keys = asked.code_tables | {key for key, _ in asked.codes}
        tables = await _all(self.tables.table(key, metadata, _codes(asked, key)) for key in keys)
        return {key: table for key, table in zip(keys, tables, strict=True) if table is not None}

    async def _contacts(
        self, asked: frozenset[ContactQuestion], user: str
    ) -> dict[ContactQuestion, tuple[KnownContact, ...]]:
        return dict(zip(asked, await _all(self._contact(each, user) for each in asked), strict=True))

    async def _contact(self, asked: ContactQuestion, user: str) -> tuple[KnownContact, ...]:
        """Looked up as the account, because a contact that the user may not see must not be made twice."""
        tried = message("Looking for a contact of type {type}", type=asked.name_type)
        where = (Equals("NameType_Value", asked.name_type), Equals("NameCode", asked.name_code))
        found = await self.reader.every(
            tried,
            entities(
                "Contacts",
                *where,
                select=("ID", "Name1", "AddressKey_Value"),
                expand=(Expand("Addresses", ("ID",)),),
                order=("ID",),
            ),
        )
        found = found[:_MOST_MATCHES]
        if not found:
            return ()
        seen = await self.reader.every(tried, entities("Contacts", *where, select=("ID",)), user)
        visible = {text(row, "ID") for row in seen}
        return tuple([await self._known_contact(tried, row, visible) for row in found])

    async def _known_contact(self, tried: Message, row: JsonObject, visible: set[str | None]) -> KnownContact:
        address = text(row, "AddressKey_Value")
        if not address:
            addresses = await self.reader.along(tried, row, "Addresses")
            address = next((found for each in addresses if (found := text(each, "ID"))), None)
        contact = text(row, "ID") or ""
        return KnownContact(id=contact, name=text(row, "Name1") or "", address=address, visible=contact in visible)

    async def _cases(self, asked: frozenset[CaseQuestion], user: str) -> dict[CaseQuestion, tuple[KnownCase, ...]]:
        found = await _all(self._matching(each, user) for each in asked)
        wanted = sorted({case for cases in found for case in cases})
        read = dict(zip(wanted, await _all(self.case(case, user) for case in wanted), strict=True))
        return {
            each: tuple(case for key in keys if (case := read[key]) is not None)
            for each, keys in zip(asked, found, strict=True)
        }

    async def _matching(self, asked: CaseQuestion, user: str) -> tuple[str, ...]:
        rows = await self.reader.every(
            message("Looking for the case {value}", hidden=("value",), value=asked.value),
            entities("Files", Equals(asked.property, asked.value), select=("ID",)),
            user,
        )
        return tuple(key for row in rows[:_MOST_MATCHES] if (key := text(row, "ID")))


def _codes(asked: Questions, key: CodeTableKey) -> frozenset[str]:
    return frozenset(code for table, code in asked.codes if table == key)


def _text_of(content: JsonObject, group: str) -> str:
    return text(inner(content, group) or {}, "Text") or ""


def _day(row: JsonObject) -> date | None:
    try:
        return date.fromisoformat((text(row, "DateStamp") or "")[:10])
    except ValueError:
        return None


async def _all(each: Iterable[Coroutine[None, None, _T]]) -> list[_T]:
    """All results, in order."""
    async with _side_by_side() as group:
        tasks = [group.create_task(coroutine) for coroutine in each]
    return [task.result() for task in tasks]


@asynccontextmanager
async def _side_by_side() -> AsyncIterator[asyncio.TaskGroup]:
    """Tasks that run together. One that fails stops the others, and fails as itself."""
    try:
        async with asyncio.TaskGroup() as group:
            yield group
    except BaseExceptionGroup as failures:
        raise failures.exceptions[0] from None
