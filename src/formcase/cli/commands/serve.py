"""`formcase serve`: the web server and the built-in form service, until a signal ends them."""

from typing import Annotated

from cyclopts import Parameter

from formcase.cli import output
from formcase.cli.runtime import Migrations, choosing, prepared


def serve(
    *,
    port: Annotated[int | None, Parameter(help="The web port; the form service takes the next one.")] = None,
    host: Annotated[str | None, Parameter(help="The address to listen on; 127.0.0.1 unless set.")] = None,
) -> None:
    """Run the web server (pages, built-in case system) and the built-in form service's listener."""
    with choosing(port=port, host=host) as chosen:
        from formcase.site import served_port, servers
        from formcase.site.supervising import Supervisor

        servers.demand_free_ports(chosen)
        with prepared(Migrations.APPLY, quiet=False) as settings, Supervisor(servers.services(settings)) as running:
            served_port.remember(settings)
            for line in servers.addresses(settings):
                output.say(line)
            running.watch()
