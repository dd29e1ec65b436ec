"""Plays a history: both ends in memory, the real journal between them, one worker after the other."""

from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import singledispatchmethod
from unittest.mock import patch

from asgiref.sync import sync_to_async

from faults.scenarios import watched
from filing.faults import BUSY, LOST, NOT_LET_IN, Fault, Killed
from filing.form_service import Groups
from filing.world import ANNA, CASE, WRONG_GROUP, World
from formcase.filing.journal import State
from formcase.outcomes import Outcome
from formcase.workflows import actions
from formcase.workflows.models import ServiceWorkflow, SubmissionRecord
from formcase.workflows.reconciling import comparing
from formcase.workflows.reconciling.comparing import Wish, reconcile
from formcase.workflows.reconciling.repairing import Repairs
from histories.steps import (
    AT_THE_FORM_SERVICE,
    Acts,
    Dies,
    Fails,
    Mended,
    Reconciled,
    Restarted,
    Setting,
    Step,
    Submit,
    Withdrawn,
    Work,
)

RAISED: dict[str, Callable[[], BaseException]] = {
    "busy": BUSY, "not let in": NOT_LET_IN, "a bug": ZeroDivisionError, "lost": LOST,
}  # fmt: skip
BROKEN = (Outcome, Killed, ZeroDivisionError)
PEOPLE = tuple(
    ("Contacts", {**ANNA[1], "NameCode": code, "Name1": name})
    for code, name in (("0101901234", "Anna Lund"), ("1404901411", "Bo Lind"), ("2203901222", "Ida Dam"))
)
MISSING_GROUP = "99.99"
READER = "LBR"
LAST_ROUNDS = 40


@dataclass(slots=True)
class Told:
    """What a simple model knows of a submission: what was handed in, and what people did with it."""

    reference: str
    kind: str
    id: str
    by_hand: bool = False
    to_error_case: bool = False
    withdrawn: bool = False

    @property
    def cases(self) -> int:
        """How many its mapping makes."""
        return 2 if self.kind == "two cases" else 1

    @property
    def may_be_error_case(self) -> bool:
        """Whether it may have one."""
        return self.to_error_case or self.kind == "wrong group"


class Deaths:
    """Where workers are to be killed yet."""

    def __init__(self) -> None:
        self._waiting: list[list[object]] = []
        self.died = 0

    def add(self, point: str, time: int) -> None:
        """One more."""
        self._waiting.append([point, time])

    def forget(self) -> None:
        """Nobody is to be killed any more."""
        self._waiting.clear()

    def __call__(self, point: str) -> None:
        for doom in self._waiting:
            if doom[0] == point:
                doom[1] -= 1  # type: ignore[operator]
        if [point, 0] in self._waiting:
            self._waiting.remove([point, 0])
            self.died += 1
            raise Killed


