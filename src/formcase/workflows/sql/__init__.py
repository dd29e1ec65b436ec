"""The journal's hot statements, one file each."""

from functools import cache
from importlib import resources
from typing import LiteralString, cast


@cache
def statement(name: str) -> LiteralString:
    """The statement in `<name>.sql`."""
    text: str = resources.files(__name__).joinpath(f"{name}.sql").read_text(encoding="utf-8")
    return cast("LiteralString", text)  # our own file, no input of anybody
