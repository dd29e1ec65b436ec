"""What a command needs around it: the settings that its options choose, the database, Django, quiet logs."""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from formcase.site.configuration import Configuration, read_again
from formcase.site.preparing import Migrations
from formcase.site.preparing import prepared as prepared_process

__all__ = ["Migrations", "choosing", "prepared"]


@contextmanager
def prepared(migrations: Migrations = Migrations.DEMAND, *, quiet: bool = True) -> Iterator[Configuration]:
    """Everything is ready: settings checked, database there, Django set up. quiet: warnings alone are logged.

    What can go wrong here is turned into an exit code by `formcase.cli.main`.
    """
    with prepared_process(migrations) as settings:
        root = logging.getLogger()
        level = root.level
        if quiet and "log_level" not in settings.model_fields_set:
            root.setLevel(logging.WARNING)
        try:
            yield settings
        finally:
            root.setLevel(level)


@contextmanager
def choosing(*, data: Path | None = None, host: str | None = None, port: int | None = None) -> Iterator[Configuration]:
    """Let a command's options win over the settings, for this process and those that it starts."""
    chosen = {"FORMCASE_DATA": data, "FORMCASE_HOST": host, "FORMCASE_PORT": port}
    former = {name: os.environ.get(name) for name in chosen}
    os.environ.update({name: str(value) for name, value in chosen.items() if value is not None})
    try:
        yield read_again()
    finally:
        for name, value in former.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        read_again()
