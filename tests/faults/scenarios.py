"""What can become of submissions, told as scenarios: between them they pass every crash point that there is.

Each is played in a world of its own (both ends in memory, the real journal between them) until nothing is open any
more, whatever happens on the way, and says then what must be there.
"""

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from itertools import count

from asgiref.sync import sync_to_async

from filing.case_system import ModelCaseSystem
from filing.faults import BUSY, LOST, NOT_LET_IN, Fault, Killed, answered
from filing.form_service import Groups
from filing.world import ANNA, CASE, WRONG_GROUP, World
from formcase.filing.journal import State
from formcase.messages import message
from formcase.outcomes import DocumentUnavailable, Refused
from formcase.sources.port import ReportedCase, Status, StatusEntry, UnreadableEntry
from formcase.workflows.actions import try_again
from formcase.workflows.models import ServiceWorkflow, SubmissionRecord
from workflows.bench import Bench

FILES = (b"a flag", b"a programme")
CROSSOVER = (CASE[0], {**CASE[1], "Title": "Crossover"})
BO = ("Contacts", {"NameType_Value": "P", "NameCode": "1404901411", "Name1": "Bo Lind"})
_worlds = count(1)


@dataclass(frozen=True, slots=True)
class Expected:
    """What must be there in the end. cases: that carry the reference ID, error cases included; imported: what the form
    service was told, as numbers of cases; parties, documents: of each case that is no error case."""

    state: str = "imported"
    cases: int = 1
    error_cases: int = 0
    documents: int = 4
    parties: int = 1
    imported: tuple[int, ...] = (1,)
    contacts: int = 1


class Stage:
    """Plays scenarios. Time passes in it by moving back everything that the journal has written down."""

    def __init__(self, bench: Bench, workflow: ServiceWorkflow) -> None:
        self.bench = bench
        self.workflow = workflow

    async def world(self, *, remembers: bool = True) -> World:
        """A new world, in which nothing has happened."""
        await self._empty()
        made = World(self.bench, self.workflow, source=f"https://forms-{next(_worlds)}.example")
        made.cases = ModelCaseSystem(remembers=remembers)
        await made.set(blocked_since=None, probe_submission=None, probe_due=None, suspects=0, executing_user="SBH")
        return made

    async def _empty(self) -> None:
        """Forget every submission. To truncate so many tables takes ten times as long where there are few rows."""
        of_submissions = await self.bench.rows(
            "select conrelid::regclass::text as name from pg_constraint "
            "where contype = 'f' and confrelid = 'workflows_submissionrecord'::regclass and conrelid <> confrelid"
        )
        last = ["workflows_submissionrecord", "workflows_claim", "workflows_knowncasesystem", "procrastinate_jobs"]
        for name in [*(row["name"] for row in of_submissions), *last]:
            await self.bench.rows(f"delete from {name}")


async def watched(world: World) -> None:
    """A worker watches; where it dies, another one does."""
    for _ in range(3):
        try:
            await world.watch()
        except* Killed:
            world.cases.restart()
        else:
            return


async def played_out(world: World, most: int = 14) -> None:
    """Every submission that is open is tried, by one worker after the other, until none is."""
    for _ in range(most):
        await watched(world)
        await world.bench.rows("update workflows_serviceworkflow set probe_due = now() where blocked_since is not null")
        await world.bench.sweep()
        open_ones = [record async for record in SubmissionRecord.objects.all() if not State(record.state).final]
        if not open_ones:
            return
        for record in open_ones:
            if (await world.tries(record.pk)).attempt_open:
                world.cases.restart()  # the process that knew has died
            await world.bench.passes(61, record.pk)
    raise AssertionError(f"still open after {most} rounds: {[record.state for record in open_ones]}")


async def tried(world: World) -> None:
    """Every submission is tried once."""
    async for record in SubmissionRecord.objects.all():
        await world.tries(record.pk)


async def handed_in(world: World, groups: Groups = (CASE, ANNA), reference: str = "8KS-SQ5") -> None:
    world.forms.submit(reference, groups, FILES)
    await watched(world)


async def create(world: World) -> Expected:
    await handed_in(world)
    return Expected()


async def create_with_a_contact_that_exists(world: World) -> Expected:
    world.cases.add_contact("P", "0101901234")
    return await create(world)


async def update(world: World) -> Expected:
    case = world.cases.add_case()
    await handed_in(world, (("Files", {"FileNo": case.number, "Title": "Another title"}), ANNA))
    return Expected()


async def several_cases(world: World) -> Expected:
    await handed_in(world, (CASE, CROSSOVER, ANNA))
    return Expected(cases=2, imported=(2,))


async def error_case(world: World) -> Expected:
    await handed_in(world, (WRONG_GROUP, ANNA))
    return Expected(error_cases=1, contacts=0)


async def filed_again(world: World) -> Expected:
    await handed_in(world)
    # for as long as it takes: a worker that dies before the error case is planned asks once more
    world.cases.fails("knowledge", answered(Refused, "It answered 400.", status=400), times=20)
    await played_out(world)
    world.cases.heals()
    await again()
    return Expected(cases=2, error_cases=1, imported=(1, 1))


async def filed_again_and_still_wrong(world: World) -> Expected:
    await handed_in(world, (WRONG_GROUP, ANNA))
    await played_out(world)
    await again()
    return Expected(error_cases=1, contacts=0)


async def delivered_by_filing(world: World) -> Expected:
    world.forms.fails("report Delivered", BUSY)
    return await create(world)


