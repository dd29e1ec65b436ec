"""A search looks through windows of time that grow, and no longer than the patience of who waits."""

from datetime import UTC, datetime, timedelta

from formcase.workflows.log_windows import FIRST_WINDOW, Windows

LAST = datetime(2026, 11, 24, tzinfo=UTC)
FIRST = LAST - timedelta(days=365)


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def looked_through(windows: Windows, clock: Clock, seconds_a_day: float) -> list[timedelta]:
    spans = []
    for near, far in windows:
        spans.append(abs(near - far))
        clock.now += spans[-1] / timedelta(days=1) * seconds_a_day
    return spans


def test_without_patience_all_is_looked_through_in_a_few_windows():
    clock = Clock()
    windows = Windows(LAST, FIRST, LAST, older=True, clock=clock)
    spans = looked_through(windows, clock, 1)
    assert spans[:3] == [FIRST_WINDOW, FIRST_WINDOW * 8, FIRST_WINDOW * 64]
    assert sum(spans, timedelta()) > LAST - FIRST
    assert windows.stopped_at is None


def test_what_is_found_at_once_is_looked_for_in_all_windows_whatever_the_patience():
    clock = Clock()
    windows = Windows(LAST, FIRST, LAST, older=True, patience=0.1, clock=clock)
    assert len(looked_through(windows, clock, 0.00001)) < 8
    assert windows.stopped_at is None


def test_a_slow_search_stops_in_time_and_goes_on_where_it_stopped():
    clock = Clock()
    near, rounds = LAST, 0
    while True:
        begun = clock.now
        windows = Windows(near, FIRST, LAST, older=True, patience=0.1, clock=clock)
        looked_through(windows, clock, 0.7 / 365)
        assert clock.now - begun <= 0.16
        rounds += 1
        if windows.stopped_at is None:
            break
        assert windows.stopped_at < near
        near = windows.stopped_at
    assert 2 < rounds < 12


def test_towards_now_it_stops_too_and_one_window_is_always_looked_through():
    clock = Clock()
    windows = Windows(FIRST, FIRST, LAST, older=False, patience=0, clock=clock)
    assert looked_through(windows, clock, 1) == [FIRST_WINDOW]
    assert windows.stopped_at == FIRST + FIRST_WINDOW
