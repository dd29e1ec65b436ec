"""Where blocking work is done, so that the event loop, and with it every waiting client, goes on.

A few threads that stay, each with its own database connection; a client that merely waits holds none of them.
"""

import asyncio
import functools
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from django.conf import settings
from django.db import Error as DatabaseFailure
from django.db import close_old_connections

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")

_IDLE = 10.0  # seconds
_this_thread = threading.local()


@functools.cache
def _database_threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(getattr(settings, "FORMSERVICE_DATABASE_THREADS", 6), "formservice-database")


@functools.cache
def _file_threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(getattr(settings, "FORMSERVICE_FILE_THREADS", 6), "formservice-files")


async def in_database(
    work: Callable[Parameters, Result], *args: Parameters.args, **kwargs: Parameters.kwargs
) -> Result:
    """Do work that asks the database."""
    return await _run(_database_threads(), _with_fresh_connection(functools.partial(work, *args, **kwargs)))


async def with_files(work: Callable[Parameters, Result], *args: Parameters.args, **kwargs: Parameters.kwargs) -> Result:
    """Do work that reads files."""
    return await _run(_file_threads(), functools.partial(work, *args, **kwargs))


def _with_fresh_connection(work: Callable[[], Result]) -> Callable[[], Result]:
    def done() -> Result:
        # a connection that was idle for a while is looked at before it is used, not at every call
        if time.monotonic() - getattr(_this_thread, "worked_at", 0.0) > _IDLE:
            close_old_connections()
        try:
            return work()
        except DatabaseFailure:
            close_old_connections()
            raise
        finally:
            _this_thread.worked_at = time.monotonic()

    return done


async def _run(pool: ThreadPoolExecutor, work: Callable[[], Result]) -> Result:
    return await asyncio.get_running_loop().run_in_executor(pool, work)
