"""Bringing the database's tables to this version's state, by one process at a time."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from io import StringIO
from pkgutil import iter_modules

import structlog
from django.apps import apps
from django.core.management import call_command
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils.module_loading import module_has_submodule
from psycopg.errors import LockNotAvailable

LOCK_TIMEOUT = 3.0  # seconds that a migration may wait for a table, because all others wait behind it
PAUSE = 2.0  # seconds in which those others go on before the next try
TRIES = 60

log = structlog.get_logger()

_LOCK = 0x666F726D63617365  # "formcase", as the number that names our advisory lock


def missing_migrations() -> tuple[str, ...]:
    """The migrations that the database does not have yet, in order."""
    if _names() <= set(MigrationRecorder(connection).applied_migrations()):
        return ()
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return tuple(f"{migration.app_label}.{migration.name}" for migration, _backwards in plan)


def _names() -> set[tuple[str, str]]:
    """This version's migrations: app and name. Taken from the names of their modules, because to load them all takes
    longer than most commands do."""
    return {
        (app.label, module.name)
        for app in apps.get_app_configs()
        if (package := MigrationLoader.migrations_module(app.label)[0])
        and module_has_submodule(app.module, "migrations")
        for module in iter_modules(import_module(package).__path__)
        if module.name[0] not in "_~"
    }


def apply_migrations() -> tuple[str, ...]:
    """Apply what is missing and tell what it was. Processes that start together wait for one another."""
    if not missing_migrations():
        return ()
    with _alone():
        missing = missing_migrations()
        if missing:
            _migrate()
        return missing


def _migrate() -> None:
    """Apply what is missing, each migration in a transaction of its own; one that can't have its table soon lets go and
    tries again, so that nobody who works meanwhile waits longer than that."""
    for remaining in reversed(range(TRIES)):
        try:
            with _lock_timeout():
                call_command("migrate", interactive=False, verbosity=0, stdout=StringIO())
        except OperationalError as error:
            if not remaining or not isinstance(error.__cause__, LockNotAvailable):
                raise
            log.info("a table is in use: the migration waits", seconds=PAUSE)
            time.sleep(PAUSE)
        else:
            return


@contextmanager
def _lock_timeout() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, false)", (f"{round(LOCK_TIMEOUT * 1000)}ms",))
    try:
        yield
    finally:
        if connection.is_usable():
            with connection.cursor() as cursor:
                cursor.execute("RESET lock_timeout")


@contextmanager
def _alone() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", (_LOCK,))
    try:
        yield
    except BaseException:
        connection.close()  # which gives the lock back, whatever state the connection is in
        raise
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock(%s)", (_LOCK,))
