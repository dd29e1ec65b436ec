"""`formcase check`: whether a service workflow can work: each check a line with yes or no and what to do."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from formcase.cli import output
from formcase.cli.answers import ACTOR
from formcase.cli.failures import ANSWER_IS_NO
from formcase.cli.options import Json
from formcase.cli.runtime import prepared

if TYPE_CHECKING:
    from formcase.checks import CheckResult

WORDS = {"yes": "yes", "warning": "look at", "no": "NO", "unknown": "can't tell"}


def check(workflow: str | None = None, *, json: Json = False) -> int:
    """Check one service workflow, or all: certificate, reach, client, forms, user, rights."""
    with prepared():
        from formcase.checks import Verdict
        from formcase.workflows import managing
        from formcase.workflows.check_runs import run_checks

        chosen = [managing.find(workflow)] if workflow is not None else managing.living()
        found = {one.name: run_checks(one, ACTOR).results for one in chosen}
    print_checks(found, as_json=json)
    refused = any(result.verdict is Verdict.NO for results in found.values() for result in results)
    return ANSWER_IS_NO if refused else 0


def print_checks(
    found: Mapping[str, Sequence["CheckResult"]], *, as_json: bool, extra: Mapping[str, object] | None = None
) -> None:
    """Print what the checks of each workflow say."""
    if as_json:
        workflows = [
            {"workflow": name, "checks": [_row(result) for result in results]} for name, results in found.items()
        ]
        output.print_json({"workflows": workflows, **(extra or {})})
        return
    for name, results in found.items():
        output.say(name)
        for result in results:
            if result.form is not None and result.verdict.value == "yes":
                continue  # there are three such lines for each form
            remedy = result.remedy.text()
            output.say(f"  {WORDS[result.verdict.value]:>10}  {result.subject}: {result.found.text()}")
            if remedy:
                output.say(f"{'':>14}{remedy}")


def _row(result: "CheckResult") -> dict[str, object]:
    return {
        "check": result.subject,
        "verdict": result.verdict.value,
        "found": result.found.text(),
        "remedy": result.remedy.text(),
        "form": result.form,
        "details": [{"text": detail.text.text(), "verdict": detail.verdict.value} for detail in result.details],
    }
