"""Reads JSON data piece by piece and takes down what is wrong with it, and where. What the pieces mean is not known."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Final, TypeVar

from formcase.messages import Message, message
from formcase.planning.own_mapping.problems import MappingProblem

T = TypeVar("T")

LONGEST_NAME: Final = 128
_FORBIDDEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class At:
    """Where the reading is."""

    path: str = ""
    names: tuple[str, ...] = ()

    def at(self, step: str | int) -> "At":
        if isinstance(step, int):
            return At(f"{self.path}[{step}]", self.names)
        return At(f"{self.path}.{step}" if self.path else step, self.names)

    def named(self, name: str) -> "At":
        return At(self.path, (*self.names, name))


@dataclass(slots=True)
class Checking:
    """What was found wrong so far. What can't be read is None, and a problem."""

    problems: list[MappingProblem] = field(default_factory=list)

    def wrong(self, place: At, what: Message) -> None:
        """Take down a problem."""
        self.problems.append(MappingProblem(place.path, place.names, what))

    def text(self, place: At, data: object) -> str | None:
        """A text of characters that XML knows."""
        if not isinstance(data, str):
            self.wrong(place, message("a text is expected, in quotation marks."))
            return None
        if found := _FORBIDDEN.search(data):
            code = f"U+{ord(found[0]):04X}"
            self.wrong(place, message("the character {code} can't be used.", code=code))
            return None
        return data

    def contents(self, place: At, data: object, known: Sequence[str]) -> Mapping[str, object] | None:
        """An object; each name in it that is not known is a problem."""
        if not isinstance(data, Mapping) or not all(isinstance(name, str) for name in data):
            self.wrong(place, message("an object is expected."))
            return None
        for name in data:
            if name not in known:
                near = get_close_matches(name, known, n=2) or known
                what = message(
                    "“{name}” is not known here; expected is: {near}.", name=name[:LONGEST_NAME], near=", ".join(near)
                )
                self.wrong(place, what)
        return data

    def each(self, place: At, data: object, read: Callable[[At, object], T | None]) -> list[T]:
        """The items of a list, without those that can't be read."""
        if not isinstance(data, Sequence) or isinstance(data, str):
            self.wrong(place, message("a list is expected."))
            return []
        return list(self._readable(place, data, read))

    def _readable(self, place: At, data: Sequence[object], read: Callable[[At, object], T | None]) -> Iterator[T]:
        for number, each in enumerate(data):
            found = read(place.at(number), each)
            if found is not None:
                yield found


def token(text: str) -> str:
    """As names of a submission are read: blanks around it don't count, and several inside are one."""
    return " ".join(part for part in re.split("[ \t\r\n]+", text) if part)
