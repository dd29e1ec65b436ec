"""The start page's numbers: right, and from indexes."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from formcase.filing.journal import State
from formcase.messages import as_data, message
from formcase.workflows import figures, filling, managing, overview
from formcase.workflows.figures import Today, Unit
from formcase.workflows.models import ServiceWorkflow, SubmissionRecord
from workflows.bench import PARAMETERS

NOW = datetime(2026, 10, 26, 11, 30, tzinfo=UTC)  # the day after Copenhagen's clocks went back

pytestmark = pytest.mark.django_db


@pytest.fixture
def flags() -> ServiceWorkflow:
    return managing.enable(managing.create("Flags", "interact", PARAMETERS))


def a_submission(workflow: ServiceWorkflow, recorded: datetime, state: State, **more: object) -> SubmissionRecord:
    number = SubmissionRecord.objects.count()
    kind = more.pop("kind", None)
    return SubmissionRecord.objects.create(
        workflow=workflow,
        source="https://a",
        submission_id=f"s-{number}",
        reference_id=f"R-{number}",
        form_id="800636",
        form_title="Flags",
        form_version=3,
        submitted_at=recorded,
        recorded_at=recorded,
        state=state.value,
        ended_at=recorded + timedelta(minutes=1) if state.final else None,
        filed={"kind": kind, "cases": [], "reasons": []} if kind else None,
        **more,
    )


def test_what_came_is_counted_by_local_day_and_by_what_became_of_it(flags):
    midnight = datetime(2026, 10, 24, 22, tzinfo=UTC)  # of the day that has 25 hours
    a_submission(flags, midnight - timedelta(seconds=1), State.IMPORTED, kind="mapped")
    a_submission(flags, midnight, State.IMPORTED, kind="error case")
    a_submission(flags, midnight + timedelta(hours=24, minutes=59), State.WITHDRAWN)
    a_submission(flags, midnight + timedelta(hours=25), State.BLOCKED)
    for state in (State.WAITING, State.FILED, State.HANDLED):
        a_submission(flags, NOW, state)
    a_submission(flags, NOW - timedelta(days=9), State.IMPORTED, kind="mapped")
    days = figures.over_time(Unit.DAY, 3, NOW)
    assert [bar.start.date().isoformat() for bar in days] == ["2026-10-24", "2026-10-25", "2026-10-26"]
    assert [{outcome: count for outcome, count in bar.counts.items() if count} for bar in days] == [
        {"imported": 1},
        {"error case": 1, "withdrawn": 1},
        {"blocked": 1, "waiting": 2, "handled": 1},
    ]
    assert [bar.total for bar in days] == [1, 2, 4]


def test_hours_in_which_nothing_came_have_a_bar_too(flags):
    a_submission(flags, NOW, State.WAITING)
    a_submission(flags, NOW - timedelta(hours=2), State.WAITING)
    hours = figures.over_time(Unit.HOUR, 4, NOW)
    assert [bar.total for bar in hours] == [0, 1, 0, 1]
    assert hours[-1].start == datetime(2026, 10, 26, 11, tzinfo=UTC)


def test_what_is_open_says_since_when(flags):
    assert figures.open_now() == figures.Open(0, None, 0, None)
    a_submission(flags, NOW, State.WAITING)
    a_submission(flags, NOW - timedelta(hours=2), State.FILED)
    a_submission(flags, NOW - timedelta(hours=5), State.IMPORTED, kind="mapped")
    a_submission(flags, NOW - timedelta(hours=9), State.BLOCKED, blocked_since=NOW - timedelta(hours=3))
    assert figures.open_now() == figures.Open(2, NOW - timedelta(hours=2), 1, NOW - timedelta(hours=3))


def test_each_workflow_has_its_counts_of_today(flags):
    other = managing.create("Other", "interact", PARAMETERS)
    for kind in ("mapped", "mapped", "error case"):
        a_submission(flags, NOW, State.IMPORTED, kind=kind)
    a_submission(flags, NOW - timedelta(days=1), State.IMPORTED, kind="mapped")
    a_submission(flags, NOW - timedelta(days=1), State.WAITING)
    a_submission(other, NOW, State.BLOCKED)
    a_submission(other, NOW, State.HANDLED)
    assert figures.today(NOW) == {
        flags.pk: Today(imported=2, error_cases=1, waiting=1),
        other.pk: Today(blocked=1, handled=1),
    }
    shown = {row["name"]: (row["blocked"], row["waiting"]) for row in overview.rows()}
    assert shown == {"Flags": (0, 1), "Other": (1, 0)}


def test_what_is_blocked_is_told_once_for_each_reason(flags):
    token = message("The form service refused the token.")
    for number in range(3):
        reason = message("“{value}” can't be read.", value=f"value {number}", hidden=("value",))
        since = NOW - timedelta(hours=number)
        a_submission(flags, NOW, State.BLOCKED, blocked_scope="submission", blocked_since=since, reason=as_data(reason))
    other = managing.create("Other", "interact", PARAMETERS)
    ServiceWorkflow.objects.filter(pk=other.pk).update(blocked_since=NOW, blocked_reason=as_data(token))
    for _ in range(2):
        a_submission(other, NOW, State.BLOCKED, blocked_scope="workflow", reason=as_data(token))
    whole, alone = figures.blocked()
    assert (whole.workflow_name, whole.reason.text(), whole.count, whole.whole) == ("Other", token.text(), 2, True)
    assert (alone.workflow_name, alone.count, alone.whole) == ("Flags", 3, False)
    assert alone.since == NOW - timedelta(hours=2)
    assert "value" not in alone.reason.text()


def test_certificates_are_told_of_in_time_with_those_who_use_them(flags, monkeypatch):
    def certificate(thumbprint: str, days: int) -> SimpleNamespace:
        return SimpleNamespace(
            holder=f"{days} days",
            not_after=NOW + timedelta(days=days),
            days_left=lambda _now: days,
            has_thumbprint=lambda asked: asked == thumbprint,
        )

    mine = "ab" * 20
    store = SimpleNamespace(
        list=lambda: [certificate("x", 61), certificate(mine, 60), certificate(mine, 7), certificate("y", -1)]
    )
    monkeypatch.setattr(figures, "certificate_store", lambda: store)
    found = figures.expiring(NOW)
    assert [(one.days, one.within, one.workflows) for one in found] == [
        (-1, 7, ()),
        (7, 7, ("Flags",)),
        (60, 60, ("Flags",)),
    ]
    told = [one.text.text() for one in figures.attention(NOW) if one.kind == "certificate"]
    assert told == [
        "The certificate 7 days expires in 7 days (Flags).",
        "The certificate 60 days expires in 60 days (Flags).",
    ]


def test_what_needs_a_person_is_all_there_the_gravest_first(flags):
    away = as_data(message("no answer"))
    ServiceWorkflow.objects.filter(pk=flags.pk).update(
        watch_problem=away, watch_problem_since=NOW, check_problem=away, last_check_at=NOW
    )
    a_submission(flags, NOW, State.BLOCKED, blocked_scope="submission", blocked_since=NOW, reason=away)
    disabled = managing.create("Old", "interact", PARAMETERS)
    a_submission(disabled, NOW, State.WAITING)
    found = figures.attention(timezone.now())
    assert {one.kind for one in found} == {"no worker", "can't watch", "check", "blocked", "disabled"}
    assert [one.grave for one in found] == sorted((one.grave for one in found), reverse=True)
    assert {one.kind for one in found if one.grave} == {"no worker", "can't watch"}


def test_nobody_is_called_where_all_is_well(flags):
    with connection.cursor() as cursor:
        cursor.execute("insert into procrastinate_workers (last_heartbeat) values (now())")
    a_submission(flags, NOW, State.IMPORTED, kind="mapped")
    assert figures.attention() == ()


@pytest.mark.long
def test_the_figures_of_many_submissions_come_from_indexes(transactional_db):
    filling.mark_for_tests()
    try:
        filling.fill_submissions(20_000, lambda _done: None)
        with CaptureQueriesContext(connection) as captured:
            figures.over_time(Unit.DAY, 30)
            figures.open_now()
            figures.today()
            figures.blocked()
        for query in captured.captured_queries:
            with connection.cursor() as cursor:
                cursor.execute("explain " + query["sql"].replace("%", "%%"), ())
                plan = "\n".join(line for (line,) in cursor.fetchall())
            assert "Seq Scan on workflows_submissionrecord" not in plan, plan
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f'comment on database "{connection.settings_dict["NAME"]}" is null')
