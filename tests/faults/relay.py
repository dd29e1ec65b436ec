"""A relay between workers and the embedded database, which can go away or fall silent.

It passes bytes on and knows nothing of what they mean.
"""

import asyncio
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from urllib.parse import quote

from faults.standing_between import StandingBetween
from formcase.site.embedded import cluster

_PIECE = 64 * 1024  # bytes


class Relay(StandingBetween):
    """Listens on a socket of its own. url: the database, through here."""

    def __init__(self, data: Path, database: str = "formcase") -> None:
        super().__init__()
        self._to_server = cluster.reachable_socket_folder(data.resolve()) / cluster.SOCKET
        self._folder = Path(tempfile.mkdtemp(prefix="formcase-relay-"))  # the paths of sockets must be short
        self._socket = self._folder / cluster.SOCKET
        self.url = f"postgresql://{cluster.SUPERUSER}@/{database}?host={quote(str(self._folder), safe='')}"

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        super().__exit__(kind, error, trace)
        shutil.rmtree(self._folder, ignore_errors=True)

    async def _listen(self) -> asyncio.Server:
        self._socket.unlink(missing_ok=True)
        return await asyncio.start_unix_server(self._taken, str(self._socket))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._flowing.wait()
            database, to_database = await asyncio.open_unix_connection(str(self._to_server))
            with suppress(OSError):
                await asyncio.gather(self._pass_on(reader, to_database), self._pass_on(database, writer))
            to_database.transport.abort()
        finally:
            writer.transport.abort()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while piece := await reader.read(_PIECE):
                await self._flowing.wait()
                writer.write(piece)
                await writer.drain()
        finally:
            writer.close()
