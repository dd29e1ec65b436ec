"""Every step that the way of a form writes to the log has a word of its own in the reader's language."""

import ast
from collections.abc import Iterator
from pathlib import Path

import formcase
from formcase.configurator.events import EVENTS

SOURCE = Path(formcase.__file__).parent


def written() -> Iterator[str]:
    """The events of all notes in the source."""
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Note" and node.args:
                for part in ast.walk(node.args[0]):
                    if isinstance(part, ast.Constant) and isinstance(part.value, str):
                        yield part.value


def test_every_step_has_its_word():
    found = set(written())
    assert "imported" in found
    assert found - set(EVENTS) == set()
