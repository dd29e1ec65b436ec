"""Waiting for new submissions: one connection listens for all clients that wait, and none of them holds a thread.

A hint only. Where the database does not let us listen, those who wait look again now and then instead.
"""

import asyncio
import contextlib
from collections.abc import Iterator

import psycopg
import structlog
from django.db import connections

from formcase.formservice.submissions import ARRIVALS

_log = structlog.get_logger()
_LOOK_AGAIN = 2.0  # seconds between looks while nobody tells us
_TRY_AGAIN = 5.0  # seconds until the next try to listen


class Arrivals:
    """Who waits for which forms. Belongs to one event loop at a time."""

    def __init__(self) -> None:
        self._waiting: dict[asyncio.Event, frozenset[str] | None] = {}
        self._listener: asyncio.Task[None] | None = None
        self._hearing = False
        self._closing = False

    @contextlib.contextmanager
    def listening(self, form_ids: frozenset[str] | None) -> Iterator[asyncio.Event]:
        """An event that is set whenever a submission of one of these forms (None: of any) may have arrived."""
        event = asyncio.Event()
        self._waiting[event] = form_ids
        if self._listener is None or self._listener.done():
            self._listener = asyncio.get_running_loop().create_task(self._listen())
        try:
            yield event
        finally:
            del self._waiting[event]

    async def came(self, event: asyncio.Event, until: float) -> bool:
        """Wait for the event; False when the time is over, or the service stops."""
        left = until - asyncio.get_running_loop().time()
        if left <= 0 or self._closing:
            return False
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(left if self._hearing else min(left, _LOOK_AGAIN)):
                await event.wait()
        return not self._closing

    def release_all(self) -> None:
        """Let everybody who waits go, and nobody wait any more: the service stops."""
        self._closing = True
        self._wake(None)

    async def close(self) -> None:
        """Stop listening."""
        self.release_all()
        if self._listener is not None:
            self._listener.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._listener

    def _wake(self, form_id: str | None) -> None:
        for event, form_ids in self._waiting.items():
            if form_id is None or form_ids is None or form_id in form_ids:
                event.set()

    async def _listen(self) -> None:
        while not self._closing:
            try:
                await self._hear()
            except psycopg.Error as error:
                _log.warning("can't listen for submissions", error=type(error).__name__)
            finally:
                self._hearing = False
            # those who wait are to look by themselves from now on
            self._wake(None)
            await asyncio.sleep(_TRY_AGAIN)

    async def _hear(self) -> None:
        async with await psycopg.AsyncConnection.connect(_conninfo(), autocommit=True) as connection:
            await connection.execute(f"LISTEN {ARRIVALS}")
            self._hearing = True
            # what was committed before LISTEN was not told
            self._wake(None)
            async for notice in connection.notifies():
                self._wake(notice.payload)


def _conninfo() -> str:
    settings = connections["default"].get_connection_params()
    names = ("dbname", "user", "password", "host", "port", "sslmode", "sslrootcert", "sslcert", "sslkey", "service")
    return psycopg.conninfo.make_conninfo("", **{name: settings[name] for name in names if settings.get(name)})


arrivals = Arrivals()
