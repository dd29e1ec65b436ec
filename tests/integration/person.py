"""What anybody does at a browser: finds everything by the titles, labels and buttons of pages alone."""

from collections.abc import Mapping

from playwright.sync_api import Locator, Page, expect


class Person:
    """Somebody at a browser of their own."""

    def __init__(self, page: Page) -> None:
        self.page = page

    @property
    def main(self) -> Locator:
        """What the page is about."""
        return self.page.get_by_role("main")

    def sees(self, title: str) -> None:
        """The page's title."""
        expect(self.page.get_by_role("heading", level=1)).to_have_text(title)

    def follow(self, text: str) -> None:
        """Click a link."""
        self.main.get_by_role("link", name=text, exact=True).first.click()

    def press(self, text: str) -> None:
        """Click a button."""
        self.main.get_by_role("button", name=text, exact=True).click()

    def fill(self, values: Mapping[str, str]) -> None:
        """Type into fields by their labels."""
        for label, value in values.items():
            self.main.get_by_label(label, exact=True).fill(value)
