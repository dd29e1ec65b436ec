"""How what went wrong with a stylesheet is told from one process to the other, with everything that it says."""

import json
from collections.abc import Mapping

from formcase.messages import as_data, from_data
from formcase.submission.problems import Problem, UnreadableXml
from formcase.submission.transform import TransformFailed, UnusableStylesheet

Told = UnusableStylesheet | UnreadableXml | TransformFailed


def written(error: Told) -> bytes:
    """The error as JSON."""
    match error:
        case UnusableStylesheet():
            content: dict[str, object] = {"error": "stylesheet", "reason": as_data(error.reason)}
        case UnreadableXml():
            problems = [[as_data(problem.what), problem.line, problem.place] for problem in error.problems]
            content = {"error": "xml", "problems": problems}
        case TransformFailed():
            texts = (error.tried, error.answer, error.remedy)
            content = {"error": "failed", "texts": [as_data(text) for text in texts]}
    return json.dumps(content).encode()


def read(content: Mapping[str, object]) -> Told | None:
    """The error that was written; None where it was none. Raises ValueError where it can't be read."""
    match content:
        case {"error": "stylesheet", "reason": reason}:
            return UnusableStylesheet(from_data(reason))
        case {"error": "xml", "problems": [*problems]}:
            return UnreadableXml(tuple(_problem(problem) for problem in problems))
        case {"error": "failed", "texts": [tried, answer, remedy]}:
            return TransformFailed(from_data(tried), from_data(answer), from_data(remedy))
        case {"error": None}:
            return None
    raise ValueError("It is no answer of the transforming process.")


def _problem(data: object) -> Problem:
    match data:
        case [what, int() | None as line, str() as place]:
            return Problem(from_data(what), line, place)
    raise ValueError("It is no problem.")
