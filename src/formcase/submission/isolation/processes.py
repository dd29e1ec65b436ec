"""Keeps the processes that apply stylesheets: starts them when they are needed, and ends one that takes too long."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import BinaryIO, Final, cast

from formcase.messages import Message, message
from formcase.submission.isolation import child, frames, outcomes
from formcase.submission.transform import TransformFailed, UnusableStylesheet

TIME_LIMIT: Final = 10.0  # seconds for one stylesheet and one submission
MEMORY: Final = 1024 * 1024 * 1024  # bytes of address space, what Python itself takes included
_KEPT_VARIABLES: Final = ("PYTHONPATH", "LD_LIBRARY_PATH", "PATH", "LANG", "LC_ALL")


class Processes:
    """At most so many processes at once. Safe to use from several threads."""

    def __init__(self, most: int, time_limit: float = TIME_LIMIT, memory: int = MEMORY) -> None:
        self._time_limit = time_limit
        self._memory = memory
        self._turns = threading.BoundedSemaphore(most)
        self._idle: list[_Process] = []
        self._owner = os.getpid()

    def check(self, stylesheet: bytes) -> None:
        """Raises `UnusableStylesheet` where no XML could be transformed by it."""
        try:
            self._ask(child.CHECK, stylesheet, b"")
        except TransformFailed as failed:
            raise UnusableStylesheet(failed.answer) from failed

    def transform(self, stylesheet: bytes, xml: bytes) -> bytes:
        """What the stylesheet makes of the XML. Raises what `Transform` raises, and `TransformFailed` at a limit."""
        return self._ask(child.APPLY, stylesheet, xml)

    def close(self) -> None:
        """End the processes that nobody uses."""
        while self._idle:
            self._idle.pop().end()

    def _ask(self, task: bytes, stylesheet: bytes, xml: bytes) -> bytes:
        with self._turns, self._process() as process:
            header, body = process.ask(self._time_limit, task, stylesheet, xml)
            try:
                error = outcomes.read(frames.as_object(header))
            except ValueError as fault:
                raise frames.Broken from fault
        if error is not None:
            raise error
        return body

    @contextmanager
    def _process(self) -> Iterator["_Process"]:
        """One that is free, or a new one; it is kept where nothing went wrong with it."""
        process = self._taken()
        try:
            yield process
        except frames.Broken as broken:
            process.end()
            raise _stopped(_why(process, self._time_limit)) from broken
        except BaseException:
            process.end()
            raise
        if process.timed_out:  # while its answer was on its way
            process.end()
        else:
            self._idle.append(process)

    def _taken(self) -> "_Process":
        if self._owner != os.getpid():  # a fork must not share pipes with its parent
            self._owner, self._idle = os.getpid(), []
        with suppress(IndexError):
            while True:
                process = self._idle.pop()
                if process.is_alive():
                    return process
                process.end()
        return _Process(self._memory, int(self._time_limit) + 1)


class _Process:
    """One process, for one request at a time."""

    def __init__(self, memory: int, seconds: int) -> None:
        self.timed_out = False
        self._popen = subprocess.Popen(
            [sys.executable, "-P", "-m", child.__name__, str(memory), str(seconds)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # a stylesheet's own messages may quote the form
            env={name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ},
        )
        self._requests = cast(BinaryIO, self._popen.stdin)
        self._answers = cast(BinaryIO, self._popen.stdout)

    def is_alive(self) -> bool:
        return self._popen.poll() is None

    def ask(self, seconds: float, task: bytes, stylesheet: bytes, xml: bytes) -> tuple[bytes, ...]:
        """The two parts of its answer. Raises `Broken` where there is none in time."""
        timer = threading.Timer(seconds, self._stop)
        timer.daemon = True
        timer.start()
        try:
            frames.send(self._requests, task, stylesheet, xml)
            return frames.receive_all(self._answers, 2)
        except OSError as error:
            raise frames.Broken from error
        finally:
            timer.cancel()

    def end(self) -> None:
        self._popen.kill()
        for pipe in (self._requests, self._answers):
            with suppress(OSError):
                pipe.close()
        self._popen.wait()

    def _stop(self) -> None:
        self.timed_out = True
        self._popen.kill()


def _why(process: _Process, time_limit: float) -> Message:
    if process.timed_out:
        return message("the stylesheet took longer than {seconds} s", seconds=round(time_limit))
    return message("the stylesheet needed more memory or time than it may have")


def _stopped(answer: Message) -> TransformFailed:
    return TransformFailed(
        message("Transforming the XML of the submission"),
        answer,
        message("Mend the workflow's transform, so that it does less; what waits is tried again by itself."),
    )
