"""Named points on a submission's way where a process may die, so that tests can make it die exactly there.

One stands before and one after everything that another machine or the journal keeps: every write to either end, every
step of the journal. They are made from the ports, so that a new step has its points without a word in the code of the
way. Nothing is put in between unless FORMCASE_CRASH_AT names a point; then the process kills itself, as hard as the
system can, when it first comes there.
"""

import os
import signal
from collections.abc import AsyncIterator, Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from inspect import iscoroutinefunction
from typing import Any, Final, cast

from formcase.filing.journal import Attempt, Journal, SubmissionKey
from formcase.sources.port import FormService, Status
from formcase.targets.port import CaseSystem, Content, DocumentId

VARIABLE: Final = "FORMCASE_CRASH_AT"
WRITES: Final = ("upload", "apply", "add_note")  # of the case system's port
AMID_UPLOAD: Final = "amid case system: upload"

PassPoint = Callable[[str], None]


def pass_point(point: str) -> None:
    """Go on, or die here where a test asked for it."""
    if os.environ.get(VARIABLE) == point:
        os.kill(os.getpid(), signal.SIGKILL)


@contextmanager
def around(step: str, passing: PassPoint | None = None) -> Iterator[None]:
    """A point before and one after a step; none after one that failed."""
    passing = passing or pass_point
    passing(f"before {step}")
    yield
    passing(f"after {step}")


def of_form_service(service: FormService, passing: PassPoint | None = None) -> FormService:
    """The form service with a point on both sides of every report, where this process is to die somewhere."""
    passing = passing or _asked_for()
    return service if passing is None else cast(FormService, _FormService(service, ("report",), passing))


def of_case_system(system: CaseSystem, passing: PassPoint | None = None) -> CaseSystem:
    """The case system with a point on both sides of every write, and one in the middle of each upload, likewise."""
    passing = passing or _asked_for()
    return system if passing is None else cast(CaseSystem, _CaseSystem(system, WRITES, passing))


def of_journal(journal: Journal, passing: PassPoint | None = None) -> Journal:
    """The journal, and the attempts that it gives, with a point on both sides of every commit, likewise."""
    passing = passing or _asked_for()
    return journal if passing is None else cast(Journal, _Journal(journal, _steps(Journal), passing))


def points() -> tuple[str, ...]:
    """Every point that there is on the way of a submission."""
    steps = [
        *(f"form service: report {status.value}" for status in Status if status is not Status.SUBMITTED),
        *(f"case system: {write}" for write in WRITES),
        *(f"journal: {step}" for step in (*_steps(Journal), *_steps(Attempt))),
    ]
    return (*(f"{side} {step}" for step in steps for side in ("before", "after")), AMID_UPLOAD)


def _asked_for() -> PassPoint | None:
    return pass_point if VARIABLE in os.environ else None


def _steps(port: type) -> tuple[str, ...]:
    return tuple(name for name, member in vars(port).items() if iscoroutinefunction(member))


class _Port:
    """A port whose steps pass a point before and after them; everything else is the port's own."""

    kind = "journal"

    def __init__(self, port: object, steps: Collection[str], passing: PassPoint) -> None:
        self._port = port
        self._steps = steps
        self._passing = passing

    def __getattr__(self, name: str) -> object:
        member = getattr(self._port, name)
        if name not in self._steps:
            return member

        async def step(*arguments: object, **named: object) -> object:
            with around(self._step(name, arguments), self._passing):
                return await member(*arguments, **named)

        return step

    def _step(self, name: str, arguments: tuple[object, ...]) -> str:
        return f"{self.kind}: {name}"


class _FormService(_Port):
    kind = "form service"

    def _step(self, name: str, arguments: tuple[object, ...]) -> str:
        _submission, status, *_ = arguments
        return f"{self.kind}: {name} {cast(Status, status).value}"


class _CaseSystem(_Port):
    kind = "case system"

    async def upload(self, content: Content, executing_user: str) -> DocumentId:
        """The upload, with a point where a part of the file is on its way."""

        async def pieces() -> AsyncIterator[bytes]:
            async for piece in content.open():
                yield piece
                self._passing(AMID_UPLOAD)

        with around(self._step("upload", ()), self._passing):
            return await cast(CaseSystem, self._port).upload(replace(content, open=pieces), executing_user)


class _Journal(_Port):
    async def begin(self, key: SubmissionKey) -> Any:
        """The attempt, with points of its own."""
        with around(self._step("begin", ()), self._passing):
            attempt = await cast(Journal, self._port).begin(key)
        return None if attempt is None else _Port(attempt, _steps(Attempt), self._passing)
