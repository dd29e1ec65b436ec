"""Running the command as people and scripts do."""

import json
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from formcase.cli import runtime
from formcase.cli.main import run
from formcase.site.configuration import configuration
from formcase.site.preparing import Migrations


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, object]:
        return json.loads(self.out)


@pytest.fixture
def data_folder(tmp_path, monkeypatch):
    """A data folder of the test's own."""
    monkeypatch.setenv("FORMCASE_DATA", str(tmp_path / "data"))
    configuration.cache_clear()
    yield tmp_path / "data"
    configuration.cache_clear()


@pytest.fixture
def formcase(capsys, data_folder) -> Callable[..., Ran]:
    """Run one command in this process."""

    def run_command(*arguments: str) -> Ran:
        code = run(arguments)
        captured = capsys.readouterr()
        return Ran(code, captured.out, captured.err)

    return run_command


@pytest.fixture
def prepared_by_the_tests(transactional_db, monkeypatch, data_folder):
    """The database is the tests' own, so nothing is started and nothing closed."""

    class Ready:
        def __enter__(self):
            return configuration()

        def __exit__(self, *_):
            return None

    def prepared(_migrations: Migrations = Migrations.DEMAND) -> Ready:
        return Ready()

    monkeypatch.setattr(runtime, "prepared_process", prepared)
