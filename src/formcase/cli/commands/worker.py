"""`formcase worker`: watches, files and sweeps, until a signal ends it."""

from typing import Annotated

from cyclopts import Parameter, validators

from formcase.cli.failures import WRONG_USE, CommandFailed
from formcase.cli.runtime import Migrations, prepared


def worker(
    *,
    concurrency: Annotated[
        int, Parameter(validator=validators.Number(gte=1, lte=64), help="Submissions that are filed at the same time.")
    ] = 4,
) -> None:
    """Watch the form services and file what is submitted. Start as many as you like, on as many machines."""
    with prepared(Migrations.APPLY, quiet=False):
        from formcase.workflows.data_keys import UnusableKey
        from formcase.workflows.joining import demand_common_keys
        from formcase.workflows.worker import run

        try:
            demand_common_keys()
        except UnusableKey as unusable:
            raise CommandFailed(unusable.message().text(), WRONG_USE) from None
        run(concurrency)
