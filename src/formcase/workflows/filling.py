"""Fills a test database with submissions and log lines, so that everything can be tried at its real size.

Only a database that says it is one for tests is filled, and only an empty one can be made to say so. Nothing that is
filled in is ever filed: the workflows are disabled.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from psycopg import sql

from formcase.messages import Message, as_data, discreet_data, message
from formcase.workflows import causes, log_words, person_index
from formcase.workflows.models import Cause, ServiceWorkflow, SubmissionRecord
from formcase.workflows.sql import statement
from formcase.workflows.stored import kept

MARK = "formcase: for tests"
AT_ONCE = 50_000
LINES_EACH = 8  # of a submission
WORKFLOWS = 3
FORMS = 25
PERSONS = 20_000

Advance = Callable[[int], None]


class NotForTests(Exception):
    """The database does not say that it is one for tests, or holds something already."""


def is_for_tests() -> bool:
    """Whether this database says that it is one for tests."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select shobj_description(oid, 'pg_database') from pg_database where datname = current_database()"
        )
        return bool(cursor.fetchone()[0] == MARK)


def mark_for_tests(*, anyway: bool = False) -> None:
    """Let this database say so. Raises `NotForTests` where it holds a submission or a workflow. anyway: even then."""
    if not anyway and (SubmissionRecord.objects.exists() or ServiceWorkflow.objects.exists()):
        raise NotForTests("There are workflows or submissions in this database: it is none for tests.")
    with connection.cursor() as cursor:
        name = sql.Identifier(str(connection.get_connection_params()["dbname"]))
        cursor.execute(sql.SQL("comment on database {} is {}").format(name, sql.Literal(MARK)).as_string())


def demand_for_tests() -> None:
    """Raise `NotForTests` where this database does not say that it is one for tests."""
    if not is_for_tests():
        raise NotForTests(
            "This database does not say that it is one for tests. Let an empty one say so: formcase bench mark. One"
            " that holds something says so only with --anyway."
        )


def fill_submissions(count: int, advance: Advance) -> None:
    """Add so many submissions, spread over the year until now. Raises `NotForTests`."""
    demand_for_tests()
    values = {
        "workflows": _workflows(),
        "forms": FORMS,
        "persons": [_person(number) for number in range(PERSONS)],
        "causes": _causes(),
        "reasons": [kept([discreet_data(reason)]) for reason in _REASONS],
        "blocked": kept(discreet_data(_BLOCKED)),
        "count": count,
        "first": SubmissionRecord.objects.count(),
    }
    for start in range(0, count, AT_ONCE):
        _run("fill_submissions", values, start, min(start + AT_ONCE, count))
        advance(min(start + AT_ONCE, count))
    _settle("workflows_submissionrecord", "workflows_filedcase", "workflows_personindex", "workflows_errorcause")


def fill_log(rows: int, advance: Advance) -> None:
    """Add so many lines, about the submissions that there are; those are made where they are too few. Raises
    `NotForTests`."""
    demand_for_tests()
    there = SubmissionRecord.objects.count()
    wanted = rows // LINES_EACH + 1
    if there < wanted:
        fill_submissions(wanted - there, lambda _done: None)
    kinds = _kinds()
    values = {
        "events": [kind.event for kind in kinds],
        "levels": [kind.level for kind in kinds],
        "messages": [kept(discreet_data(kind.text)) for kind in kinds],
        # a text each, as arrays of arrays must all be equally long
        "words": [" ".join(log_words.words_of(kind.event, kind.text)) for kind in kinds],
        "each": LINES_EACH,
    }
    # the newest submissions get them, the oldest line first
    keys = list(SubmissionRecord.objects.order_by("-recorded_at", "-id").values_list("pk", flat=True)[:wanted])
    keys.reverse()
    for start in range(0, rows, AT_ONCE):
        end = min(start + AT_ONCE, rows)
        _run("fill_log", {**values, "keys": keys[start // LINES_EACH : -(-end // LINES_EACH)]}, start, end)
        advance(end)
    _settle("workflows_logentry")


def person(number: int) -> str:
    """The number of one of the persons whose submissions are filled in; invented, and no valid CPR number."""
    return f"3213{number:06d}"


@dataclass(frozen=True, slots=True)
class _Kind:
    event: str
    text: Message
    level: str = "info"


_REASONS = (
    message("there is no case group {code}.", hidden=("code",), code="99.99"),
    message("there is no case state {code}.", hidden=("code",), code="XY"),
    message(
        "The executing user {user} lacks the right {right} on {table} in the case system. It answered: {reason}",
        user="LBR",
        right="Create",
        table="Case",
        reason="no",
        hidden=("reason",),
    ),
)
_BLOCKED = message(
    "{tried}: {answer}", tried=message("Asking for a token"), answer=message("The client is not known there.")
)


def _kinds() -> Sequence[_Kind]:
    """One for each line of a submission, then those that stand in for one of them where it did not go well."""
    return (
        _Kind("recorded", message("Found at the form service: form {form}", form="800636")),
        _Kind("delivered", message("Delivered")),
        _Kind(
            "fetched",
            message("Fetched: form {form} version {version}, {files} attachment(s)", form="800636", version=3, files=2),
        ),
        _Kind("planned", message("Planned: {count} operations", count=9)),
        _Kind("uploaded", message("Uploaded: {count} file(s)", count=3)),
        _Kind("filed", message("Filed: {cases}", cases="-")),
        _Kind("imported", message("Imported: {cases}", cases="-")),
        _Kind("tidied", message("Delivered")),
        _Kind("can't be filed as it is", _REASONS[0], "warning"),
        _Kind("temporary blocked", _BLOCKED, "error"),
    )


def _workflows() -> list[int]:
    there = list(ServiceWorkflow.objects.filter(type="bench").order_by("pk").values_list("pk", flat=True))
    more = [
        ServiceWorkflow.objects.create(name=f"Bench {number}", type="bench", url="https://bench.invalid")
        for number in range(len(there) + 1, WORKFLOWS + 1)
    ]
    return [*there, *(workflow.pk for workflow in more)]


def _causes() -> list[int]:
    return [
        Cause.objects.get_or_create(key=cause.key, defaults={"message": as_data(cause.message)})[0].pk
        for cause in (causes.cause_of(reason) for reason in _REASONS)
    ]


def _person(number: int) -> bytes:
    return bytes.fromhex(person_index.person_token(person(number)))


@transaction.atomic
def _run(name: str, values: Mapping[str, Any], start: int, end: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement(name), {**values, "start": start, "end": end})


def _settle(*tables: str) -> None:
    """As the database would by itself after a while."""
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(sql.SQL("vacuum (analyze) {}").format(sql.Identifier(table)).as_string())
