"""The web server's process: granian with the Django application. Run as `python -m formcase.site.web`.

Host, port, workers and threads are the installation's settings.
"""

import os
import signal
from collections.abc import Callable

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels

from formcase.site.configuration import configuration
from formcase.site.tethered import tie_to

_QUIET = {
    "loggers": {
        "_granian": {"handlers": [], "propagate": True},
        "granian.access": {"handlers": [], "propagate": False},
    },
    "handlers": {},
    "formatters": {},
}


def serve() -> None:
    """Serve until a signal ends it."""
    settings = configuration()
    Granian(
        target="formcase.site.wsgi:application",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        workers=settings.web_workers,
        blocking_threads=settings.web_threads,
        backlog=1024,
        backpressure=max(settings.web_threads * 4, 64),
        http=HTTPModes.http1,
        websockets=False,
        respawn_failed_workers=True,
        workers_kill_timeout=15,
        log_level=LogLevels.error,
        log_dictconfig=_QUIET,
        log_access=False,
    ).serve(target_loader=_Loader(os.getpid()), wrap_loader=False)


class _Loader:
    """Loads the application in a worker process, which must not outlive the process that runs it."""

    def __init__(self, parent: int) -> None:
        self._parent = parent

    def __call__(self) -> Callable[..., object]:
        tie_to(self._parent, signal.SIGKILL)
        from formcase.site.wsgi import application

        return application


if __name__ == "__main__":
    serve()
