"""The three people of the whole story, in real Chromium: a citizen at the keyboard, the administrator of the form
service, a caseworker. They find everything by the titles, labels and buttons of pages alone."""

import io
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Locator, Page, ViewportSize, expect

from integration.conftest import PATIENCE, Installation
from integration.person import Person
from pages.browsing import Complaints
from pages.chromium import chromium

_FORM_SERVICE = re.compile(r"Administrator of the form service \(/form-service/\): (\S+), password (\S+)")
_CASE_SYSTEM = re.compile(r"Users of the case system: .*, password (\S+)")
_MOST_STEPS = 150  # presses of Tab before something counts as out of reach
_SIZE: ViewportSize = {"width": 1280, "height": 900}


@dataclass(slots=True)
class Album:
    """Pictures of the story for README, small enough for the repository. folder: None where none are wanted."""

    folder: Path | None
    taken: list[Path] = field(default_factory=list)

    def take(self, page: Page, name: str, height: int = 900) -> None:
        """Keep a page from its top down to so many pixels."""
        if self.folder is None:
            return
        # the window itself grows: in a picture of more than the window a PDF's viewer is black
        page.set_viewport_size({"width": _SIZE["width"], "height": height})
        page.evaluate("document.fonts.ready.then(() => scrollTo(0, 0))")
        picture = Image.open(io.BytesIO(page.screenshot(animations="disabled"))).convert("RGB")
        page.set_viewport_size(_SIZE)
        path = self.folder / f"{name}.png"
        # pages have few colours: a palette looks the same and takes a quarter of the bytes
        picture.quantize(128, dither=Image.Dither.NONE).save(path, optimize=True)
        self.taken.append(path)


class PicturedPerson(Person):
    """Somebody of this story, of whom pictures are taken."""

    def __init__(self, page: Page, album: Album) -> None:
        super().__init__(page)
        self.album = album

    def fact(self, term: str) -> str:
        """What stands beside a word of a list of facts."""
        word = self.main.locator("dt").get_by_text(term, exact=True)
        return word.locator("xpath=following-sibling::dd[1]").inner_text().strip()

    def row(self, text: str) -> Locator:
        """A line of a table."""
        return self.main.get_by_role("row").filter(has_text=text)


class Citizen(PicturedPerson):
    """Uses the keyboard alone."""

    def reach(self, wanted: Locator) -> None:
        """Press Tab until this has the focus, which must be seen."""
        expect(wanted).to_be_visible()
        for _step in range(_MOST_STEPS):
            if wanted.evaluate("element => element === document.activeElement"):
                expect(wanted).to_be_in_viewport()
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"The key Tab does not lead to {wanted}.")

    def enter(self, wanted: Locator) -> None:
        """Go to a link or a button, and press Enter."""
        self.reach(wanted)
        self.page.keyboard.press("Enter")

    def type(self, answers: Mapping[str, str]) -> None:
        """Answer questions in the order of the page."""
        for label, answer in answers.items():
            self.reach(self.main.get_by_label(re.compile(rf"^{re.escape(label)}( \(optional\))?$")).last)
            self.page.keyboard.press("Control+A")
            self.page.keyboard.type(answer)

    def choose(self, question: str, answer: str) -> None:
        """Choose one of the answers of a question."""
        group = self.main.get_by_role("group", name=re.compile(rf"^{re.escape(question)}"))
        self.reach(group.get_by_role("radio").first)
        while not group.get_by_label(answer, exact=True).evaluate("radio => radio === document.activeElement"):
            self.page.keyboard.press("ArrowDown")
        self.page.keyboard.press("Space")
        expect(group.get_by_label(answer, exact=True)).to_be_checked()

    def button(self, text: str) -> Locator:
        """A button."""
        return self.main.get_by_role("button", name=text, exact=True)

    def attach(self, question: str, files: Sequence[Path]) -> None:
        """Choose files where a question asks for them."""
        self.reach(self.main.get_by_label(re.compile(rf"^{re.escape(question)}( \(optional\))?$")))
        with self.page.expect_file_chooser() as chooser:
            self.page.keyboard.press("Space")
        chooser.value.set_files(files)
        for file in files:
            expect(self.button(f"Remove {file.name}")).to_be_visible()

    def send(self) -> str:
        """Send it, with an impatient double click; the reference ID."""
        self.button("Send").dblclick()
        self.sees("Your form is sent")
        return self.fact("Reference ID")

    def receipt(self) -> bytes:
        """The receipt that the page offers."""
        address = self.main.get_by_role("link", name="The receipt (PDF)").get_attribute("href")
        assert address
        return self.page.request.get(address).body()


