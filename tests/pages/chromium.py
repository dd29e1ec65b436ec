"""The browser of the tests: real Chromium, where whoever clicks looks at the next page only when all of it is there."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Locator, sync_playwright

# the same browser without windows takes a fifth less of the machine, and shows no PDF
_WITHOUT_WINDOWS = ("chromium-headless-shell",)
_WHOLE = ("chromium", "chromium-browser", "google-chrome")
_ARGUMENTS = ("--no-sandbox", "--disable-dev-shm-usage")


@contextmanager
def chromium(*, shows_pdf: bool = False) -> Iterator[Browser]:
    """A browser, until the end of the block. shows_pdf: one with a viewer for PDFs."""
    with sync_playwright() as playwright, pytest.MonkeyPatch.context() as patch:
        for action in ("click", "dblclick", "press"):
            patch.setattr(Locator, action, _then_waiting_for_the_page(action))
        browser = playwright.chromium.launch(
            executable_path=_executable(_WHOLE if shows_pdf else _WITHOUT_WINDOWS + _WHOLE), args=list(_ARGUMENTS)
        )
        yield browser
        browser.close()


def _executable(names: tuple[str, ...]) -> str:
    """The installed browser. Its absence is a failure: tests that need it are never passed over in silence."""
    found = next((path for path in map(shutil.which, names) if path), None)
    if found is None:
        pytest.fail("The tests of the pages need Chromium. On Debian and Ubuntu: apt-get install chromium")
    return found


def _then_waiting_for_the_page(action: str):
    """A locator's action that ends with the page that it led to.

    Playwright's own ends with the first byte of that page. Whoever counts lines then counts those of half a page, on a
    busy machine more often than on a quiet one.
    """
    act = getattr(Locator, action)

    def acting(locator: Locator, *arguments: object, **named: object) -> None:
        act(locator, *arguments, **named)
        if not locator.page.is_closed():
            locator.page.wait_for_load_state()

    return acting
