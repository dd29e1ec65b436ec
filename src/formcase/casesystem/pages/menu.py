"""The menu and the way to a page, made from the pages that there are and what the visitor may see."""

from collections.abc import Iterator

from django.urls import reverse

from formcase.appearance.navigation import Link, MenuSection, Text
from formcase.casesystem.pages import page_named, pages
from formcase.casesystem.pages.page import Page, Section
from formcase.casesystem.pages.visitor import Visitor


def menu(visitor: Visitor, current: str) -> list[MenuSection]:
    """What this visitor may choose from. current: the name of the page that is shown."""
    here = next((page.name for page in _upwards(current) if page.section is not None), None)
    found = []
    for section in Section:
        links = tuple(
            Link(page.title, reverse(f"casesystem:{page.name}"), page.name == here)
            for page in pages()
            if page.section is section and (visitor.administrator or not page.administration)
        )
        if links:
            found.append(MenuSection(section.value, links))
    return found


def breadcrumb(current: str, title: Text | None, between: tuple[Link, ...] = ()) -> list[Link]:
    """The way to this page; none to what stands in the menu. between: links that stand before the page itself."""
    way = list(reversed(list(_upwards(current))))
    if len(way) < 2 and not between:
        return []
    above = [Link(page.title, reverse(f"casesystem:{page.name}")) for page in way[:-1] if "<" not in page.route]
    return [*above, *between, Link(title or way[-1].title, current=True)]


def _upwards(name: str | None) -> Iterator[Page]:
    while name is not None:
        page = page_named(name)
        if page is None:
            return
        yield page
        name = page.parent
