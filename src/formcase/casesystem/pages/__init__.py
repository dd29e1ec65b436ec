"""The pages of the case system, one file for each. A new page is a file here that holds `PAGES`, and its line below."""

from collections.abc import Iterator
from functools import cache
from importlib import import_module

from formcase.casesystem.pages.page import Page

MODULES = (
    "cases",
    "case",
    "case_forms",
    "documents",
    "document",
    "document_forms",
    "contacts",
    "contact",
    "contact_forms",
    "rows",
    "adding",
    "referring",
    "own",
    "administration",
)


@cache
def pages() -> tuple[Page, ...]:
    """Every page that there is."""
    return tuple(_registered())


def page_named(name: str) -> Page | None:
    """The page of this name; None where there is none."""
    return next((page for page in pages() if page.name == name), None)


def _registered() -> Iterator[Page]:
    for module in MODULES:
        yield from import_module(f"{__name__}.{module}").PAGES
