"""The use of the embedded database: joining the server that runs or having one started, and letting go of it."""

import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

import psycopg
from psycopg import sql

from formcase.site.embedded import cluster, locks
from formcase.site.embedded.failure import EmbeddedDatabaseError

_PATIENCE = 60.0  # seconds for a server that another process is starting or stopping


class EmbeddedDatabase:
    """A use of the server of one data folder; the server is there until the last use, of any process, has ended."""

    def __init__(self, data_folder: Path, *, durable: bool = True, database: str = "formcase") -> None:
        """Start the server, or join the one that runs. durable: whether a commit survives a power cut.

        Raises `EmbeddedDatabaseError`.
        """
        self._folder = data_folder.resolve()
        self._use = _open_use(self._folder)
        self._keeper: subprocess.Popen[bytes] | None = None  # where it was started here
        try:
            with locks.held(self._folder, locks.START):
                fcntl.flock(self._use, fcntl.LOCK_SH)  # waits while a server is being stopped
                self._keeper = _ensure_kept(self._folder, durable=durable)
            self._socket_folder = cluster.reachable_socket_folder(self._folder)
            self._make_database(database)
        except BaseException:
            os.close(self._use)
            raise
        self.url = self.url_of(database)

    def url_of(self, database: str) -> str:
        """The address of a database of this server."""
        host = quote(str(self._socket_folder), safe="")
        return f"postgresql://{cluster.SUPERUSER}@/{quote(database, safe='')}?host={host}"

    def close(self) -> None:
        """End this use. Where it was the last one the server is stopped before this returns."""
        if self._use < 0:
            return
        with suppress(BlockingIOError):
            fcntl.flock(self._use, fcntl.LOCK_EX | fcntl.LOCK_NB)  # refused where others use the server
            _ask_keeper_to_stop(self._folder)
        if not locks.is_free_to_share(self._use):  # the keeper was faster and is stopping the server
            _await_keepers_end(self._folder)
        os.close(self._use)
        self._use = -1
        if self._keeper is not None:
            _let_go(self._keeper, self._folder)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _make_database(self, name: str) -> None:
        try:
            with psycopg.connect(self.url_of("postgres"), autocommit=True) as connection:
                known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone()
                if known is None:
                    with suppress(psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
                        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        except psycopg.Error as error:
            raise EmbeddedDatabaseError(f"The embedded database in {self._folder} refuses us: {error}") from None


def _open_use(folder: Path) -> int:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return locks.open_lock(folder, locks.USE)
    except OSError as error:
        raise EmbeddedDatabaseError(f"The data folder {folder} can't be used: {error.strerror}.") from None


def _ensure_kept(folder: Path, *, durable: bool) -> subprocess.Popen[bytes] | None:
    """See to it that a keeper lives and the server answers. Called by one process at a time."""
    deadline = time.monotonic() + _PATIENCE
    while True:
        with locks.tried(folder, locks.KEEPER) as nobody_keeps:
            pass
        if nobody_keeps:
            return _start_keeper(folder, durable=durable)
        if cluster.is_ready(folder):
            return None
        if time.monotonic() > deadline:
            raise EmbeddedDatabaseError(
                f"The embedded database in {folder} is being started or stopped by another process for too long."
            )
        time.sleep(0.05)


def _start_keeper(folder: Path, *, durable: bool) -> subprocess.Popen[bytes]:
    """Start the process that runs the server, and wait until it says how that went."""
    command = [sys.executable, "-m", "formcase.site.embedded.keeper", str(folder), *([] if durable else ["--fast"])]
    with _log_file(folder) as log:
        keeper = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, start_new_session=True
        )
    assert keeper.stdout is not None
    with keeper.stdout as answers:
        answer = answers.readline()
    if not answer:
        keeper.wait()
        raise EmbeddedDatabaseError(f"The embedded database did not start. Its log: {cluster.log_path(folder)}")
    if failure := json.loads(answer)["failure"]:
        keeper.wait()
        raise EmbeddedDatabaseError(failure)
    return keeper


def _let_go(keeper: subprocess.Popen[bytes], folder: Path) -> None:
    """Bury the keeper where it has ended; where others still use the server it lives on without us."""
    if locks.keeper_pid(folder) == keeper.pid:
        keeper.returncode = 0  # nobody waits for it here any more
    else:
        keeper.wait(_PATIENCE)


@contextmanager
def _log_file(folder: Path) -> Iterator[int]:
    path = cluster.log_path(folder)
    if path.exists() and path.stat().st_size > 10_000_000:
        path.replace(path.with_suffix(".log.1"))
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _ask_keeper_to_stop(folder: Path) -> None:
    """Called while nobody can begin a use. A keeper that was killed can't be asked: then the server is stopped here."""
    pid = locks.keeper_pid(folder)
    if pid is None:
        if server := cluster.running(folder):
            cluster.stop(server)
        return
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)
    _await_keepers_end(folder)


def _await_keepers_end(folder: Path) -> None:
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        with locks.tried(folder, locks.KEEPER) as gone:
            if gone:
                return
        time.sleep(0.01)
