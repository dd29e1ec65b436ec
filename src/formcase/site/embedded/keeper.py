"""The process that runs the embedded server: starts it, starts it again if it dies, stops it when nobody uses it.

Run as `python -m formcase.site.embedded.keeper DATA_FOLDER [--fast]`; it says on one line of standard output how the
start went. It imports little, because it lives as long as the server.
"""

import fcntl
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from formcase.site.embedded import cluster, locks
from formcase.site.embedded.failure import EmbeddedDatabaseError
from formcase.site.signals import SignalPipe

_CRASHES = 5  # each within a minute of the one before, then the keeper gives up
_BRIEF = 60.0


def main(arguments: list[str]) -> int:
    """Keep the server of one data folder."""
    data_folder, durable = Path(arguments[0]), "--fast" not in arguments
    keeping = locks.open_lock(data_folder, locks.KEEPER)
    fcntl.flock(keeping, fcntl.LOCK_EX)
    os.truncate(keeping, 0)
    os.pwrite(keeping, f"{os.getpid()}\n".encode(), 0)
    with SignalPipe(signal.SIGTERM, signal.SIGCHLD) as news:
        try:
            server = cluster.running(data_folder) or _start(data_folder, durable)
        except (EmbeddedDatabaseError, OSError) as error:
            _say(f"The embedded database can't start. {error}")
            return 1
        _say("")
        uses = _Uses(data_folder, news)
        uses.start()
        _keep(server, lambda: _start(data_folder, durable), news, uses)
    return 0


class _Uses(threading.Thread):
    """Waits for the end of the last use, then wakes the keeper."""

    def __init__(self, data_folder: Path, news: SignalPipe) -> None:
        super().__init__(daemon=True)
        self.are_over = False
        self._lock = locks.open_lock(data_folder, locks.USE)
        self._news = news

    def run(self) -> None:
        """Hold the lock alone, which succeeds when nobody else holds it, and keep it until the process ends."""
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        self.are_over = True
        self._news.wake()


def _keep(server: psutil.Process, start: Callable[[], psutil.Process], news: SignalPipe, uses: _Uses) -> None:
    """Come back when the server is stopped, because nobody uses it, somebody asked, or it keeps crashing."""
    crashes, crashed = 0, -_BRIEF
    while not uses.are_over and signal.SIGTERM not in news.received and crashes < _CRASHES:
        if not cluster.has_ended(server):
            news.wait()
            continue
        crashes = crashes + 1 if time.monotonic() - crashed < _BRIEF else 1
        crashed = time.monotonic()
        try:
            server = start()
        except (EmbeddedDatabaseError, OSError):
            time.sleep(1)
    cluster.stop(server)


def _start(data_folder: Path, durable: bool) -> psutil.Process:
    return cluster.start(data_folder, durable=durable, log=sys.stderr.fileno())


def _say(failure: str) -> None:
    """Tell the process that waits for us, and let go of its pipe."""
    print(json.dumps({"failure": failure}), flush=True)
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, sys.stdout.fileno())
    os.close(null)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
