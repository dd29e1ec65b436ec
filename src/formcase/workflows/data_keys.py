"""The keys that content is sealed with: one for each day, wrapped, in the database.

A submission keeps the data key that it was first sealed with. Once nothing is sealed with a data key any more it goes,
and with it what backups of the rows would tell. Without the right key-encryption key nothing is sealed and nothing
is lost: it is a fault of the setup, and what waits goes on when the key is back.
"""

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import cast
from uuid import UUID, uuid4

from django.conf import settings
from django.db import connection as django_connection
from django.db import transaction
from django.utils.module_loading import import_string
from psycopg import AsyncConnection
from psycopg.rows import DictRow

from formcase.messages import message
from formcase.outcomes import Setup
from formcase.workflows.sealing import CantOpen, KeyRing, new_data_key
from formcase.workflows.sql import statement

PERIOD = timedelta(days=1)  # for which a data key is given to new submissions
_MOST_OPENED = 1000

Transaction = Callable[[], AbstractAsyncContextManager[AsyncConnection[DictRow]]]


class UnusableKey(Setup):
    """The key-encryption key that is needed is not here, or is not the right one."""


@dataclass(frozen=True, slots=True)
class DataKey:
    """A data key that was unwrapped."""

    id: UUID
    key: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Row:
    """A data key as it lies in the database. key_id: which key-encryption key has wrapped it."""

    id: UUID
    created_at: datetime
    key_id: str
    wrapped: bytes


def key_ring() -> KeyRing:
    """The installation's key-encryption keys as they are now. `CONTENT_KEYS` in Django's settings names the function
    that knows."""
    return KeyRing(cast(Callable[[], Sequence[str]], import_string(settings.CONTENT_KEYS))())


class DataKeys:
    """Data keys as a worker uses them, on its own connections."""

    def __init__(self) -> None:
        self._current: tuple[DataKey, datetime] | None = None  # until when

    async def current(self, transact: Transaction) -> DataKey:
        """The key for what is sealed first now; made, in a transaction of its own, where a day has begun. Not to be
        asked inside another transaction. Raises `UnusableKey`."""
        if self._current is None or self._current[1] <= datetime.now(UTC):
            async with transact() as connection:
                self._current = await self._newest(connection)
        return self._current[0]

    async def open(self, connection: AsyncConnection[DictRow], key_id: UUID) -> bytes:
        """A key by its id. Raises `UnusableKey`."""
        known = _known(key_id)
        if known is not None:
            return known
        cursor = await connection.execute(statement("data_key"), {"key": key_id})
        return _opened(_row(cast(DictRow, await cursor.fetchone())))

    @staticmethod
    def foreign(key_id: UUID) -> UnusableKey:
        """What to say of content that its own data key does not open."""
        return UnusableKey(
            message("Opening what is kept of a submission"),
            message("the data key {key} does not open it: one of the two was changed.", key=str(key_id)),
            message("Restore the submission's row from a backup, or take care of it by hand."),
        )

    async def _newest(self, connection: AsyncConnection[DictRow]) -> tuple[DataKey, datetime]:
        await connection.execute(statement("data_key_lock"))
        cursor = await connection.execute(statement("data_key_newest"))
        row = await cursor.fetchone()
        newest, made = _current(None if row is None else _row(row))
        if made is not None:
            await connection.execute(statement("data_key_add"), made)
        return newest


def current_key() -> DataKey:
    """The key for what is sealed first now, for pages and commands. Raises `UnusableKey`."""
    with transaction.atomic(), django_connection.cursor() as cursor:
        cursor.execute(statement("data_key_lock"))
        cursor.execute(statement("data_key_newest"))
        row = cursor.fetchone()
        newest, made = _current(None if row is None else _Row(row[0], row[1], row[2], bytes(row[3])))
        if made is not None:
            cursor.execute(statement("data_key_add"), made)  # type: ignore[arg-type]
        return newest[0]


def open_key(key_id: UUID) -> bytes:
    """A key by its id, for pages and commands. Raises `UnusableKey`."""
    known = _known(key_id)
    if known is not None:
        return known
    with django_connection.cursor() as cursor:
        cursor.execute(statement("data_key"), {"key": key_id})
        row = cursor.fetchone()
    return _opened(_Row(row[0], row[1], row[2], bytes(row[3])))


def openable(row: DictRow) -> bool:
    """Whether the keys that are here open a data key."""
    try:
        _opened(_row(row))
    except UnusableKey:
        return False
    return True


def usable() -> UnusableKey | None:
    """Why nothing can be sealed now; None where all is well."""
    with django_connection.cursor() as cursor:
        cursor.execute(statement("data_key_newest"))
        row = cursor.fetchone()
    try:
        _current(None if row is None else _Row(row[0], row[1], row[2], bytes(row[3])))
    except UnusableKey as unusable:
        return unusable
    return None


def _current(newest: _Row | None) -> tuple[tuple[DataKey, datetime], Mapping[str, object] | None]:
    """The key to use now with its end, and the row to add where it is a new one.

    A new one is made only by whoever can open the one before: else a lost key would be passed over in silence.
    """
    before = None if newest is None else _opened(newest)
    now = datetime.now(UTC)
    if newest is not None and before is not None and newest.created_at + PERIOD > now:
        return (DataKey(newest.id, before), newest.created_at + PERIOD), None
    made, name = new_data_key(), uuid4()
    wrapping = key_ring().current
    row = {"key": name, "created_at": now, "key_id": wrapping.id, "wrapped": wrapping.wrap(made, name)}
    return (DataKey(name, made), now + PERIOD), row


def _row(row: DictRow) -> _Row:
    return _Row(row["id"], row["created_at"], row["key_id"], bytes(row["wrapped"]))


_OPENED: OrderedDict[UUID, bytes] = OrderedDict()  # their ids are never given twice


def _known(key_id: UUID) -> bytes | None:
    return _OPENED.get(key_id)


def _opened(row: _Row) -> bytes:
    known = _OPENED.get(row.id)
    if known is not None:
        return known
    ring = key_ring()
    wrapping = ring.get(row.key_id)
    if wrapping is None:
        raise _missing(row, ring)
    try:
        opened = wrapping.unwrap(row.wrapped, row.id)
    except CantOpen:
        raise _damaged(row) from None
    _OPENED[row.id] = opened
    while len(_OPENED) > _MOST_OPENED:
        _OPENED.popitem(last=False)
    return opened


def _missing(row: _Row, ring: KeyRing) -> UnusableKey:
    return UnusableKey(
        message("Opening what is kept of submissions"),
        message(
            "it was sealed with the content key {needed}, and this machine has {there}.",
            needed=row.key_id,
            there=", ".join(ring.ids),
        ),
        message(
            "Put the right content key back (secrets/content-keys in the data folder, or FORMCASE_CONTENT_KEY, the "
            "same on every machine). Nothing is lost; what waits goes on by itself."
        ),
    )


def _damaged(row: _Row) -> UnusableKey:
    return UnusableKey(
        message("Opening what is kept of submissions"),
        message("the data key {key} of the database was changed.", key=str(row.id)),
        message("Restore the table workflows_datakey from a backup. Nothing else is lost."),
    )
