"""One folder of PostgreSQL data: made, started, found running, stopped. Knows nothing of who uses it."""

import hashlib
import os
import shutil
import signal
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil

from formcase.site.embedded.account import Account, account_for, programs_for
from formcase.site.embedded.failure import EmbeddedDatabaseError

SUPERUSER = "postgres"
VERSION = "18"
SOCKET = ".s.PGSQL.5432"
_LONGEST_SOCKET_PATH = 100  # bytes; systems allow 104 to 108 with the ending zero
_HERE = "/proc/self/cwd"
_STOPPING = 60.0  # seconds

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "max_wal_size": "1GB",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "UTC",
    # The log must not hold what people wrote: no statements, no details of failed rows, no parameters.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length": "0",
    "log_checkpoints": "off",
}
FAST_SETTINGS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def cluster_folder(data_folder: Path) -> Path:
    """Where the server's data is."""
    return data_folder / "postgres"


def log_path(data_folder: Path) -> Path:
    """Where the server's log is."""
    return data_folder / "run" / "postgres.log"


def is_ready(data_folder: Path) -> bool:
    """Whether the server runs and answers."""
    folder = cluster_folder(data_folder)
    lines = _pid_file_lines(folder)
    return len(lines) >= 8 and lines[7].strip() == "ready" and running(data_folder) is not None


def running(data_folder: Path) -> psutil.Process | None:
    """The server process of this folder. What a crash or another machine left in `postmaster.pid` is not believed."""
    folder = cluster_folder(data_folder)
    lines = _pid_file_lines(folder)
    if not lines or not lines[0].strip().isdigit():
        return None
    try:
        process = psutil.Process(int(lines[0]))
        return process if process.name() == "postgres" and _works_in(process, folder) else None
    except psutil.NoSuchProcess:
        return None


def start(data_folder: Path, *, durable: bool, log: int) -> psutil.Process:
    """Start the server, made anew where there is none, and wait until it answers. Raises `EmbeddedDatabaseError`."""
    folder = cluster_folder(data_folder)
    account = account_for(folder)
    programs = programs_for(account)
    if not folder.exists():
        _make(folder, account, programs, log)
    _check_version(folder)
    _clear_after_a_crash(folder)
    settings = SETTINGS | ({} if durable else FAST_SETTINGS)
    settings["unix_socket_directories"] = _HERE if account.is_lent else str(reachable_socket_folder(data_folder))
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    data = _HERE if account.is_lent else str(folder)
    process = account.start([str(programs / "postgres"), "-D", data, *options], folder, log)
    while not is_ready(data_folder):
        if process.poll() is not None:
            raise EmbeddedDatabaseError(
                f"The embedded database did not start (it ended with {process.returncode}). Its log: "
                f"{log_path(data_folder)}"
            )
        time.sleep(0.02)
    return psutil.Process(process.pid)


def stop(server: psutil.Process) -> None:
    """Stop the server in good order, connections or not; waits for its end."""
    with suppress(psutil.NoSuchProcess):
        server.send_signal(signal.SIGINT)
        try:
            server.wait(_STOPPING)
        except psutil.TimeoutExpired:
            server.send_signal(signal.SIGQUIT)
            server.wait(_STOPPING)


def has_ended(server: psutil.Process) -> bool:
    """Whether the server is gone; takes note of its end where it is our child."""
    try:
        server.wait(0)
    except psutil.TimeoutExpired:
        return False
    except psutil.NoSuchProcess:
        return True
    return True


def reachable_socket_folder(data_folder: Path) -> Path:
    """A short way to the folder of the server's socket, because the system limits the length of a socket's path."""
    folder = cluster_folder(data_folder)
    if len(os.fsencode(folder / SOCKET)) <= _LONGEST_SOCKET_PATH:
        return folder
    own = Path(tempfile.gettempdir()) / f"formcase-{os.geteuid()}"
    own.mkdir(mode=0o700, exist_ok=True)
    found = own.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o077:
        raise EmbeddedDatabaseError(f"{own} must be a folder that is yours and closed to others (mode 0700).")
    link = own / hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
    with suppress(FileExistsError):
        link.symlink_to(folder)
    return link


def _make(folder: Path, account: Account, programs: Path, log: int) -> None:
    """Make the data folder. It gets its name when it is whole, so that a broken attempt is never taken for one."""
    unfinished = folder.with_name("postgres.unfinished")
    if unfinished.exists():
        shutil.rmtree(unfinished)
    unfinished.mkdir(mode=0o700)
    account.owns(unfinished)
    command = [
        str(programs / "initdb"),
        f"--pgdata={_HERE if account.is_lent else unfinished}",
        f"--username={SUPERUSER}",
        "--auth=trust",  # the socket's folder lets in its owner alone
        "--encoding=UTF8",
        "--locale=C",
        "--locale-provider=builtin",  # letters of all languages have their case, on every system alike
        "--builtin-locale=C.UTF-8",
    ]
    process = account.start(command, unfinished, log)
    if process.wait() != 0:
        raise EmbeddedDatabaseError(
            f"The embedded database could not be made in {folder.parent}. Its log: {log_path(folder.parent)}"
        )
    unfinished.rename(folder)


def _check_version(folder: Path) -> None:
    found = (folder / "PG_VERSION").read_text(encoding="ascii").strip()
    if found != VERSION:
        raise EmbeddedDatabaseError(
            f"The data in {folder} was written by PostgreSQL {found}; this Formcase brings {VERSION}. Dump it with the "
            "Formcase that wrote it and load it into a new data folder, as docs/operator/upgrade.md says."
        )


def _pid_file_lines(folder: Path) -> list[str]:
    try:
        return (folder / "postmaster.pid").read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []


def _works_in(process: psutil.Process, folder: Path) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE and os.path.realpath(process.cwd()) == os.path.realpath(folder)
    except (psutil.AccessDenied, psutil.NoSuchProcess):  # another account's process is none that we started
        return False


def _clear_after_a_crash(folder: Path) -> None:
    """Take away what names a server that is gone. PostgreSQL believes it as long as the number belongs to any process,
    as it does after a restart of a container, or to one that nobody has buried yet."""
    if not (folder / "postmaster.pid").exists():
        return
    deadline = time.monotonic() + _STOPPING
    while any(_works_in(process, folder) for process in _servers()):  # the orphans of a killed server end by themselves
        if time.monotonic() > deadline:
            raise EmbeddedDatabaseError(f"Processes of an earlier database server still work in {folder}.")
        time.sleep(0.02)
    for name in ("postmaster.pid", f"{SOCKET}.lock"):
        (folder / name).unlink(missing_ok=True)


def _servers() -> Iterator[psutil.Process]:
    return (process for process in psutil.process_iter(["name"]) if process.info["name"] == "postgres")
