"""The worker's connections to the database."""

import select
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import DictRow, dict_row
from psycopg_pool import AsyncConnectionPool

Pool = AsyncConnectionPool[AsyncConnection[DictRow]]
Settle = Callable[[AsyncConnection[Any]], Awaitable[None]]

# What the server is to do about a worker's host that was cut off: let go of its connection within half a minute.
_SESSION = {
    "idle_in_transaction_session_timeout": "10s",
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "20s",
}


async def settle_session(connection: AsyncConnection[Any]) -> None:
    """A worker that is stopped in the middle of a transaction, or cut off, must not hold rows that another one needs to
    go on."""
    for name, value in _SESSION.items():
        await connection.execute("select set_config(%s, %s, false)", (name, value))
    await connection.commit()


def open_pool(conninfo: Mapping[str, object], size: int, settle: Settle = settle_session) -> Pool:
    """A pool whose connections answer rows as dictionaries; open it with `async with`. settle: what each new connection
    goes through before it is used."""
    return AsyncConnectionPool(
        kwargs={**conninfo, "row_factory": dict_row},
        connection_class=AsyncConnection[DictRow],
        min_size=1,
        max_size=size,
        open=False,
        check=check_where_doubtful,
        configure=settle,
    )


async def check_where_doubtful(connection: AsyncConnection[Any]) -> None:
    """Raise where the connection is broken. One at rest has nothing to be read; one that the server has closed has."""
    waiting = select.poll()
    waiting.register(connection.fileno(), select.POLLIN)
    if waiting.poll(0):  # only then is it worth a question, because there are twenty uses for each submission
        await AsyncConnectionPool.check_connection(connection)
