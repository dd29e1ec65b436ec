"""`formcase demo`: everything on this machine, with sample forms, users and a workflow."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter, validators

from formcase.cli import output
from formcase.cli.failures import ANSWER_IS_NO
from formcase.cli.options import Json
from formcase.cli.runtime import Migrations, choosing, prepared
from formcase.site.configuration import Configuration

if TYPE_CHECKING:
    from formcase.cli.demo.samples_run import Result, SamplesRun
    from formcase.site.supervising import Supervisor

PATIENCE = 300.0  # seconds that the samples are given
LOOK = 0.3  # seconds between two looks


def demo(
    *,
    once: Annotated[
        bool, Parameter(negative="", help="Hand the samples in, wait until all are Imported, and end.")
    ] = False,
    data: Annotated[Path, Parameter(help="Where everything is kept.")] = Path(".formcase"),
    port: Annotated[int | None, Parameter(help="The web port; the form service takes the next one.")] = None,
    fresh: Annotated[bool, Parameter(negative="", help="Remove what an earlier demonstration left there.")] = False,
    workers: Annotated[
        int, Parameter(validator=validators.Number(gte=0, lte=16), help="Worker processes; 0 to start them elsewhere.")
    ] = 2,
    samples: Annotated[bool, Parameter(help="Hand the sample forms in.")] = True,
    json: Json = False,
) -> int:
    """Run everything on this machine: both ends, workers, sample forms, sample users and a service workflow."""
    started = time.monotonic()
    with choosing(data=data, port=port) as chosen:
        from formcase.cli.demo import set_up
        from formcase.site import served_port, servers

        if fresh:
            set_up.remove_data(chosen)
        servers.demand_free_ports(chosen)
        with prepared(Migrations.APPLY, quiet=once or json) as settings:
            served_port.remember(settings)
            set_up.set_up(settings)
            with _everything(settings, workers) as running:
                if not json and not once:
                    _say_where(settings)
                passed = not samples or _hand_in(running, as_json=json, started=started)
                if not once:
                    output.say("Everything keeps running. End it with Ctrl-C.")
                    running.watch()
    return 0 if passed else ANSWER_IS_NO


def _everything(settings: Configuration, workers: int) -> "Supervisor":
    from formcase.site import servers
    from formcase.site.supervising import Service, Supervisor

    filing = [
        Service(name=f"worker {number}", module="formcase", arguments=("worker", "--concurrency", "4"))
        for number in range(1, workers + 1)
    ]
    return Supervisor((*servers.services(settings), *filing))


def _hand_in(running: "Supervisor", *, as_json: bool, started: float) -> bool:
    """Hand the samples in and wait for them; whether each ended as it is to end."""
    from formcase.cli.demo.samples_run import SamplesRun
    from formcase.formservice.samples import samples

    run = SamplesRun(samples())
    _wait(run, running)
    results = run.results()
    passed = len(results) == len(run.samples) and all(result.as_expected for result in results)
    _print(results, passed=passed, seconds=time.monotonic() - started, as_json=as_json)
    return passed


def _wait(run: "SamplesRun", running: "Supervisor") -> None:
    deadline = time.monotonic() + PATIENCE
    with output.progress("Samples Imported", len(run.samples)) as advance:
        running.watch(until=_until(run, deadline, advance), interval=LOOK)


def _until(run: "SamplesRun", deadline: float, advance: output.Advance) -> Callable[[], bool]:
    def until() -> bool:
        done = run.advance()
        advance(run.imported())
        return done or time.monotonic() > deadline

    return until


def _say_where(settings: Configuration) -> None:
    from formcase.casesystem.setup import user_names
    from formcase.cli import first_start
    from formcase.cli.demo.set_up import EXECUTING_USER, WORKFLOW, sample_users_password
    from formcase.site import servers

    for line in (*servers.addresses(settings), *first_start.administrator(must_change=False)):
        output.say(line)
    output.say(f"Service workflow: {WORKFLOW}, executing user {EXECUTING_USER}")
    output.say(f"Users of the case system: {', '.join(user_names())}, password {sample_users_password(settings)}")
    output.say("Look further with: formcase submissions · formcase log · formcase check · formcase plan FILE")


def _print(results: "list[Result]", *, passed: bool, seconds: float, as_json: bool) -> None:
    if as_json:
        rows = [
            {
                "referenceId": result.reference_id,
                "formId": result.form_id,
                "form": result.form,
                "status": result.status,
                "errorCase": result.error_case,
                "reason": result.reason,
                "cases": list(result.cases),
                "seconds": result.seconds,
            }
            for result in results
        ]
        output.print_json({"submissions": rows, "seconds": round(seconds, 2), "passed": passed})
        return
    columns = {
        "referenceId": "Reference ID",
        "form": "Form",
        "status": "Status",
        "cases": "Cases",
        "errorCase": "Error case",
        "seconds": "Seconds",
        "asExpected": "As expected",
    }
    table: list[dict[str, output.Cell]] = [
        {
            "referenceId": result.reference_id,
            "form": result.form,
            "status": result.status,
            "cases": ", ".join(result.cases),
            "errorCase": result.reason if result.error_case else "no",
            "seconds": result.seconds,
            "asExpected": result.as_expected,
        }
        for result in results
    ]
    output.print_rows(columns, table, as_json=False, name="submissions")
    output.say(
        f"{sum(result.as_expected for result in results)} of {len(results)} as expected, {seconds:.1f} s in all."
    )
