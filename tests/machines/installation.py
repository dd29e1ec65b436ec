"""An installation on eight hosts: PostgreSQL on one and its replica on another, web on one, workers on three, the form
service and the case system on others. Each host has a data folder of its own; nothing but the network is shared."""

import json
import secrets
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from integration.conftest import Installation, wait_until
from integration.form_service_desk import Desk
from machines.certificates import server_certificate
from machines.network import Host, Network
from machines.postgres import Server, address

TESTS = Path(__file__).parents[1]
HOSTS = ("db1", "db2", "web", "worker1", "worker2", "worker3", "forms", "cases")
WORKERS = HOSTS[3:6]
WORKFLOW = "Town hall"
END_PORT, FRONT_PORT, WEB_PORT = 8000, 8443, 8000
CONCURRENCY = 4
START = 300  # seconds


@dataclass(slots=True)
class End:
    """A host on which one of the built-in ends runs, as an installation by itself, whose other end nobody uses."""

    host: Host
    installation: Installation
    process: subprocess.Popen[bytes]

    def wait_until_it_runs(self) -> None:
        """Wait until it serves, set up with the sample data."""
        log = self.installation.data / "demo.log"
        wait_until(lambda: _runs(self.process, log) and "keeps running" in log.read_text(), START, log.read_text)


@dataclass(slots=True)
class Worker:
    """A worker on its host."""

    host: Host
    log: Path
    process: subprocess.Popen[bytes]

    def events(self) -> list[Any]:
        """What it has logged."""
        lines = self.log.read_text(encoding="utf-8").splitlines()
        return [json.loads(line) for line in lines if line.startswith("{")]

    def times(self, event: str) -> int:
        """How many times it has logged this."""
        return sum(found["event"] == event for found in self.events())

    def end(self) -> None:
        """Ask it to end, and wait until it has."""
        _end(self.process)


