"""A page in a real browser, and what must hold for every page of the configurator."""

import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import ConsoleMessage, Page, Request

from formcase.configurator.page import Page as RegisteredPage

AXE = Path(__file__).parents[2] / "frontend" / "dist" / "axe.min.js"
WIDE, PHONE = (1280, 900), (320, 640)
LANGUAGES = ["en", pytest.param("da", marks=pytest.mark.long)]  # what holds in one seldom breaks in the other
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@dataclass
class Complaints:
    """What the browser said while pages were shown: errors of scripts, of the console, of the content policy."""

    found: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)  # patterns of what a test provokes

    def listen(self, page: Page) -> None:
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.found.append(f"script: {error}"))
        page.on("requestfailed", self._failed)

    def unexpected(self) -> list[str]:
        return [text for text in self.found if not any(re.search(pattern, text) for pattern in self.expected)]

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.found.append(f"console {message.type}: {message.text} ({message.location.get('url', '')})")

    def _failed(self, request: Request) -> None:
        if request.failure != "net::ERR_ABORTED":  # the test went on before the picture was there
            self.found.append(f"request: {request.url} {request.failure}")


@dataclass
class Screenshots:
    """Where pictures of the pages go, for people to look at; to draw them takes as long as all checks together."""

    folder: Path | None

    def take(self, page: Page, name: str, *, full_page: bool = True) -> None:
        if self.folder is not None:
            page.screenshot(path=self.folder / f"{name}.png", full_page=full_page, animations="disabled")


@dataclass
class PageCheck:
    """Called with a page, it asserts that the page is accessible, fits a phone, and that the browser said nothing."""

    complaints: Complaints
    screenshots: Screenshots

    def __call__(self, page: Page, name: str) -> None:
        for width, height in (WIDE, PHONE):
            page.set_viewport_size({"width": width, "height": height})
            page.evaluate("document.fonts.ready.then(() => true)")
            self.screenshots.take(page, f"{name}-{width}")
            self.accessible(page, f"{name} at {width} px")
            _demand_none(_overflowing(page), f"{name} is wider than a screen of {width} px")
        page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
        _demand_none(self.complaints.unexpected(), f"{name}: the browser complains")

    def accessible(self, page: Page, name: str) -> None:
        """Assert that axe finds nothing on the page as it stands."""
        _demand_none(_violations(page), f"{name} is not accessible")


def address_of(page: RegisteredPage, **keys: object) -> str:
    """The address of a registered page; what its route asks for and is not given is made up."""
    made_up = {
        name: 999_999 if kind == "int:" else "made-up" for kind, name in re.findall(r"<(\w+:)?(\w+)>", page.route)
    }
    return reverse(f"configurator:{page.name}", kwargs={name: keys.get(name, value) for name, value in made_up.items()})


def _demand_none(found: list[str], what: str) -> None:
    if found:
        pytest.fail("\n".join([f"{what}:", *found]), pytrace=False)


@cache
def _axe() -> str:
    if not AXE.is_file():
        pytest.fail(f"{AXE} is missing: run `make install`, which takes axe from npm.")
    return AXE.read_text(encoding="utf-8")


def _violations(page: Page) -> list[str]:
    if not page.evaluate("'axe' in window"):
        page.evaluate(_axe())
    run = "rules => axe.run(document, {runOnly: {type: 'tag', values: rules}, resultTypes: ['violations']})"
    result = page.evaluate(run, RULES)
    return [
        f"{violation['id']}: {node['target']} {node['failureSummary']}"
        for violation in result["violations"]
        for node in violation["nodes"]
    ]


def _overflowing(page: Page) -> list[str]:
    """The elements that stick out of the screen, which would have to be moved sideways to be read."""
    return page.evaluate(
        """() => {
            const width = document.documentElement.clientWidth;
            if (document.documentElement.scrollWidth <= width) return [];
            const wide = [...document.querySelectorAll("body *")]
                .filter((element) => element.getBoundingClientRect().right > width + 1 || element.scrollWidth > width)
                .map((element) => element.outerHTML.slice(0, 120));
            return wide.length ? wide : ["something sticks out of " + document.body.outerHTML.slice(0, 120)];
        }"""
    )
