"""What can be wrong with the XML of a submission, and where it stands. Not about what the submission means."""

from dataclasses import dataclass

from formcase.messages import Message, message, together
from formcase.outcomes import Unreadable

# So many problems are named; the rest is counted. A broken form service can make a hundred thousand of one kind.
NAMED = 20


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong. line counts from 1, None where it can't be known; place is the path of the element
    (`Submission/Page[2]/Field[1]`), empty where the file as a whole is meant."""

    what: Message
    line: int | None = None
    place: str = ""

    def message(self) -> Message:
        """What and where, in one sentence."""
        if self.line is not None and self.place:
            return message("Line {line}, {place}: {what}", line=self.line, place=self.place, what=self.what)
        if self.line is not None:
            return message("Line {line}: {what}", line=self.line, what=self.what)
        if self.place:
            return message("{place}: {what}", place=self.place, what=self.what)
        return self.what


class UnreadableXml(Unreadable):
    """The XML is not a submission that can be trusted. problems: everything that was found wrong."""

    def __init__(self, problems: tuple[Problem, ...], tried: Message | None = None) -> None:
        super().__init__(
            tried or message("Reading the XML of the submission"),
            _all(problems),
            message("The form service must hand out a submission that keeps to its contract."),
        )
        self.problems = problems


def _all(problems: tuple[Problem, ...]) -> Message:
    named = [problem.message() for problem in problems[:NAMED]]
    told = together(named, "; ")
    if len(problems) > NAMED:
        return together((told, message("And {count} more.", count=len(problems) - NAMED)), ". ")
    return told
