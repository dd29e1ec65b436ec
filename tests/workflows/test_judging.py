"""What is wrong with a submission, from what its three sides say."""

import pytest

from formcase.filing.journal import State
from formcase.sources.port import Status
from formcase.workflows.reconciling.judging import TEXTS, Journalled, Kind, There, judge

CASE = There("1", "2026-1")
OTHER = There("2", "2026-2")
FILED = Journalled(State.IMPORTED, frozenset({"1"}), numbers=frozenset({"2026-1"}))


@pytest.mark.parametrize(
    ("status", "journalled", "there", "wrong"),
    [
        (Status.IMPORTED, FILED, (CASE,), None),
        (Status.DELIVERED, Journalled(State.WAITING), (), None),
        (Status.TEMPORARY_BLOCKED, Journalled(State.BLOCKED), (), None),
        (Status.DELIVERED, Journalled(State.FILED, frozenset({"1"})), (CASE,), None),
        (Status.DELIVERED, Journalled(State.HANDLED), (), None),
        (None, Journalled(State.WITHDRAWN), (), None),
        (None, None, (), None),
        (Status.DELIVERED, None, (), Kind.NOT_RECORDED),
        (Status.IMPORTED, None, (CASE,), Kind.IMPORTED_ELSEWHERE),
        (None, Journalled(State.WAITING), (), Kind.GONE),
        (None, FILED, (CASE,), Kind.GONE),
        (None, Journalled(State.IMPORTED, frozenset({"1"}), recent=False), (CASE,), None),
        (Status.IMPORTED, Journalled(State.WAITING), (), Kind.OPEN_HERE),
        (Status.IMPORTED, Journalled(State.WAITING, earlier=frozenset({"1"}), refiling=True), (CASE,), None),
        (Status.DELIVERED, FILED, (CASE,), Kind.OPEN_THERE),
        (Status.DELIVERED, Journalled(State.WITHDRAWN), (), Kind.LISTED_AGAIN),
        (Status.IMPORTED, FILED, (), Kind.CASE_MISSING),
        (Status.IMPORTED, FILED, (CASE, OTHER), Kind.CASE_UNKNOWN),
        (Status.DELIVERED, Journalled(State.WAITING), (CASE,), Kind.CASE_UNKNOWN),
        (Status.DELIVERED, Journalled(State.WAITING, settled=False), (CASE,), None),
        # an error case that was filed again: both stand, and the error case may be gone
        (Status.IMPORTED, Journalled(State.IMPORTED, frozenset({"2"}), frozenset({"1"})), (CASE, OTHER), None),
        (Status.IMPORTED, Journalled(State.IMPORTED, frozenset({"2"}), frozenset({"1"})), (OTHER,), None),
        # adopted by its number alone
        (Status.IMPORTED, Journalled(State.IMPORTED, numbers=frozenset({"2026-1"})), (CASE,), None),
    ],
)
def test_what_is_wrong(status, journalled, there, wrong):
    assert judge(status, journalled, there) is wrong


def test_every_kind_is_explained():
    assert set(TEXTS) == set(Kind)
