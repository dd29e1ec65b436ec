"""Workers that are born and die: `python -m faults.nursery DOOMS WORKERS CONCURRENCY`, where an installation is.

A parent that has everything imported forks workers, each a process of its own that works as `formcase worker` does, and
forks another one for each that dies. The file DOOMS lists where one is to die, as JSON: the crash point, how many times
it is passed before, and of which submission (its reference ID; none: whichever comes there first). Each doom is met
once; then the file DOOMS.met/<its number> is there. What happens is written to standard output, a JSON object a line.
"""

import contextvars
import json
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from formcase.cli.runtime import Migrations, prepared
from formcase.filing import crash_points

REST = 0.05  # seconds between two looks at who has died

_under_way: contextvars.ContextVar[str | None] = contextvars.ContextVar("under_way", default=None)


@dataclass(frozen=True, slots=True)
class Doom:
    """Where a worker is to die: at the time-th pass of a point, while this submission is under way. stop: it is not to
    die but to stand still, until a test lets it go on."""

    point: str
    reference: str | None = None
    time: int = 1
    stop: bool = False


class Dooms:
    """The dooms of one nursery, and which of them are met."""

    def __init__(self, file: Path) -> None:
        self._dooms = [Doom(**each) for each in json.loads(file.read_text(encoding="utf-8"))]
        self._met = met_folder(file)
        self._passed: Counter[tuple[str, str | None]] = Counter()

    def pass_point(self, point: str) -> None:
        """Go on, or die here."""
        reference = _under_way.get()
        self._passed[point, reference] += 1
        for number, doom in enumerate(self._dooms):
            if doom.point != point or doom.reference not in (None, reference):
                continue
            if doom.time == self._passed[point, reference] and self._claimed(number):
                os.kill(os.getpid(), signal.SIGSTOP if doom.stop else signal.SIGKILL)

    def _claimed(self, number: int) -> bool:
        try:
            (self._met / str(number)).touch(exist_ok=False)
        except FileExistsError:
            return False
        return True


def met_folder(dooms: Path) -> Path:
    """Where the dooms that are met are noted."""
    return dooms.with_name(dooms.name + ".met")


def write_dooms(file: Path, dooms: Sequence[Doom]) -> None:
    """Write the file that a nursery reads."""
    file.write_text(json.dumps([asdict(doom) for doom in dooms]), encoding="utf-8")


def _say(**what: object) -> None:
    print(json.dumps(what), flush=True)


def _birth(dooms: Path, concurrency: int) -> int:
    child = os.fork()
    if child:
        _say(born=child)
        return child
    try:
        _live(dooms, concurrency)
    except BaseException as error:  # noqa: BLE001 - a child must never go on as if it were the parent
        print(repr(error), file=sys.stderr, flush=True)
        os._exit(1)
    os._exit(0)


def _live(dooms: Path, concurrency: int) -> None:
    from formcase.workflows import worker
    from formcase.workflows.journal import PostgresJournal

    begin = PostgresJournal.begin

    async def begin_knowing_which(journal: PostgresJournal, key: int) -> object:
        attempt = await begin(journal, key)
        if attempt is not None:
            _under_way.set(attempt.entry.reference_id)
        return attempt

    PostgresJournal.begin = begin_knowing_which  # type: ignore[method-assign,assignment]
    os.environ[crash_points.VARIABLE] = "as the dooms say"
    crash_points.pass_point = Dooms(dooms).pass_point
    worker.run(concurrency)


def _keep(dooms: Path, workers: int, concurrency: int) -> None:
    """Keep so many workers alive until a signal ends it all."""
    ending = False

    def end(*_: object) -> None:
        nonlocal ending
        ending = True

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    living = {_birth(dooms, concurrency) for _ in range(workers)}
    while not ending:
        for child in [child for child in living if _has_ended(child)]:
            living.remove(child)
            living.add(_birth(dooms, concurrency))
        time.sleep(REST)
    for child in living:
        os.kill(child, signal.SIGTERM)
        os.kill(child, signal.SIGCONT)  # one that a test has stopped hears nothing else
    for child in living:
        os.waitpid(child, 0)


def _has_ended(child: int) -> bool:
    ended, status = os.waitpid(child, os.WNOHANG)
    if ended:
        _say(died=child, signal=os.WTERMSIG(status) if os.WIFSIGNALED(status) else None)
    return bool(ended)


def main(arguments: Mapping[int, str]) -> None:
    """See the module."""
    with prepared(Migrations.APPLY, quiet=False):
        from django.db import connections

        from formcase.workflows import worker  # noqa: F401 - imported once, for all that are born

        connections.close_all()  # nobody may share the parent's connections
        _keep(Path(arguments[1]), int(arguments[2]), int(arguments[3]))


if __name__ == "__main__":
    main(dict(enumerate(sys.argv)))
