"""Notices a journal that was restored from a backup while this machine remembers a newer one.

A mark in the data folder says how far the log had come. Where the journal is behind it, or is another database's,
whatever is open is looked up at the case system before it is written, so that workers which were started before
`formcase reconcile --repair` file nothing twice either. The mark is only a safety net: a machine that has none knows
nothing.
"""

import json
import os
import tempfile
from pathlib import Path

import structlog
from django.conf import settings
from psycopg import AsyncConnection
from psycopg.rows import DictRow

from formcase.workflows.pool import Pool
from formcase.workflows.sql import statement

NAME = "journal-mark"

log = structlog.get_logger()


async def doubt_older_journal(pool: Pool) -> bool:
    """Whether the journal is older than what this machine remembers; what it has open is doubted then."""
    async with pool.connection() as connection, connection.transaction():
        database, line = await _now(connection)
        known = _read()
        if known is None or (known[0] == database and known[1] <= line):
            return False
        await connection.execute(statement("doubt_all"), {"workflow": None})
    log.warning("journal is older than this machine remembers", line=line, remembered=known[1])
    _write(database, line)
    return True


async def remember(pool: Pool) -> None:
    """Remember how far the journal has come."""
    async with pool.connection() as connection:
        database, line = await _now(connection)
    _write(database, line)


async def _now(connection: AsyncConnection[DictRow]) -> tuple[int, int]:
    cursor = await connection.execute(statement("journal_mark"))
    row = await cursor.fetchone()
    return (0, 0) if row is None else (int(row["database"]), int(row["line"]))


def _path() -> Path:
    return Path(settings.DATA_FOLDER) / NAME


def _read() -> tuple[int, int] | None:
    try:
        known = json.loads(_path().read_text(encoding="ascii"))
        return int(known["database"]), int(known["line"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _write(database: int, line: int) -> None:
    """A reader sees the mark before or this one. A folder that can't be written to is no reason not to file."""
    try:
        _path().parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(dir=_path().parent, prefix=f".{NAME}.")
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            json.dump({"database": database, "line": line}, file)
        os.replace(temporary, _path())
    except OSError as error:
        log.warning("journal mark not written", kind=type(error).__name__)
