"""`formcase bench …`: the two built-in ends at their real size, and how long the server takes for their pages."""

import time
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter, validators

from formcase.cli import output
from formcase.cli.failures import WRONG_USE, CommandFailed
from formcase.cli.options import Json
from formcase.cli.runtime import prepared

if TYPE_CHECKING:
    from django.test import Client

TIMES = 5
_NUMBER = validators.Number(gte=0, lte=100_000_000)


def fill_case_system(
    *,
    cases: Annotated[int, Parameter(validator=_NUMBER)] = 100_000,
    documents: Annotated[int, Parameter(validator=_NUMBER)] = 500_000,
    contacts: Annotated[int, Parameter(validator=_NUMBER)] = 50_000,
    users: Annotated[int, Parameter(validator=_NUMBER)] = 1_000,
    json: Json = False,
) -> None:
    """Fill the built-in case system up to so many; what was broken off goes on when it is called again."""
    started = time.monotonic()
    with prepared():
        from formcase.casesystem import fill_for_tests

        _demand_for_tests()
        wanted = fill_for_tests.Size(users=users, contacts=contacts, cases=cases, documents=documents)
        if documents and not (cases or fill_for_tests.there().cases):
            raise CommandFailed("Documents need cases: give --cases.", WRONG_USE)
        with output.progress("Filling the case system", wanted.total) as advance:
            made = fill_for_tests.fill(wanted, advance)
    seconds = round(time.monotonic() - started, 1)
    if json:
        output.print_json({"made": asdict(made), "seconds": seconds})
    else:
        told = ", ".join(f"{number} {kind}" for kind, number in asdict(made).items())
        output.say(f"Made {told} in {seconds} s")


def fill_form_service(
    *, submissions: Annotated[int, Parameter(validator=_NUMBER)] = 100_000, json: Json = False
) -> None:
    """Fill the built-in form service up to so many; what was broken off goes on when it is called again."""
    started = time.monotonic()
    with prepared():
        from formcase.formservice import fill_for_tests

        _demand_for_tests()
        with output.progress("Filling the form service", submissions) as advance:
            made = fill_for_tests.fill(submissions, advance)
    seconds = round(time.monotonic() - started, 1)
    if json:
        output.print_json({"made": {"submissions": made}, "seconds": seconds})
    else:
        output.say(f"Made {made} submissions in {seconds} s")


def pages(*, json: Json = False) -> None:
    """Show each page of the case system, as users who see much and little, and of Submitted dialogues; say how many
    milliseconds the server takes: the median of five."""
    with prepared():
        _demand_for_tests()
        try:
            visits = list(_visits())
        except LookupError as error:
            text = "There is nothing to look at: bench fill-case-system and bench fill-form-service first."
            raise CommandFailed(text, WRONG_USE) from error
        rows: list[dict[str, output.Cell]] = [
            {"who": who, "what": address, "status": status, "milliseconds": round(milliseconds, 1)}
            for who, client, addresses in visits
            for address, status, milliseconds in _measured(client, addresses)
        ]
    columns = {"who": "Who", "what": "Page", "status": "Status", "milliseconds": "ms"}
    output.print_rows(columns, rows, as_json=json, name="pages")


def _demand_for_tests() -> None:
    from formcase.workflows.filling import NotForTests, demand_for_tests

    try:
        demand_for_tests()
    except NotForTests as error:
        raise CommandFailed(str(error), WRONG_USE) from error


def _measured(client: "Client", addresses: list[str]) -> Iterator[tuple[str, int, float]]:
    for address in addresses:
        client.get(address)
        took, status = [], 0
        for _ in range(TIMES):
            started = time.perf_counter()
            status = client.get(address).status_code
            took.append(time.perf_counter() - started)
        yield address, status, sorted(took)[TIMES // 2] * 1000


def _visits() -> "Iterator[tuple[str, Client, list[str]]]":
    from formcase.casesystem import visits_for_tests as case_system
    from formcase.formservice import visits_for_tests as form_service

    yield from case_system.visits()
    yield from form_service.visits()