@dataclass(slots=True)
class Play:
    """A history under way, and what the model knows. rights_were_missing: so that what was tried meanwhile may have
    become an error case."""

    world: World
    told: list[Told] = field(default_factory=list)
    deaths: Deaths = field(default_factory=Deaths)
    rights_were_missing: bool = False

    async def through(self, steps: Sequence[Step]) -> None:
        """Play every step; then all that was wrong is mended, and workers go on until nothing is open."""
        self.world.passing = self.deaths
        for step in steps:
            await self.step(step)
        await self._mend_all()
        for number in range(LAST_ROUNDS):
            if not await self._work(61) and number:
                return
        states = [(record.reference_id, record.state) async for record in SubmissionRecord.objects.all()]
        raise AssertionError(f"still open after {LAST_ROUNDS} rounds: {states}")

    @singledispatchmethod
    def step(self, step: Step) -> Coroutine[None, None, None]:
        """Play one."""
        raise TypeError(step)

    @step.register
    async def _(self, step: Submit) -> None:
        reference = f"R-{len(self.told)}"
        groups = self._groups(step.kind, PEOPLE[step.person], reference)
        submitted = self.world.forms.submit(reference, groups, [b"a flag of " + reference.encode()])
        self.told.append(Told(reference, step.kind, submitted.id))

    @step.register
    async def _(self, step: Fails) -> None:
        end = self.world.forms if step.request in AT_THE_FORM_SERVICE else self.world.cases
        late = step.late and step.fault == "lost"
        end.fails(step.request, Fault(RAISED[step.fault], step.before, step.skip, late))

    @step.register
    async def _(self, step: Dies) -> None:
        self.deaths.add(step.point, step.time)

    @step.register
    async def _(self, step: Work) -> None:
        await self._work(step.seconds)

    @step.register
    async def _(self, step: Setting) -> None:
        await self.world.set(**{step.name: step.value})
        self.rights_were_missing |= step.value == READER

    @step.register
    async def _(self, step: Mended) -> None:
        self.world.cases.more_case_groups[MISSING_GROUP] = "Others"

    @step.register
    async def _(self, step: Restarted) -> None:
        self.world.cases.restart()

    @step.register
    async def _(self, step: Acts) -> None:
        told = self.told[step.which % len(self.told)]
        record = await SubmissionRecord.objects.filter(submission_id=told.id).afirst()
        if record is None:
            return
        if step.what == "by hand":
            answers = await sync_to_async(actions.handled_by_hand)([record.pk], "2026-1", "", "Lone")
            told.by_hand |= bool(answers.done)
        elif step.what == "to error case":
            answers = await sync_to_async(actions.send_to_error_case)([record.pk], "", "Lone")
            told.to_error_case |= bool(answers.done)
        else:
            await sync_to_async(actions.try_again)([record.pk], "Lone")

    @step.register
    async def _(self, step: Withdrawn) -> None:
        told = self.told[step.which % len(self.told)]
        if self.world.forms.stored.pop(told.id, None) is not None:
            told.withdrawn = True

    @step.register
    async def _(self, step: Reconciled) -> None:
        with suppress(*BROKEN):
            await compared(self.world, repair=step.repair)

    def _groups(self, kind: str, person: tuple[str, dict[str, str]], reference: str) -> Groups:
        if kind == "update":
            case = self.world.cases.add_case(f"for {reference}")
            return (("Files", {"FileNo": case.number, "Title": f"from {reference}"}), person)
        made = {"one case": (CASE,), "two cases": (CASE, CASE), "wrong group": (WRONG_GROUP,)}
        return (*made[kind], person)

    async def _work(self, seconds: int) -> bool:
        """Watch, try every open submission once, let what seemed lost arrive, and let time go by. Whether any was
        open."""
        with suppress(*BROKEN, BaseExceptionGroup):
            await watched(self.world)
        await self.world.bench.rows(
            "update workflows_serviceworkflow set probe_due = now() where blocked_since is not null"
        )
        await self.world.bench.sweep()
        open_ones = [record.pk async for record in SubmissionRecord.objects.all() if not State(record.state).final]
        for key in open_ones:
            with suppress(ZeroDivisionError):
                if (await self.world.tries(key)).attempt_open:
                    self.world.cases.restart()  # the process that knew has died
        self.world.cases.carry_out_late()
        await self._passes(seconds)
        return bool(open_ones)

    async def _passes(self, seconds: int) -> None:
        async for record in SubmissionRecord.objects.all():
            await self.world.bench.passes(seconds, record.pk)

    async def _mend_all(self) -> None:
        self.world.forms.heals()
        self.world.cases.heals()
        self.deaths.forget()
        await self.world.set(enabled=True, executing_user="SBH")


async def compared(world: World, *, repair: bool = False) -> dict[str, str]:
    """What the comparison of both ends with the journal finds, by reference ID."""
    workflows = [await ServiceWorkflow.objects.aget()]
    repairs = Repairs(world.bench.pool, world.bench.journal) if repair else None
    with (
        patch.object(comparing, "connect_case_system", lambda: world.cases),
        patch.object(comparing, "connect_form_service", lambda _workflow: world.forms),
    ):
        runs = await reconcile(workflows, Wish(), repairs)
    return {found.reference_id: str(found.kind) for run in runs for found in run.found}
