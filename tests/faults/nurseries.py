"""A nursery of workers at an installation, as a test starts and watches it."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psutil

from faults.nursery import Doom, met_folder, write_dooms
from integration.conftest import Installation

TESTS = Path(__file__).parents[1]
HEARTBEAT = "1"  # seconds; what a dead worker was about is taken over after three
LONGEST_END = 60  # seconds


class Nursery:
    """So many workers, each with a doom that may meet it; who dies is replaced."""

    _numbers = 0

    def __init__(
        self,
        installation: Installation,
        dooms: Sequence[Doom] = (),
        *,
        workers: int = 3,
        concurrency: int = 1,
        **environment: str,
    ) -> None:
        Nursery._numbers += 1
        self._dooms = list(dooms)
        self._file = installation.data / f"dooms-{Nursery._numbers}.json"
        self._log = installation.data / f"nursery-{Nursery._numbers}.log"
        self._arguments = [str(self._file), str(workers), str(concurrency)]
        environment = {"FORMCASE_HEARTBEAT": HEARTBEAT, "PYTHONPATH": str(TESTS), **environment}
        self._environment = installation.environment(**environment)
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        write_dooms(self._file, self._dooms)
        met_folder(self._file).mkdir()
        with self._log.open("wb") as log, self._log.with_suffix(".err").open("wb") as errors:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "faults.nursery", *self._arguments],
                env=self._environment,
                stdout=log,
                stderr=errors,
            )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(LONGEST_END)

    def unmet(self) -> list[Doom]:
        """The dooms that no worker has met."""
        met = {int(file.name) for file in met_folder(self._file).iterdir()}
        return [doom for number, doom in enumerate(self._dooms) if number not in met]

    def deaths(self) -> int:
        """How many workers were killed."""
        return sum(event.get("signal") == signal.SIGKILL for event in self._events())

    def fell(self) -> list[Any]:
        """Workers that ended by a fault of their own."""
        return [event for event in self._events() if "died" in event and event["signal"] != signal.SIGKILL]

    def living(self) -> list[int]:
        """The processes that work now, the oldest first."""
        events = self._events()
        dead = {event["died"] for event in events if "died" in event}
        return [event["born"] for event in events if "born" in event and event["born"] not in dead]

    def standing_still(self) -> list[int]:
        """The workers that are stopped."""
        return [worker for worker in self.living() if psutil.Process(worker).status() == psutil.STATUS_STOPPED]

    def errors(self) -> str:
        """What the workers wrote to standard error."""
        return self._log.with_suffix(".err").read_text(encoding="utf-8")

    def kill(self, worker: int) -> None:
        """Kill one of them."""
        assert worker in self.living()
        os.kill(worker, signal.SIGKILL)

    def _events(self) -> list[Any]:
        lines = self._log.read_text(encoding="utf-8").splitlines()
        return [json.loads(line) for line in lines if line.startswith(('{"born"', '{"died"'))]
