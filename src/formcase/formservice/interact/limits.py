"""How much one client may ask, and whether the service is open at all. Both are generous unless a setting says less."""

import time
from collections import OrderedDict
from http import HTTPStatus
from pathlib import Path

from django.conf import settings

from formcase.formservice.interact.problems import later

_MAINTENANCE_WAIT = 120  # seconds
_MOST_CLIENTS = 10_000


class RateLimit:
    """So many requests a minute for each client and process, spread evenly after a burst of as many."""

    def __init__(self) -> None:
        self._allowances: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def count(self, client: str) -> None:
        """Count a request; 429 where there were too many. Off unless FORMSERVICE_REQUESTS_PER_MINUTE is set."""
        per_minute: int | None = getattr(settings, "FORMSERVICE_REQUESTS_PER_MINUTE", None)
        if per_minute is None:
            return
        now = time.monotonic()
        left, at = self._allowances.pop(client, (float(per_minute), now))
        left = min(float(per_minute), left + (now - at) * per_minute / 60)
        refused = left < 1
        self._allowances[client] = (left if refused else left - 1, now)
        if len(self._allowances) > _MOST_CLIENTS:
            self._allowances.popitem(last=False)
        if refused:
            wait = int((1 - left) * 60 / per_minute) + 1
            raise later(HTTPStatus.TOO_MANY_REQUESTS, f"At most {per_minute} requests a minute are answered.", wait)


def check_open() -> None:
    """503 while FORMSERVICE_MAINTENANCE is set, or the file `formservice-maintenance` lies in the data folder."""
    switched = getattr(settings, "FORMSERVICE_MAINTENANCE", False)
    if switched or (Path(settings.DATA_FOLDER) / "formservice-maintenance").exists():
        detail = "The form service is closed for maintenance."
        raise later(HTTPStatus.SERVICE_UNAVAILABLE, detail, _MAINTENANCE_WAIT)


requests = RateLimit()
