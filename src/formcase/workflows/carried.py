"""What a workflow carries and is in force, for the journal: read once, as a published version is never changed."""

from collections import OrderedDict
from typing import Final, cast

from psycopg import AsyncConnection
from psycopg.rows import DictRow

from formcase.filing.journal import Carried
from formcase.workflows.sql import statement

_MOST: Final = 64


class CarriedVersions:
    """The versions that were used last."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[str, int], Carried] = OrderedDict()

    async def mapping(self, connection: AsyncConnection[DictRow], key: int | None) -> Carried | None:
        """A version of a mapping."""
        return await self._version(connection, "mapping_version", key)

    async def transform(self, connection: AsyncConnection[DictRow], key: int | None) -> Carried | None:
        """A version of a transform."""
        return await self._version(connection, "transform_version", key)

    async def _version(self, connection: AsyncConnection[DictRow], table: str, key: int | None) -> Carried | None:
        if key is None:
            return None
        known = self._known.get((table, key))
        if known is None:
            cursor = await connection.execute(statement(table), {"key": key})
            row = cast(DictRow, await cursor.fetchone())
            known = self._known[table, key] = Carried(key, row["number"], row["content"])
            if len(self._known) > _MOST:
                self._known.popitem(last=False)
        self._known.move_to_end((table, key))
        return known
