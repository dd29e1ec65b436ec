"""Finds a name among those that are known: exactly, then without regard to case where that leaves exactly one."""

import difflib
from collections.abc import Iterable, Sequence

_COMPARED = 64  # so much of a name is compared with others; a longer one is nobody's slip of the pen


class Names:
    """The names that may stand in one place."""

    def __init__(self, names: Iterable[str]) -> None:
        self._exact = dict.fromkeys(names)
        self._folded: dict[str, list[str]] = {}
        for name in self._exact:
            self._folded.setdefault(name.casefold(), []).append(name)

    def find(self, name: str) -> str | None:
        """The known name that is meant; None where it is unknown, or fits several but for its case."""
        name = name.strip()
        if name in self._exact:
            return name
        fitting = self._folded.get(name.casefold(), [])
        return fitting[0] if len(fitting) == 1 else None

    def near(self, name: str) -> tuple[str, ...]:
        """Names that may have been meant, the likeliest first."""
        folded = name.strip().casefold()[:_COMPARED]
        close = difflib.get_close_matches(folded, self._folded, n=4, cutoff=0.6)
        return tuple(known for near in close for known in self._folded[near])[:4]


def most_like(wanted: str, candidates: Sequence[str], count: int) -> tuple[str, ...]:
    """The candidates that look most like what is wanted, the likeliest first; some in any case."""
    wanted = wanted.strip().casefold()[:_COMPARED]
    matcher = difflib.SequenceMatcher(autojunk=False)
    matcher.set_seq2(wanted)

    def likeness(candidate: str) -> tuple[float, str]:
        folded = candidate.casefold()[:_COMPARED]
        matcher.set_seq1(folded)
        return (-matcher.ratio() - _shared_start(folded, wanted), candidate)

    return tuple(sorted(candidates, key=likeness)[:count])


def _shared_start(one: str, other: str) -> float:
    shared = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        shared += 1
    return shared / max(len(other), 1)
