"""Getting a process ready: settings checked, the database there, Django set up, the schema as this version needs it.

Every command and every server process begins here. It serves nothing and files nothing.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum

from formcase.site.configuration import Configuration, ConfigurationError, configuration, read_again
from formcase.site.secrets import ACCOUNT_SECRET, CONTENT_KEYS, PERSON_INDEX_KEY, SECRET_KEY, secret

DATABASE_URL = "FORMCASE_DATABASE_URL"


class OutOfReach(Exception):
    """Something that Formcase needs doesn't answer; the text says what and where."""


class NotMigrated(Exception):
    """The database's tables are not those of this version."""


class Migrations(Enum):
    """What to do about a schema that is not this version's."""

    APPLY = "apply"
    DEMAND = "demand"
    IGNORE = "ignore"


@contextmanager
def prepared(migrations: Migrations = Migrations.DEMAND) -> Iterator[Configuration]:
    """Everything that a command needs, for as long as it runs; the embedded database goes with the last process.

    Raises `ConfigurationError`, `EmbeddedDatabaseError`, `OutOfReach` or `NotMigrated`.
    """
    settings = configuration()
    _make_data_folder(settings)
    with _database(settings) as complete:
        _set_up_django()
        _see_to_schema(migrations, is_own=settings.database_url is None)
        try:
            yield complete
        finally:
            _close_connections()


def make_secrets(settings: Configuration) -> None:
    """Make what the installation needs to keep secret and was not given."""
    folder = settings.data.resolve()
    if settings.secret_key is None:
        secret(folder, SECRET_KEY)
    if settings.person_index_key is None:
        secret(folder, PERSON_INDEX_KEY)
    if settings.content_key is None:
        secret(folder, CONTENT_KEYS)
    if settings.uses_built_in_case_system:
        secret(folder, ACCOUNT_SECRET)


def _make_data_folder(settings: Configuration) -> None:
    folder = settings.data.resolve()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        make_secrets(settings)
    except OSError as error:
        raise ConfigurationError(f"The data folder {folder} can't be used: {error.strerror}.") from None


@contextmanager
def _database(settings: Configuration) -> Iterator[Configuration]:
    """Start or join the embedded server where no database is set; child processes find it in the environment."""
    if settings.database_url is not None:
        yield settings
        return
    from formcase.site.embedded.database import EmbeddedDatabase

    with EmbeddedDatabase(settings.data) as database:
        os.environ[DATABASE_URL] = database.url
        try:
            yield read_again()
        finally:
            del os.environ[DATABASE_URL]
            configuration.cache_clear()


def _set_up_django() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "formcase.site.settings")
    import django

    django.setup()


def _see_to_schema(migrations: Migrations, *, is_own: bool) -> None:
    """The embedded database is nobody else's, so its schema is always brought up to date."""
    from django.db import NotSupportedError, OperationalError, connection

    from formcase.site import migrating

    try:
        connection.ensure_connection()
        _demand_unicode()
        if migrations is Migrations.APPLY or (is_own and migrations is Migrations.DEMAND):
            migrating.apply_migrations()
        elif migrations is Migrations.DEMAND and migrating.missing_migrations():
            raise NotMigrated("The database's tables are not those of this version. Run: formcase migrate")
    except OperationalError as error:
        raise OutOfReach(f"The database does not answer ({_place()}): {_first_line(error)}") from None
    except NotSupportedError as error:
        raise ConfigurationError(f"The database ({_place()}) can't be used: {_first_line(error)}") from None


def _demand_unicode() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SHOW server_encoding")
        encoding = cursor.fetchone()[0]
    if encoding != "UTF8":
        raise ConfigurationError(
            f"The database ({_place()}) has the encoding {encoding}. Make one with UTF-8: "
            "CREATE DATABASE formcase ENCODING 'UTF8' TEMPLATE template0"
        )


def _place() -> str:
    from django.conf import settings

    database = settings.DATABASES["default"]
    return f"{database['NAME']} at {database['HOST'] or 'the local socket'}"


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0]


def _close_connections() -> None:
    from django.db import connections

    connections.close_all()
