"""What stands between Formcase and something else, and can go away, come back and fall silent."""

import asyncio
import threading
from abc import ABC, abstractmethod
from contextlib import suppress
from types import TracebackType
from typing import Self

_SECONDS = 10  # that any of it may take


class StandingBetween(ABC):
    """Takes connections in a thread of its own. What a connection is for is told by `_listen` and `_serve`."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._server: asyncio.Server | None = None
        self._serving: set[asyncio.Task[None]] = set()
        self._flowing = asyncio.Event()  # to be awaited before anything is passed on

    def __enter__(self) -> Self:
        self._thread.start()
        self.speaks_again()
        self.comes_back()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.goes_away()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_SECONDS)

    def goes_away(self) -> None:
        """Connections are refused from now on, and those that there are reset."""
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result(_SECONDS)

    def comes_back(self) -> None:
        """Connections are taken again."""
        asyncio.run_coroutine_threadsafe(self._start(), self._loop).result(_SECONDS)

    def falls_silent(self) -> None:
        """Nothing arrives any more, in either direction, as if each packet were dropped; nobody is told."""
        self._loop.call_soon_threadsafe(self._flowing.clear)

    def speaks_again(self) -> None:
        """What is sent arrives again; what was sent meanwhile does, too."""
        self._loop.call_soon_threadsafe(self._flowing.set)

    @abstractmethod
    async def _listen(self) -> asyncio.Server:
        """Take connections, and give each to `_taken`."""

    @abstractmethod
    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection to its end."""

    async def _taken(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._serving.add(task)
        try:
            with suppress(asyncio.CancelledError):
                await self._serve(reader, writer)
        finally:
            self._serving.discard(task)

    async def _start(self) -> None:
        self._server = await self._listen()

    async def _stop(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        for task in self._serving:
            task.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)
