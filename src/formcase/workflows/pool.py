"""The worker's connections to the database."""

import select
from collections.abc import Mapping
from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import DictRow, dict_row
from psycopg_pool import AsyncConnectionPool

Pool = AsyncConnectionPool[AsyncConnection[DictRow]]


def open_pool(conninfo: Mapping[str, object], size: int) -> Pool:
    """A pool whose connections answer rows as dictionaries; open it with `async with`."""
    return AsyncConnectionPool(
        kwargs={**conninfo, "row_factory": dict_row},
        connection_class=AsyncConnection[DictRow],
        min_size=1,
        max_size=size,
        open=False,
        check=check_where_doubtful,
        configure=settle_session,
    )


async def check_where_doubtful(connection: AsyncConnection[Any]) -> None:
    """Raise where the connection is broken. One at rest has nothing to be read; one that the server has closed has."""
    waiting = select.poll()
    waiting.register(connection.fileno(), select.POLLIN)
    if waiting.poll(0):  # only then is it worth a question, because there are twenty uses for each submission
        await AsyncConnectionPool.check_connection(connection)


async def settle_session(connection: AsyncConnection[Any]) -> None:
    """A worker that is stopped in the middle of a transaction must not hold rows that another one needs to go on."""
    await connection.execute("set idle_in_transaction_session_timeout = '10s'")
    await connection.commit()
