"""The keys that seal what people wrote in forms: secrets that are set, else a file in the data folder.

The current key stands first, former ones after it; they stay because backups of the database were sealed with them.
"""

import os
import secrets as random
import tempfile
from pathlib import Path

from django.conf import settings

from formcase.site.configuration import configuration
from formcase.site.secrets import CONTENT_KEYS, secret


class KeysAreSet(Exception):
    """The keys are settings, so a new one is made and set by whoever sets them."""


def content_keys() -> tuple[str, ...]:
    """The keys as they are now, the current one first; the first one is made where there is none. A file is read
    anew each time."""
    here = configuration()
    if here.content_key is not None:
        former = here.former_content_keys.get_secret_value() if here.former_content_keys is not None else ""
        return (here.content_key.get_secret_value(), *former.split())
    return tuple(secret(Path(settings.DATA_FOLDER), CONTENT_KEYS).split())


def are_set() -> bool:
    """Whether the keys are settings."""
    return configuration().content_key is not None


def add_key() -> None:
    """Make a new current key in the data folder; the one before it becomes a former one. Raises `KeysAreSet`."""
    if are_set():
        raise KeysAreSet
    _write([random.token_urlsafe(48), *content_keys()])


def drop_key(text: str) -> None:
    """Take a former key away from the data folder. Raises `KeysAreSet`."""
    if are_set():
        raise KeysAreSet
    _write([key for key in content_keys() if key != text])


def _write(keys: list[str]) -> None:
    """Put the whole file in place of the one before, so that a reader sees the one or the other."""
    path = Path(settings.DATA_FOLDER) / "secrets" / CONTENT_KEYS
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # made with mode 0600
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write("".join(f"{key}\n" for key in keys))
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)  # before anything is sealed with the new key
    finally:
        os.close(folder)
