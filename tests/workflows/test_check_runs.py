"""The checks' results as they are kept, compared, and made anew when something has changed."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from formcase.checks import CheckResult, Detail, Verdict
from formcase.messages import message
from formcase.outcomes import Passing
from formcase.submission.form import FormDefinition, FormSummary
from formcase.workflows import check_history, check_runs, checks, managing, overview
from formcase.workflows.models import CheckRun, LogEntry, ServiceWorkflow


@dataclass
class Ends:
    """A form service and a case system in one, which say what a test wants them to say."""

    version: int = 3
    rights: str = "all"
    away: bool = False
    says: dict[str, Verdict] = field(default_factory=dict)
    asked: int = 0

    async def forms(self):
        if self.away:
            raise Passing(message("Asking for the forms"), message("no answer"))
        return (FormSummary("800636", "Flags", self.version, datetime(2026, 1, 1, tzinfo=UTC)),)

    async def form(self, form_id):
        return FormDefinition((await self.forms())[0], ())

    async def checks(self, *asked):
        if len(asked) == 1:  # of the form service
            return (CheckResult("reach", Verdict.NO if self.away else Verdict.YES, message("It was asked.")),)
        self.asked += 1
        lines = {"executing user": Verdict.YES, "rights of a form": Verdict.YES, "names in a form": Verdict.YES}
        return tuple(
            CheckResult(
                subject,
                verdict,
                message("It says {verdict}.", verdict=verdict.value),
                message("Mend it."),
                "800636" if "form" in subject else None,
                (Detail(message("Case Create"), verdict),),
            )
            for subject, verdict in (lines | self.says).items()
        )

    async def fingerprint(self, executing_user):
        return f"{executing_user} {self.rights}"

    async def close(self):
        pass


@pytest.fixture
def ends(monkeypatch) -> Ends:
    made = Ends()
    for module in (checks, check_runs):
        monkeypatch.setattr(module, "connect_form_service", lambda _workflow: made)
        monkeypatch.setattr(module, "connect_case_system", lambda: made)
    return made


async def runs(workflow) -> list[str]:
    return [run.why async for run in CheckRun.objects.filter(workflow=workflow).order_by("id")]


async def lines() -> list[tuple[str, str]]:
    return [(entry.level, entry.event) async for entry in LogEntry.objects.order_by("id")]


async def test_a_run_is_kept_with_everything_that_it_said(workflow, ends):
    kept = await sync_to_async(check_runs.run_checks)(workflow, "Lone Bruun")
    again = await sync_to_async(check_history.newest)(workflow.pk)
    assert again == kept
    assert (kept.why, kept.by, kept.verdict) == ("asked", "Lone Bruun", Verdict.YES)
    assert [result.subject for result in kept.about("800636")] == ["rights of a form", "names in a form"]
    assert kept.forms() == ("800636",)
    assert kept.about("800636")[0].details == (Detail(message("Case Create"), Verdict.YES),)


async def test_checks_are_run_once_and_then_only_when_something_has_changed(workflow, ends):
    await check_runs.look(workflow.pk)
    await check_runs.look(workflow.pk)
    ends.version = 4
    await check_runs.look(workflow.pk)
    ends.rights = "none"
    await check_runs.look(workflow.pk)
    await sync_to_async(managing.change)(workflow, {"ExecutingUser": "LBR"})
    await check_runs.look(workflow.pk)
    await check_runs.look(workflow.pk)
    assert await runs(workflow) == ["first", "forms", "case system", "parameters"]
    assert ends.asked == 4


async def test_checks_are_run_daily_though_nothing_has_changed(workflow, ends):
    await check_runs.look(workflow.pk)
    await CheckRun.objects.aupdate(ended_at=timezone.now() - timedelta(hours=23))
    await check_runs.look(workflow.pk)
    assert await runs(workflow) == ["first"]
    await CheckRun.objects.aupdate(ended_at=timezone.now() - timedelta(hours=24, seconds=1))
    await check_runs.look(workflow.pk)
    assert await runs(workflow) == ["first", "daily"]


async def test_forms_that_the_workflow_does_not_take_are_no_reason(workflow, ends):
    workflow = await sync_to_async(managing.change)(workflow, {"FormIds": "800702"})
    await check_runs.look(workflow.pk)
    ends.version = 9
    await check_runs.look(workflow.pk)
    assert await runs(workflow) == ["first"]


async def test_a_change_for_the_worse_is_logged_once_and_shows_until_it_is_mended(workflow, ends):
    await ServiceWorkflow.objects.filter(pk=workflow.pk).aupdate(last_round_at=timezone.now())
    await check_runs.look(workflow.pk)
    before = await lines()
    ends.says["rights of a form"] = Verdict.NO
    ends.rights = "none"
    await check_runs.look(workflow.pk)
    await check_runs.look(workflow.pk)
    assert (await lines())[len(before) :] == [("error", "check got worse")]
    (entry,) = [entry async for entry in LogEntry.objects.filter(event="check got worse")]
    assert entry.workflow_id == workflow.pk
    row = await ServiceWorkflow.objects.aget(pk=workflow.pk)
    shown = await sync_to_async(overview.row)(row)
    assert shown["health"] == "check says no: Check of rights of a form: It says no."
    assert row.next_check_at - row.last_check_at <= timedelta(minutes=1, seconds=5)

    ends.says.clear()
    ends.rights = "all"
    await check_runs.look(workflow.pk)
    assert (await lines())[-1] == ("info", "check is well again")
    row = await ServiceWorkflow.objects.aget(pk=workflow.pk)
    assert (await sync_to_async(overview.row)(row))["health"] == "well"


async def test_a_warning_is_logged_and_is_no_reason_to_call_the_workflow_unwell(workflow, ends):
    await check_runs.look(workflow.pk)
    ends.says["names in a form"] = Verdict.WARNING
    kept = await sync_to_async(check_runs.run_checks)(workflow)
    assert kept.verdict is Verdict.WARNING
    assert ("warning", "check got worse") in await lines()
    assert (await ServiceWorkflow.objects.aget(pk=workflow.pk)).check_problem is None


async def test_an_end_that_goes_away_and_comes_back_is_noticed(workflow, ends):
    await check_runs.look(workflow.pk)
    ends.away = True
    await check_runs.look(workflow.pk)
    await check_runs.look(workflow.pk)
    ends.away = False
    await check_runs.look(workflow.pk)
    assert await runs(workflow) == ["first", "forms", "forms"]
    assert [run.verdict for run in await sync_to_async(check_history.history)(workflow.pk)] == [
        Verdict.YES,
        Verdict.NO,
        Verdict.YES,
    ]


async def test_what_is_new_in_a_run_is_told_from_what_was_there_before(workflow, ends):
    first = await sync_to_async(check_runs.run_checks)(workflow)
    ends.says = {"rights of a form": Verdict.NO, "executing user": Verdict.UNKNOWN}
    second = await sync_to_async(check_runs.run_checks)(workflow)
    assert first.changes == ()
    found = {change.result.subject: (change.before, change.worse) for change in second.changes}
    assert found == {"rights of a form": (Verdict.YES, True), "executing user": (Verdict.YES, False)}


async def test_a_disabled_workflow_is_not_checked_by_itself(workflow, ends):
    await sync_to_async(managing.disable)(workflow)
    await check_runs.look(workflow.pk)
    assert await runs(workflow) == []


async def test_old_runs_are_forgotten(workflow, ends, monkeypatch):
    monkeypatch.setattr(check_runs, "KEPT", 3)
    kept = [(await sync_to_async(check_runs.run_checks)(workflow)).id for _ in range(5)]
    assert [run.id for run in await sync_to_async(check_history.history)(workflow.pk)] == kept[:1:-1]


async def test_the_sweep_makes_a_job_when_a_look_is_due_or_the_workflow_was_changed(bench, workflow, ends):
    job = ("formcase.check", f"check:{workflow.pk}")

    async def swept() -> bool:
        await bench.sweep()
        made = job in await bench.jobs()
        await bench.rows("delete from procrastinate_jobs")
        return made

    assert await swept()
    assert not await swept()
    await ServiceWorkflow.objects.aupdate(next_check_at=timezone.now() - timedelta(seconds=1))
    assert await swept()
    assert not await swept()
    await sync_to_async(managing.change)(workflow, {"WatchInterval": "61"})
    assert await swept()
    await sync_to_async(managing.disable)(workflow)
    assert not await swept()


async def test_while_one_says_no_they_are_run_again_and_kept_as_one_line(workflow, ends):
    ends.says["rights of a form"] = Verdict.NO
    await check_runs.look(workflow.pk)
    for _ in range(3):
        await check_runs.look(workflow.pk)
        await CheckRun.objects.aupdate(ended_at=timezone.now() - timedelta(minutes=15, seconds=1))
        await check_runs.look(workflow.pk)
    assert await runs(workflow) == ["first", "again"]
    ends.says.clear()  # without anything that could be seen to change
    await CheckRun.objects.aupdate(ended_at=timezone.now() - timedelta(minutes=15, seconds=1))
    await check_runs.look(workflow.pk)
    assert await runs(workflow) == ["first", "again", "again"]
    assert (await lines())[-1] == ("info", "check is well again")


async def test_a_warning_shows_as_the_workflows_health(workflow, ends):
    ends.says["names in a form"] = Verdict.WARNING
    await check_runs.look(workflow.pk)
    row = await ServiceWorkflow.objects.aget(pk=workflow.pk)
    health = (await sync_to_async(overview.row)(row))["health"]
    assert health == "check warns: Check of names in a form: It says warning."


async def test_the_story_tells_what_each_run_said_otherwise(workflow, ends):
    await sync_to_async(check_runs.run_checks)(workflow)
    ends.says["executing user"] = Verdict.NO
    second = await sync_to_async(check_runs.run_checks)(workflow)
    ends.says.clear()
    await sync_to_async(check_runs.run_checks)(workflow)
    told = await sync_to_async(check_history.history)(workflow.pk)
    assert [[(change.result.subject, change.worse, change.mended) for change in run.changes] for run in told] == [
        [("executing user", False, True)],
        [("executing user", True, False)],
        [],
    ]
    assert await sync_to_async(check_history.kept_run)(workflow.pk, second.id) == second
    assert await sync_to_async(check_history.kept_run)(workflow.pk, second.id + 9) is None


async def test_what_cannot_even_be_tried_is_not_blamed_on_the_certificate(workflow, ends, monkeypatch):
    monkeypatch.undo()  # the real connections
    await ServiceWorkflow.objects.aupdate(url="")
    results = await checks.check_workflow(await ServiceWorkflow.objects.aget(pk=workflow.pk))
    said = {result.subject: result.verdict for result in results}
    assert (said["reach"], said["certificate"], said["client"]) == (Verdict.NO, Verdict.UNKNOWN, Verdict.UNKNOWN)
    await ServiceWorkflow.objects.aupdate(url="https://localhost:9/interact")
    results = await checks.check_workflow(await ServiceWorkflow.objects.aget(pk=workflow.pk))
    said = {result.subject: result.verdict for result in results}
    assert (said["certificate"], said["reach"], said["forms"]) == (Verdict.NO, Verdict.UNKNOWN, Verdict.UNKNOWN)
