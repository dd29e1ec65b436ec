"""Running services as processes of their own: started, waited for until they answer, restarted when they die, ended.

Knows nothing of what a service does.
"""

import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import structlog

from formcase.site import tethered
from formcase.site.signals import SignalPipe

_START = 60.0  # seconds until a service must answer
_END = 20.0  # seconds to end in good order
_LONGEST_PAUSE = 30.0  # seconds between two restarts
_STEADY = 60.0  # seconds after which an earlier death is forgotten

_log = structlog.get_logger(__name__)


class ServiceFailed(Exception):
    """A service did not start; the text says which."""


@dataclass(frozen=True, slots=True)
class Service:
    """A module to run as a process. answers: whether it can do its work now."""

    name: str
    module: str
    arguments: tuple[str, ...] = ()
    answers: Callable[[], bool] = lambda: True


class Supervisor:
    """Keeps services running while it is entered. Use it in the main thread, because it takes the signals."""

    def __init__(self, services: Sequence[Service]) -> None:
        self._kept = [_Kept(service) for service in services]
        self._signals = SignalPipe(signal.SIGINT, signal.SIGTERM, signal.SIGCHLD)

    def __enter__(self) -> Self:
        """Start all services and wait until each answers. Raises `ServiceFailed`."""
        self._signals.__enter__()
        try:
            for kept in self._kept:
                kept.start()
            self._await_answers()
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    @property
    def is_asked_to_end(self) -> bool:
        """Whether SIGINT or SIGTERM came."""
        return bool(self._signals.received & {signal.SIGINT, signal.SIGTERM})

    def watch(self, until: Callable[[], bool] = lambda: False, interval: float | None = None) -> None:
        """Restart what dies, until a signal asks to end or `until` says so, which is asked every `interval` seconds."""
        while not self.is_asked_to_end and not until():
            pauses = [pause for kept in self._kept if (pause := kept.restart_if_dead()) is not None]
            if interval is not None:
                pauses.append(interval)
            self._signals.wait(min(pauses, default=None))

    def _await_answers(self) -> None:
        deadline = time.monotonic() + _START
        waiting = list(self._kept)
        while waiting and not self.is_asked_to_end:
            waiting = [kept for kept in waiting if not kept.answers()]
            if waiting and time.monotonic() > deadline:
                raise ServiceFailed(f"{waiting[0].service.name} does not answer after {_START:.0f} seconds.")
            if waiting:
                self._signals.wait(0.05)

    def _end(self) -> None:
        for kept in reversed(self._kept):
            kept.ask_to_end()
        deadline = time.monotonic() + _END
        for kept in reversed(self._kept):
            kept.end_by(deadline)
        self._signals.__exit__(None, None, None)


class _Kept:
    """One service with its process and the times of its deaths."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self._process: subprocess.Popen[bytes] | None = None
        self._deaths = 0
        self._died = 0.0

    def start(self) -> None:
        # A session of its own: Ctrl-C in a terminal reaches the supervisor alone, which then ends all in order.
        self._process = subprocess.Popen(
            tethered.command(self.service.module, *self.service.arguments),
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )

    def answers(self) -> bool:
        """Whether it answers. Raises `ServiceFailed` where it ended before it ever did."""
        code = self._process.poll() if self._process else None
        if code is not None:
            raise ServiceFailed(f"{self.service.name} did not start (it ended with {code}).")
        return self.service.answers()

    def restart_if_dead(self) -> float | None:
        """Start it again where it died, each time after a longer pause; the seconds to wait before looking again."""
        if self._process is not None:
            code = self._process.poll()
            if code is None:
                return None
            now = time.monotonic()
            self._deaths = 1 if now - self._died > _STEADY else self._deaths + 1
            self._died, self._process = now, None
            _log.warning("service ended", service=self.service.name, code=code, deaths=self._deaths)
        pause = self._died + min(0.1 * 2.0**self._deaths, _LONGEST_PAUSE) - time.monotonic()
        if pause > 0:
            return pause
        self.start()
        _log.info("service started again", service=self.service.name)
        return None

    def ask_to_end(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()

    def end_by(self, deadline: float) -> None:
        if self._process is None:
            return
        try:
            self._process.wait(max(deadline - time.monotonic(), 0.1))
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
