"""Parameters that are typed as NAME=VALUE."""

from typing import Annotated

from cyclopts import Parameter

from formcase.cli.failures import WRONG_USE, CommandFailed

Assignments = Annotated[
    tuple[str, ...],
    Parameter(name="--set", negative="", consume_multiple=True, help="A parameter, as in FormIds=800636,800702."),
]


def read_assignments(assignments: tuple[str, ...]) -> dict[str, str]:
    """The values by name."""
    values: dict[str, str] = {}
    for assignment in assignments:
        name, equals, value = assignment.partition("=")
        if not equals or not name.strip():
            raise CommandFailed(
                f"“{assignment}” is no parameter; write NAME=VALUE, as in WatchInterval=120.", WRONG_USE
            )
        values[name.strip()] = value
    return values
