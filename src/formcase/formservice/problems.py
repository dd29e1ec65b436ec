"""What is wrong with something that was handed in, told all at once: each with its place and what would be right."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong. `place`: the names from the outermost to where it is."""

    place: tuple[str, ...]
    text: str

    def __str__(self) -> str:
        return f"{' / '.join(self.place)}: {self.text}" if self.place else self.text


class Refused(Exception):
    """Something that can't be taken as it is. Its texts hold no answers, so that they may stand in a log."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))
