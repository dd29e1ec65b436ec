"""What can be wrong with a mapping as it is written down, and where. Not what it means for a submission."""

from dataclasses import dataclass

from formcase.messages import Message, message, together

NAMED = 100  # so many are told; the rest is counted


@dataclass(frozen=True, slots=True)
class MappingProblem:
    """One thing that is wrong. place: where in the data (`groups[0].items[2].when`), empty for the whole; names: the
    groups and the property around it, as far as they can be read; what: what is wrong, and what would be right."""

    place: str
    names: tuple[str, ...]
    what: Message

    def message(self) -> Message:
        """Where and what, in one sentence."""
        if not self.place:
            return self.what
        if not self.names:
            return message("{place}: {what}", place=self.place, what=self.what)
        return message("{place} ({names}): {what}", place=self.place, names="/".join(self.names), what=self.what)


class UnreadableMapping(ValueError):
    """The data is no mapping that can be used. problems: everything that is wrong with it."""

    def __init__(self, problems: tuple[MappingProblem, ...]) -> None:
        super().__init__(problems)
        self.problems = problems

    def message(self) -> Message:
        """All of it, a line for each."""
        told = [problem.message() for problem in self.problems[:NAMED]]
        if len(self.problems) > NAMED:
            told.append(message("And {count} more.", count=len(self.problems) - NAMED))
        return together(told)

    def __str__(self) -> str:
        return self.message().text()
