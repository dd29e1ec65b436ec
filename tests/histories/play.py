"""Plays a history: both ends in memory, the real journal between them, one worker after the other."""

import json
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import singledispatchmethod
from unittest.mock import patch

from asgiref.sync import sync_to_async

from faults.scenarios import watched
from filing.faults import BUSY, LOST, NOT_LET_IN, Fault, Killed
from filing.form_service import Groups
from filing.world import ANNA, CASE, World
from filing.world import WRONG_GROUP as WRONG_CASE
from formcase.filing.journal import State
from formcase.messages import Message
from formcase.outcomes import Outcome
from formcase.workflows import actions, managing, versions
from formcase.workflows.models import ServiceWorkflow, SubmissionRecord
from formcase.workflows.reconciling import comparing
from formcase.workflows.reconciling.comparing import Wish, reconcile
from formcase.workflows.reconciling.repairing import Repairs
from formcase.workflows.reconciling.runs import Run
from formcase.workflows.versions import MAPPING
from histories.steps import (
    AT_THE_FORM_SERVICE,
    ERROR_GROUP,
    WRONG_GROUP,
    Acts,
    Copied,
    Dies,
    Fails,
    Mapping,
    Mended,
    Overtaken,
    Reconciled,
    Restarted,
    Restored,
    Setting,
    Step,
    Submit,
    Withdrawn,
    Work,
)
from workflows import backups

RAISED: dict[str, Callable[[], BaseException]] = {
    "busy": BUSY, "not let in": NOT_LET_IN, "a bug": ZeroDivisionError, "lost": LOST,
}  # fmt: skip
BROKEN = (Outcome, Killed, ZeroDivisionError)
PEOPLE = tuple(
    ("Contacts", {**ANNA[1], "NameCode": code, "Name1": name})
    for code, name in (("0101901234", "Anna Lund"), ("1404901411", "Bo Lind"), ("2203901222", "Ida Dam"))
)
MISSING_GROUP = "99.99"
MAY_NOT_FILE = ("LBR", "NOBODY")
LAST_ROUNDS = 40
REPAIRS = 40  # so often faults may keep a repair from getting through
WITHOUT_PAGE = "800711"  # the form that has no mapping page


def own_mapping(case_group: str) -> str:
    """The workflow's own mapping of the form that has no page."""
    case = {"Title": {"template": "Flag permit: {Event.Nation}"}, "FileClass_Value": {"constant": case_group}}
    person = {
        "NameType_Value": {"constant": "P"}, "NameCode": {"field": "Person.Cpr"}, "Name1": {"field": "Person.Name"},
    }  # fmt: skip
    groups = [
        {"group": name, "items": [{"property": each, **what} for each, what in items.items()]}
        for name, items in (("Files", case), ("Contacts", person))
    ]
    return json.dumps({"formcase": "mapping", "version": 1, "forms": [WITHOUT_PAGE], "groups": groups})


DRAFTS = {"draft": own_mapping("02.15"), "wrong draft": own_mapping(WRONG_GROUP)}


