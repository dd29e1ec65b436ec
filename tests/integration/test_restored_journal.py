"""A journal of yesterday, and one that is lost altogether, through real processes and at both real ends: the repair
rebuilds it, work goes on, and nothing is filed twice."""

import json
import subprocess
import sys

import pytest

from formcase.filing.crash_points import VARIABLE
from integration.conftest import Installation, wait_until
from integration.test_main_job import FLAG_FILES, flag_answers

pytestmark = pytest.mark.long

KEPT = """
import sys
from formcase.site.preparing import prepared
with prepared():
    from django.db import connection
    with connection.cursor() as cursor:
        def tables():
            cursor.execute(
                "select tablename from pg_tables where schemaname = 'public' and (tablename like 'workflows%' "
                "or tablename = 'procrastinate_jobs') and tablename not in ('workflows_serviceworkflow', "
                "'workflows_datakey', 'workflows_mappingversion', 'workflows_transformversion')"
            )
            return [name for (name,) in cursor.fetchall()]
        if sys.argv[1] == "back up":
            cursor.execute("drop schema if exists backup cascade")
            cursor.execute("create schema backup")
            for name in tables():
                cursor.execute(f"create table backup.{name} as table {name}")
        elif sys.argv[1] == "restore":
            cursor.execute(f"truncate {', '.join(tables())} cascade")
            cursor.execute("alter table procrastinate_jobs disable trigger user")
            cursor.execute("set session_replication_role = replica")
            for name in tables():
                cursor.execute(
                    "select string_agg(quote_ident(column_name), ', ') from information_schema.columns "
                    "where table_schema = 'public' and table_name = %s and is_generated = 'NEVER'", [name]
                )
                (columns,) = cursor.fetchone()
                into = f"insert into {name} ({columns}) overriding system value"
                cursor.execute(f"{into} select {columns} from backup.{name}")
            cursor.execute("set session_replication_role = origin")
            cursor.execute("alter table procrastinate_jobs enable trigger user")
            for name in ("submissionrecord", "logentry", "reconciliation", "finding"):
                cursor.execute(f"select setval(pg_get_serial_sequence('workflows_{name}', 'id'), 100000)")
        elif sys.argv[1] == "lose":
            cursor.execute(f"truncate {', '.join(tables())} cascade")
        elif sys.argv[1] == "forget":
            cursor.execute("delete from casesystem_rememberedrequest")
"""


def keep(installation: Installation, what: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", KEPT, what],
        env=installation.environment(),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def filed(installation: Installation) -> dict[str, set[str]]:
    """The cases of each reference ID, as the case system has them."""
    found: dict[str, set[str]] = {}
    for row in installation.reference_rows():
        found.setdefault(row["Info_Value"], set()).add(row["File"]["FileNo"])
    return found


def killed_at(installation: Installation, point: str, number: int) -> str:
    """A submission whose worker dies there."""
    worker = installation.start_worker(**{VARIABLE: point})
    reference = installation.submit("800636", flag_answers(f"0101{number:02}-0108", "Ida Lund"), *FLAG_FILES)
    wait_until(lambda: worker.poll() is not None, 60, lambda: f"no worker died {point}")
    installation.workers.remove(worker)
    return reference


def reconciled(installation: Installation, *options: str) -> dict[str, object]:
    done = installation.run("reconcile", "--json", *options)
    assert done.returncode in (0, 1), done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("remembers", [True, False])
def test_a_journal_of_yesterday_and_a_lost_one_go_on_and_nothing_is_filed_twice(installation, remembers):
    reconciled(installation)  # the first one
    installation.start_worker()
    old = installation.submit("800636", flag_answers("010190-1234"), *FLAG_FILES)
    installation.wait_for(old, "Imported")
    installation.end_workers()
    sent = killed_at(installation, "after case system: apply", 2)
    keep(installation, "back up")
    if not remembers:
        keep(installation, "forget")
    unreported = killed_at(installation, "after journal: filed", 3)
    installation.start_worker()
    new = [installation.submit("800636", flag_answers("010190-1234"), *FLAG_FILES) for _ in range(3)]
    for reference in (sent, *new):
        installation.wait_for(reference, "Imported")
    installation.end_workers()
    before = filed(installation)
    assert {len(cases) for cases in before.values()} == {1}

    keep(installation, "restore")
    if not remembers:
        keep(installation, "forget")
    assert installation.submission(new[0]) is None
    assert reconciled(installation)["silentFailures"] >= len(new)
    assert reconciled(installation, "--repair")["silentFailures"] == 0
    installation.start_worker()
    last = installation.submit("800636", flag_answers("010190-1234"), *FLAG_FILES)
    for reference in (old, sent, unreported, *new, last):
        seen = installation.wait_for(reference, "Imported")
        assert set(seen["cases"]) == filed(installation)[reference]
    installation.end_workers()
    assert {reference: cases for reference, cases in filed(installation).items() if reference != last} == before

    keep(installation, "lose")
    if not remembers:
        keep(installation, "forget")
    assert reconciled(installation, "--repair")["silentFailures"] == 0
    installation.start_worker()
    for reference in (old, sent, unreported, *new, last):
        assert set(installation.wait_for(reference, "Imported")["cases"]) == filed(installation)[reference]
    one_more = installation.submit("800636", flag_answers("010190-1234"), *FLAG_FILES)
    installation.wait_for(one_more, "Imported")
    installation.end_workers()
    after = filed(installation)
    assert {len(cases) for cases in after.values()} == {1}
    assert {reference: after[reference] for reference in before} == before
    found = {
        line["referenceId"] for line in installation.json("log", "--person", "0101901234", "--level", "debug")["log"]
    }
    assert old in found, "whose it is was rebuilt, too"
