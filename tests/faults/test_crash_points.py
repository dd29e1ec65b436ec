"""A worker that dies before or after any write, any commit and any report leaves no trace in what was made of a
submission. Both ends are in memory here, so that every point can be tried; `test_kills` does it with real processes."""

from collections import Counter

import pytest

from faults.scenarios import MAIN, OTHERS, Expected, Scenario, Stage, assert_there_once, by_name, create, played_out
from filing.faults import Killed
from filing.world import World
from formcase.filing.crash_points import points

ALL = by_name((*MAIN, *OTHERS))
IN_DOUBT = "before journal: sending"


class Passed:
    """Notes the points that are passed, and dies the n-th time at one of them."""

    def __init__(self, die_at: str | None = None, time: int = 1) -> None:
        self.passed: Counter[str] = Counter()
        self._die_at = die_at
        self._time = time

    def __call__(self, point: str) -> None:
        self.passed[point] += 1
        if point == self._die_at and self.passed[point] == self._time:
            raise Killed


async def played(
    stage: Stage, scenario: Scenario, passing: Passed, *, remembers: bool = True
) -> tuple[World, Expected]:
    world = await stage.world(remembers=remembers)
    world.passing = passing
    expected = await scenario(world)
    await played_out(world)
    return world, expected


async def killed_at_each_point(stage: Stage, scenario: Scenario, *, remembers: bool) -> int:
    """Play a scenario once for each point that it passes, and die there. How many that were. That a case system keeps
    no record of requests matters from the moment on in which one was sent."""
    whole = Passed()
    await assert_there_once(*await played(stage, scenario, whole, remembers=remembers))
    first = 0 if remembers else list(whole.passed).index(IN_DOUBT) if IN_DOUBT in whole.passed else len(whole.passed)
    kills = [(point, time) for point, times in list(whole.passed.items())[first:] for time in range(1, times + 1)]
    for point, time in kills:
        passing = Passed(point, time)
        try:
            world, expected = await played(stage, scenario, passing, remembers=remembers)
            await assert_there_once(world, expected)
        except BaseException as error:
            error.add_note(f"killed {point}, time {time}")
            raise
        assert passing.passed[point] >= time, f"{point} was not passed"
    return len(kills)


async def test_a_worker_that_is_killed_anywhere_makes_no_second_case(stage):
    kills = await killed_at_each_point(stage, create, remembers=True)
    assert kills > 40


@pytest.mark.long
@pytest.mark.parametrize("remembers", [True, False], ids=["remembering", "forgetful"])
@pytest.mark.parametrize("scenario", ALL.values(), ids=ALL)
async def test_a_worker_that_is_killed_anywhere_in_any_scenario_leaves_everything_there_once(
    stage, scenario, remembers, figures
):
    figures(kills=await killed_at_each_point(stage, scenario, remembers=remembers))


async def test_the_scenarios_pass_every_point_that_there_is(stage):
    whole = Passed()
    for scenario in ALL.values():
        for remembers in (True, False):
            await assert_there_once(*await played(stage, scenario, whole, remembers=remembers))
    assert set(points()) - set(whole.passed) == set()