class ManyMachines(Installation):
    """What is asked of the installation is asked on its web host, and of the case system on the case system's."""

    def __init__(self, network: Network, folder: Path, forms: End, cases: End, database: str) -> None:
        super().__init__(cases.installation.data, END_PORT)
        self.network = network
        self.forms = forms
        self.cases = cases
        self._folder = folder
        self._shared = {
            "FORMCASE_DATABASE_URL": database,
            "FORMCASE_SECRET_KEY": secrets.token_urlsafe(48),
            "FORMCASE_PERSON_INDEX_KEY": secrets.token_urlsafe(48),
            "FORMCASE_CONTENT_KEY": secrets.token_urlsafe(48),
            "FORMCASE_LOG_FORMAT": "json",
            **self._ends(),
        }

    def on(self, host: Host, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run a command on a host."""
        return host.run([sys.executable, "-m", "formcase", *arguments], self.of_host(host, **environment))

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self.on(self.network["web"], *arguments)

    def odata(self, path: str, user: str | None = None) -> Any:
        with self.cases.host.inside():
            return super().odata(path, user)

    def of_host(self, host: Host, **more: str) -> dict[str, str]:
        """The environment of what runs on a host."""
        own = {
            "FORMCASE_DATA": str(self._folder / host.name),
            "FORMCASE_HOST": host.address,
            "FORMCASE_PORT": str(WEB_PORT),
            "FORMCASE_ALLOWED_HOSTS": f"{host.address},localhost",
            **self._shared,
            **more,
        }
        kept = {name: value for name, value in self.environment().items() if not name.startswith("FORMCASE_")}
        return kept | {name: value for name, value in own.items() if value}

    def import_certificate(self, host: Host) -> str:
        """Give a host the client certificate; its thumbprint."""
        (file,) = (self.forms.installation.data / "certificates").glob("*.pem")
        done = self.on(host, "certificate", "import", str(file), "--json")
        assert done.returncode == 0, done.stderr
        return str(json.loads(done.stdout)["sha1"])

    def set_up(self) -> None:
        """What an administrator does once: tables, certificates, the service workflow."""
        assert self.run("migrate").returncode == 0
        for name in ("web", *WORKERS):
            thumbprint = self.import_certificate(self.network[name])
        values = {
            "Url": f"https://{self.forms.host.address}:{END_PORT + 1}/interact",
            "ClientId": "formcase-demo",
            "CertificateThumbprint": thumbprint,
            "ExecutingUser": "SBH",
            "error_case_group": "00.01",
        }
        pairs = [f"{name}={value}" for name, value in values.items()]
        for command in (("create", WORKFLOW, "--type", "interact", "--set", *pairs), ("enable", WORKFLOW)):
            done = self.run("workflow", *command)
            assert done.returncode == 0, (done.stdout, done.stderr)

    @contextmanager
    def serving(self) -> Iterator[Host]:
        """The web host serves meanwhile."""
        host = self.network["web"]
        log = self._folder / "web.log"
        with log.open("ab") as output:
            process = host.start([sys.executable, "-m", "formcase", "serve", "web"], self.of_host(host), output)
        try:
            wait_until(lambda: _runs(process, log) and "Start page" in log.read_text(), START, log.read_text)
            yield host
        finally:
            _end(process)

    def worker(self, name: str, **environment: str) -> Worker:
        """Start a worker on a host; it is ended with all others."""
        host = self.network[name]
        log = self._folder / f"{name}-{len(self.workers)}.log"
        with log.open("ab") as output:
            command = [sys.executable, "-m", "formcase", "worker", "--concurrency", str(CONCURRENCY)]
            process = host.start(command, self.of_host(host, **environment), output)
        self.workers.append(process)
        return Worker(host, log, process)

    def _ends(self) -> dict[str, str]:
        """How both ends are reached from other hosts."""
        root = f"https://{self.cases.host.address}:{FRONT_PORT}"
        return {
            "FORMCASE_CASE_SYSTEM_URL": f"{root}/OData4/",
            "FORMCASE_CASE_SYSTEM_AUTH": "oauth2",
            "FORMCASE_CASE_SYSTEM_TOKEN_URL": f"{root}/case-system/oauth2/token",
            "FORMCASE_CASE_SYSTEM_CLIENT_ID": "formcase",
            "FORMCASE_CASE_SYSTEM_CLIENT_SECRET": (self.data / "secrets" / "case-system-account").read_text(),
            "FORMCASE_CASE_SYSTEM_CA_FILE": str(self._folder / "authority.pem"),
            "FORMCASE_INTERACT_NETWORKS": "10.77.0.0/24",
            "FORMCASE_INTERACT_CA_FILE": str(self.forms.installation.data / "authority" / "authority.pem"),
        }


@dataclass(slots=True)
class Site:
    """Everything that a test may touch."""

    network: Network
    installation: ManyMachines
    desk: Desk
    folder: Path
    servers: dict[str, Server] = field(default_factory=dict)

    def follow_anew(self) -> tuple[Server, Server]:
        """The server that is written to, and a new replica of it on the other host, for which no commit waits."""
        (writing,) = [server for server in self.servers.values() if server.is_written_to()]
        ((name, other),) = [(name, server) for name, server in self.servers.items() if server is not writing]
        other.stop()
        writing.wait_for_replicas(wait=False)
        self.servers[name] = writing.replica(other.host, self.folder / f"{name}-anew")
        wait_until(writing.is_followed, 60, lambda: "no replica")
        return writing, self.servers[name]


@contextmanager
def site(folder: Path) -> Iterator[Site]:
    """The whole site, set up, with the database's replica in step; no worker yet. Gone at the end, whatever happens."""
    folder.chmod(0o755)
    with ExitStack() as stack:
        network = stack.enter_context(Network(*HOSTS))
        servers: dict[str, Server] = {}
        stack.callback(lambda: [server.stop() for server in servers.values()])
        servers["db1"] = Server.new(network["db1"], folder / "db1")
        servers["db2"] = servers["db1"].replica(network["db2"], folder / "db2")
        wait_until(servers["db1"].is_followed, 30, lambda: "no replica")
        servers["db1"].wait_for_replicas()
        forms, cases = (stack.enter_context(_end_at(network[name], folder)) for name in ("forms", "cases"))
        for end in (forms, cases):
            end.wait_until_it_runs()
        stack.enter_context(_front(cases, folder))
        database = address(servers["db1"], servers["db2"])
        made = ManyMachines(network, folder, forms, cases, database)
        stack.callback(made.end_workers)
        made.set_up()
        desk = Desk(forms.installation.environment())
        stack.callback(desk.close)
        yield Site(network, made, desk, folder, servers)


@contextmanager
def _end_at(host: Host, folder: Path) -> Iterator[End]:
    """One of the built-in ends, on its host."""
    data = folder / host.name
    data.mkdir()
    installation = Installation(data, END_PORT)
    own = {
        "FORMCASE_HOST": host.address if host.name == "forms" else "127.0.0.1",
        "FORMCASE_ALLOWED_HOSTS": f"{host.address},localhost,127.0.0.1",
        "FORMCASE_FORM_SERVICE_HOST_NAMES": host.address,
        "FORMCASE_BEHIND_HTTPS_PROXY": "true",
    }
    command = ["demo", "--no-samples", "--workers", "0", "--data", str(data), "--port", str(END_PORT)]
    log = data / "demo.log"
    with log.open("wb") as output:
        process = host.start([sys.executable, "-m", "formcase", *command], installation.environment(**own), output)
    try:
        yield End(host, installation, process)
    finally:
        _end(process)


@contextmanager
def _front(end: End, folder: Path) -> Iterator[None]:
    """TLS in front of the case system."""
    certificate, key = server_certificate(end.host.address, folder)
    command = [sys.executable, "-m", "machines.https_front", end.host.address, str(FRONT_PORT)]
    environment = {**end.installation.environment(), "PYTHONPATH": str(TESTS)}
    with (folder / "front.log").open("wb") as output:
        process = end.host.start([*command, str(certificate), str(key), str(END_PORT)], environment, output)
    try:
        yield
    finally:
        _end(process)


def _runs(process: subprocess.Popen[bytes], log: Path) -> bool:
    assert process.poll() is None, log.read_text()
    return True


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(10)
