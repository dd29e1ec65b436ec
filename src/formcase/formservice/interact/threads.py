"""Where blocking work is done, so that the event loop, and with it every waiting client, goes on.

A few threads that stay, each with its own database connection; a client that merely waits holds none of them.
"""

import asyncio
import functools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from django.conf import settings
from django.db import close_old_connections, connections

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


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


def close_threads() -> None:
    """Give back the threads and their connections."""
    pool = _database_threads()
    for _thread in range(pool._max_workers):
        pool.submit(connections.close_all)
    pool.shutdown()
    _file_threads().shutdown()
    _database_threads.cache_clear()
    _file_threads.cache_clear()


def _with_fresh_connection(work: Callable[[], Result]) -> Callable[[], Result]:
    def done() -> Result:
        close_old_connections()
        try:
            return work()
        finally:
            close_old_connections()

    return done


async def _run(pool: ThreadPoolExecutor, work: Callable[[], Result]) -> Result:
    return await asyncio.get_running_loop().run_in_executor(pool, work)
