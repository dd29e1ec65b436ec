import random
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from formcase.filing.waiting import FIRST_WAIT, LONGEST_WAIT, before_next_try, full_jitter


@given(tries=st.integers(0, 1000), seed=st.integers())
def test_a_wait_is_never_longer_than_fifteen_minutes_and_never_negative(tries, seed):
    wait = full_jitter(tries, chance=random.Random(seed))
    assert timedelta(0) <= wait <= LONGEST_WAIT


@given(seed=st.integers())
def test_the_first_wait_is_at_most_five_seconds_and_the_cap_doubles(seed):
    class Most(random.Random):
        def random(self):
            return 1.0

    assert full_jitter(0, chance=Most(seed)) == FIRST_WAIT
    assert full_jitter(3, chance=Most(seed)) == FIRST_WAIT * 8
    assert full_jitter(40, chance=Most(seed)) == LONGEST_WAIT


@given(st.integers(0, 3600), st.integers(0, 20))
def test_what_the_other_side_asks_for_wins(seconds, tries):
    asked = timedelta(seconds=seconds)
    assert asked <= before_next_try(tries, asked) <= asked + FIRST_WAIT
