"""Several hosts with addresses of their own: workers that are cut off, and a database that fails over.

Nobody is told that a host is cut off: what is sent to it is dropped, as by a switch that has lost its power.
"""

import sys
import time
from collections.abc import Callable, Iterator

import pytest

from faults.ways import Way, assert_all_there_once, building_permits, permits, wait_for_imported, wrong_permits
from formcase.workflows.enqueueing import FILING_TASK
from integration.conftest import wait_until
from machines.installation import CONCURRENCY, WEB_PORT, WORKERS, Site, Worker, site
from machines.network import why_not
from machines.postgres import DATABASE, Server

_REASON = why_not()
pytestmark = [pytest.mark.long, pytest.mark.skipif(_REASON is not None, reason=str(_REASON))]

TAKEN_OVER_WITHIN = 30  # seconds, as promised
TAKEN_OVER = "taking over a dead worker's job"
PATIENCE = 500  # seconds for many submissions on a machine that has other work


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("machines")
    for above in (folder, *folder.parents[:2]):
        above.chmod(0o755)  # for the account that the database runs as
    with site(folder) as made:
        yield made


@pytest.fixture
def workers(here: Site) -> Iterator[Callable[[], dict[str, Worker]]]:
    """Starts a worker on each of the three hosts."""
    yield lambda: {name: here.installation.worker(name) for name in WORKERS}
    here.installation.end_workers()


def test_web_answers_other_hosts_and_says_that_all_is_ready(here):
    asking = "import sys, urllib.request; print(urllib.request.urlopen(sys.argv[1]).read().decode())"
    with here.installation.serving() as web:
        command = [sys.executable, "-c", asking, f"http://{web.address}:{WEB_PORT}/readyz"]
        done = here.network["worker1"].run(command, here.installation.environment())
    assert '"status": "ready"' in done.stdout, (done.stdout, done.stderr)


def test_what_a_submission_costs_each_host_and_how_many_connections_a_worker_has(here, workers, figures):
    ways = permits(here.desk, range(8600, 8700))
    workers()
    wait_until(lambda: imported(here, ways) > 10, PATIENCE, lambda: "nothing is filed")
    began, before = imported(here, ways), _spent(here)
    wait_until(lambda: imported(here, ways) > len(ways) - 10, PATIENCE, lambda: "not enough is filed")
    most = max(connections(here.servers["db1"]).values())
    filed, after = imported(here, ways) - began, _spent(here)
    spent = {name: round((after[name] - before[name]) / filed, 1) for name in after}
    figures(submissions=filed, connections_of_a_worker=most, **spent)
    wait_for_imported(here.installation, here.desk, ways, PATIENCE)
    assert most <= CONCURRENCY + 25, "docs/operator/many-machines.md says so"


@pytest.mark.parametrize("comes_back", ["while its requests are still on their way", "after it has given them up"])
def test_a_worker_that_is_cut_off_while_it_files_changes_nothing_when_it_comes_back(here, workers, comes_back, figures):
    late = comes_back.startswith("after")
    first = 8200 if late else 8000
    ways = [*permits(here.desk, range(first, first + 60)), *building_permits(here.desk, 10)]
    ways += wrong_permits(here.desk, 5)
    lost, *others = workers().values()
    wait_until(lambda: all_file(here.servers["db1"]), PATIENCE, lambda: "not all workers file")
    here.network.cut(lost.host)
    cut, before = time.monotonic(), taken_over(others)
    wait_until(lambda: taken_over(others) > before, 60, lambda: "nobody has taken its jobs over")
    took = time.monotonic() - cut
    if late:
        wait_for_imported(here.installation, here.desk, ways, PATIENCE)
        wait_until(lambda: lost.times("database out of reach") > 0, PATIENCE, lambda: "it has not noticed")
    here.network.join(lost.host)
    wait_for_imported(here.installation, here.desk, ways, PATIENCE)
    for other in others:
        other.end()
    more = permits(here.desk, range(first + 100, first + 104))  # for the one that was cut off, alone
    wait_for_imported(here.installation, here.desk, more, PATIENCE)
    assert_all_there_once(here.installation, here.desk, [*ways, *more])
    figures(submissions=len(ways) + len(more), taken_over_after_seconds=took)
    assert took < TAKEN_OVER_WITHIN


