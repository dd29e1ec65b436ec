"""Reading entities: lists page by page, single ones by key, and collections that came along with them."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass

from yarl import URL

from formcase.messages import Message, message
from formcase.outcomes import Setup
from formcase.targets.workzone.answer import Answer, JsonObject, objects, text
from formcase.targets.workzone.errors import refused_read
from formcase.targets.workzone.transport import Transport

MOST_ROWS = 200_000
_MOST_PAGES = 10_000
_MOST_PAGES_OF_ALL = 1_000_000  # of a list that is read a page at a time
_PAGE_SIZE = 500
_NEXT = "@odata.nextLink"
_WELL_ENCODED = re.compile(r"[!-~]+")


@dataclass(frozen=True, slots=True)
class Entity:
    """One entity as it stood when it was read."""

    content: JsonObject
    etag: str | None


class Reader:
    """Asks the case system, as the account or as a user."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def every(self, tried: Message, address: str, user: str | None = None) -> tuple[JsonObject, ...]:
        """All entities of a list, its next links followed."""
        rows = await self._every(tried, address, user)
        if rows is None:
            raise refused_read(tried, Answer(404, {}, b""), as_user=user is not None)
        return rows

    async def every_if_served(self, tried: Message, address: str) -> tuple[JsonObject, ...] | None:
        """The same, as the account; None where the case system has no such list."""
        return await self._every(tried, address, None)

    async def pages(self, tried: Message, address: str) -> AsyncIterator[tuple[JsonObject, ...]]:
        """All entities of a list, as the account, a page at a time, however long it is."""
        for _ in range(_MOST_PAGES_OF_ALL):
            answer = await self._transport.read(tried, address, page_size=_PAGE_SIZE)
            content = self._content(tried, answer, None)
            page = objects(content, "value")
            if page is None:
                raise _misshapen(tried)
            yield page
            link = text(content, _NEXT)
            if link is None:
                return
            following = self._below_root(tried, link, address)
            if following == address:
                break
            address = following
        raise Setup(tried, message("The list has no end."), message("Check the case system."))

    async def one(self, tried: Message, address: str, user: str | None = None) -> Entity | None:
        """An entity by its key; None where it is not there, or not for this user."""
        answer = await self._transport.read(tried, address, user=user)
        if answer.status == 404:
            return None
        content = self._content(tried, answer, user)
        return Entity(content, text(content, "@odata.etag") or answer.headers.get("etag"))

    async def along(
        self, tried: Message, content: JsonObject, navigation: str, user: str | None = None
    ) -> tuple[JsonObject, ...]:
        """A collection that was read along with an entity, to its end."""
        rows = objects(content, navigation)
        if rows is None:
            raise _misshapen(tried)
        link = text(content, navigation + _NEXT)
        if link is None:
            return rows
        return rows + await self.every(tried, self._below_root(tried, link, ""), user)

    async def _every(self, tried: Message, address: str, user: str | None) -> tuple[JsonObject, ...] | None:
        rows: list[JsonObject] = []
        visited: set[str] = set()
        while True:
            visited.add(address)
            answer = await self._transport.read(tried, address, user=user)
            if answer.status == 404 and len(visited) == 1:
                return None
            content = self._content(tried, answer, user)
            page = objects(content, "value")
            if page is None:
                raise _misshapen(tried)
            rows.extend(page)
            link = text(content, _NEXT)
            if link is None:
                return tuple(rows)
            address = self._below_root(tried, link, address)
            if address in visited or len(visited) >= _MOST_PAGES or len(rows) > MOST_ROWS:
                raise Setup(tried, message("The list has no end."), message("Check the case system."))

    def _content(self, tried: Message, answer: Answer, user: str | None) -> JsonObject:
        if answer.status != 200:
            raise refused_read(tried, answer, as_user=user is not None)
        content = answer.json()
        if content is None:
            raise _misshapen(tried)
        return content

    def _below_root(self, tried: Message, link: str, address: str) -> str:
        """A next link as an address below our own root: the token goes nowhere else, and a service behind a proxy may
        not know its own outer name."""
        root = self._transport.root
        as_it_is = _WELL_ENCODED.fullmatch(link) is not None
        try:
            url = URL(str(root) + address, encoded=True).join(URL(link, encoded=as_it_is))
        except ValueError:
            raise _misshapen(tried) from None
        if not url.raw_path.startswith(root.raw_path):
            raise Setup(
                tried,
                message("The list goes on outside the case system's address."),
                message("Check the address of the case system."),
            )
        query = f"?{url.raw_query_string}" if url.raw_query_string else ""
        return url.raw_path[len(root.raw_path) :] + query


def _misshapen(tried: Message) -> Setup:
    return Setup(
        tried,
        message("The answer is not what OData has here."),
        message("Check that the address leads to the OData service of a case system."),
    )
