"""The chart of the start page as numbers."""

import pytest

from formcase.configurator.chart import HEIGHT, Column, scale, stacked


@pytest.mark.parametrize(("most", "top"), [(0, 2), (2, 2), (3, 4), (9, 10), (11, 20), (81, 100), (125_001, 200_000)])
def test_the_scale_is_round_and_has_a_round_half(most, top):
    assert scale(most) == top


def test_what_is_counted_is_stacked_from_the_bottom_up():
    columns = [Column("08:00", "at 8", {"imported": 3, "blocked": 1}), Column("09:00", "at 9", {})]
    chart = stacked(columns, ("imported", "blocked"), ["a", "b"], 2)
    imported, blocked = chart.bars[0].pieces
    assert (imported.y + imported.height, blocked.y + blocked.height) == (HEIGHT, imported.y)
    assert imported.height == 3 * blocked.height
    assert chart.bars[1].pieces == ()
    assert chart.labels == ("08:00", "09:00")
