"""A whole installation, run as its user would: one data folder, `formcase demo` without workers, workers of our own.

Tests look at it from outside: through the command line, and at the case system over HTTP.
"""

import fcntl
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import psycopg
import pytest

from formcase.site.embedded.cluster import SUPERUSER, reachable_socket_folder
from integration.commands import run_command
from ports import free_port

START = 240  # seconds
PATIENCE = 180
_CHANGING = """
    SELECT submission.state, submission.attempt, submission.attempt_open, submission.due_at, workflow.blocked_since
    FROM workflows_submissionrecord submission JOIN workflows_serviceworkflow workflow ON workflow.id = workflow_id
    WHERE reference_id = %(reference)s
"""


class Installation:
    """Commands, workers and the case system of one data folder."""

    def __init__(self, data: Path, port: int) -> None:
        self.data = data
        self.port = port
        self.workers: list[subprocess.Popen[bytes]] = []
        self.sample_parameters: dict[str, str] = {}

    def environment(self, **more: str) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("FORMCASE_")}
        return {**kept, "FORMCASE_DATA": str(self.data), "FORMCASE_PORT": str(self.port), **more}

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return run_command(arguments, self.environment(), 120)

    def json(self, *arguments: str) -> Any:
        done = self.run(*arguments, "--json")
        assert done.returncode in (0, 1), done.stderr
        return json.loads(done.stdout)

    def start_worker(self, **environment: str) -> subprocess.Popen[bytes]:
        log = (self.data / f"worker-{len(self.workers)}.log").open("wb")
        worker = subprocess.Popen(
            [sys.executable, "-m", "formcase", "worker", "--concurrency", "4"],
            env=self.environment(**environment),
            stdout=log,
            stderr=log,
        )
        self.workers.append(worker)
        return worker

    def end_workers(self) -> None:
        for worker in self.workers:
            if worker.poll() is None:
                worker.send_signal(signal.SIGTERM)
        for worker in self.workers:
            worker.wait(40)
        self.workers.clear()

    def submit(self, form: str, answers: Mapping[str, object], *attachments: str, version: int | None = None) -> str:
        """The reference ID of a submission of these answers. version: of the form, unless the usual one."""
        file = self.data / "answers.json"
        file.write_text(json.dumps(answers), encoding="utf-8")
        attach = [part for attachment in attachments for part in ("--attach", attachment)]
        # 3 is the flag permit's version that can be filed; its newest one names a case group that does not exist
        chosen = version or (3 if form == "800636" else None)
        of_version = ("--form-version", str(chosen)) if chosen else ()
        return self.json("submit", form, str(file), *attach, *of_version)["referenceId"]

    def submission(self, reference: str) -> Any:
        done = self.run("submission", "show", reference, "--json")
        return json.loads(done.stdout) if done.returncode == 0 else None

    def wait_for(self, reference: str, status: str, patience: float = PATIENCE) -> Any:
        """The submission once it has this status."""
        looked_at = seen = None

        def there() -> bool:
            nonlocal looked_at, seen
            journal = self._journal_of(reference)
            if journal != looked_at:
                looked_at, seen = journal, self.submission(reference)
            return seen is not None and seen["status"] == status

        wait_until(there, patience, lambda: f"{reference} is not {status}: {self.submission(reference)}")
        return seen

    def _journal_of(self, reference: str) -> tuple[object, ...] | None:
        """What changes when the submission does, without a command for each look. None where nobody says."""
        try:
            with psycopg.connect(
                host=str(reachable_socket_folder(self.data)), user=SUPERUSER, dbname="formcase"
            ) as own:
                return own.execute(_CHANGING, {"reference": reference}).fetchone()
        except psycopg.OperationalError:  # the database is away
            return None

    def token(self) -> str:
        secret = (self.data / "secrets" / "case-system-account").read_text()
        form = urllib.parse.urlencode(
            {"grant_type": "client_credentials", "client_id": "formcase", "client_secret": secret}
        ).encode()
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/case-system/oauth2/token", form) as answer:
            return json.load(answer)["access_token"]

    def odata(self, path: str, user: str | None = None) -> Any:
        """What the case system answers to the account, or to one of its users; its status where that is no 200."""
        headers = {"Authorization": f"Bearer {self.token()}", "Accept": "application/json"}
        if user is not None:
            headers["OnBehalfOf"] = f"User={user}"
        address = f"http://127.0.0.1:{self.port}/OData4/{urllib.parse.quote(path, safe='/?&=$(),:')}"
        try:
            with urllib.request.urlopen(urllib.request.Request(address, headers=headers)) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code

    def case(self, number: str) -> Any:
        found = self.odata(
            f"Files?$filter=FileNo eq '{number}'&$expand=Text,Note,Dates,Infos,Parties($expand=Name),FileRecords"
        )
        assert len(found["value"]) == 1, found
        return found["value"][0]

    def every(self, path: str) -> list[Any]:
        """All rows of a listing, page by page."""
        page = self.odata(path)
        rows = page["value"]
        while following := page.get("@odata.nextLink"):
            page = self.odata(urllib.parse.unquote(following.partition("/OData4/")[2]))
            rows += page["value"]
        return rows

    def reference_rows(self) -> list[Any]:
        """Every reference row that there is: its reference ID and its case."""
        return self.every("FileInfos?$filter=CustomLabel_Value eq 'INTERACT'&$expand=File($select=ID,FileNo)")

    def documents(self, number: str) -> list[Any]:
        """The documents of a case."""
        return self.every(f"Records?$filter=File/FileNo eq '{number}'&$expand=Document")

    def content(self, document: Any) -> bytes:
        """A document's bytes, as the case system hands them out."""
        address = f"http://127.0.0.1:{self.port}/OData4/Documents('{document['Document']['ID']}')/$value"
        request = urllib.request.Request(address, headers={"Authorization": f"Bearer {self.token()}"})
        with urllib.request.urlopen(request) as answer:
            return bytes(answer.read())

    def create_workflow(self, name: str, **values: str) -> None:
        """Another workflow, disabled: as the sample one but for these parameters."""
        if not self.sample_parameters:
            self.sample_parameters = self.json("workflow", "show", "Sample forms")["parameters"]
        parameters = {key: value for key, value in {**self.sample_parameters, **values}.items() if value}
        done = self.run("workflow", "create", name, "--set", *(f"{key}={value}" for key, value in parameters.items()))
        assert done.returncode == 0, done.stderr

    def check(self, name: str) -> dict[str, Any]:
        """What the checks of a workflow say, by the check's name."""
        (checked,) = self.json("check", name)["workflows"]
        return {line["check"]: line for line in checked["checks"]}

    def cases_of(self, reference: str) -> list[Any]:
        rows = self.odata(
            f"FileInfos?$filter=CustomLabel_Value eq 'INTERACT' and Info_Value eq '{reference}'&$expand=File"
        )
        return [row["File"] for row in rows["value"]]


