"""Notices a journal that was restored from a backup while this machine remembers a newer one.

A mark in the data folder says how far the log had come. Where the journal is behind it, or is another database's,
whatever is open is looked up at the case system before it is written, so that workers which were started before
`formcase reconcile --repair` file nothing twice either. The mark is only a safety net: a machine that has none knows
nothing.
"""

import json
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

import structlog
from django.conf import settings
from psycopg import AsyncConnection
from psycopg.rows import DictRow

from formcase.workflows.database_history import History, OtherHistory, begin_history, history_of, note_history
from formcase.workflows.pool import Pool
from formcase.workflows.sql import statement

NAME = "journal-mark"

log = structlog.get_logger()


async def doubt_older_journal(pool: Pool) -> bool:
    """Whether the journal is older than what this machine remembers; what it has open is doubted then."""
    known = _read()
    async with pool.connection() as connection, connection.transaction():
        now = await _now(connection)
        if known is not None and known.history is not None and now.history.is_older_than(known.history):
            raise _left_behind(now.history, known.history)
        doubted = await note_history(connection)
        if known is not None and (known.database != now.database or known.line > now.line) and not doubted:
            await begin_history(connection, now.history)
            log.warning("journal is older than this machine remembers", line=now.line, remembered=known.line)
            doubted = True
    if doubted:
        _write(now)
    return doubted


async def remember(pool: Pool) -> None:
    """Remember how far the journal has come."""
    async with pool.connection() as connection:
        now = await _now(connection)
    _write(now)


class LeftBehind(OtherHistory):
    """The server was written to before its replica took over, and nobody has made it follow that one since."""


@dataclass(frozen=True, slots=True)
class _Mark:
    """How far the log had come, in which database, in which history of it."""

    database: int
    line: int
    history: History


@dataclass(frozen=True, slots=True)
class _Remembered:
    """The mark as the file has it; files of before know no history."""

    database: int
    line: int
    history: History | None


async def _now(connection: AsyncConnection[DictRow]) -> _Mark:
    history = await history_of(connection)
    cursor = await connection.execute(statement("journal_mark"))
    row = await cursor.fetchone()
    return _Mark(history.database, 0 if row is None else int(row["line"]), history)


def _left_behind(now: History, known: History) -> LeftBehind:
    log.error(
        "this database server was left behind by a fail-over: nothing is filed with it. Make it follow the new one, or "
        "delete journal-mark in the data folder of each machine where it was put back on purpose",
        timeline=now.timeline,
        remembered=known.timeline,
    )
    return LeftBehind("The database server was left behind by a fail-over.")


def _path() -> Path:
    return Path(settings.DATA_FOLDER) / NAME


def _read() -> _Remembered | None:
    try:
        known = json.loads(_path().read_text(encoding="ascii"))
        database, line = int(known["database"]), int(known["line"])
        history = History(int(known["system"]), database, int(known["timeline"])) if "timeline" in known else None
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return _Remembered(database, line, history)


def _write(mark: _Mark) -> None:
    """A reader sees the mark before or this one. A folder that can't be written to is no reason not to file."""
    try:
        _path().parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(dir=_path().parent, prefix=f".{NAME}.")
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            told = {"database": mark.database, "line": mark.line}
            json.dump(told | {"system": mark.history.system, "timeline": mark.history.timeline}, file)
        os.replace(temporary, _path())
    except OSError as error:
        log.warning("journal mark not written", kind=type(error).__name__)
