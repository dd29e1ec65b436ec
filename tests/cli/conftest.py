"""Running the command as people and scripts do."""

import json
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from formcase.cli.main import run
from formcase.site.configuration import configuration


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
