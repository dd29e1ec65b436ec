"""How commands print what became of the submissions that something was asked of."""

import getpass
from typing import TYPE_CHECKING

from formcase.cli import output
from formcase.cli.failures import ANSWER_IS_NO, CommandFailed

if TYPE_CHECKING:
    from formcase.workflows.actions import Answers

ACTOR = "command line"


def person_here() -> str:
    """Who looks at something from the command line: the account of the machine, as there is no other."""
    try:
        return f"{ACTOR} ({getpass.getuser()})"
    except (OSError, KeyError):  # an account without a name
        return ACTOR


def print_answers(answers: "Answers", *, as_json: bool, one: bool) -> int:
    """Print them; the exit code. one: a single submission was named, so a single answer is given."""
    if one and answers.each:
        (answer,) = answers.each
        if not answer.done:
            raise CommandFailed(answer.text.text())
        if as_json:
            output.print_json({"referenceId": answer.reference_id, "done": answer.text.text()})
        else:
            output.say(answer.text.text())
        return 0
    rows: list[dict[str, output.Cell]] = [
        {"referenceId": answer.reference_id, "done": answer.done, "text": answer.text.text()} for answer in answers.each
    ]
    columns = {"referenceId": "Reference ID", "done": "Done", "text": "What happens"}
    output.print_rows(columns, rows, as_json=as_json, name="submissions")
    return ANSWER_IS_NO if answers.refused else 0
