"""The lock files beside the embedded server. The system frees a lock when its holder ends, however it ends.

`start.lock`: one process at a time looks whether the server must be started. `use.lock`: held shared by every process
that uses the server. `keeper.lock`: held by the keeper for its whole life; its content is the keeper's process ID.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

START = "start.lock"
USE = "use.lock"
KEEPER = "keeper.lock"


def open_lock(data_folder: Path, name: str) -> int:
    """The lock file's descriptor; not handed on to child processes."""
    folder = data_folder / "run"
    folder.mkdir(mode=0o700, exist_ok=True)
    return os.open(folder / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


@contextmanager
def held(data_folder: Path, name: str) -> Iterator[None]:
    """Hold the lock alone; waits for it."""
    descriptor = open_lock(data_folder, name)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def tried(data_folder: Path, name: str) -> Iterator[bool]:
    """Hold the lock alone if it is free; yields whether it was."""
    descriptor = open_lock(data_folder, name)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(descriptor)


def is_free_to_share(descriptor: int) -> bool:
    """Whether nobody holds the lock alone; takes it shared if so."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def keeper_pid(data_folder: Path) -> int | None:
    """The keeper's process ID, None where no keeper lives."""
    with tried(data_folder, KEEPER) as nobody_keeps:
        if nobody_keeps:
            return None
    text = (data_folder / "run" / KEEPER).read_text(encoding="ascii").strip()
    return int(text) if text else None