async def blocked_with_the_whole_workflow(world: World) -> Expected:
    """One is blocked by the setup, another one parked behind it, and both told so; then it is mended."""
    await handed_in(world)
    await handed_in(world, (CASE, BO), "R-2")
    world.cases.fails("metadata", NOT_LET_IN, times=2)
    await tried(world)
    return Expected(contacts=2)


async def blocked_and_the_form_service_is_away(world: World) -> Expected:
    await handed_in(world)
    await handed_in(world, (CASE, BO), "R-2")
    world.cases.fails("metadata", NOT_LET_IN, times=2)
    world.forms.fails("report TemporaryBlocked", BUSY, times=2)
    await tried(world)
    return Expected(contacts=2)


async def withdrawn(world: World) -> Expected:
    await handed_in(world)
    world.forms.stored.clear()
    return Expected(state="withdrawn", cases=0, contacts=0, imported=())


async def imported_elsewhere(world: World) -> Expected:
    await handed_in(world)
    (stored,) = world.forms.stored.values()
    there = (ReportedCase("2026-1"),)
    stored.history.append(StatusEntry(Status.IMPORTED, None, there, stored.summary.submitted_at))
    return Expected(cases=0, contacts=0)


async def a_contact_comes_to_be_meanwhile(world: World) -> Expected:
    await handed_in(world)
    world.cases.meanwhile.append(lambda: world.cases.add_contact("P", "0101901234"))
    return Expected()


async def an_answer_that_is_lost(world: World) -> Expected:
    await handed_in(world)
    world.cases.fails("apply", Fault(LOST, before=False))
    return Expected()


async def a_change_set_that_is_lost(world: World) -> Expected:
    await handed_in(world)
    world.cases.fails("apply", Fault(LOST))
    return Expected()


async def a_change_set_that_comes_late(world: World) -> Expected:
    """Carried out while it is already being looked for, or sent again."""
    await handed_in(world)
    world.cases.fails("apply", Fault(LOST, late=True))
    world.cases.meanwhile.append(lambda: world.cases.meanwhile.append(world.cases.carry_out_late))
    return Expected()


async def a_file_that_is_gone(world: World) -> Expected:
    await handed_in(world)
    world.cases.fails("apply", answered(DocumentUnavailable, "It answered 409 DocumentTaken."))
    return Expected()


async def an_entry_that_cant_be_read_at_first(world: World) -> Expected:
    summary = world.forms.submit("8KS-SQ5", (CASE, ANNA), FILES)
    stored = world.forms.stored.pop(summary.id)
    world.forms.unreadable.append(UnreadableEntry(summary.id, None, message("wrong")))
    await watched(world)
    world.forms.unreadable.clear()
    world.forms.stored[summary.id] = stored
    return Expected()


async def a_busy_case_system(world: World) -> Expected:
    await handed_in(world)
    world.cases.fails("upload", BUSY, Fault(BUSY, skip=1))
    return Expected()


Scenario = Callable[[World], Awaitable[Expected]]
MAIN: tuple[Scenario, ...] = (
    create,
    create_with_a_contact_that_exists,
    update,
    several_cases,
    error_case,
    filed_again,
)
OTHERS: tuple[Scenario, ...] = (
    filed_again_and_still_wrong,
    delivered_by_filing,
    blocked_with_the_whole_workflow,
    blocked_and_the_form_service_is_away,
    withdrawn,
    imported_elsewhere,
    a_contact_comes_to_be_meanwhile,
    an_answer_that_is_lost,
    a_change_set_that_is_lost,
    a_change_set_that_comes_late,
    a_file_that_is_gone,
    an_entry_that_cant_be_read_at_first,
    a_busy_case_system,
)


async def again() -> None:
    """A person has the error case filed again."""
    record = await SubmissionRecord.objects.aget()
    (answer,) = (await sync_to_async(try_again)([record.pk], "a person")).each
    assert answer.done, answer.text


async def assert_there_once(world: World, expected: Expected) -> None:
    """Every case, document and party once; Imported said once each time that there was something to say; the journal
    says the same."""
    async for record in SubmissionRecord.objects.all():
        assert (record.state, record.intent, record.attempt_open) == (expected.state, None, False)
        made = world.cases.cases_of(record.reference_id)
        errors = [case for case in made if case.case_group == "00.01"]
        mapped = [case for case in made if case not in errors]
        assert (len(made), len(errors)) == (expected.cases, expected.error_cases)
        for case in made:
            assert case.references == [record.reference_id]
            assert len(case.documents) == len({content for _, content in case.documents}) == expected.documents
        for case in mapped:
            assert len(case.parties) == expected.parties
            assert case.changes <= 1
        standing = mapped or errors
        if standing:
            assert [case["number"] for case in record.filed["cases"]] == [case.number for case in standing]
        if errors and mapped:
            assert errors[0].note.count(mapped[0].number) == 1
        if record.submission_id in world.forms.stored:
            imported = world.stored(record).said(Status.IMPORTED)
            assert tuple(len(entry.cases) for entry in imported) == expected.imported
            if standing:
                assert [case.case_number for case in imported[-1].cases] == [case.number for case in standing]
    persons = Counter((contact.name_type, contact.name_code) for contact in world.cases.contents.contacts.values())
    assert sum(persons.values()) == len(persons) == expected.contacts
    taken = [upload for upload in world.cases.contents.uploads.values() if upload.taken]
    assert len(taken) == sum(len(case.documents) for case in world.cases.cases)
    assert await world.bench.rows("select * from workflows_claim") == []


def by_name(scenarios: tuple[Scenario, ...]) -> Mapping[str, Scenario]:
    return {scenario.__name__.replace("_", " "): scenario for scenario in scenarios}
