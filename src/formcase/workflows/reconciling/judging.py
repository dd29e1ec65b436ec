"""What is wrong with one submission, from what its three sides say. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from formcase.filing.journal import State
from formcase.messages import Message, message
from formcase.sources.port import Status


class Kind(StrEnum):
    """Ways to be unaccounted for."""

    NOT_RECORDED = "not recorded"
    IMPORTED_ELSEWHERE = "imported, not recorded"
    GONE = "gone at the form service"
    OPEN_HERE = "imported there, open here"
    OPEN_THERE = "imported here, open there"
    LISTED_AGAIN = "withdrawn here, listed there"
    CASE_MISSING = "case missing"
    CASE_UNKNOWN = "case unknown here"
    NOBODYS = "case of no known submission"


TEXTS: dict[Kind, Message] = {
    Kind.NOT_RECORDED: message("The form service lists it as open, and it was never recorded here."),
    Kind.IMPORTED_ELSEWHERE: message("The form service says Imported, and it was never recorded here."),
    Kind.GONE: message("It is open or was Imported lately here, and the form service does not know it any more."),
    Kind.OPEN_HERE: message("The form service says Imported, and it is open here."),
    Kind.OPEN_THERE: message("It is Imported here, and the form service lists it as open."),
    Kind.LISTED_AGAIN: message("It was withdrawn here, and the form service lists it."),
    Kind.CASE_MISSING: message("A case that was filed is not at the case system, or has lost its reference ID."),
    Kind.CASE_UNKNOWN: message("The case system has a case with its reference ID that was not filed from here."),
    Kind.NOBODYS: message("The case system has a case with a reference ID that no submission has."),
}


@dataclass(frozen=True, slots=True)
class Journalled:
    """What the journal says of a submission. cases: the ids at the case system of what was filed; earlier: of its error
    case, where it was filed again; numbers: of all of them. refiling: an error case that is being filed again. settled:
    whether its last step lies long enough back that all sides should know. recent: whether the form service must know
    it still."""

    state: State
    cases: frozenset[str] = frozenset()
    earlier: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()
    refiling: bool = False
    settled: bool = True
    recent: bool = True


@dataclass(frozen=True, slots=True)
class There:
    """A case at the case system."""

    id: str
    number: str


def judge(status: Status | None, journalled: Journalled | None, there: tuple[There, ...]) -> Kind | None:
    """What is wrong; None where all is accounted for. status: the form service's, None where it does not know it;
    journalled: None where the journal does not."""
    return next(_wrongs(status, journalled, there), None)


def _wrongs(status: Status | None, journalled: Journalled | None, there: tuple[There, ...]) -> Iterator[Kind]:
    if journalled is None:
        if status is not None:
            yield Kind.IMPORTED_ELSEWHERE if status is Status.IMPORTED else Kind.NOT_RECORDED
        return
    if not journalled.settled:
        return  # it is under way, and this is not the moment to tell
    yield from _of_cases(journalled, there)
    yield from _of_status(status, journalled)


def _of_cases(journalled: Journalled, there: tuple[There, ...]) -> Iterator[Kind]:
    known = journalled.cases | journalled.earlier
    if any(case.id not in known and case.number not in journalled.numbers for case in there):
        yield Kind.CASE_UNKNOWN
    if journalled.cases - {case.id for case in there}:
        yield Kind.CASE_MISSING


def _of_status(status: Status | None, journalled: Journalled) -> Iterator[Kind]:
    state = journalled.state
    if status is None:
        # what was taken care of by hand, or withdrawn, may be gone; so may what was Imported long ago
        if state in (State.WAITING, State.BLOCKED, State.FILED) and not journalled.refiling:
            yield Kind.GONE
        if state is State.IMPORTED and journalled.recent:
            yield Kind.GONE
    elif status is Status.IMPORTED:
        if state in (State.WAITING, State.BLOCKED) and not journalled.refiling:
            yield Kind.OPEN_HERE
    elif state is State.IMPORTED:
        yield Kind.OPEN_THERE
    elif state is State.WITHDRAWN:
        yield Kind.LISTED_AGAIN