class FormServiceAdministrator(PicturedPerson):
    """Looks at Submitted dialogues."""

    def sign_in(self, name: str, password: str) -> None:
        """Sign in."""
        self.page.goto("/form-service/")
        self.fill({"User name": name, "Password": password})
        self.press("Sign in")
        self.sees("Submitted dialogues")

    def sees_status(self, reference: str, status: str) -> Locator:
        """Look at the list until the submission has this status; its line."""
        end = time.monotonic() + PATIENCE
        while True:
            self.page.goto("/form-service/dialogues/")
            line = self.row(reference)
            expect(line).to_have_count(1)
            if line.get_by_text(status, exact=True).count():
                return line
            assert time.monotonic() < end, f"{reference} is not {status}: {line.inner_text()}"
            time.sleep(0.3)


class Caseworker(PicturedPerson):
    """Works in the case system."""

    def log_in(self, name: str, password: str) -> None:
        """At the page for it, which is open."""
        self.sees("Log in to the case system")
        self.fill({"User name": name, "Password": password})
        self.press("Log in")

    def open_part(self, name: str) -> None:
        """One of the parts of a case."""
        parts = self.page.get_by_role("navigation", name="Parts of this case")
        parts.get_by_role("link", name=name, exact=True).click()
        expect(parts.get_by_role("link", name=name, exact=True)).to_have_attribute("aria-current", "page")

    def find(self, words: str) -> None:
        """Search the cases."""
        self.page.goto("/case-system/")
        self.fill({"Search": words})
        self.press("Search")

    def wait_for_drawn_pdf(self) -> None:
        """Look at the frame of the page until the browser's viewer has drawn writing on paper there."""
        frame = self.main.locator("iframe")
        end = time.monotonic() + PATIENCE
        while not _is_written_paper(frame.screenshot()):
            assert time.monotonic() < end, "No PDF is seen in its frame."
            time.sleep(0.2)


@dataclass(frozen=True, slots=True)
class People:
    """Everybody in the story."""

    citizen: Citizen
    administrator: FormServiceAdministrator
    caseworker: Caseworker


@contextmanager
def people_of(installation: Installation, pictures: Path | None = None) -> Iterator[tuple[People, Complaints]]:
    """Each at a browser of their own; pictures: the folder to keep README's in."""
    album = Album(pictures)
    complaints = Complaints()
    with chromium(shows_pdf=True) as browser:
        pages = [_page(browser, installation, complaints) for _person in range(3)]
        yield (
            People(
                Citizen(pages[0], album), FormServiceAdministrator(pages[1], album), Caseworker(pages[2], album)
            ),
            complaints,
        )  # fmt: skip


def form_service_login(installation: Installation) -> tuple[str, str]:
    """Name and password that the first start has shown."""
    found = _FORM_SERVICE.search((installation.data / "demo.log").read_text())
    assert found
    return found.group(1), found.group(2)


def case_system_password(installation: Installation) -> str:
    """The password of the sample users, as the start has shown it."""
    found = _CASE_SYSTEM.search((installation.data / "demo.log").read_text())
    assert found
    return found.group(1)


def _page(browser: Browser, installation: Installation, complaints: Complaints) -> Page:
    context = browser.new_context(
        base_url=f"http://127.0.0.1:{installation.port}", locale="en-GB", viewport=_SIZE, reduced_motion="reduce"
    )
    context.set_default_timeout(20_000)
    expect.set_options(timeout=20_000)
    page = context.new_page()
    complaints.listen(page)
    return page


def _is_written_paper(screenshot: bytes) -> bool:
    """Whether a picture shows much white with a little black on it."""
    picture = Image.open(io.BytesIO(screenshot)).convert("L")
    counted = picture.histogram()
    pixels = picture.width * picture.height
    return sum(counted[250:]) > pixels * 0.2 and sum(counted[:60]) > pixels * 0.001
