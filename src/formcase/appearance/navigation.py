"""What leads from page to page: links, and the groups of them that a menu has."""

from dataclasses import dataclass

from django.utils.functional import Promise

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Link:
    """A text that leads somewhere; address: empty where it leads nowhere."""

    text: Text
    address: str = ""
    current: bool = False


@dataclass(frozen=True, slots=True)
class MenuSection:
    """A group of links with its heading, which may be empty."""

    heading: Text
    links: tuple[Link, ...]
