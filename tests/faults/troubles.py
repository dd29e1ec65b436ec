"""What befalls an installation while it works, drawn by chance: workers die or stand still, an end is away for a while,
the database is restarted."""

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress

from faults.between import Between
from faults.nurseries import Nursery
from faults.proxy import Proxy
from integration.conftest import Installation, wait_until

LONGEST = 12  # seconds that a worker stands still, or an end is away


class Troubles:
    """One after the other, the same for the same seed. met: how often which one happened."""

    def __init__(self, seed: int, installation: Installation, between: Between, nursery: Nursery) -> None:
        self.met: Counter[str] = Counter()
        self._chance = random.Random(seed)
        self._installation = installation
        self._between = between
        self._nursery = nursery

    def next(self) -> None:
        """Let one happen, and wait until it is over."""
        kinds: dict[str, tuple[int, Callable[[], None]]] = {
            "killed": (12, self._kill),
            "stopped": (6, self._stop),
            "form_service_away": (3, lambda: self._away(self._between.form_service)),
            "case_system_away": (3, lambda: self._away(self._between.case_system)),
            "database_restarted": (1, self._restart_database),
        }
        (kind,) = self._chance.choices(list(kinds), [weight for weight, _ in kinds.values()])
        self.met[kind] += 1
        kinds[kind][1]()

    def _worker(self) -> int:
        return self._chance.choice(self._nursery.living())

    def _kill(self) -> None:
        with suppress(ProcessLookupError):  # it may have ended by itself meanwhile
            os.kill(self._worker(), signal.SIGKILL)

    def _stop(self) -> None:
        worker = self._worker()
        with suppress(ProcessLookupError):
            os.kill(worker, signal.SIGSTOP)
            time.sleep(self._chance.uniform(1, LONGEST))
            os.kill(worker, signal.SIGCONT)

    def _away(self, end: Proxy) -> None:
        end.goes_away()
        time.sleep(self._chance.uniform(1, LONGEST))
        end.comes_back()

    def _restart_database(self) -> None:
        """A fast shutdown, which cuts every connection; its keeper starts it again."""
        pid = (self._installation.data / "postgres" / "postmaster.pid").read_text().splitlines()[0]
        os.kill(int(pid), signal.SIGINT)
        time.sleep(3)
        wait_until(lambda: self._installation.run("workflow", "list").returncode == 0, 90, lambda: "no database")
