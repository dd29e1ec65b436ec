"""The pages, one file for each. A new page is a file here that holds `PAGES`, and its line below."""

from collections.abc import Iterator
from functools import cache
from importlib import import_module

from formcase.configurator.page import Page

MODULES = (
    "start",
    "workflows",
    "workflow_parameters",
    "workflow_mapping",
    "workflow_mapping_part",
    "workflow_transform",
    "carried_versions",
    "carried_drafts",
    "carried_publishing",
    "dry_run",
    "workflow_checks",
    "submissions",
    "submission",
    "error_cases",
    "workflow_log",
    "reconciliation",
    "certificates",
    "case_system",
    "users",
    "audit_log",
    "access_log",
    "own_account",
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
