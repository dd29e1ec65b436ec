"""Secrets that an installation makes for itself and keeps in its data folder, readable by its owner only."""

import os
import secrets
import tempfile
from pathlib import Path

SECRET_KEY = "django-secret-key"  # noqa: S105 – a file's name
ACCOUNT_SECRET = "case-system-account"  # noqa: S105 – a file's name
SAMPLE_USERS_PASSWORD = "case-system-sample-users"  # noqa: S105 – a file's name
PERSON_INDEX_KEY = "person-index-key"
CONTENT_KEYS = "content-keys"


def secret(data_folder: Path, name: str) -> str:
    """The secret of this name, made where there is none yet. Safe when several processes ask at once."""
    path = data_folder / "secrets" / name
    if (known := known_secret(data_folder, name)) is not None:
        return known
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _write_once(path, secrets.token_urlsafe(48))
    return path.read_text(encoding="ascii")


def known_secret(data_folder: Path, name: str) -> str | None:
    """The secret of this name, None where none was made yet; makes nothing."""
    try:
        return (data_folder / "secrets" / name).read_text(encoding="ascii") or None
    except FileNotFoundError:
        return None


def _write_once(path: Path, value: str) -> None:
    """Put a whole file there, unless another process was faster. `link` refuses to replace what is there."""
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # made with mode 0600
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(value)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(temporary, path)
        except FileExistsError:
            return
    finally:
        os.unlink(temporary)
