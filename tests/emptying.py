"""Empty the test database after a test that committed, at the cost of what it wrote.

Django's own `flush` truncates all tables, however few hold a row, and then makes content types and permissions anew:
that took longer than most of the tests.
"""

from django.core.management import call_command
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

KEPT = frozenset({"auth_permission", "django_content_type"})  # made by migrations, changed by no test
AUDIT = "audit_auditentry"  # it refuses every DELETE, and here alone lets itself be truncated


def empty(alias: str) -> None:
    """Leave no row in any table of a model; numbers go on from where they were."""
    connection = connections[alias]
    if not _may_pass_over_triggers(connection):
        call_command("flush", verbosity=0, interactive=False, database=alias, reset_sequences=False)
        return
    tables = set(connection.introspection.django_table_names(only_existing=True, include_views=False)) - KEPT
    with connection.cursor() as cursor:
        cursor.execute("select tablename from pg_tables where tablename like 'procrastinate%'")
        tables.update(table for (table,) in cursor.fetchall())  # which Django doesn't make, and so wouldn't empty
        probes = (f"(select '{table}' where exists (select from \"{table}\"))" for table in sorted(tables))
        cursor.execute(" union all ".join(probes))
        written = [table for (table,) in cursor.fetchall()]
        if not written:
            return
        emptying = "; ".join(f'truncate "{table}"' if table == AUDIT else f'delete from "{table}"' for table in written)
        # Foreign keys are checked by triggers, which a replica passes over.
        cursor.execute(f"begin; set local session_replication_role = replica; {emptying}; commit")


def _may_pass_over_triggers(connection: BaseDatabaseWrapper) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("select rolsuper from pg_roles where rolname = current_user")
        (superuser,) = cursor.fetchone()
    return bool(superuser)