@dataclass(slots=True)
class Told:
    """What a simple model knows of a submission: what was handed in, and what people did with it. forgotten: the
    journal was lost since then, or restored from a copy that may be older than what was known of it."""

    reference: str
    kind: str
    id: str
    by_hand: bool = False
    to_error_case: bool = False
    withdrawn: bool = False
    forgotten: bool = False

    @property
    def cases(self) -> int:
        """How many its mapping makes."""
        return 2 if self.kind == "two cases" else 1

    @property
    def may_be_error_case(self) -> bool:
        """Whether it may have one."""
        return self.to_error_case or self.kind in ("wrong group", "own mapping")


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
    become an error case. by_hand: the submissions that were handled by hand when the journal was copied; None where
    there is no copy. overtaken: how often a worker stood still and went on when its job was given away."""

    world: World
    told: list[Told] = field(default_factory=list)
    deaths: Deaths = field(default_factory=Deaths)
    rights_were_missing: bool = False
    by_hand: frozenset[str] | None = None
    overtaken: int = 0
    restored: int = 0
    _standstills: list[str] = field(default_factory=list)
    _trying: int | None = None

    async def through(self, steps: Sequence[Step]) -> None:
        """Play every step; then all that was wrong is mended, and workers go on until nothing is open."""
        self.world.passing = self.deaths
        self.world.cases.standstill = self._stand_still
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
        files = [b"a flag of " + reference.encode()]
        if step.kind == "own mapping":
            answers = _answers(PEOPLE[step.person][1])
            submitted = self.world.forms.submit(reference, (), files, form_id=WITHOUT_PAGE, answers=answers)
        else:
            submitted = self.world.forms.submit(
                reference, self._groups(step.kind, PEOPLE[step.person], reference), files
            )
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
        await self._set(step.name, step.value)

    @step.register
    async def _(self, step: Mapping) -> None:
        workflow = self.world.workflow
        with suppress(versions.NotPossible):
            if step.what == "publish":
                await sync_to_async(versions.publish)(workflow, MAPPING, "a change", "Lone")
            elif step.what == "withdraw":
                await sync_to_async(versions.withdraw)(workflow, MAPPING, "Lone")
            else:
                await sync_to_async(versions.save_draft)(workflow, MAPPING, DRAFTS[step.what], "Lone")

    @step.register
    async def _(self, step: Overtaken) -> None:
        self._standstills.append(f"{'before' if step.before else 'after'} {step.request}")

    @step.register
    async def _(self, step: Copied) -> None:
        await backups.dump(self.world.bench)
        self.by_hand = frozenset(told.reference for told in self.told if told.by_hand)

    @step.register
    async def _(self, step: Restored) -> None:
        lost = step.lost or self.by_hand is None
        await (backups.lose if lost else backups.restore)(self.world.bench)
        known = frozenset[str]() if lost else self.by_hand or frozenset()
        for told in self.told:
            told.forgotten = True
            told.by_hand = told.by_hand and told.reference in known
        self.restored += 1
        await self._begin_another_history()
        await self._repair()

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
        made = {"one case": (CASE,), "two cases": (CASE, CASE), "wrong group": (WRONG_CASE,)}
        return (*made[kind], person)

    async def _work(self, seconds: int) -> bool:
        """Watch, try every open submission once, let what seemed lost arrive, and let time go by. Whether any was
        open."""
        late = len(self.world.cases.late)  # what is lost now arrives after the next look
        with suppress(*BROKEN, BaseExceptionGroup):
            await watched(self.world)
        await self.world.bench.rows(
            "update workflows_serviceworkflow set probe_due = now() where blocked_since is not null"
        )
        await self.world.bench.sweep()
        open_ones = [record.pk async for record in SubmissionRecord.objects.all() if not State(record.state).final]
        for key in open_ones:
            with suppress(ZeroDivisionError):
                if (await self._tries(key)).attempt_open:
                    self.world.cases.restart()  # the process that knew has died
        self.world.cases.carry_out_late(late)
        await self._passes(seconds)
        return bool(open_ones)

    async def _tries(self, key: int) -> SubmissionRecord:
        before, self._trying = self._trying, key
        try:
            return await self.world.tries(key)
        finally:
            self._trying = before

    async def _stand_still(self, where: str) -> None:
        """Where a worker is to stand still: its job is given to another one, which does what it can."""
        if self._trying is None or where not in self._standstills:
            return
        self._standstills.remove(where)
        self.overtaken += 1
        with suppress(ZeroDivisionError):
            await self._tries(self._trying)

    async def _passes(self, seconds: int) -> None:
        async for record in SubmissionRecord.objects.all():
            await self.world.bench.passes(seconds, record.pk)
        await self.world.bench.rows(
            "update workflows_databasehistory set begun_at = begun_at - make_interval(secs => %s)", seconds
        )

    async def _begin_another_history(self) -> None:
        """The database that is restored, or made anew, is another one, as the first worker in it notices. Nothing is
        on its way any more that would be older than `settle`."""
        workflow = await self.world.workflow_now()
        if not workflow.settle:
            self.world.cases.carry_out_late()
        self.world.cases.restart()
        self.world.cases.forget_sent()
        await self.world.bench.rows(
            "insert into workflows_databasehistory (system, database, timeline, begun_at) values (1, %s, 1, now())",
            self.restored,
        )

    async def _repair(self) -> None:
        """Whoever repairs has it right what an error case is, and does not give up before it gets through."""
        await self._set("error_case_group", ERROR_GROUP)
        for _ in range(REPAIRS):
            with suppress(*BROKEN):
                if not await problems(self.world):
                    return
        raise AssertionError("no repair gets through")

    async def _set(self, name: str, value: str) -> None:
        if name == "enabled":
            change = managing.enable if value == "yes" else managing.disable
            await sync_to_async(change)(self.world.workflow, "Lone")
            return
        await sync_to_async(managing.change)(self.world.workflow, {name: value}, "Lone")
        self.rights_were_missing |= value in MAY_NOT_FILE

    async def _mend_all(self) -> None:
        self.world.forms.heals()
        self.world.cases.heals()
        self.deaths.forget()
        self._standstills.clear()
        await self._set("ExecutingUser", "SBH")
        await self._set("error_case_group", ERROR_GROUP)
        await self._set("enabled", "yes")


def _answers(person: dict[str, str]) -> str:
    """What somebody answered in the form that has no mapping page."""
    return (
        '<Page name="Event"><Field name="Nation">Norway</Field></Page>'
        f'<Page name="Person"><Field name="Cpr">{person["NameCode"]}</Field>'
        f'<Field name="Name">{person["Name1"]}</Field></Page>'
    )


async def compared(world: World, *, repair: bool = False) -> dict[str, str]:
    """What the comparison of both ends with the journal finds, by reference ID."""
    return {found.reference_id: str(found.kind) for run in await _runs(world, repair=repair) for found in run.found}


async def problems(world: World) -> list[Message]:
    """What kept a repair from getting through."""
    return [run.problem for run in await _runs(world, repair=True) if run.problem is not None]


async def _runs(world: World, *, repair: bool) -> list[Run]:
    workflows = [await ServiceWorkflow.objects.aget()]
    repairs = Repairs(world.bench.pool, world.bench.journal) if repair else None
    with (
        patch.object(comparing, "connect_case_system", lambda: world.cases),
        patch.object(comparing, "connect_form_service", lambda _workflow: world.forms),
    ):
        return await reconcile(workflows, Wish(), repairs)
