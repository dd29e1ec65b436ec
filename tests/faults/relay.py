"""A relay between workers and the embedded database, which can go away or fall silent.

It passes bytes on and knows nothing of what they mean.
"""

import asyncio
import shutil
import tempfile
import threading
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

from formcase.site.embedded import cluster

SOCKET = ".s.PGSQL.5432"
_PIECE = 64 * 1024  # bytes


class Relay:
    """Listens on a socket of its own, in a thread of its own. url: the database, through here."""

    def __init__(self, data: Path, database: str = "formcase") -> None:
        self._server_folder = cluster.reachable_socket_folder(data.resolve())
        self._folder = Path(tempfile.mkdtemp(prefix="formcase-relay-"))  # the paths of sockets must be short
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._flowing = asyncio.Event()
        self._server: asyncio.Server | None = None
        self._serving: set[asyncio.Task[None]] = set()
        self.url = f"postgresql://{cluster.SUPERUSER}@/{database}?host={quote(str(self._folder), safe='')}"

    def __enter__(self) -> Self:
        self._thread.start()
        self._loop.call_soon_threadsafe(self._flowing.set)
        self.comes_back()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.goes_away()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        shutil.rmtree(self._folder, ignore_errors=True)

    def goes_away(self) -> None:
        """Connections are refused from now on, and those that there are cut."""
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result(10)

    def comes_back(self) -> None:
        """Connections are taken again."""
        asyncio.run_coroutine_threadsafe(self._start(), self._loop).result(10)

    def falls_silent(self) -> None:
        """Whatever is sent does not arrive, as if each packet were dropped; nobody is told."""
        self._loop.call_soon_threadsafe(self._flowing.clear)

    def speaks_again(self) -> None:
        """What was sent meanwhile arrives, too."""
        self._loop.call_soon_threadsafe(self._flowing.set)

    async def _start(self) -> None:
        self._server = await asyncio.start_unix_server(self._serve, str(self._folder / SOCKET))

    async def _stop(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        (self._folder / SOCKET).unlink(missing_ok=True)
        for task in self._serving:
            task.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._serving.add(task)
        try:
            await self._flowing.wait()
            database, to_database = await asyncio.open_unix_connection(str(self._server_folder / SOCKET))
            ways = (self._pass_on(reader, to_database), self._pass_on(database, writer))
            with suppress(OSError):
                await asyncio.gather(*ways)
            to_database.transport.abort()
        except asyncio.CancelledError:
            pass
        finally:
            self._serving.discard(task)
            writer.transport.abort()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while piece := await reader.read(_PIECE):
                await self._flowing.wait()
                writer.write(piece)
                await writer.drain()
        finally:
            writer.close()
