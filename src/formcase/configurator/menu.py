"""The menu and the way to a page, made from the pages that there are and what the user may see."""

from collections.abc import Iterator

from django.urls import reverse

from formcase.accounts.models import User
from formcase.appearance.navigation import Link, MenuSection, Text
from formcase.configurator.page import Page, Section
from formcase.configurator.pages import page_named, pages


def menu(user: User, current: str | None) -> list[MenuSection]:
    """What this user sees. current: the name of the page that is shown."""
    here = {page.name for page in _way_to(current) if page.name != "start" or current == "start"}
    found = []
    for section in Section:
        there = sorted((page for page in pages() if page.section is section), key=lambda page: page.place)
        links = tuple(_link(page, current=page.name in here) for page in there if user.may(page.role))
        if links:
            found.append(MenuSection(section.value, links))
    return found


def breadcrumb(current: str | None, title: Text | None, between: tuple[Link, ...] = ()) -> list[Link]:
    """The way to this page. between: links that stand before the page itself; without them, those to its parents."""
    way = _way_to(current)
    if not way or way[-1].name == "start":
        return []
    links = [_link(page) for page in way[:-1] if "<" not in page.route]
    section = next((page.section for page in way if page.section not in (None, Section.START)), None)
    if section is not None:
        links.insert(1, Link(section.value))
    return [*links, *between, Link(title or way[-1].title, current=True)]


def _way_to(name: str | None) -> list[Page]:
    return list(reversed(list(_upwards(name))))


def _upwards(name: str | None) -> Iterator[Page]:
    while name is not None:
        page = page_named(name)
        if page is None:
            return
        yield page
        name = page.parent if page.name != "start" else None


def _link(page: Page, *, current: bool = False) -> Link:
    return Link(page.title, reverse(f"configurator:{page.name}"), current)
