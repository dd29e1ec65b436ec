"""SQL that stands in files beside this one, by name."""

from functools import cache
from importlib.resources import files


@cache
def query(name: str) -> str:
    """The text of a query."""
    return files(__name__).joinpath(f"{name}.sql").read_text("utf-8")
