"""A chart of stacked bars as numbers that a template draws: heights, scale, words. Knows neither HTML nor where the
counts come from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

HEIGHT = 100  # of the drawing, in its own units
BAR, GAP = 8, 2  # how wide a bar is, and what is between two of them

_STEPS = (2, 4, 6, 8, 10)  # even, so that half of each is a whole number


@dataclass(frozen=True, slots=True)
class Column:
    """One bar before it is drawn. label: below it, where there is room; name: what it is, in full."""

    label: str
    name: str
    counts: Mapping[str, int]

    @property
    def total(self) -> int:
        """All that it counts."""
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a bar, in the drawing's units, from its upper left corner. kind: what it counts."""

    kind: str
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar as it is drawn. x: where it begins; text: what it says to who points at it."""

    x: int
    text: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """What is drawn. top, half: what the upper line and the one in the middle stand for; labels: below, evenly."""

    width: int
    height: int
    top: int
    half: int
    bars: tuple[Bar, ...]
    labels: tuple[str, ...]


def stacked(columns: Sequence[Column], kinds: Sequence[str], texts: Sequence[str], labels: int) -> Chart:
    """The chart of these columns. kinds: what is counted, from the bottom up; texts: of each column; labels: how many
    of the columns' labels are shown, which their number must be a multiple of."""
    top = scale(max((column.total for column in columns), default=0))
    bars = tuple(
        Bar(number * (BAR + GAP) + GAP // 2, text, _pieces(column, kinds, top))
        for number, (column, text) in enumerate(zip(columns, texts, strict=True))
    )
    each = max(len(columns) // labels, 1)
    return Chart(
        width=len(columns) * (BAR + GAP),
        height=HEIGHT,
        top=top,
        half=top // 2,
        bars=bars,
        labels=tuple(column.label for column in columns[::each]),
    )


def scale(most: int) -> int:
    """A round number that is not less, and that has a round half."""
    ten = 1
    while most > _STEPS[-1] * ten:
        ten *= 10
    return next(step * ten for step in _STEPS if most <= step * ten)


def _pieces(column: Column, kinds: Sequence[str], top: int) -> tuple[Piece, ...]:
    found, below = [], 0
    for kind in kinds:
        count = column.counts.get(kind, 0)
        if count:
            below += count
            found.append(Piece(kind, round(HEIGHT * (1 - below / top), 2), round(HEIGHT * count / top, 2)))
    return tuple(found)
