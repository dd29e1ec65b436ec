"""Looks names up and lets only those addresses through that a form service may have.

A name is looked up whenever a connection is made, and the connection goes to just the address that was looked at: a
name server that gives another answer between the check and the use changes nothing.
"""

import socket
from collections.abc import Sequence

from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import DefaultResolver

from formcase.sources.interact.networks import AddressRefused, Network, may_be_called


class GuardedResolver(AbstractResolver):
    """Looks names up and gives only those addresses that may be called."""

    def __init__(self, networks: Sequence[Network]) -> None:
        self._networks = networks
        self._resolver = DefaultResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Raises `AddressRefused` where nothing is left, `OSError` where there is no such name."""
        found = await self._resolver.resolve(host, port, family)
        allowed = [result for result in found if may_be_called(result["host"], self._networks)]
        if not allowed:
            raise AddressRefused(host, [result["host"] for result in found])
        return allowed

    async def close(self) -> None:
        """Nothing is kept open."""
        await self._resolver.close()
