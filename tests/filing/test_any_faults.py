"""Whatever breaks, wherever, in whatever order: in the end everything is there once."""

from itertools import count

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from filing.case_system import ModelCaseSystem
from filing.faults import BUSY, LOST, NOT_LET_IN, Fault, Killed
from filing.form_service import ModelFormService
from filing.world import ANNA, CASE, WRONG_GROUP, World
from formcase.filing.journal import State
from formcase.sources.port import Status
from formcase.workflows.models import SubmissionRecord

WORLDS = count(1)
AT_THE_FORM_SERVICE = (
    "submission", "xml", "pdf", "attachment", "report Delivered", "report Imported", "report TemporaryBlocked",
)  # fmt: skip
AT_THE_CASE_SYSTEM = ("metadata", "knowledge", "filed", "upload")
RAISED = {"busy": BUSY, "not let in": NOT_LET_IN, "killed": Killed, "a bug": ZeroDivisionError}

kinds = st.sampled_from(["one case", "two cases", "update", "wrong group"])
plain_faults = st.tuples(
    st.sampled_from(AT_THE_FORM_SERVICE + AT_THE_CASE_SYSTEM),
    st.builds(Fault, st.sampled_from(list(RAISED)), before=st.booleans(), skip=st.integers(0, 3)),
)
change_set_faults = st.tuples(
    st.just("apply"),
    st.one_of(
        st.builds(Fault, st.sampled_from([*RAISED, "lost"]), before=st.booleans(), skip=st.integers(0, 1)),
        st.builds(Fault, st.just("lost"), late=st.just(True), skip=st.integers(0, 1)),
    ),
)
rounds = st.lists(
    st.tuples(
        st.lists(st.one_of(plain_faults, change_set_faults), max_size=4),
        st.sampled_from([1, 61, 3700]),  # seconds that go by
        st.sampled_from([None, None, "SBH", "MKT"]),  # the executing user from now on
        st.booleans(),  # Formcase is started anew
    ),
    min_size=1,
    max_size=4,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kinds=st.lists(kinds, min_size=1, max_size=3), rounds=rounds, remembers=st.booleans())
async def test_whatever_breaks_every_case_and_document_stands_there_once(workflow, bench, kinds, rounds, remembers):
    number = next(WORLDS)
    forms, cases = ModelFormService(), ModelCaseSystem(remembers=remembers)
    world = World(bench, workflow, forms, cases, source=f"https://forms-{number}.example")
    await bench.rows("truncate workflows_submissionrecord, workflows_knowncasesystem, procrastinate_jobs cascade")
    await world.set(blocked_since=None, probe_submission=None, suspects=0, executing_user="SBH")
    submitted = {await submit(world, kind, f"R-{index}"): (kind, f"R-{index}") for index, kind in enumerate(kinds)}
    for faults, seconds, user, anew in rounds:
        for method, fault in faults:
            end = cases if method in (*AT_THE_CASE_SYSTEM, "apply") else forms
            raised = LOST if fault.raised == "lost" else RAISED[fault.raised]
            end.fails(method, Fault(raised, fault.before, fault.skip, fault.late))
        if user is not None:
            await world.set(executing_user=user)
        if anew:
            cases.restart()
        await one_round(world, list(submitted), seconds)
    forms.heals()
    cases.heals()
    for _ in range(8):
        if not await one_round(world, list(submitted), 61):
            break
    for key, (kind, reference) in submitted.items():
        assert_there_once(world, await bench.record(key), kind, reference)
    assert len(cases.contents.contacts) <= 1, "all of them name one person"
    taken = [upload for upload in cases.contents.uploads.values() if upload.taken]
    assert len(taken) == sum(len(case.documents) for case in cases.cases)


async def submit(world: World, kind: str, reference: str) -> int:
    if kind == "update":
        case = world.cases.add_case(f"for {reference}")
        groups = (("Files", {"FileNo": case.number, "Title": f"from {reference}"}), ANNA)
    else:
        of_kind = {"one case": (CASE, ANNA), "two cases": (CASE, CASE, ANNA), "wrong group": (WRONG_GROUP, ANNA)}
        groups = of_kind[kind]
    return await world.submitted(reference, groups=groups, attachments=[b"a flag of " + reference.encode()])


async def one_round(world: World, keys: list[int], seconds: float) -> bool:
    """Every submission that is open is tried, what seemed lost arrives, and time goes by; whether any was open."""
    await world.bench.rows("update workflows_serviceworkflow set probe_due = now() where blocked_since is not null")
    await world.bench.sweep()
    tried = False
    for key in keys:
        if not State((await world.bench.record(key)).state).final:
            tried = True
            await world.tries(key)
    world.cases.carry_out_late()
    for key in keys:
        await world.bench.passes(seconds, key)
    return tried


def assert_there_once(world: World, record: SubmissionRecord, kind: str, reference: str) -> None:
    made = world.cases.cases_of(reference)
    assert record.state == "imported"
    assert record.filed["kind"] == ("error case" if kind == "wrong group" else "mapped")
    assert len(made) == (2 if kind == "two cases" else 1)
    assert sorted(case["number"] for case in record.filed["cases"]) == sorted(case.number for case in made)
    for case in made:
        assert case.references == [reference]
        assert len(case.documents) == len({content for _, content in case.documents}) == 3
        assert len(case.parties) == (0 if kind == "wrong group" else 1)
        assert case.changes == (1 if kind == "update" else 0)
        assert case.case_group == ("00.01" if kind == "wrong group" else "02.15")
    imported = world.stored(record).said(Status.IMPORTED)
    assert [sorted(one.case_number for one in entry.cases) for entry in imported] == [
        sorted(case.number for case in made)
    ]
    assert (record.intent, record.attempt_open) == (None, False)
