"""How long to wait before the next try: full-jitter exponential waits, unless the other side said how long."""

import random
from datetime import timedelta

FIRST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(minutes=15)
UNREADABLE_WAITS = (timedelta(seconds=200), timedelta(seconds=400))  # unless set: three tries over ten minutes
UNREADABLE_DAILY = timedelta(days=1)
CLAIM_WAIT = timedelta(milliseconds=400)
LONGEST_ASKED = timedelta(hours=1)  # the longest that another side may ask us to wait (contract)


def full_jitter(tries: int, longest: timedelta = LONGEST_WAIT, chance: random.Random | None = None) -> timedelta:
    """A random wait between nothing and the cap for this many tries (0 for the first), which doubles from 5 s."""
    cap = min(longest, FIRST_WAIT * float(2 ** min(tries, 20)))
    return cap * (chance or random).random()


def before_next_try(tries: int, retry_after: timedelta | None, longest: timedelta = LONGEST_WAIT) -> timedelta:
    """The wait after a passing failure; what the other side asked for wins, with a little spread on top of it."""
    if retry_after is None:
        return full_jitter(tries, longest)
    return min(retry_after, LONGEST_ASKED) + full_jitter(0) / 5


def before_reminding() -> timedelta:
    """The wait before the form service is told once more of a submission that only waits."""
    return LONGEST_WAIT * (0.5 + random.random())  # noqa: S311 - spread, not secrecy


def claim_wait() -> timedelta:
    """The short wait while another filing touches the same contact or case."""
    return CLAIM_WAIT * (0.5 + random.random())  # noqa: S311 - spread, not secrecy
