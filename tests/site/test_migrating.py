"""Migrations and those who work meanwhile."""

import re
import threading
import time

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from procrastinate.contrib.django.utils import connector_params

from formcase.site import migrating
from workflows.bench import transactional_db

__all__ = ["transactional_db"]

FIRST_RELEASE = {"accounts": 1, "audit": 2, "casesystem": 2, "formservice": 3, "workflows": 11}
"""The last migration of each part that is in the first release, which makes the tables; until then, raise it."""

LOCKING = {
    r"CREATE (UNIQUE )?INDEX (?!CONCURRENTLY)": "an index is made concurrently: AddIndexConcurrently",
    r"ALTER COLUMN \S+ TYPE": "a column whose type changes is written anew: add another one, fill it, then switch",
    r"SET NOT NULL": "first a check constraint NOT VALID, validated in a migration of its own",
    r"ADD CONSTRAINT(?!.*NOT VALID)": "a constraint is added NOT VALID, and validated in a migration of its own",
}


def locking(statements: str) -> list[str]:
    """What of these would hold a big table for long, and what to do instead."""
    made = set(re.findall(r'CREATE TABLE "?(\w+)', statements))
    found = []
    for line in statements.splitlines():
        if not any(f'"{table}"' in line for table in made):  # nobody waits for a table that is only made now
            found += [f"{remedy}: {line}" for pattern, remedy in LOCKING.items() if re.search(pattern, line)]
    return found


def test_what_locks_a_big_table_for_long_is_recognised():
    assert len(locking('CREATE INDEX "a" ON "big" ("b");')) == 1
    assert len(locking('ALTER TABLE "big" ALTER COLUMN "b" TYPE bigint;')) == 1
    assert locking('CREATE TABLE "new" ("b" int);\nCREATE INDEX "a" ON "new" ("b");') == []
    assert locking('CREATE INDEX CONCURRENTLY "a" ON "big" ("b");') == []
    assert locking('ALTER TABLE "big" ADD COLUMN "b" int NULL;') == []


@pytest.mark.django_db
def test_no_migration_after_the_first_release_locks_a_big_table_for_long(capsys):
    for app, name in MigrationLoader(connection).disk_migrations:
        if int(name[:4]) > FIRST_RELEASE.get(app, 0) and app in FIRST_RELEASE:
            call_command("sqlmigrate", app, name)
            assert locking(capsys.readouterr().out) == [], f"{app}.{name}"


def test_a_migration_lets_those_go_on_who_work_and_tries_again(transactional_db, monkeypatch):
    monkeypatch.setattr(migrating, "LOCK_TIMEOUT", 0.3)
    monkeypatch.setattr(migrating, "PAUSE", 0.2)
    attempts = []

    def migrate(*_: object, **__: object) -> None:
        attempts.append(time.monotonic())
        with connection.cursor() as cursor:
            cursor.execute('ALTER TABLE "workflows_claim" ADD COLUMN "of_a_test" int NULL')

    monkeypatch.setattr(migrating, "call_command", migrate)
    with psycopg.connect(**connector_params()) as working:  # a long query, as of a report
        working.execute("select count(*) from workflows_claim")
        ended = threading.Timer(1.2, working.rollback)
        ended.start()
        try:
            migrating._migrate()
        finally:
            ended.join()
    assert len(attempts) >= 2
    with connection.cursor() as cursor:
        cursor.execute('ALTER TABLE "workflows_claim" DROP COLUMN "of_a_test"')
        cursor.execute("show lock_timeout")
        assert cursor.fetchone() == ("0",)


def test_another_fault_of_a_migration_is_not_tried_again(transactional_db, monkeypatch):
    attempts = []

    def migrate(*_: object, **__: object) -> None:
        attempts.append(1)
        with connection.cursor() as cursor:
            cursor.execute('ALTER TABLE "there is none" ADD COLUMN "a" int NULL')

    monkeypatch.setattr(migrating, "call_command", migrate)
    with pytest.raises(Exception, match="there is none"):
        migrating._migrate()
    assert len(attempts) == 1
