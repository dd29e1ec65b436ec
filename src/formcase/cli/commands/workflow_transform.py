"""`formcase workflow transform …`: a workflow's transform, in versions."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from formcase.cli import carried
from formcase.cli.carried import Comment, Version, WhichOrFile
from formcase.cli.options import Json

KIND = "transform"


def show(name: str, *, which: Version = None, json: Json = False) -> None:
    """Print a version: the one in force unless said, or the draft where none is."""
    carried.show(name, KIND, which, as_json=json)


def set_(name: str, file: Annotated[Path, Parameter(help="An XSLT 1.0 stylesheet.")], *, json: Json = False) -> None:
    """Check a file, and keep it as the draft."""
    carried.set_(name, KIND, file, as_json=json)


def publish(name: str, *, comment: Comment, json: Json = False) -> None:
    """Make the draft a version and put it in force; what waits is tried again with it at once."""
    carried.publish(name, KIND, comment, as_json=json)


def withdraw(name: str, *, json: Json = False) -> None:
    """Take what is in force out of force."""
    carried.withdraw(name, KIND, as_json=json)


def versions(name: str, *, json: Json = False) -> None:
    """List all versions, the draft first, then the newest."""
    carried.list_versions(name, KIND, as_json=json)


def compare(name: str, first: WhichOrFile = "published", second: WhichOrFile = "draft", *, json: Json = False) -> None:
    """Say what the second differs in from the first: the draft from what is in force, unless said."""
    carried.compare(name, KIND, first, second, as_json=json)
