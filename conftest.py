"""What every test may use: a real PostgreSQL, started for the run unless FORMCASE_DATABASE_URL names one, and a data
folder of the run's own."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from django.conf import settings
from django.db import connections
from django.test import TransactionTestCase, override_settings
from psycopg.conninfo import conninfo_to_dict
from pytest_django import DjangoDbBlocker

from emptying import empty
from formcase.site.embedded.database import EmbeddedDatabase
from reliability.noting import figures

__all__ = ["figures"]

# A law is tried with the same examples every time, so that a change is judged by what it changes; others are tried with
# --hypothesis-profile=random. It fails neither for a slow machine nor for many examples that are none.
for _profile, _same_examples in (("random", False), ("formcase", True)):
    hypothesis.settings.register_profile(
        _profile,
        deadline=None,
        derandomize=_same_examples,
        suppress_health_check=[hypothesis.HealthCheck.too_slow, hypothesis.HealthCheck.filter_too_much],
    )
hypothesis.settings.load_profile("formcase")

REAL_PASSWORD_HASHERS = list(settings.PASSWORD_HASHERS)


@pytest.fixture(scope="session")
def run_folder() -> Iterator[Path]:
    """A folder that is gone after the run; its path is short, as the paths of sockets must be."""
    folder = Path(tempfile.mkdtemp(prefix="formcase-test-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def database_server(run_folder: Path) -> Iterator[str]:
    """The address of a PostgreSQL server that tests may make databases on."""
    given = os.environ.get("FORMCASE_DATABASE_URL")
    if given:
        yield given
        return
    with EmbeddedDatabase(run_folder, durable=False) as server:
        yield server.url
        for connection in connections.all(initialized_only=True):
            connection.close()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(database_server: str) -> None:
    """Point Django at the test server before it makes its test database."""
    parts = conninfo_to_dict(database_server)
    values = {
        "NAME": parts.get("dbname", "postgres"),
        "USER": parts.get("user", ""),
        "PASSWORD": parts.get("password", ""),
        "HOST": parts.get("host", ""),
        "PORT": str(parts.get("port", "")),
    }
    settings.DATABASES["default"].update(values)
    connections["default"].settings_dict.update(values)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Let the test database be emptied between tests, which the audit log refuses everywhere else."""
    with django_db_blocker.unblock(), connections["default"].cursor() as cursor:
        cursor.execute("ALTER TABLE audit_auditentry DISABLE TRIGGER audit_entry_keep_all")


@pytest.fixture(scope="session", autouse=True)
def _emptied_at_the_cost_of_what_was_written() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _case: empty("default"))
        yield


@pytest.fixture(scope="session", autouse=True)
def _quick_password_hashes() -> Iterator[None]:
    """Hundreds of tests have a user; to keep the password of one well takes a third of a second."""
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield


@pytest.fixture
def real_password_hashes() -> Iterator[None]:
    """Passwords are kept as they are outside tests."""
    with override_settings(PASSWORD_HASHERS=REAL_PASSWORD_HASHERS):
        yield


@pytest.fixture(scope="session", autouse=True)
def own_data_folder(run_folder: Path) -> Iterator[None]:
    """Keep what tests store away from the data folder of the checkout."""
    folder = run_folder / "data"
    storages = settings.STORAGES | {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(folder / "files")},
        }
    }
    uploads = str(folder / "uploads")
    with override_settings(DATA_FOLDER=folder, STORAGES=storages, FILE_UPLOAD_TEMP_DIR=uploads):
        yield