def wait_until(condition: Callable[[], bool], patience: float, story: Callable[[], str]) -> None:
    deadline = time.monotonic() + patience
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(story())
        time.sleep(0.6)


def start_installation(data: Path, prepared: Path | None = None) -> tuple[Installation, subprocess.Popen[bytes]]:
    """Start both ends on a new data folder. prepared: one to begin with a copy of."""
    if prepared is None:
        data.mkdir(parents=True)
    else:
        subprocess.run(["cp", "-a", prepared, data], check=True)  # whoever owns a file goes on owning it
    installation = Installation(data, free_port(together=2))
    told = data / "demo.log"
    told_before = told.stat().st_size if told.exists() else 0
    with told.open("ab") as log:
        process = subprocess.Popen(
            [
                sys.executable, "-m", "formcase", "demo", "--no-samples", "--workers", "0",
                "--data", str(data), "--port", str(installation.port),
            ],
            env=installation.environment(),
            stdout=log,
            stderr=log,
        )  # fmt: skip

    def ready() -> bool:
        assert process.poll() is None, told.read_text()
        return b"keeps running" in told.read_bytes()[told_before:]

    try:
        wait_until(ready, START, told.read_text)
    except BaseException:  # nobody has it yet who would end it
        end_installation(process)
        raise
    return installation, process


def end_installation(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    process.wait(60)


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of an installation that has been started and ended, made once by whichever process is first.

    It has its tables, its authority and its sample data, which take most of a first start.
    """
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    folder = shared / "prepared"
    with (shared / "prepared.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            unfinished = Path(tempfile.mkdtemp(dir=shared)) / "data"
            _installation, process = start_installation(unfinished)
            end_installation(process)
            unfinished.rename(folder)
    return folder


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory, prepared: Path) -> Iterator[Installation]:
    """Both ends, sample data, an enabled workflow; no worker yet."""
    made, process = start_installation(tmp_path_factory.mktemp("formcase") / "data", prepared)
    try:
        yield made
    finally:
        made.end_workers()
        end_installation(process)


@pytest.fixture
def worker(installation: Installation) -> subprocess.Popen[bytes]:
    """A worker that is at work; the one of the test before goes on."""
    alive = [worker for worker in installation.workers if worker.poll() is None]
    return alive[0] if alive else installation.start_worker()