def test_workers_go_on_by_themselves_when_the_database_fails_over_to_its_replica(here, workers, figures):
    """The replica has whatever was answered as kept. The server before lives on, alone, and can keep nothing more."""
    ways = [*permits(here.desk, range(8400, 8460)), *building_permits(here.desk, 10), *wrong_permits(here.desk, 5)]
    former, replica = here.servers["db1"], here.servers["db2"]
    running = workers()
    wait_until(lambda: all_file(former), PATIENCE, lambda: "not all workers file")
    here.network.cut(former.host)
    replica.promote()
    failed_over = time.monotonic()
    wait_for_imported(here.installation, here.desk, ways, PATIENCE)
    figures(submissions=len(ways), all_imported_after_seconds=time.monotonic() - failed_over)
    assert all(worker.process.poll() is None for worker in running.values())
    assert_all_there_once(here.installation, here.desk, ways)
    former.stop()
    here.network.join(former.host)


def test_what_a_replica_that_lags_behind_never_got_is_found_again_and_filed_once(here, workers, figures):
    """The replica hears nothing for a while in which submissions are found, filed and Imported; then it takes over."""
    former, replica = here.follow_anew()
    ways = [*permits(here.desk, range(8500, 8530)), *wrong_permits(here.desk, 5)]
    workers()
    wait_until(lambda: imported(here, ways) > 3, PATIENCE, lambda: "nothing is filed")
    here.network.cut(replica.host)
    known = journalled(replica)
    ways += permits(here.desk, range(8540, 8570))  # the replica never hears of these
    wait_until(lambda: imported(here, ways) > 45, PATIENCE, lambda: "nothing is filed any more")
    here.network.cut(former.host)
    here.network.join(replica.host)
    lost = journalled(former) - known
    replica.promote()
    wait_until(lambda: imported(here, ways) == len(ways), PATIENCE, lambda: f"{imported(here, ways)} are Imported")
    here.installation.json("reconcile", "--repair")
    figures(submissions=len(ways), lost_from_the_journal=lost)
    wait_for_imported(here.installation, here.desk, ways, PATIENCE)
    assert_all_there_once(here.installation, here.desk, ways)
    assert lost > 0, "the replica had everything"
    former.stop()
    here.network.join(former.host)


def imported(here: Site, ways: list[Way]) -> int:
    statuses = here.desk.statuses()
    return sum(statuses[way.reference] == "Imported" for way in ways)


def _spent(here: Site) -> dict[str, float]:
    """Milliseconds of the processor and kilobytes of the network by host; kilobytes that the database has logged."""
    hosts = here.network.hosts
    spent = {f"{name}_ms": 1000 * hosts[name].processor_seconds() for name in ("db1", "db2", "forms", "cases")}
    spent["workers_ms"] = 1000 * sum(hosts[name].processor_seconds() for name in WORKERS)
    spent["db1_kb"] = hosts["db1"].bytes_passed() / 1000
    with here.servers["db1"].as_superuser(DATABASE) as connection:
        row = connection.execute("select pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')").fetchone()
    return spent | {"wal_kb": float(str(row[0])) / 1000 if row else 0}


def journalled(server: Server) -> int:
    """How many submissions the journal has there."""
    with server.as_superuser(DATABASE) as connection:
        row = connection.execute("select count(*) from workflows_submissionrecord").fetchone()
    return int(str(row[0])) if row else 0


def connections(server: Server) -> dict[str, int]:
    """How many connections each host has."""
    with server.as_superuser(DATABASE) as connection:
        rows = connection.execute(
            "select host(client_addr), count(*) from pg_stat_activity "
            "where client_addr is not null and backend_type = 'client backend' group by 1"
        ).fetchall()
    return {str(host): int(str(count)) for host, count in rows}


def all_file(server: Server) -> bool:
    """Whether each of the workers has something under way: more than all but one of them can have."""
    with server.as_superuser(DATABASE) as connection:
        asked = (
            "select count(*) from procrastinate_jobs j join procrastinate_workers w on w.id = j.worker_id "
            "where j.status = 'doing' and j.queue_name = 'filing' and w.last_heartbeat > now() - interval '7 seconds'"
        )
        row = connection.execute(asked).fetchone()
    return row is not None and int(str(row[0])) > CONCURRENCY * (len(WORKERS) - 1)


def taken_over(workers: list[Worker]) -> int:
    """How many filings of dead workers these have taken over."""
    return sum(
        event["event"] == TAKEN_OVER and event["task"] == FILING_TASK for worker in workers for event in worker.events()
    )
