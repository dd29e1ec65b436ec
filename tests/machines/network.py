"""Hosts of their own on one machine: Linux network namespaces with addresses of their own, and a switch between them.

Everything lies in namespaces, the switch too: nothing of it can be seen from, or reach, the machine's own network. A
host that is cut off hears nothing any more and is not heard, and nobody is told: no reset, no "unreachable".
"""

import ctypes
import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Self

_CLONE_NEWNET = 0x40000000
_NETWORK = "10.77.0"
_PROGRAMS = ("ip", "nsenter")


def why_not() -> str | None:
    """Why there can be no hosts here; None where there can."""
    if missing := [program for program in _PROGRAMS if shutil.which(program) is None]:
        return f"needs {' and '.join(missing)}: install iproute2 and util-linux"
    if os.geteuid() != 0:
        return "needs root, to make network namespaces: run it with sudo, or in a container that may"
    probe = f"formcase-probe-{os.getpid()}"
    made = subprocess.run(["ip", "netns", "add", probe], capture_output=True, text=True, check=False)
    if made.returncode != 0:
        return f"this machine refuses to make network namespaces: {made.stderr.strip()}"
    try:
        bridge = ["ip", "-n", probe, "link", "add", "switch", "type", "bridge"]
        made = subprocess.run(bridge, capture_output=True, text=True, check=False)
    finally:
        subprocess.run(["ip", "netns", "delete", probe], check=True)
    return f"this machine has no network bridges: {made.stderr.strip()}" if made.returncode else None


@dataclass(frozen=True, slots=True)
class Host:
    """One host. number: the end of its address."""

    name: str
    namespace: str
    number: int

    @property
    def address(self) -> str:
        """Its address, which the other hosts reach."""
        return f"{_NETWORK}.{self.number}"

    @property
    def hardware_address(self) -> str:
        """The address of its network card."""
        return f"02:77:00:00:00:{self.number:02x}"

    def start(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        output: IO[bytes],
        *,
        folder: Path | None = None,
        account: tuple[int, int] | None = None,
    ) -> subprocess.Popen[bytes]:
        """Start a program there. account: the ids of the user and the group that it runs as."""
        return subprocess.Popen(
            [*self._entering(account), *command], env=dict(environment), stdout=output, stderr=output, cwd=folder
        )

    def run(self, command: Sequence[str], environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
        """Run a program there to its end."""
        return subprocess.run(
            [*self._entering(None), *command],
            env=dict(environment),
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    def processor_seconds(self) -> float:
        """What everything that runs there has taken of the processor."""
        namespace = (Path("/run/netns") / self.namespace).stat().st_ino
        return sum(_seconds(process) for process in Path("/proc").iterdir() if _runs_in(process, namespace))

    def bytes_passed(self) -> int:
        """What its network card has sent and received."""
        shown = subprocess.run(
            ["ip", "-n", self.namespace, "-statistics", "-json", "link", "show", "eth0"],
            capture_output=True,
            check=True,
        )
        (card,) = json.loads(shown.stdout)
        return int(card["stats64"]["rx"]["bytes"]) + int(card["stats64"]["tx"]["bytes"])

    @contextmanager
    def inside(self) -> Iterator[None]:
        """What this thread does meanwhile it does from that host."""
        with Path("/proc/thread-self/ns/net").open("rb") as before:
            _enter(Path("/run/netns") / self.namespace)
            try:
                yield
            finally:
                _set_namespace(before.fileno())

    def _entering(self, account: tuple[int, int] | None) -> list[str]:
        as_whom = [] if account is None else [f"--setuid={account[0]}", f"--setgid={account[1]}"]
        return ["nsenter", f"--net=/run/netns/{self.namespace}", *as_whom]


class Network:
    """So many hosts and the switch between them, gone at the end, whatever happens."""

    _networks = 0

    def __init__(self, *names: str) -> None:
        Network._networks += 1
        self._prefix = f"formcase-{os.getpid()}-{Network._networks}"
        self._switch = f"{self._prefix}-switch"
        self.hosts = {name: Host(name, f"{self._prefix}-{name}", number) for number, name in enumerate(names, 11)}

    def __enter__(self) -> Self:
        try:
            self._build()
        except BaseException:
            self._remove()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._remove()

    def __getitem__(self, name: str) -> Host:
        return self.hosts[name]

    def cut(self, host: Host) -> None:
        """From now on the switch passes nothing from it or to it."""
        _ip("-n", self._switch, "link", "set", _port(host), "nomaster")

    def join(self, host: Host) -> None:
        """It is part of the network again."""
        _ip("-n", self._switch, "link", "set", _port(host), "master", "switch")

    def _build(self) -> None:
        _ip("netns", "add", self._switch)
        _ip("-n", self._switch, "link", "add", "switch", "type", "bridge")
        _ip("-n", self._switch, "link", "set", "switch", "up")
        for host in self.hosts.values():
            self._connect(host)
        for host in self.hosts.values():
            self._tell_of_the_others(host)

    def _connect(self, host: Host) -> None:
        _ip("netns", "add", host.namespace)
        card = ("name", "eth0", "netns", host.namespace, "address", host.hardware_address)
        _ip("-n", self._switch, "link", "add", _port(host), "type", "veth", "peer", *card)
        _ip("-n", self._switch, "link", "set", _port(host), "master", "switch", "up")
        _ip("-n", host.namespace, "address", "add", f"{host.address}/24", "dev", "eth0")
        _ip("-n", host.namespace, "link", "set", "lo", "up")
        _ip("-n", host.namespace, "link", "set", "eth0", "up")

    def _tell_of_the_others(self, host: Host) -> None:
        """For good, because a host that looked for another one in vain would be told that it is unreachable."""
        for other in self.hosts.values():
            if other is not host:
                card = ("lladdr", other.hardware_address, "dev", "eth0", "nud", "permanent")
                _ip("-n", host.namespace, "neighbour", "replace", other.address, *card)

    def _remove(self) -> None:
        for namespace in (*(host.namespace for host in self.hosts.values()), self._switch):
            if (Path("/run/netns") / namespace).exists():
                subprocess.run(["ip", "netns", "delete", namespace], check=False)


def _runs_in(process: Path, namespace: int) -> bool:
    try:
        return process.name.isdecimal() and (process / "ns" / "net").stat().st_ino == namespace
    except OSError:  # it has ended
        return False


def _seconds(process: Path) -> float:
    """Its own and those of its children that have ended."""
    try:
        values = (process / "stat").read_text(encoding="utf-8", errors="replace").rpartition(") ")[2].split()
    except OSError:
        return 0
    return sum(map(int, values[11:15])) / os.sysconf("SC_CLK_TCK")


def _port(host: Host) -> str:
    """The name of the switch's port that a host hangs on."""
    return f"to-{host.name}"


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True, capture_output=True)


def _enter(namespace: Path) -> None:
    with namespace.open("rb") as there:
        _set_namespace(there.fileno())


def _set_namespace(descriptor: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.setns(descriptor, _CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns")
