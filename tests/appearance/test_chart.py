"""A chart of stacked bars: heights, words, table."""

from pathlib import Path

import pytest

import formcase.appearance
from formcase.appearance.chart import FILLS, HEIGHT, Column, Kind, figure, scale, stacked

KINDS = (Kind("imported", "Imported", "solid"), Kind("blocked", "Blocked", "crossed", always=False))
PATTERNS = (
    Path(formcase.appearance.__file__).parent / "templates/appearance/components/chart_patterns.html"
).read_text(encoding="utf-8")


@pytest.mark.parametrize(("most", "top"), [(0, 2), (2, 2), (3, 4), (9, 10), (11, 20), (81, 100), (125_001, 200_000)])
def test_the_scale_is_round_and_has_a_round_half(most, top):
    assert scale(most) == top


def test_what_is_counted_is_stacked_from_the_bottom_up():
    columns = [Column("08:00", "at 8", {"imported": 3, "blocked": 1}), Column("09:00", "at 9", {})]
    chart = stacked(columns, KINDS, 2)
    imported, blocked = chart.bars[0].pieces
    assert (imported.y + imported.height, blocked.y + blocked.height) == (HEIGHT, imported.y)
    assert imported.height == 3 * blocked.height
    assert chart.bars[1].pieces == ()
    assert chart.labels == ("08:00", "09:00")
    assert [bar.text for bar in chart.bars] == ["at 8: 3 Imported, 1 Blocked", "at 9: none"]


def test_words_and_table_say_the_same_as_the_drawing():
    columns = [Column("1", "day 1", {"imported": 3}), Column("2", "day 2", {"imported": 1})]
    shown = figure("Submitted", columns, KINDS, 2)
    assert shown.summary == "Submitted: 4 (4 Imported)"
    assert [(row.name, row.counts, row.total) for row in shown.table] == [("day 2", (1,), 1), ("day 1", (3,), 3)]
    assert [entry.kind.name for entry in shown.legend] == [
        "imported"
    ]  # what never happened is only in it where it must


def test_every_fill_is_drawn():
    assert all(f'id="fill-{fill}"' in PATTERNS for fill in FILLS)
