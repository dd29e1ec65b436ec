"""Connections that the server has closed are found before anybody works with them."""

import asyncio
from collections.abc import Mapping
from typing import cast

from asgiref.sync import sync_to_async
from procrastinate.contrib.django.utils import connector_params

from formcase.workflows.pool import open_pool


async def test_a_connection_that_the_server_has_closed_is_not_handed_out(bench):
    parameters = cast(Mapping[str, object], await sync_to_async(connector_params)())
    async with open_pool(parameters, 1) as pool:
        async with pool.connection() as connection:
            process = connection.info.backend_pid
        async with bench.pool.connection() as other:
            await other.execute("select pg_terminate_backend(%s)", (process,))
        await asyncio.sleep(0.2)
        async with pool.connection() as connection:
            assert connection.info.backend_pid != process
            await connection.execute("select 1")
