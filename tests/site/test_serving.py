"""`formcase serve`: starts whole, heals, ends in order, and leaves nothing behind, even when it is killed."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from formcase.site.embedded import cluster
from formcase.site.embedded.database import EmbeddedDatabase
from ports import free_port

FORMCASE = [str(Path(sys.executable).with_name("formcase"))]


def wait_until(condition: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def is_alive(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


class Installation:
    """A data folder and what runs on it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port(together=2)
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("FORMCASE_")} | {
            "FORMCASE_DATA": str(folder)
        }
        self.process: subprocess.Popen[str] | None = None

    def run(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*FORMCASE, *arguments],
            check=False,
            capture_output=True,
            text=True,
            timeout=60,
            env=self.environment | environment,
        )

    def serve(self) -> None:
        with (self.folder.parent / "errors").open("w+") as errors:
            self.process = subprocess.Popen(
                [*FORMCASE, "serve", "--port", str(self.port)],
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                env=self.environment,
            )
            first_line = self.process.stdout.readline()
            errors.seek(0)
            assert "Start page" in first_line, errors.read()

    def processes(self) -> list[psutil.Process]:
        found = [psutil.Process(self.process.pid), *psutil.Process(self.process.pid).children(recursive=True)]
        server = cluster.running(self.folder)
        return [*found, server] if server else found

    def get(self, path: str) -> dict[str, object]:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as answer:
            return json.load(answer)

    def is_ready(self) -> bool:
        try:
            return self.get("/readyz")["status"] == "ready"
        except OSError:
            return False

    def child(self, module: str) -> psutil.Process:
        children = psutil.Process(self.process.pid).children()
        return next(child for child in children if is_alive(child) and module in child.cmdline())


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="formcase-serve-") as folder:
        yield Path(folder) / "data"


@pytest.fixture
def installation(folder) -> Iterator[Installation]:
    here = Installation(folder)
    yield here
    if here.process is not None:
        here.process.kill()
        here.process.wait()
        here.process.stdout.close()
    wait_until(lambda: cluster.running(folder) is None)


def test_it_serves_heals_and_ends_in_order(installation):
    installation.serve()
    assert installation.is_ready()
    lines = [installation.process.stdout.readline() for _line in range(4)]
    assert lines[2] == "Sign in as: administrator\n"  # as nobody has signed in here before
    password = re.fullmatch(r"Password, shown this once: (\S{23}) \(.*\)\n", lines[3]).group(1)
    for module, port in (
        ("formcase.site.web", installation.port),
        ("formcase.site.form_service", installation.port + 1),
    ):
        former = installation.child(module)
        gone = [former, *former.children(recursive=True)]
        former.kill()
        wait_until(lambda gone=gone: not any(is_alive(process) for process in gone))
        wait_until(lambda port=port: socket.socket().connect_ex(("127.0.0.1", port)) == 0)
    wait_until(installation.is_ready)

    second = installation.run("serve", "--port", str(installation.port))
    assert second.returncode == 2
    assert f"Port {installation.port} on 127.0.0.1 is in use already" in second.stderr

    beside = installation.run("migrate", "--json")
    assert (beside.returncode, json.loads(beside.stdout)) == (0, {"applied": []})
    assert installation.is_ready()

    processes = installation.processes()
    installation.process.send_signal(signal.SIGTERM)
    assert installation.process.wait(30) == 0
    wait_until(lambda: not any(is_alive(process) for process in processes))
    assert not [path for path in kept_files(installation.folder) if password.encode() in path.read_bytes()]


def kept_files(folder: Path) -> list[Path]:
    """All that an installation keeps, its database included."""
    return [path for path in folder.rglob("*") if path.is_file()]


def test_a_kill_leaves_no_process_behind(installation):
    installation.serve()
    processes = installation.processes()
    assert len(processes) >= 5
    installation.process.kill()
    installation.process.wait()
    assert "Password" not in installation.process.stdout.read()  # it was shown at the first start
    wait_until(lambda: not any(is_alive(process) for process in processes))


def test_the_form_services_port_is_named_where_it_is_the_one_in_use(installation):
    with socket.create_server(("127.0.0.1", installation.port + 1)):
        refused = installation.run("serve", "--port", str(installation.port))
    assert refused.returncode == 2
    assert f"Port {installation.port + 1} " in refused.stderr


def test_a_database_that_is_out_of_reach_is_told(installation):
    url = f"postgresql://me:hunter2@127.0.0.1:{installation.port}/formcase"
    refused = installation.run("serve", "--port", str(installation.port), FORMCASE_DATABASE_URL=url)
    assert refused.returncode == 3
    assert refused.stderr.startswith("The database does not answer (formcase at 127.0.0.1)")
    assert "hunter2" not in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_data_folder_that_can_t_be_used_is_told(installation, tmp_path):
    (tmp_path / "file").write_text("")
    refused = installation.run("migrate", FORMCASE_DATA=str(tmp_path / "file" / "data"))
    assert refused.returncode == 2
    assert refused.stderr.strip() == f"The data folder {tmp_path}/file/data can't be used: Not a directory."


def test_a_database_in_another_encoding_is_refused_with_what_to_do(installation):
    with (
        EmbeddedDatabase(installation.folder, durable=False) as server,
        psycopg.connect(server.url_of("postgres"), autocommit=True) as connection,
    ):
        connection.execute(
            "CREATE DATABASE old ENCODING 'SQL_ASCII' LOCALE_PROVIDER libc LOCALE 'C' TEMPLATE template0"
        )
        refused = installation.run("migrate", FORMCASE_DATABASE_URL=server.url_of("old"))
        connection.execute("DROP DATABASE old")
    assert refused.returncode == 2
    assert "has the encoding SQL_ASCII. Make one with UTF-8" in refused.stderr


def test_tables_of_another_version_are_told_and_migrate_mends_them(installation):
    with EmbeddedDatabase(installation.folder, durable=False, database="own") as server:
        refused = installation.run("form", "list", "--json", FORMCASE_DATABASE_URL=server.url)
        assert (refused.returncode, json.loads(refused.stdout)["error"]["exitCode"]) == (2, 2)
        assert "Run: formcase migrate" in refused.stderr
        both = [
            subprocess.Popen(
                [*FORMCASE, "migrate", "--json"],
                stdout=subprocess.PIPE,
                text=True,
                env=installation.environment | {"FORMCASE_DATABASE_URL": server.url},
            )
            for _ in range(2)
        ]
        applied = [json.loads(process.communicate(timeout=60)[0])["applied"] for process in both]
        assert sorted(map(bool, applied)) == [False, True]
        listed = installation.run("form", "list", "--json", FORMCASE_DATABASE_URL=server.url)
        assert (listed.returncode, json.loads(listed.stdout)) == (0, {"forms": []})
