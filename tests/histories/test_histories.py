"""Submissions, faults, kills, changes of the set-up and operators' actions, in any order: whatever the history, in the
end source, journal and target say the same.

A run draws its histories from a seed, which it prints. `make replay SEED=…` plays the same ones again; where one fails,
it is made as short as it can be and printed.
"""

import os
import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from typing import TypeVar

import pytest
from asgiref.sync import sync_to_async
from hypothesis import HealthCheck, example, given, seed, settings
from hypothesis import strategies as st

from filing.case_system import ModelCaseSystem
from filing.world import World
from formcase.workflows.models import ServiceWorkflow
from formcase.workflows.versions import MAPPING, discard_draft
from histories.agreement import assert_agreement
from histories.play import Play
from histories.steps import (
    ERROR_GROUP,
    Acts,
    Copied,
    Dies,
    Fails,
    Overtaken,
    Restored,
    Setting,
    Step,
    Submit,
    Work,
    histories,
)
from workflows import backups
from workflows.bench import Bench

T = TypeVar("T")

ASKED_FOR = os.environ.get("HISTORIES_SEED")
SEED = int(ASKED_FOR or random.randrange(100_000))
SAME_SEED = int(ASKED_FOR or 5)  # of the few quick ones: those say whether a change broke what was whole before
TABLES = ("submissionrecord", "knowncasesystem", "reconciliation", "foreignreference", "databasehistory")
_worlds = count(1)


async def played(
    workflow: ServiceWorkflow, bench: Bench, history: Sequence[Step], *, remembers: bool, drawn_from: int = SEED
) -> Play:
    """Play one in a world of its own."""
    print(f"make replay SEED={drawn_from}")
    tables = ", ".join(f"workflows_{name}" for name in TABLES)
    await bench.rows(f"truncate {tables}, procrastinate_jobs cascade")
    url = f"https://forms-{next(_worlds)}.example"
    world = World(bench, workflow, cases=ModelCaseSystem(remembers=remembers), source=url)
    world.cases.unknown_users.add("NOBODY")
    await world.set(
        url=url, blocked_since=None, probe_submission=None, probe_due=None, suspects=0, executing_user="SBH",
        enabled=True, settle=60, block_after=600, error_case_group=ERROR_GROUP, mapping=None,
    )  # fmt: skip
    await sync_to_async(discard_draft)(workflow, MAPPING)
    await backups.drop(bench)
    play = Play(world)
    await play.through(history)
    await assert_agreement(play)
    return play


def law(examples: int) -> Callable[[T], T]:
    """So many histories, drawn from the run's seed and from nothing else."""
    return settings(
        max_examples=examples,
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )


# each of these fails where one thing is broken that a second case is kept away by
WARM = (Submit("one case", 0), Work(61))  # so that it is known whether the case system keeps requests
LATE = Fails("apply", "lost", before=True, late=True, skip=0)
LOOK_UP = [*WARM, Submit("two cases", 1), Dies("after case system: apply", 1), Work(61), Work(61)]
REPEATABILITY = [*WARM, Submit("one case", 0), LATE, Work(61)]
FENCE = [Submit("one case", 0), Overtaken("upload", before=False), Work(61)]
SETTLING = [Submit("update", 2), LATE, Work(1), Setting("ExecutingUser", "MKT")]
REPAIR = [
    Submit("one case", 0), Copied(), Dies("before form service: report Imported", 1), Work(61), Restored(lost=False),
]  # fmt: skip

IN_DOUBT = [
    Submit("one case", 0), Dies("after journal: sending", 1), Work(61), Work(1), Work(61), Acts("by hand", 0),
]  # fmt: skip


@seed(SAME_SEED)
@law(12)
@example(history=LOOK_UP, remembers=False)
@example(history=REPEATABILITY, remembers=True)
@example(history=FENCE, remembers=True)
@example(history=SETTLING, remembers=False)
@example(history=REPAIR, remembers=True)
@example(history=IN_DOUBT, remembers=False)
@given(history=histories, remembers=st.booleans())
async def test_whatever_happens_in_whatever_order_all_sides_agree_in_the_end(workflow, bench, history, remembers):
    await played(workflow, bench, history, remembers=remembers, drawn_from=SAME_SEED)


@pytest.fixture
def tally(figures) -> Iterator[Counter[str]]:
    """What all histories of a test came to."""
    made: Counter[str] = Counter()
    yield made
    figures(seed=SEED, **made)


@pytest.mark.long
@seed(SEED)
@law(300)
@given(history=histories, remembers=st.booleans())
async def test_many_histories_end_in_agreement(workflow, bench, tally, history, remembers):
    play = await played(workflow, bench, history, remembers=remembers)
    tally["histories"] += 1
    tally["steps"] += len(history)
    tally["submissions"] += len(play.told)
    tally["killed"] += play.deaths.died
    tally["with_kill"] += play.deaths.died > 0
    tally["overtaken"] += play.overtaken
    tally["restored"] += play.restored
