"""Hours that pass in seconds: workers that do what is due, on a clock that jumps to whatever is due next.

The journal, its sweep and its jobs are the real ones. Time passes by moving back everything that is written down.
"""

from collections.abc import Callable
from contextlib import suppress

from filing.world import World
from formcase.filing.pacing import Pace
from formcase.outcomes import Outcome

_COLUMNS = {
    "workflows_submissionrecord": (
        "due_at", "passing_since", "blocked_since", "doubt_since", "sent_at", "attempt_started_at", "reported_at",
        "filed_at", "recorded_at",
    ),
    "workflows_serviceworkflow": ("blocked_since", "probe_due", "watch_problem_since", "next_round_at"),
    "procrastinate_jobs": ("scheduled_at",),
}  # fmt: skip
_NEXT = """
select least(
    (select min(s.due_at) from workflows_submissionrecord s join workflows_serviceworkflow w on w.id = s.workflow_id
      where s.state not in ('imported', 'withdrawn', 'handled') and (w.blocked_since is null or s.state = 'filed'
         or w.probe_submission = s.id or not s.blocked_reported)),
    (select min(probe_due) from workflows_serviceworkflow where blocked_since is not null)
) - now() as wait
"""


class Clockwork:
    """One workflow's workers. passed: the seconds that have gone by."""

    def __init__(self, world: World, watch_interval: float) -> None:
        self.world = world
        self.passed = 0.0
        self._watch_interval = watch_interval
        self._next_watch = 0.0
        world.pace = Pace(lambda: self.passed)

    async def runs(self, seconds: float, until: Callable[[], bool] = lambda: False) -> None:
        """Do what is due for so long, or until that is so."""
        end = self.passed + seconds
        while self.passed < end:
            await self._work()
            if until():
                return
            await self._pass_to_next(end)

    async def stands_still(self, seconds: float) -> None:
        """Let time go by in which no worker can do anything."""
        await self._pass(seconds)

    async def _work(self) -> None:
        if self._next_watch <= self.passed:
            self._next_watch = self.passed + self._watch_interval
            with suppress(Outcome):
                await self.world.watch()
        await self.world.bench.sweep()
        jobs = await self.world.bench.rows(
            "delete from procrastinate_jobs where task_name = 'formcase.file_submission' "
            "and coalesce(scheduled_at, now()) <= now() returning lock"
        )
        for job in jobs:
            await self.world.tries(int(str(job["lock"]).partition(":")[2]))

    async def _pass_to_next(self, end: float) -> None:
        (row,) = await self.world.bench.rows(_NEXT)
        wait = row["wait"]
        due = self.passed + (wait.total_seconds() if wait is not None else float("inf"))  # type: ignore[attr-defined]
        await self._pass(max(1.05, min(due + 1.05, self._next_watch, end) - self.passed))

    async def _pass(self, seconds: float) -> None:
        for table, columns in _COLUMNS.items():
            changes = ", ".join(f"{name} = {name} - make_interval(secs => %(by)s)" for name in columns)
            async with self.world.bench.pool.connection() as connection:
                await connection.execute(f"update {table} set {changes}", {"by": seconds})  # type: ignore[arg-type]
        self.passed += seconds
