"""The administrator at the Configurator, in real Chromium: finds everything by the titles, labels and buttons of pages
alone, as a person does."""

import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from playwright.sync_api import Locator, expect

from integration.conftest import PATIENCE, Installation
from integration.person import Person
from pages.browsing import Complaints
from pages.chromium import chromium

PASSWORD = re.compile(r"Password, shown this once: (\S+)")


class Administrator(Person):
    """Somebody who is signed in, and what such a person does and sees."""

    def sign_in(self, password: str) -> None:
        self.page.goto("/")
        self.page.get_by_label("Username").fill("administrator")
        self.page.get_by_label("Password", exact=True).fill(password)
        self.press("Sign in")
        self.sees("Start")

    def go_to(self, title: str) -> None:
        """A page of the menu."""
        self.page.get_by_role("navigation", name="Main menu").get_by_role("link", name=title, exact=True).click()
        self.sees(title)

    def told(self, text: str) -> None:
        """The page says so."""
        expect(self.main).to_contain_text(text)

    def row(self, text: str) -> Locator:
        return self.main.get_by_role("row").filter(has_text=text)

    def open_workflow(self, name: str, part: str = "") -> None:
        self.go_to("Service workflows")
        self.follow(name)
        if part:
            parts = self.page.get_by_role("navigation", name="Parts of this service workflow")
            parts.get_by_role("link", name=part, exact=True).click()

    def disable_workflow(self, name: str) -> None:
        self.open_workflow(name)
        self.follow("Disable")
        self.press("Disable")
        self.told(f"“{name}” is disabled.")

    def create_workflow(self, name: str, description: str, parameters: Mapping[str, str]) -> None:
        """Create it and save its parameters; it is disabled still."""
        self.go_to("Service workflows")
        self.follow("Create")
        self.fill({"Name": name, "Description (optional)": description})
        self.press("Create")
        self.fill(parameters)
        self.press("Save")
        self.told("Saved as version")

    def set_parameters(self, workflow: str, parameters: Mapping[str, str]) -> None:
        self.open_workflow(workflow, "Edit parameters")
        self.fill(parameters)
        self.press("Save")
        self.told("Saved as version")

    def enable(self, workflow: str, warned_of: str = "") -> None:
        """The checks are shown first, and the person decides: at once where none says no, else knowing of what."""
        self.open_workflow(workflow)
        self.follow("Enable")
        self.told(warned_of or "No check says no.")
        self.main.get_by_role("button", name=re.compile("^Enable( anyway)?$")).click()
        self.told(f"“{workflow}” is enabled.")

    def submission(self, reference: str, status: str) -> None:
        """Open a submission, and look again until it has this status."""
        end = time.monotonic() + PATIENCE
        while True:
            self.go_to("Submissions")
            self.main.get_by_label("Reference ID", exact=True).fill(reference)
            self.press("Show")
            row = self.row(reference)
            if row.count() and row.get_by_text(status, exact=True).count():
                break
            assert time.monotonic() < end, f"{reference} is not {status}: {self.main.inner_text()}"
            time.sleep(0.5)
        self.follow(reference)

    def import_mapping(self, workflow: str, text: str) -> None:
        self.open_workflow(workflow, "Mapping")
        self.follow("Of a file")
        self.main.get_by_label("Text").fill(text)
        self.press("Keep as the draft")

    def publish_mapping(self, comment: str) -> None:
        """Publish the draft of the mapping whose page is open."""
        self.follow("Publish")
        self.fill({"Comment": comment})
        self.press("Publish")
        expect(self.row(comment)).to_contain_text("In force")

    def wait_for_error_cases(self, cause: str, form: str, count: int) -> None:
        """Look at the error cases until so many of a form have a cause."""
        end = time.monotonic() + PATIENCE
        while self._error_cases(cause, form) != count:
            assert time.monotonic() < end, self.main.inner_text()
            time.sleep(0.5)

    def file_error_cases_again(self, cause: str, form: str) -> None:
        self.go_to("Error cases")
        self.row(cause).filter(has_text=form).get_by_role("link", name=form, exact=True).click()
        self.follow("File all of this form again")
        self.press("File again")

    def _error_cases(self, cause: str, form: str) -> int:
        self.go_to("Error cases")
        rows = self.row(cause).filter(has_text=form)
        found = re.search(rf"\b{form}\b[^()]*\((\d+)\)", rows.first.inner_text()) if rows.count() else None
        return int(found.group(1)) if found else 0

    def listed_under(self, heading: str) -> list[str]:
        """The list below a heading."""
        listed = self.main.get_by_role("heading", name=heading, exact=True).locator("xpath=following-sibling::ul[1]")
        return listed.get_by_role("listitem").all_inner_texts()


@contextmanager
def administrator_of(installation: Installation) -> Iterator[tuple[Administrator, Complaints]]:
    """Signed in with the password that the first start has shown."""
    found = PASSWORD.search((installation.data / "demo.log").read_text())
    assert found
    with chromium() as browser:
        context = browser.new_context(
            base_url=f"http://127.0.0.1:{installation.port}", locale="en-GB", viewport={"width": 1280, "height": 900}
        )
        context.set_default_timeout(20_000)
        expect.set_options(timeout=20_000)
        page = context.new_page()
        complaints = Complaints()
        complaints.listen(page)
        administrator = Administrator(page)
        administrator.sign_in(found.group(1))
        yield administrator, complaints
