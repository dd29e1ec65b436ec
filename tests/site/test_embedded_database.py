"""The embedded database: shared, kept over restarts, gone with its last user, even one that was killed."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from formcase.site.embedded import account, cluster, locks
from formcase.site.embedded.database import EmbeddedDatabase
from formcase.site.embedded.failure import EmbeddedDatabaseError

USER = """
import sys
from pathlib import Path
from formcase.site.embedded.database import EmbeddedDatabase
with EmbeddedDatabase(Path(sys.argv[1]), durable=False) as database:
    print(database.url, flush=True)
    sys.stdin.read()
"""


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A data folder behind a folder that is closed to everybody else, as a home is."""
    with tempfile.TemporaryDirectory(prefix="formcase-embedded-") as closed:
        os.chmod(closed, 0o700)
        yield Path(closed) / "data"


class User:
    """Another process that uses the database."""

    def __init__(self, folder: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", USER, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.url = self.process.stdout.readline().strip()

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def end(self) -> None:
        self.process.communicate()


@pytest.fixture
def use(folder) -> Iterator[Callable[[], User]]:
    users: list[User] = []

    def begin() -> User:
        users.append(User(folder))
        return users[-1]

    yield begin
    for user in users:
        user.kill()
    wait_until(lambda: cluster.running(folder) is None)


def wait_until(condition: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def test_it_stops_with_its_user_and_keeps_the_data(folder):
    with EmbeddedDatabase(folder, durable=False) as database, psycopg.connect(database.url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 'æøå' AS letters")
    assert cluster.running(folder) is None
    with EmbeddedDatabase(folder, durable=False) as database, psycopg.connect(database.url) as connection:
        assert connection.execute("SELECT upper(letters) FROM kept").fetchone() == ("ÆØÅ",)


def test_a_second_process_uses_the_server_that_runs_and_the_last_one_stops_it(folder, use):
    first, second = use(), use()
    assert first.url == second.url
    server = cluster.running(folder)
    first.end()
    assert cluster.running(folder) == server
    second.end()
    assert cluster.running(folder) is None


def test_it_stops_when_its_only_user_is_killed(folder, use):
    use().kill()
    wait_until(lambda: cluster.running(folder) is None and locks.keeper_pid(folder) is None)
    with EmbeddedDatabase(folder, durable=False) as database, psycopg.connect(database.url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_a_kill_of_one_user_leaves_the_server_to_the_other(folder, use):
    first, second = use(), use()
    first.kill()
    with psycopg.connect(second.url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    second.end()
    assert cluster.running(folder) is None


def test_a_server_that_dies_is_started_again(folder, use):
    user = use()
    former = cluster.running(folder)
    former.kill()
    wait_until(lambda: cluster.running(folder) not in (former, None) and cluster.is_ready(folder))
    with psycopg.connect(user.url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_a_server_whose_keeper_was_killed_is_taken_over_and_stopped(folder, use):
    use()
    server = cluster.running(folder)
    os.kill(locks.keeper_pid(folder), signal.SIGKILL)
    wait_until(lambda: locks.keeper_pid(folder) is None)
    second = use()
    assert cluster.running(folder) == server
    assert locks.keeper_pid(folder) is not None
    with psycopg.connect(second.url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_everything_killed_at_once_and_its_number_given_to_another_process_is_no_hindrance(folder, use):
    user = use()
    server, keeper = cluster.running(folder), locks.keeper_pid(folder)
    assert keeper is not None
    for process in (psutil.Process(keeper), server, user.process):
        process.kill()
    wait_until(lambda: cluster.running(folder) is None)
    pid_file = cluster.cluster_folder(folder) / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    pid_file.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")  # as after a restart of a container
    with EmbeddedDatabase(folder, durable=False) as database, psycopg.connect(database.url) as connection:
        assert connection.execute("SELECT upper(letters) FROM kept").fetchone() == ("ÆØÅ",)


def test_many_that_start_at_once_share_one_server(folder):
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", USER, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(4)
    ]
    urls = {process.stdout.readline() for process in processes}
    servers = [
        p
        for p in psutil.process_iter(["name", "ppid"])
        if p.info["name"] == "postgres" and p.info["ppid"] == keeper_of(folder)
    ]
    for process in processes:
        process.communicate()
    assert len(urls) == 1
    assert len(servers) == 1
    assert cluster.running(folder) is None


def keeper_of(folder: Path) -> int | None:
    return locks.keeper_pid(folder)


def test_a_path_that_is_too_long_for_a_socket_is_no_hindrance(folder):
    long = folder / ("long" * 25)
    with EmbeddedDatabase(long, durable=False) as database, psycopg.connect(database.url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_folders_above_the_data_stay_closed_and_the_data_is_its_owners_alone(folder):
    with EmbeddedDatabase(folder, durable=False):
        assert folder.parent.stat().st_mode & 0o077 == 0
        assert cluster.cluster_folder(folder).stat().st_mode & 0o077 == 0


def test_data_of_another_postgresql_is_left_alone_with_a_clear_word(tmp_path):
    data = cluster.cluster_folder(tmp_path)
    data.mkdir()
    (data / "PG_VERSION").write_text("15\n")
    if os.geteuid() == 0:
        os.chown(data, account.account_for(tmp_path / "none").user, -1)
    with pytest.raises(EmbeddedDatabaseError, match="was written by PostgreSQL 15"):
        EmbeddedDatabase(tmp_path)


def test_its_log_holds_no_statement_and_no_row(folder):
    with EmbeddedDatabase(folder, durable=False) as database, psycopg.connect(database.url) as connection:
        connection.execute("CREATE TEMPORARY TABLE one (name text UNIQUE)")
        connection.execute("INSERT INTO one VALUES ('Ane Hemmelig')")
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute("INSERT INTO one VALUES ('Ane Hemmelig')")
    log = cluster.log_path(folder).read_text()
    assert "duplicate key" in log
    assert "Hemmelig" not in log
