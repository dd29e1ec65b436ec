"""`formcase worker`: watches, files and sweeps, until a signal ends it."""

from typing import Annotated

from cyclopts import Parameter, validators

from formcase.cli.runtime import Migrations, prepared


def worker(
    *,
    concurrency: Annotated[
        int, Parameter(validator=validators.Number(gte=1, lte=64), help="Submissions that are filed at the same time.")
    ] = 4,
) -> None:
    """Watch the form services and file what is submitted. Start as many as you like, on as many machines."""
    with prepared(Migrations.APPLY, quiet=False):
        from formcase.workflows.worker import run

        run(concurrency)
