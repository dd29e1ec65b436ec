"""Migrations and those who work meanwhile."""

import re
import threading
import time

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from procrastinate.contrib.django.utils import connector_params

from formcase.site import migrating
from workflows.bench import transactional_db

__all__ = ["transactional_db"]

FIRST_RELEASE = {"accounts": 1, "audit": 2, "casesystem": 5, "formservice": 5, "workflows": 13}
"""The last migration of each part that is in the first release, which makes the tables; until then, raise it."""

LOCKING = {
    r"CREATE (UNIQUE )?INDEX (?!CONCURRENTLY)": "an index is made concurrently: AddIndexConcurrently",
    r"ALTER COLUMN \S+ TYPE": "a column whose type changes is written anew: add another one, fill it, then switch",
    r"SET NOT NULL": "first a check constraint NOT VALID, validated in a migration of its own",
    r"ADD CONSTRAINT(?!.*NOT VALID)": "a constraint is added NOT VALID, and validated in a migration of its own",
}

BREAKING = {
    r"DROP COLUMN|DROP TABLE": "the version before reads it: name it in TAKEN_AWAY once no supported version does",
    r"RENAME (TO|COLUMN)": "the version before knows the old name: add another, write both, then take the old one away",
    r"ADD COLUMN(?!.*DEFAULT).*NOT NULL": "the version before writes rows without it: db_default, or let it be null",
    r"ALTER COLUMN \S+ DROP DEFAULT": "the version before writes rows without it: db_default, which the database keeps",
}
TAKEN_AWAY: dict[str, str] = {}
"""What a migration takes away, by its name: why no version that may still be at work reads or writes it."""


def locking(statements: str) -> list[str]:
    """What of these would hold a big table for long, and what to do instead."""
    return _found(statements, LOCKING)


def breaking(statements: str) -> list[str]:
    """What of these the version before can't live with while it works on, and what to do instead."""
    return _found(statements, BREAKING)


def _found(statements: str, remedies: dict[str, str]) -> list[str]:
    made = set(re.findall(r'CREATE TABLE "?(\w+)', statements, re.IGNORECASE))
    found = []
    for line in statements.splitlines():
        if not made & set(re.findall(r"\w+", line)):  # nobody uses a table that is only made now
            found += [f"{how}: {line}" for pattern, how in remedies.items() if re.search(pattern, line, re.IGNORECASE)]
    return found


def test_what_locks_a_big_table_for_long_is_recognised():
    assert len(locking('CREATE INDEX "a" ON "big" ("b");')) == 1
    assert len(locking("create index a on big (b);")) == 1, "as people write it"
    assert len(locking('ALTER TABLE "big" ALTER COLUMN "b" TYPE bigint;')) == 1
    assert locking('CREATE TABLE "new" ("b" int);\nCREATE INDEX "a" ON "new" ("b");') == []
    assert locking('CREATE INDEX CONCURRENTLY "a" ON "big" ("b");') == []
    assert locking('ALTER TABLE "big" ADD COLUMN "b" int NULL;') == []


def test_what_the_version_before_cannot_live_with_is_recognised():
    assert len(breaking('ALTER TABLE "big" DROP COLUMN "b" CASCADE;')) == 1
    assert len(breaking('ALTER TABLE "big" RENAME COLUMN "b" TO "c";')) == 1
    assert len(breaking('ALTER TABLE "big" ADD COLUMN "b" int NOT NULL;')) == 1
    added = 'ALTER TABLE "big" ADD COLUMN "b" int DEFAULT 0 NOT NULL;'
    assert breaking(added) == []
    assert len(breaking(f'{added}\nALTER TABLE "big" ALTER COLUMN "b" DROP DEFAULT;')) == 1, "as Django does by itself"
    assert breaking('ALTER TABLE "big" ADD COLUMN "b" int NULL;') == []
    assert breaking('CREATE TABLE "new" ("b" int NOT NULL);') == []


@pytest.mark.django_db
def test_no_migration_after_the_first_release_locks_a_big_table_for_long_or_breaks_the_version_before(capsys):
    for app, name in MigrationLoader(connection).disk_migrations:
        if int(name[:4]) > FIRST_RELEASE.get(app, 0) and app in FIRST_RELEASE:
            call_command("sqlmigrate", app, name)
            statements = capsys.readouterr().out
            assert locking(statements) == [], f"{app}.{name}"
            assert f"{app}.{name}" in TAKEN_AWAY or breaking(statements) == [], f"{app}.{name}"


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


def test_where_nothing_is_missing_no_migration_is_loaded(db, monkeypatch):
    def load(*_arguments: object) -> None:
        raise AssertionError("migrations were loaded, which every command would wait for")

    monkeypatch.setattr(MigrationLoader, "build_graph", load)
    assert migrating.missing_migrations() == ()


def test_a_migration_that_the_database_does_not_have_is_named(db):
    last = MigrationRecorder.Migration.objects.filter(app="workflows").latest("name")
    last.delete()
    assert migrating.missing_migrations() == (f"workflows.{last.name}",)
