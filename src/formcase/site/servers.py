"""What `formcase serve` runs: the web server and the built-in form service's own listener, and where they are."""

from typing import Literal

from formcase.site import ports
from formcase.site.addresses import case_system_address, form_service_address, web_address
from formcase.site.configuration import Configuration
from formcase.site.supervising import Service

Part = Literal["web", "form-service"]


def demand_free_ports(settings: Configuration, part: Part | None = None) -> None:
    """Raise `PortTaken` where the web port or the form service's, which is the next one, is not free. part: the only
    one that is to be served."""
    web, form_service = settings.port, settings.port + 1
    wanted = {None: (web, form_service), "web": (web,), "form-service": (form_service,)}
    ports.demand_free(settings.host, *wanted[part])


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


def services(settings: Configuration, part: Part | None = None) -> tuple[Service, ...]:
    """What is served: all, or one part alone."""
    every: dict[Part, Service] = {"web": web(settings), "form-service": form_service(settings)}
    return tuple(every.values()) if part is None else (every[part],)


def addresses(settings: Configuration, part: Part | None = None) -> tuple[str, ...]:
    """Where everything is that is served, a line for each, for the person who started it."""
    lines = []
    if part != "form-service":
        lines.append(f"Start page: {web_address(settings.host, settings.port)}")
        if settings.uses_built_in_case_system:
            pages = f"{web_address(settings.host, settings.port)}case-system/"
            lines.append(f"Case system: {pages} (OData: {case_system_address(settings.host, settings.port)})")
    if part != "web":
        lines.append(f"Form service: {form_service_address(settings.port)} (with a client certificate)")
    return tuple(lines)
