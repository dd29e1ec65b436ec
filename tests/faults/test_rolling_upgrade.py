"""Workers of this version and the next one at work on one database, while its tables are brought up to date."""

import json
import sys
from collections.abc import Iterator, Mapping
from subprocess import Popen, run

import psycopg
import pytest

from faults.nurseries import TESTS
from faults.ways import assert_all_there_once, building_permits, permits, updates, wait_for_imported, wrong_permits
from integration.conftest import Installation, wait_until
from integration.form_service_desk import Desk

pytestmark = pytest.mark.long

NEXT_VERSION = {"DJANGO_SETTINGS_MODULE": "faults.next_version.settings", "PYTHONPATH": str(TESTS)}
PATIENCE = 240  # seconds


@pytest.fixture(scope="module")
def desk(installation: Installation) -> Iterator[Desk]:
    made = Desk(installation.environment())
    yield made
    made.close()


def test_workers_of_both_versions_file_everything_once_while_the_tables_change(installation, desk):
    ways = [*permits(desk, range(9000, 9040)), *building_permits(desk, 10), *wrong_permits(desk, 5)]
    old = [installation.start_worker() for _ in range(2)]
    wait_until(lambda: imported(desk) > 3, PATIENCE, lambda: "nothing is filed")
    assert migrated(installation)["applied"] == ["workflows.9001_of_the_next_version"]
    assert imported(desk) < len(ways), "all were filed before the tables changed"
    new = installation.start_worker(**NEXT_VERSION)
    ways += permits(desk, range(9100, 9110))
    unknown_to_the_old(installation, desk)
    wait_for_imported(installation, desk, ways, PATIENCE)
    assert_runs(*old, new)
    end(*old)
    (number, *_) = desk.seen(ways[0].reference).cases
    ways += [*permits(desk, range(9200, 9203)), *updates(desk, [number])]
    wait_for_imported(installation, desk, ways, PATIENCE)
    assert_all_there_once(installation, desk, ways)
    assert jobs(installation, "of_the_next_version") == 0


def imported(desk: Desk) -> int:
    return sum(status == "Imported" for status in desk.statuses().values())


def migrated(installation: Installation) -> Mapping[str, list[str]]:
    """What the next version's `formcase migrate` says."""
    command = [sys.executable, "-m", "formcase", "migrate", "--json"]
    done = run(command, env=installation.environment(**NEXT_VERSION), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    said: Mapping[str, list[str]] = json.loads(done.stdout)
    return said


def unknown_to_the_old(installation: Installation, desk: Desk) -> None:
    """Jobs of the next version: of a kind, and with an argument, that this version does not know."""
    with database(installation) as connection:
        connection.execute(
            "insert into procrastinate_jobs (queue_name, task_name, args) "
            "values ('filing', 'formcase.of_the_next_version', '{}')"
        )
        connection.execute(
            "update procrastinate_jobs set args = args || '{\"of_the_next_version\": true}' "
            "where status = 'todo' and task_name = 'formcase.file_submission'"
        )


def jobs(installation: Installation, kind: str) -> int:
    """How many jobs of this kind there are."""
    with database(installation) as connection:
        row = connection.execute("select count(*) from procrastinate_jobs where task_name like %s", (f"%{kind}",))
        return int(str(row.fetchone()[0]))  # type: ignore[index]


def database(installation: Installation) -> psycopg.Connection[tuple[object, ...]]:
    folder = str(installation.data / "postgres")
    return psycopg.connect(host=folder, user="postgres", dbname="formcase", autocommit=True)


def assert_runs(*workers: Popen[bytes]) -> None:
    assert [worker.poll() for worker in workers] == [None] * len(workers)


def end(*workers: Popen[bytes]) -> None:
    for worker in workers:
        worker.terminate()
    assert [worker.wait(60) for worker in workers] == [0] * len(workers)
