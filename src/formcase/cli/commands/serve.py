"""`formcase serve`: the web server and the built-in form service, or one of them, until a signal ends them."""

from typing import Annotated

from cyclopts import Parameter

from formcase.cli import output
from formcase.cli.runtime import Migrations, choosing, prepared
from formcase.site.configuration import Configuration
from formcase.site.servers import Part


def serve(
    part: Annotated[Part | None, Parameter(help="Only this: web, or form-service; both unless given.")] = None,
    /,
    *,
    port: Annotated[int | None, Parameter(help="The web port; the form service takes the next one.")] = None,
    host: Annotated[str | None, Parameter(help="The address to listen on; 127.0.0.1 unless set.")] = None,
) -> None:
    """Run the web server (pages, built-in case system) and the built-in form service's listener, or one of them."""
    with choosing(port=port, host=host) as chosen:
        from formcase.cli import first_start
        from formcase.site import served_port, servers
        from formcase.site.supervising import Supervisor

        servers.demand_free_ports(chosen, part)
        with prepared(Migrations.APPLY, quiet=False) as settings:
            if part != "form-service":
                _let_ourselves_in(settings)
            with Supervisor(servers.services(settings, part)) as running:
                served_port.remember(settings)
                newly = first_start.administrator() if part != "form-service" else ()
                for line in (*servers.addresses(settings, part), *newly):
                    output.say(line)
                running.watch()


def _let_ourselves_in(settings: Configuration) -> None:
    """See to it that the built-in case system, where it is used, knows the account that workers come with."""
    if not settings.uses_built_in_case_system:
        return
    from formcase.casesystem.setup import ensure_account
    from formcase.site.case_system import BUILT_IN_ACCOUNT
    from formcase.site.secrets import ACCOUNT_SECRET, secret

    ensure_account(BUILT_IN_ACCOUNT, secret(settings.data.resolve(), ACCOUNT_SECRET))
