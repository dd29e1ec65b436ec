"""A chart of stacked bars, which `{% chart figure %}` draws: heights, scale, legend, words, and the same as a table.
Knows neither HTML nor where the counts come from."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.utils.formats import number_format
from django.utils.translation import gettext

from formcase.appearance.navigation import Text

HEIGHT = 100  # of the drawing, in its own units
BAR, GAP = 8, 2  # how wide a bar is, and what is between two of them

_STEPS = (2, 4, 6, 8, 10)  # even, so that half of each is a whole number


# what a kind may be filled with, each to be told from the others without colour; drawn in `chart_patterns.html`
FILLS = ("solid", "slanted", "dotted", "plain", "crossed", "barred")


@dataclass(frozen=True, slots=True)
class Kind:
    """What is counted. name: in `Column.counts`; fill: one of FILLS; always: in the legend, even where it is 0."""

    name: str
    text: Text
    fill: str
    always: bool = True


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
    """A part of a bar, in the drawing's units, from its upper left corner."""

    fill: str
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


@dataclass(frozen=True, slots=True)
class Legend:
    """What a piece of a bar stands for, and how many there are."""

    kind: Kind
    count: int


@dataclass(frozen=True, slots=True)
class Row:
    """A column as the table shows it. counts: in the order of the legend."""

    name: str
    counts: tuple[int, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Figure:
    """The chart, what it says in words, and the same as a table, the last column first."""

    chart: Chart
    legend: tuple[Legend, ...]
    summary: str
    table: tuple[Row, ...]


def figure(heading: Text, columns: Sequence[Column], kinds: Sequence[Kind], labels: int) -> Figure:
    """All that is shown of these columns. heading: what is counted, and when; kinds, labels: see `stacked`."""
    totals = {kind.name: sum(column.counts.get(kind.name, 0) for column in columns) for kind in kinds}
    legend = tuple(Legend(kind, totals[kind.name]) for kind in kinds if totals[kind.name] or kind.always)
    rows = (
        Row(column.name, tuple(column.counts.get(entry.kind.name, 0) for entry in legend), column.total)
        for column in reversed(columns)
    )
    return Figure(stacked(columns, kinds, labels), legend, _summary(heading, legend), tuple(rows))


def stacked(columns: Sequence[Column], kinds: Sequence[Kind], labels: int) -> Chart:
    """The chart of these columns. kinds: what is counted, from the bottom up; labels: how many of the columns' labels
    are shown, which their number must be a multiple of."""
    top = scale(max((column.total for column in columns), default=0))
    bars = tuple(
        Bar(number * (BAR + GAP) + GAP // 2, f"{column.name}: {_said(column, kinds)}", _pieces(column, kinds, top))
        for number, column in enumerate(columns)
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


def _pieces(column: Column, kinds: Sequence[Kind], top: int) -> tuple[Piece, ...]:
    found, below = [], 0
    for kind in kinds:
        count = column.counts.get(kind.name, 0)
        if count:
            below += count
            found.append(Piece(kind.fill, round(HEIGHT * (1 - below / top), 2), round(HEIGHT * count / top, 2)))
    return tuple(found)


def _said(column: Column, kinds: Sequence[Kind]) -> str:
    return _listed([Legend(kind, column.counts.get(kind.name, 0)) for kind in kinds]) or gettext("none")


def _summary(heading: Text, legend: Sequence[Legend]) -> str:
    total = number_format(sum(entry.count for entry in legend))
    listed = _listed(legend)
    return f"{heading}: {total} ({listed})" if listed else f"{heading}: {total}"


def _listed(entries: Collection[Legend]) -> str:
    return ", ".join(f"{number_format(entry.count)} {entry.kind.text}" for entry in entries if entry.count)
