"""Bringing the database's tables to this version's state, by one process at a time."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO

from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

_LOCK = 0x666F726D63617365  # "formcase", as the number that names our advisory lock


def missing_migrations() -> tuple[str, ...]:
    """The migrations that the database does not have yet, in order."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return tuple(f"{migration.app_label}.{migration.name}" for migration, _backwards in plan)


def apply_migrations() -> tuple[str, ...]:
    """Apply what is missing and tell what it was. Processes that start together wait for one another."""
    if not missing_migrations():
        return ()
    with _alone():
        missing = missing_migrations()
        if missing:
            call_command("migrate", interactive=False, verbosity=0, stdout=StringIO())
        return missing


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
