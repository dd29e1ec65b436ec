"""What `formcase serve` runs: the web server and the built-in form service's own listener, and where they are."""

from formcase.site import ports
from formcase.site.addresses import case_system_address, form_service_address, web_address
from formcase.site.configuration import Configuration
from formcase.site.supervising import Service


def demand_free_ports(settings: Configuration) -> None:
    """Raise `PortTaken` where the web port or the form service's, which is the next one, is not free."""
    ports.demand_free(settings.host, settings.port, settings.port + 1)


def web(settings: Configuration) -> Service:
    """The web server: pages, the built-in case system, its token endpoint."""
    return Service(
        name="web server",
        module="formcase.site.web",
        answers=lambda: ports.answers_ok(settings.host, settings.port, "/healthz"),
    )


def form_service(settings: Configuration) -> Service:
    """The form service's own listener, which demands a client certificate."""
    return Service(
        name="form service",
        module="formcase.site.form_service",
        answers=lambda: ports.is_open(settings.host, settings.port + 1),
    )


def services(settings: Configuration) -> tuple[Service, ...]:
    """All that is served."""
    return (web(settings), form_service(settings))


def addresses(settings: Configuration) -> tuple[str, ...]:
    """Where everything is, a line for each, for the person who started it."""
    lines = [f"Start page: {web_address(settings.host, settings.port)}"]
    if settings.uses_built_in_case_system:
        pages = f"{web_address(settings.host, settings.port)}case-system/"
        lines.append(f"Case system: {pages} (OData: {case_system_address(settings.host, settings.port)})")
    lines.append(f"Form service: {form_service_address(settings.port)} (with a client certificate)")
    return tuple(lines)
