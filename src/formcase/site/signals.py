"""Waiting for signals without a race: a signal that comes at any moment ends the next wait."""

import os
import select
import signal
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Self

Handler = Callable[[int, FrameType | None], object] | int | None


class SignalPipe:
    """While it is entered these signals are taken note of instead of ending the process. For the main thread only."""

    def __init__(self, *signals: signal.Signals) -> None:
        self.received: set[signal.Signals] = set()
        self._signals = signals
        self._former: dict[signal.Signals, Handler] = {}
        self._reader = self._writer = self._former_wakeup = -1

    def __enter__(self) -> Self:
        self._reader, self._writer = os.pipe()
        os.set_blocking(self._writer, False)
        self._former_wakeup = signal.set_wakeup_fd(self._writer, warn_on_full_buffer=False)
        for number in self._signals:
            self._former[number] = signal.signal(number, self._note)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._former.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(self._former_wakeup)
        os.close(self._reader)
        os.close(self._writer)

    def wait(self, seconds: float | None = None) -> None:
        """Come back when a signal came or `wake` was called since the last wait, or when the time is over."""
        if select.select([self._reader], [], [], seconds)[0]:
            os.read(self._reader, 4096)

    def wake(self) -> None:
        """End the wait; may be called from another thread."""
        os.write(self._writer, b"\0")

    def _note(self, number: int, _frame: FrameType | None) -> None:
        self.received.add(signal.Signals(number))
