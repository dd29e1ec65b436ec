"""Sealing content in the steps of an attempt, in the transaction that records the step."""

from collections.abc import Mapping
from typing import Final, cast
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.rows import DictRow

from formcase.filing.journal import Intent
from formcase.messages import Message, discreet_data
from formcase.workflows.contents import COLUMNS, PLAN, REASONS, place
from formcase.workflows.data_keys import DataKey, DataKeys, UnusableKey
from formcase.workflows.sealing import CantOpen, seal, unseal
from formcase.workflows.stored import kept, plan_content, reasons_content

Columns = dict[str, object]
REMOVED: Final[Mapping[str, object]] = {"data_key_id": None} | dict.fromkeys(COLUMNS)


class Sealing:
    """Seals for one submission. current: the key for a submission that has none yet; None where no key can be used,
    so that nothing but what is kept in the open is recorded. own: the key that it has, set once its row is held."""

    def __init__(self, keys: DataKeys, submission: int, current: DataKey | None) -> None:
        self.own: UUID | None = None
        self._keys = keys
        self._submission = submission
        self._current = current

    async def plan(self, connection: AsyncConnection[DictRow], intent: Intent) -> Columns:
        """The columns of an intent's content. Raises `UnusableKey`."""
        key = await self._key(connection)
        if key is None:
            raise ValueError("An intent is kept whole or not at all.")
        content = plan_content(intent.plan, intent.reasons)
        return _with(key, "sealed_plan", seal(key.key, content, place(PLAN, self._submission)))

    async def reason(self, connection: AsyncConnection[DictRow], reason: Message) -> Columns:
        """The columns of why a submission is as it is."""
        sealed = await self.reasons(connection, "sealed_reason", (reason,))
        return {"reason": kept(discreet_data(reason)), **sealed}

    async def reasons(self, connection: AsyncConnection[DictRow], column: str, reasons: tuple[Message, ...]) -> Columns:
        """The columns of reasons; they are empty where nothing is hidden, or no key can be used."""
        content = reasons_content(reasons)
        try:
            key = None if content is None else await self._key(connection)
        except UnusableKey:
            key = None
        if key is None:
            return {column: None}
        return _with(key, column, seal(key.key, content, place(REASONS, self._submission)))

    async def _key(self, connection: AsyncConnection[DictRow]) -> DataKey | None:
        if self.own is None:
            return self._current
        return DataKey(self.own, await self._keys.open(connection, self.own))


async def opened(
    keys: DataKeys, connection: AsyncConnection[DictRow], row: DictRow, column: str, kind: str
) -> object | None:
    """What lies sealed in a column of a submission's row; None where nothing does. Raises `UnusableKey`."""
    sealed = row[column]
    if sealed is None:
        return None
    key = await keys.open(connection, cast(UUID, row["data_key_id"]))
    try:
        return unseal(key, bytes(sealed), place(kind, cast(int, row["id"])))
    except CantOpen:
        raise keys.foreign(cast(UUID, row["data_key_id"])) from None


async def opened_or_not(
    keys: DataKeys, connection: AsyncConnection[DictRow], row: DictRow, column: str, kind: str
) -> object | None:
    """The same; None, too, where no key opens it."""
    try:
        return await opened(keys, connection, row, column, kind)
    except UnusableKey:
        return None


def _with(key: DataKey, column: str, sealed: bytes) -> Columns:
    return {"data_key_id": key.id, "content_removed_at": None, column: sealed}
