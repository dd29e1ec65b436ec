"""Writing the log of calls beside the answers: a call is noted down when it has ended, and kept a moment later.

An answer never waits for it. What can't be written is tried again and told in the log, and at most so much of it is
held; when the service stops in good order, everything is written first. Only a kill can lose the last moment.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import Sequence

import structlog
from django.db import Error as DatabaseFailure
from django.db import InterfaceError, OperationalError

from formcase.formservice import calls
from formcase.formservice.calls import Call
from formcase.formservice.interact.threads import in_database

_PAUSE = 0.5  # seconds in which calls gather
_TRY_AGAIN = 5.0  # seconds
_AT_ONCE = 500
_MOST_HELD = 50_000
_LAST_TRIES = 3
_log = structlog.get_logger()


class CallLog:
    """The calls that are to be written. Belongs to one event loop at a time."""

    def __init__(self) -> None:
        self._held: deque[Call] = deque()
        self._writing: asyncio.Task[None] | None = None
        self._hurry = asyncio.Event()
        self._dropped = 0

    def add(self, call: Call) -> None:
        """Keep a call soon; costs the caller nothing."""
        if len(self._held) >= _MOST_HELD:
            self._held.popleft()
            self._dropped += 1
        self._held.append(call)
        if self._writing is None or self._writing.done():
            self._hurry = asyncio.Event()
            self._writing = asyncio.get_running_loop().create_task(self._write_soon())

    async def close(self) -> None:
        """Write what there is; the service stops."""
        self._hurry.set()
        if self._writing is not None:
            await self._writing
        for _try in range(_LAST_TRIES):
            if await self._write_all():
                return
            await asyncio.sleep(_PAUSE)
        _log.error("calls are lost: they could not be written before the stop", calls=len(self._held))

    async def _write_soon(self) -> None:
        pause = _PAUSE
        while self._held and not self._hurry.is_set():
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._hurry.wait()
            pause = _PAUSE if await self._write_all() else _TRY_AGAIN

    async def _write_all(self) -> bool:
        """Whether everything is written."""
        while self._held:
            batch = [self._held.popleft() for _number in range(min(_AT_ONCE, len(self._held)))]
            if not await self._write(batch):
                self._held.extendleft(reversed(batch))
                return False
        if self._dropped:
            _log.error("calls are lost: too many could not be written for too long", calls=self._dropped)
            self._dropped = 0
        return True

    async def _write(self, batch: Sequence[Call]) -> bool:
        """Whether there is nothing left of the batch to be written."""
        try:
            await in_database(calls.keep, batch)
        except (OperationalError, InterfaceError) as error:
            _log.warning("calls can't be written now", calls=len(batch) + len(self._held), error=type(error).__name__)
            return False
        except DatabaseFailure as error:
            if len(batch) > 1:
                return all([await self._write([call]) for call in batch])
            # one that the database will never take must not hold up the others
            _log.error("a call is lost: the database refuses it", kind=batch[0].kind, error=type(error).__name__)
            return True
        await self._note_last_calls(batch)
        return True

    async def _note_last_calls(self, batch: Sequence[Call]) -> None:
        try:
            await in_database(calls.note_last_calls, batch)
        except DatabaseFailure as error:
            _log.warning("can't note when clients called last", error=type(error).__name__)


call_log = CallLog()
