"""Which history of the database a worker works in.

A replica that takes over, and a restored backup, begin a new history of the database: PostgreSQL counts a new timeline,
or it is another server altogether. What was committed last before that may be missing from it, although it was acted
upon. So each history is noted in the database itself, by the first worker that meets it, and whatever is open then is
looked up at the case system before it is written.

A shift of a worker works in one history. What it began in another one it can't write down any more, wherever its next
connection leads.
"""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import psycopg
import structlog
from psycopg import AsyncConnection
from psycopg.rows import DictRow, tuple_row

from formcase.filing.journal import Note
from formcase.messages import message
from formcase.workflows.logbook import write_log
from formcase.workflows.sql import statement

log = structlog.get_logger()


class OtherHistory(psycopg.OperationalError):
    """The connection leads to another history of the database than the shift's, or to a server that only follows."""


@dataclass(frozen=True, slots=True)
class History:
    """What tells one history from another: the server's data (which its replicas share), the database, the timeline."""

    system: int
    database: int
    timeline: int

    def is_older_than(self, other: "History") -> bool:
        """Whether it is what the other one has left behind."""
        return (self.system, self.database) == (other.system, other.database) and self.timeline < other.timeline


class OneHistory:
    """Looks at every new connection of a shift. left: set where one has led elsewhere, so that the shift must end."""

    def __init__(self) -> None:
        self.left = asyncio.Event()
        self._known: History | None = None

    async def demand(self, connection: AsyncConnection[Any]) -> None:
        """Raise `OtherHistory` unless the connection leads to the history that the first one has led to."""
        found = await history_of(connection)
        await connection.commit()
        if self._known is None:
            self._known = found
        elif found != self._known:
            self.left.set()
            raise OtherHistory("The database has another history than this worker's: it was failed over or restored.")


async def history_of(connection: AsyncConnection[Any]) -> History:
    """The history that the connection leads to. Raises `OtherHistory` where its server follows another one."""
    async with connection.cursor(row_factory=tuple_row) as cursor:
        await cursor.execute(statement("history"))
        row = await cursor.fetchone()
    if row is None or row[2] is None:
        raise OtherHistory(
            "The database server is a replica, which can't be written to. Name all servers in FORMCASE_DATABASE_URL, "
            "with target_session_attrs=read-write."
        )
    return History(*row)


async def note_history(connection: AsyncConnection[DictRow]) -> bool:
    """Within a transaction: whether the database has begun another history than the one noted last. It is noted then,
    and whatever is open is doubted. Workers that meet it together wait for one another."""
    now = await history_of(connection)
    await connection.execute(statement("history_lock"))
    cursor = await connection.execute(statement("history_newest"))
    row = await cursor.fetchone()
    newest = None if row is None else History(row["system"], row["database"], row["timeline"])
    if newest == now:
        return False
    if newest is None:
        await _add(connection, now)
        return False
    await begin_history(connection, now)
    text = message("The database was failed over or restored: what is open is looked up at the case system first")
    await write_log(connection, Note("database history", text, "warning"), workflow=None)
    log.warning("the database has another history", timeline=now.timeline, before=newest.timeline)
    return True


async def begin_history(connection: AsyncConnection[DictRow], now: History) -> None:
    """From now on the journal is another one, which may have forgotten what was done last: whatever is open is doubted,
    and what may still be carried out is given time."""
    await _add(connection, now)
    await connection.execute(statement("doubt_all"), {"workflow": None})


async def _add(connection: AsyncConnection[DictRow], now: History) -> None:
    values = {"system": now.system, "database": now.database, "timeline": now.timeline}
    await connection.execute(statement("history_add"), {**values, "begun_at": datetime.now(UTC)})
